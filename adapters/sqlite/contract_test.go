package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	t.Parallel()
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		path := filepath.Join(t.TempDir(), "store.db")
		_, err := sqlite.Migrate(t.Context(), path)
		require.NoError(t, err)
		s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		fill := func(ctx context.Context, w core.World) error { return sqlite.Fill(ctx, path, w) }
		return porttest.StoreWorld{Store: s, Fill: fill, Dump: s.Dump}
	})
}
