package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	driversqlite "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/ports"
)

// classifier returns what turns SQLite's own errors about the file at path into words and into
// errors of package ports. busy is how long a connection waits for a lock.
func classifier(path string, busy time.Duration) func(error) error {
	return func(err error) error {
		var e *driversqlite.Error
		if !errors.As(err, &e) {
			return err
		}
		if what, remedy := describe(path, busy, e.Code()); what != "" {
			return &ports.Trouble{What: what, Remedy: remedy, Kinds: []error{ports.ErrUnavailable}}
		}
		if e.Code() == codes.SQLITE_ERROR && gone.MatchString(e.Error()) {
			return schema.Unmigrated(path, migrating(path))
		}
		if e.Code()&0xff == codes.SQLITE_CONSTRAINT {
			return fmt.Errorf("%w: %s", ports.ErrRejected, err)
		}
		// A statement went wrong. The caller gets to read what SQLite says, and not its type.
		return errors.New(err.Error())
	}
}

// gone is in what SQLite says of a statement if a table or an index of ours is not there any more.
var gone = regexp.MustCompile(`no such (?:index: rfcdigest_|table: (?:main\.)?(?:digest_|held_emails\b))`)

// failed returns the error of a verb on the file at path. One that is in words already names the file.
func failed(verb, path string, err error) error {
	err = classifier(path, BusyTimeout)(err)
	if errors.As(err, new(*ports.Trouble)) {
		return err
	}
	return fmt.Errorf("%s %s: %w", verb, path, err)
}

// isBusy reports whether err says that another connection was in the way.
func isBusy(err error) bool {
	var e *driversqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == codes.SQLITE_BUSY
}

// describe returns what an SQLite result code means, and what to do about it; empty if it is about a
// statement, not about the file.
func describe(path string, busy time.Duration, code int) (what, remedy string) {
	switch code & 0xff { // the rest says where in SQLite it happened
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL:
		return fmt.Sprintf("database %s is locked: another process has been writing for more than %v (the RFC app, or another rfcdigest)", path, busy),
			"try again, or see who holds it with: fuser " + path
	case codes.SQLITE_NOTADB, codes.SQLITE_CORRUPT:
		return path + " is not an SQLite database (or is damaged)", "check the path in --database"
	case codes.SQLITE_READONLY:
		return fmt.Sprintf("database %s is read-only", path), fmt.Sprintf("make it and its folder %s writable for this user", filepath.Dir(path))
	case codes.SQLITE_FULL:
		return fmt.Sprintf("cannot write to %s: the disk is full", path), "free some space and run again; nothing is lost"
	case codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		return "cannot open " + path, fmt.Sprintf("this user must be able to read and write it and its folder %s, and the disk must not be mounted read-only", filepath.Dir(path))
	case codes.SQLITE_IOERR:
		return fmt.Sprintf("cannot read or write %s: input/output error (SQLite code %d)", path, code), "see whether the disk it is on is full, or failing"
	}
	return "", ""
}

// refusedSetting is the error of a connection that did not take a setting.
func refusedSetting(path string, p pragma, answer string) error {
	t := &ports.Trouble{Kinds: []error{ports.ErrUnavailable}, What: fmt.Sprintf("open database %s: SQLite did not accept %s = %s, it stayed %q", path, p.name, p.value, answer)}
	if p == writeAhead {
		t.What = fmt.Sprintf("database %s cannot have a write-ahead log (journal mode %q): its file system does not support one, as network shares do not", path, answer)
		t.Remedy = "move it to a local disk"
	}
	return t
}

// checkFolder returns an error if there is no folder for the file at path.
func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &ports.Trouble{What: fmt.Sprintf("no folder %s for database %s", folder, path), Remedy: "make it, or check --database", Kinds: []error{fs.ErrNotExist}}
	case err != nil:
		return fmt.Errorf("look at the folder of database %s: %w", path, err)
	case !info.IsDir():
		return &ports.Trouble{What: fmt.Sprintf("database %s cannot be in %s, which is not a folder", path, folder), Remedy: "check --database"}
	}
	return nil
}

// IsDatabase reports whether the file at path can be read, and begins as SQLite's databases do.
func IsDatabase(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	const begin = "SQLite format 3\x00"
	head := make([]byte, len(begin))
	_, err = io.ReadFull(file, head)
	return err == nil && string(head) == begin
}

// ErrNoDatabase says that there is no file of that name, in a folder that is there.
var ErrNoDatabase = errors.New("no database")

// checkFile returns an error if there is no file at path that could be a database.
func checkFile(path string) error {
	if err := checkFolder(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &ports.Trouble{What: "no database at " + path, Remedy: `check --database, or run "rfcdigest migrate" to make one`, Kinds: []error{ErrNoDatabase, fs.ErrNotExist}}
	case err != nil:
		return fmt.Errorf("look at database %s: %w", path, err)
	case !info.Mode().IsRegular():
		return &ports.Trouble{What: path + " is not a file", Remedy: "check --database"}
	}
	return nil
}
