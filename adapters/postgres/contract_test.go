package postgres_test

import (
	"context"
	"testing"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	connected(t, server)
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		url := migrated(t)
		s := opened(t, url, postgres.Options{})
		fill := func(ctx context.Context, w core.World) error { return postgres.Fill(ctx, url, w) }
		return porttest.StoreWorld{Store: s, Fill: fill, Dump: s.Dump}
	})
}
