package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// unreadable is what is stored for a time that cannot be read.
const unreadable = "unreadable"

// Fill adds the rows of w to the migrated database in the file at path, all or nothing. Rows may
// refer to people and RFCs that are not there. IDs of the ledger and of held mail that are 0 are chosen.
func Fill(ctx context.Context, path string, w core.World) error {
	if err := checkFile(path); err != nil {
		return err
	}
	db, err := connection{path: path, access: readWrite, pragmas: standing(BusyTimeout, loose)}.open(1)
	if err != nil {
		return err
	}
	defer db.Close()
	// Rows go in by the driver, which takes any text: a test may want a zero byte in one.
	tx, err := db.DB.BeginTx(ctx, nil)
	if err != nil {
		return failed("fill", path, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	form := sqlstore.Form{Text: func(s string) string { return s }, Stamp: stamp}
	for _, u := range w.Users {
		if _, err := tx.ExecContext(ctx, "DELETE FROM digest_people WHERE user_id = ?", u.ID); err != nil {
			return failed("fill", path, err)
		}
	}
	for _, rows := range form.Content(w) {
		if err := insert(ctx, tx, rows); err != nil {
			return failed("fill", path, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return failed("fill", path, err)
	}
	return nil
}

func insert(ctx context.Context, tx *sql.Tx, r sqlstore.Rows) error {
	if r.N == 0 {
		return nil
	}
	places := strings.Repeat("?, ", len(r.Columns)-1) + "?"
	statement, err := tx.PrepareContext(ctx, "INSERT INTO "+r.Table+" ("+strings.Join(r.Columns, ", ")+") VALUES ("+places+")")
	if err != nil {
		return fmt.Errorf("%s: %w", r.Table, err)
	}
	defer statement.Close()
	for i := range r.N {
		if _, err := statement.ExecContext(ctx, r.Row(i)...); err != nil {
			return fmt.Errorf("row %d of %s: %w", i, r.Table, err)
		}
	}
	return nil
}

// stamp returns t as it is stored; the zero time is [unreadable].
func stamp(t time.Time) any {
	if t.IsZero() {
		return unreadable
	}
	return texts.Timestamp(t)
}
