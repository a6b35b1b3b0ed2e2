//go:build linux || darwin

package maildir

import "syscall"

// mayWrite returns why this user may not make files in a folder.
func mayWrite(folder string) error {
	const writeAndEnter = 2 | 1 // W_OK, X_OK
	return syscall.Access(folder, writeAndEnter)
}
