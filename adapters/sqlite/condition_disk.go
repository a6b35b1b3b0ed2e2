//go:build linux || darwin

package sqlite

import "syscall"

// freeSpace returns how many bytes this user can write in folder; negative if it cannot be told.
func freeSpace(folder string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}

// mayWrite returns why this user may not write to what is at path.
func mayWrite(path string) error {
	const write = 2 // W_OK
	return syscall.Access(path, write)
}
