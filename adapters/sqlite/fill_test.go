package sqlite

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

func TestFillTakesRowsOfPeopleWhoAreGone(t *testing.T) {
	t.Parallel()
	path := made(t, "app.sql") // whose tables refer to each other
	_, err := Migrate(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, Fill(t.Context(), path, core.World{
		Notifications: []core.Notification{{ID: 900, Recipient: 404, ActorID: 405, Kind: "x", CreatedAt: noon}},
		Ledger:        []core.LedgerRow{{Claim: core.Claim{ID: 900, Recipient: 404, Window: core.Window{Start: noon, End: noon}}, SentAt: noon}},
	}))
	store, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	defer store.Close()
	found, err := store.ByID(t.Context(), []int64{900})
	require.NoError(t, err)
	assert.Len(t, found, 1)
}
