package texts

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPlural(t *testing.T) {
	t.Parallel()
	for thing, want := range map[string]string{"event": "events", "RFC": "RFCs", "held e-mail": "held e-mails", "person": "people", "address": "addresses", "stale watch": "stale watches", "byte": "bytes"} {
		assert.Equal(t, []string{"0 " + want, "1 " + thing, "2 " + want}, []string{Plural(0, thing), Plural(1, thing), Plural(2, thing)})
	}
}
