package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Condition is what can be told of a database file by looking at it.
type Condition struct {
	// Size and LogSize are the bytes in the file and in its write-ahead log.
	Size, LogSize int64
	// Free is how many bytes this user can still write to the folder of the file; negative if it cannot be told.
	Free int64
	schema.State
	// Times says how time columns are written, a line for each; OddTimes those of which most cannot be read. Unread is an
	// error if nothing can be sent for it.
	Times, OddTimes []string
	Unread          error
	// Journal is the journal mode: wal once the file was opened for writing.
	Journal string
	// Settings are the standing settings, which every connection takes.
	Settings []string
	// Unwritable says what this user may not write of file, log and folder; empty if nothing is in the way.
	Unwritable string
}

// Inspect looks at the database in the file at path and changes not a byte of it. An error says that
// there is no such database, or that it cannot be read, in words for people.
func Inspect(ctx context.Context, path string) (c Condition, err error) {
	if err := checkFile(path); err != nil {
		return c, err
	}
	conn := connection{path: path, access: readOnly, pragmas: standing(BusyTimeout, strict, onlyReads)}
	db, err := conn.open(1)
	if err != nil {
		return c, err
	}
	defer db.Close()
	if err := conn.verify(ctx, db, 1, conn.pragmas...); err != nil {
		return c, failed("open database", path, err)
	}
	if err := c.read(ctx, db); err != nil {
		return c, failed("look at database", path, err)
	}
	for _, p := range standing(BusyTimeout, strict) {
		c.Settings = append(c.Settings, p.name+" "+p.value)
	}
	c.Size, c.LogSize = sizeOf(path), sizeOf(path+"-wal")
	c.Free = freeSpace(filepath.Dir(path))
	c.Unwritable = unwritable(path)
	return c, nil
}

// read fills in what the database says of itself.
func (c *Condition) read(ctx context.Context, db *bun.DB) error {
	var err error
	if c.State, err = wanted.State(ctx, db); err != nil {
		return err
	}
	times, err := lookAtTimes(ctx, db)
	if err != nil && !errors.As(err, new(*ports.Trouble)) {
		return err
	}
	c.Unread = err
	c.Times, c.OddTimes = times.told()
	return db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&c.Journal)
}

// sizeOf returns the size of a file; 0 if there is none.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// unwritable asks for permissions only. To open a file would do no harm to it, but to close it again
// lets go of the locks that SQLite has on it in this process (fcntl(2)).
func unwritable(path string) string {
	var no []string
	for _, file := range []struct{ what, path string }{
		{"the file", path}, {"its log", path + "-wal"}, {"its log's index", path + "-shm"}, {"its folder", filepath.Dir(path)},
	} {
		if err := mayWrite(file.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			no = append(no, fmt.Sprintf("%s %s (%v)", file.what, file.path, err))
		}
	}
	return strings.Join(no, ", ")
}
