package postgres_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/checktest"
)

func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	h := moved(t)
	checktest.Run(t, checktest.Database{
		Store: h.store,
		Do: func(statement string) error {
			_, err := h.app.Exec(t.Context(), statement)
			return err
		},
		Lift:    func(t require.TestingT) func() { return checktest.LiftOnPostgreSQL(t, h.app) },
		Refusal: func(says string) string { return fmt.Sprintf("ERROR: %s (SQLSTATE 23514)", says) },
	})
}
