package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	driversqlite "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/wiggleverse/rfcdigest/ports"
)

// ErrUnmigrated says that a database lacks what migrate adds.
var ErrUnmigrated = errors.New("database is not migrated")

// trouble is an error in one line for people, and the kinds of error that it is.
type trouble struct {
	line  string
	kinds []error
}

func (t *trouble) Error() string   { return t.line }
func (t *trouble) Unwrap() []error { return t.kinds }

// classifier returns what turns SQLite's own errors about the file at path into words and into
// errors of package ports. busy is how long a connection waits for a lock.
func classifier(path string, busy time.Duration) func(error) error {
	return func(err error) error {
		var e *driversqlite.Error
		if !errors.As(err, &e) {
			return err
		}
		if line := describe(path, busy, e.Code()); line != "" {
			return &trouble{line, []error{ports.ErrUnavailable}}
		}
		// A statement went wrong. What SQLite says of it is fit to be read, its type nobody's business.
		return errors.New(err.Error())
	}
}

// failed returns the error of a verb on the file at path. One that is in words already names the file.
func failed(verb, path string, err error) error {
	err = classifier(path, BusyTimeout)(err)
	if t := (*trouble)(nil); errors.As(err, &t) {
		return err
	}
	return fmt.Errorf("%s %s: %w", verb, path, err)
}

// isBusy reports whether err says that another connection was in the way.
func isBusy(err error) bool {
	var e *driversqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == codes.SQLITE_BUSY
}

// describe returns what an SQLite result code means to whoever runs the program; empty where it is
// about a statement, not about the file.
func describe(path string, busy time.Duration, code int) string {
	switch code & 0xff { // the rest says where in SQLite it happened
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL:
		return fmt.Sprintf("database %s is locked: another process has been writing for more than %v (the RFC app, or another rfcdigest); "+
			"try again, or see who holds it with: fuser %s", path, busy, path)
	case codes.SQLITE_NOTADB, codes.SQLITE_CORRUPT:
		return path + " is not an SQLite database (or is damaged): check the path in --database"
	case codes.SQLITE_READONLY:
		return fmt.Sprintf("database %s is read-only: make it and its folder %s writable for this user", path, filepath.Dir(path))
	case codes.SQLITE_FULL:
		return fmt.Sprintf("cannot write to %s: the disk is full: free some space and run again; nothing is lost", path)
	case codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		return fmt.Sprintf("cannot open %s: this user must be able to read and write it and its folder %s, and the disk must not be mounted read-only", path, filepath.Dir(path))
	case codes.SQLITE_IOERR:
		return fmt.Sprintf("cannot read or write %s: input/output error (SQLite code %d): the disk it is on is full, or failing", path, code)
	}
	return ""
}

// refusedSetting is the error of a connection that did not take a setting.
func refusedSetting(path string, p pragma, answer string) error {
	line := fmt.Sprintf("open database %s: SQLite did not accept %s = %s, it stayed %q", path, p.name, p.value, answer)
	if p == writeAhead {
		line = fmt.Sprintf("database %s cannot have a write-ahead log (journal mode %q): its file system does not support one, "+
			"as network shares do not; move it to a local disk", path, answer)
	}
	return &trouble{line, []error{ports.ErrUnavailable}}
}

// checkFolder returns an error where the file at path cannot be, for want of a folder.
func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &trouble{fmt.Sprintf("no folder %s for database %s: make it, or check --database", folder, path), []error{fs.ErrNotExist}}
	case err != nil:
		return fmt.Errorf("look at the folder of database %s: %w", path, err)
	case !info.IsDir():
		return fmt.Errorf("database %s cannot be in %s, which is not a folder: check --database", path, folder)
	}
	return nil
}

// checkFile returns an error where there is no file at path that could be a database.
func checkFile(path string) error {
	if err := checkFolder(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &trouble{fmt.Sprintf(`no database at %s: run "rfcdigest migrate" to make one, or check --database`, path), []error{fs.ErrNotExist}}
	case err != nil:
		return fmt.Errorf("look at database %s: %w", path, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file: check --database", path)
	}
	return nil
}
