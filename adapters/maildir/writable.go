package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Writable returns an error if this user may not keep mail in dir, with the folder that is in the way. It makes nothing.
func Writable(dir string) (place string, err error) {
	there := dir
	for {
		_, err := os.Stat(there)
		if !errors.Is(err, fs.ErrNotExist) || there == filepath.Dir(there) {
			break
		}
		there = filepath.Dir(there)
	}
	for _, place := range []string{there, filepath.Join(dir, "tmp"), filepath.Join(dir, "new")} {
		info, err := os.Stat(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
		if err == nil {
			err = mayWrite(place)
		}
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			err = path.Err
		}
		if err != nil {
			return place, err
		}
	}
	return "", nil
}
