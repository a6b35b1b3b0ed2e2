package sqlite

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
)

func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	path := migrated(t)
	app := connected(t, path)
	execute := func(statement string) error {
		_, err := app.ExecContext(t.Context(), statement)
		return err
	}
	require.NoError(t, execute("PRAGMA synchronous = OFF"))
	checktest.Run(t, checktest.Database{
		Store: opened(t, path, hasty()), Do: execute, TextHours: true,
		Lift:    func(t require.TestingT) func() { return checktest.Lift(t, app) },
		Refusal: func(says string) string { return fmt.Sprintf("constraint failed: %s (1811)", says) }, // SQLITE_CONSTRAINT_TRIGGER
	})
}
