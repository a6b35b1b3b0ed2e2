package postgres_test

import (
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
