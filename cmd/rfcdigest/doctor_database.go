package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// With less free disk than enoughRoom there is a warning, with less than noRoom a failure.
const (
	enoughRoom = 200 << 20
	noRoom     = 20 << 20
)

// database looks at the database, and reports whether it can be read and is migrated.
func (d *doctor) database(ctx context.Context) bool {
	database, err := d.named()
	if err != nil {
		d.failsOf("database", err, "correct --database (DIGEST_DATABASE_URL), like sqlite:///var/lib/rfc/app.db or postgres://HOST/NAME")
		return false
	}
	return database.diagnose(ctx, d)
}

// file looks at an SQLite file, and reports whether it can be read and is migrated.
func (d *doctor) file(ctx context.Context, path string) bool {
	c, err := sqlite.Inspect(ctx, path)
	if err != nil {
		d.failsOf("database", err, "check --database, and the permissions of the file and its folder")
		return false
	}
	d.passes("database", fmt.Sprintf("%s, %s and %s of log", path, inBytes(c.Size), inBytes(c.LogSize)))
	migrated := d.schema("--database "+shell.Word("sqlite://"+path), c.State, "migrated; the app's own SQLite may be as old as "+sqlite.Oldest)
	if c.Journal == "wal" {
		d.passes("journal", "write-ahead log; "+strings.Join(c.Settings, ", "))
	} else {
		d.warns("journal", fmt.Sprintf("journal mode %s: readers and writers wait for each other", c.Journal), "run a tick or serve, which switch to a write-ahead log")
	}
	if c.Unwritable == "" {
		d.passes("permissions", "this user may write to the file and its folder")
	} else {
		d.fails("permissions", "this user may not write to "+c.Unwritable, "run as the user who owns them, or give this one the right to write")
	}
	d.diskSpace(c)
	for _, line := range c.Times {
		d.passes("times", line)
	}
	for _, line := range c.OddTimes {
		d.warns("times", line, "have the app write times like 2026-03-29 12:00:00 (in UTC), or as seconds or milliseconds since 1970")
	}
	return d.timesRead(c.Unread) && migrated
}

// server looks at a database on a PostgreSQL server, and reports whether it can be read and is migrated.
func (d *doctor) server(ctx context.Context, name, url string) bool {
	c, err := postgres.Inspect(ctx, url)
	if err != nil {
		d.failsOf("database", err, "check --database, and the server's log")
		return false
	}
	d.passes("database", fmt.Sprintf("%s, PostgreSQL %s, %s", name, c.Version, inBytes(c.Size)))
	if c.Pooled && d.Engine == river {
		d.fails("pooler", "between this and the server, like PgBouncer, which does not pass on what --engine river listens for", ownPort)
	} else if c.Pooled {
		d.passes("pooler", "between this and the server, like PgBouncer: statements are not prepared, and each transaction sets what it needs")
	}
	migrated := d.schema("with the same --database", c.State, "migrated")
	if c.Unwritable == "" {
		d.passes("permissions", "this user may write to the tables")
	} else {
		d.fails("permissions", "this user may not write to "+c.Unwritable, "connect to the primary server, as a user who was granted that")
	}
	return d.timesRead(c.Unread) && migrated
}

// timesRead reports whether the times that decide what is sent can be read, and says so if not.
func (d *doctor) timesRead(err error) bool {
	if err != nil {
		d.failsOf("times", err, "")
	}
	return err == nil
}

// schema says how the database differs from what this release needs, and how to mend that. which is migrate's flag for
// the database, and fine is what is said if there is nothing to mend.
func (d *doctor) schema(which string, s schema.State, fine string) bool {
	switch {
	case len(s.Unfit) > 0:
		d.fails("schema", few(s.Unfit), "change that, and run rfcdigest migrate "+which)
	case s.Newer != "":
		d.fails("schema", s.Newer, "install the release that migrated it, or a later one")
	case len(s.Lacking) > 0:
		d.fails("schema", "the app's tables lack "+few(s.Lacking), "check --database: this is not the RFC app's database, or a very old one")
	case len(s.Missing) > 0:
		d.fails("schema", "not migrated; migrate would say: "+few(s.Missing), "run rfcdigest migrate "+which)
	case len(s.Warned) > 0:
		d.warns("schema", few(s.Warned), "change that, unless it is as it should be")
		return true
	default:
		d.passes("schema", fine)
		return true
	}
	return false
}

func (d *doctor) diskSpace(c sqlite.Condition) {
	wanted := max(enoughRoom, c.Size/10)
	free := inBytes(c.Free) + " free where the database is"
	switch {
	case c.Free < 0:
		d.warns("disk space", "this system does not say how much is free", "look yourself")
	case c.Free < noRoom:
		d.fails("disk space", free+": soon nothing can be recorded, and so nothing is sent", "make room there")
	case c.Free < wanted:
		d.warns("disk space", free+", less than "+inBytes(wanted), "make room there")
	default:
		d.passes("disk space", free)
	}
}

// few joins the first few texts, and says how many more there are.
func few(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
}

// inBytes says how much n bytes are.
func inBytes(n int64) string {
	size, unit := float64(n), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		size, unit = size/1000, next
	}
	if unit == "bytes" {
		return texts.Plural(int(n), "byte")
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
