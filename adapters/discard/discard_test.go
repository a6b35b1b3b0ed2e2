package discard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	porttest.MailerContract(t, func(t *testing.T) porttest.MailWorld {
		format, err := mailfmt.New(mailfmt.Config{From: "digest@localhost", BoundaryKey: []byte("k")})
		require.NoError(t, err)
		return porttest.MailWorld{Mailer: discard.Mailer{Format: format}}
	})
}
