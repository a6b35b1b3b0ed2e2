package postgres_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
	"github.com/wiggleverse/rfcdigest/ports"
)

func TestTimesOfAnotherTypeAreRefusedInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ change, says string }{
		{"ALTER TABLE notifications ALTER created_at TYPE bigint USING 0", "notifications.created_at is bigint"},
		{"ALTER TABLE notifications ALTER created_at TYPE date", "notifications.created_at is date"},
		{"ALTER TABLE notification_digests ALTER period_end TYPE text", "notification_digests.period_end is text"},
		{"ALTER TABLE notifications ALTER read_at TYPE boolean USING false, ALTER created_at TYPE timestamp", "notifications.read_at is boolean"},
	} {
		url := pgtest.Schema(t)
		execute(t, url, apps, "ALTER TABLE notifications ALTER created_at DROP DEFAULT", c.change)
		want := c.says + "; rfcdigest needs timestamptz or timestamp there"
		_, err := postgres.Migrate(t.Context(), url)
		require.ErrorIs(t, err, ports.ErrUnavailable)
		require.ErrorContains(t, err, want)
		_, err = postgres.Open(t.Context(), url, postgres.Options{})
		require.ErrorContains(t, err, want)
		found, err := postgres.Inspect(t.Context(), url)
		require.NoError(t, err)
		require.ErrorContains(t, found.Unread, want)
		assert.NotEmpty(t, found.Missing, "nothing was changed")
	}
}
