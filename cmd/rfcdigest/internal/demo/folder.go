package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The files of a demo, in its folder.
const (
	Database = "rfcdigest.db"
	Outbox   = "outbox"
	Page     = "digest.html"
	// mark is the file that tells a demo from a real database and outbox, which may have the same names.
	mark = "made-by-rfcdigest-demo.txt"
)

// ErrNoDemo: the folder has something in it that is not a demo.
var ErrNoDemo = errors.New("no demo")

// Clear makes dir, or removes a demo from it. If something else is in dir, it removes nothing and returns ErrNoDemo.
func Clear(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	marked := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == mark })
	for _, e := range entries {
		name := e.Name()
		if !marked || !strings.HasPrefix(name, Database) && name != Outbox && name != Page && name != mark {
			return fmt.Errorf("%s has something in it that is %w (%s): choose another folder with --dir", dir, ErrNoDemo, name)
		}
	}
	for _, e := range entries {
		if e.Name() == mark {
			continue // it stays, so that a demo that is only half removed still counts as one
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("clearing the last demo: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	if err := os.WriteFile(filepath.Join(dir, mark), []byte("What is in this folder goes when the demo is made anew.\n"), 0o644); err != nil {
		return fmt.Errorf("demo folder: %w; choose another with --dir", err)
	}
	return nil
}
