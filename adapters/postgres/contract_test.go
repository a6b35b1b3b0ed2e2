package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		return contractWorld(t, unbound)
	})
}

// Those who have many people may have divided what grows with them.
func TestStoreContractWhereTablesHavePartitions(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		return contractWorld(t, partitions)
	})
}

// unbound is for homes of these tests alone.
var unbound = &foundation{}

func contractWorld(t *testing.T, f *foundation) porttest.StoreWorld {
	h := movedOnto(t, f)
	fill := func(ctx context.Context, w core.World) error {
		return checktest.Whatever(func() func() { return checktest.LiftOnPostgreSQL(t, h.app) }, func() error { return h.fill(ctx, w) })
	}
	add := func(ctx context.Context, r core.Recipient) error {
		_, err := h.app.Exec(ctx, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES ($1, $2, $3, $4)", r.ID, r.Address, r.Name, string(r.Cadence))
		return err
	}
	remove := func(ctx context.Context, id int64) error {
		_, err := h.app.Exec(ctx, "DELETE FROM users WHERE id = $1", id)
		return err
	}
	merge := func(ctx context.Context, from, to int64) error {
		_, err := h.app.Exec(ctx, "UPDATE notifications SET recipient_user_id = $1 WHERE recipient_user_id = $2", to, from)
		return err
	}
	return porttest.StoreWorld{Store: h.store, Fill: fill, Dump: h.store.Dump, Add: add, Remove: remove, Merge: merge}
}

var partitions = func() *foundation {
	f := foundation{
		"CREATE TABLE users (id bigserial PRIMARY KEY, email text, display_name text NOT NULL, digest_cadence text NOT NULL DEFAULT 'off')",
		`CREATE TABLE notifications (id bigserial, recipient_user_id bigint NOT NULL REFERENCES users(id), event_kind text NOT NULL,
 actor_user_id bigint, rfc_slug text, branch_name text, pr_number bigint, created_at timestamptz NOT NULL DEFAULT now(), payload text,
 read_at timestamptz, email_sent_at timestamptz, digest_included_at timestamptz, PRIMARY KEY (id, recipient_user_id)) PARTITION BY HASH (recipient_user_id)`,
		`CREATE TABLE notification_digests (id bigserial, recipient_user_id bigint NOT NULL REFERENCES users(id), sent_at timestamptz NOT NULL,
 period_start timestamptz NOT NULL, period_end timestamptz NOT NULL, signal_ids_included text NOT NULL, PRIMARY KEY (id, recipient_user_id))
 PARTITION BY HASH (recipient_user_id)`,
		`CREATE TABLE watches (user_id bigint NOT NULL, rfc_slug text NOT NULL, state text NOT NULL, last_participation_at timestamptz,
 PRIMARY KEY (user_id, rfc_slug)) PARTITION BY HASH (user_id)`,
	}
	for _, table := range []string{"notifications", "notification_digests", "watches"} {
		for i := range 2 {
			f = append(f, fmt.Sprintf("CREATE TABLE %[1]s_%[2]d PARTITION OF %[1]s FOR VALUES WITH (MODULUS 2, REMAINDER %[2]d)", table, i))
		}
	}
	return &f
}()
