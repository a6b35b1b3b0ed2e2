package sqlite

import (
	"context"
	"testing"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		path := migrated(t)
		s := opened(t, path, Options{})
		fill := func(ctx context.Context, w core.World) error { return Fill(ctx, path, w) }
		return porttest.StoreWorld{Store: s, Fill: fill, Dump: s.Dump}
	})
}
