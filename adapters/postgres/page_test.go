package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// Of many people the planner merges who is due with users, both by ID. A late page must not begin with the first
// user of all; here the planner has no other choice than to merge.
func TestALatePageOfTheDueReadsNobodyBeforeIt(t *testing.T) {
	t.Parallel()
	// A new database: what sessions of other tests have read may be counted seconds later.
	h := built(t, bare)
	require.NoError(t, h.fill(t.Context(), core.World{Users: people(1000)}))
	read := func() (rows int) {
		_, err := h.app.Exec(t.Context(), "SELECT pg_stat_force_next_flush()")
		require.NoError(t, err)
		require.NoError(t, h.app.QueryRow(t.Context(), `SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables
WHERE schemaname = current_schema() AND relname = 'users'`).Scan(&rows))
		return rows
	}
	before := read()
	s, err := postgres.Open(t.Context(), h.url+"&enable_nestloop=off&enable_hashjoin=off&enable_seqscan=off&enable_sort=off", postgres.Options{ReadOnly: true})
	require.NoError(t, err)
	page, err := porttest.On(s).Due(t.Context(), noon, 900, 50)
	require.NoError(t, err)
	require.Len(t, page, 50)
	require.NoError(t, s.Close())
	// What a connection has read is counted when it ends.
	require.Eventually(t, func() bool { return read()-before >= len(page) }, 10*time.Second, 20*time.Millisecond)
	assert.Less(t, read()-before, 3*len(page))
}
