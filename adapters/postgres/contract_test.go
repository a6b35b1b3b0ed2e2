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
		fillIn := func(ctx context.Context, w core.World) error { return fill(ctx, url, w) }
		return porttest.StoreWorld{Store: s, Fill: fillIn, Dump: s.Dump}
	})
}
