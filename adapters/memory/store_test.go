package memory_test

import (
	"testing"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestStoreContract(t *testing.T) {
	porttest.StoreContract(t, func(t *testing.T) porttest.StoreWorld {
		s := memory.New(core.World{})
		return porttest.StoreWorld{Store: s, Fill: s.Fill, Dump: s.Dump, Add: s.Add, Remove: s.Remove, Merge: s.Merge}
	})
}
