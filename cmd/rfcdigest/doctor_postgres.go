package main

import (
	"context"
	"fmt"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
)

// server looks at a database on a PostgreSQL server, and reports whether it can be read and is migrated.
func (d *doctor) server(ctx context.Context, name, url string) bool {
	c, err := postgres.Inspect(ctx, url)
	if err != nil {
		found, mend := parted(plainly(err), ": ", "check --database, and the server's log")
		d.fails("database", found, mend)
		return false
	}
	d.passes("database", fmt.Sprintf("%s, PostgreSQL %s, %s", name, c.Version, inBytes(c.Size)))
	migrated := d.schema("with the same --database", c.Lacking, c.Missing)
	if c.Unwritable == "" {
		d.passes("permissions", "this user may write to the tables")
	} else {
		d.fails("permissions", "this user may not write to "+c.Unwritable, "connect to the primary server, as a user who was granted that")
	}
	return migrated
}
