package postgres_test

import (
	"fmt"
	"testing"

	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	connected(t, server)
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		h := moved(t)
		return porttest.StoreWorld{Store: h.store, Fill: h.fill, Dump: h.store.Dump}
	})
}

// Those who have many people may have divided what grows with them.
func TestStoreContractWhereTablesHavePartitions(t *testing.T) {
	t.Parallel()
	connected(t, server)
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		h := movedOnto(t, partitions)
		return porttest.StoreWorld{Store: h.store, Fill: h.fill, Dump: h.store.Dump}
	})
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
