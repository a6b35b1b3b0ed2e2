package sqlite

import (
	"context"
	"testing"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		path := migrated(t)
		s := opened(t, path, Options{})
		app := connected(t, path)
		fill := func(ctx context.Context, w core.World) error {
			return checktest.Whatever(func() func() { return checktest.Lift(t, app) }, func() error { return Fill(ctx, path, w) })
		}
		add := func(ctx context.Context, r core.Recipient) error {
			_, err := app.ExecContext(ctx, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (?, ?, ?, ?)", r.ID, r.Address, r.Name, string(r.Cadence))
			return err
		}
		remove := func(ctx context.Context, id int64) error {
			_, err := app.ExecContext(ctx, "DELETE FROM users WHERE id = ?", id)
			return err
		}
		merge := func(ctx context.Context, from, to int64) error {
			_, err := app.ExecContext(ctx, "UPDATE notifications SET recipient_user_id = ? WHERE recipient_user_id = ?", to, from)
			return err
		}
		return porttest.StoreWorld{Store: s, Fill: fill, Dump: s.Dump, Add: add, Remove: remove, Merge: merge}
	})
}
