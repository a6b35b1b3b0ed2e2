package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWhomAListHas(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	refused := Recipient{Address: "a@x", Preferences: Preferences{SuppressedAddress: "a@x", Failures: 1}}
	for _, c := range []struct {
		only   Only
		who    Recipient
		action Action
		want   bool
	}{
		{"", Recipient{}, Skip, true}, {OnlyDue, refused, Skip, false}, {OnlyDue, Recipient{}, Defer, true}, {OnlyDue, Recipient{}, Send, true},
		{OnlyRefused, refused, Skip, true}, {OnlyRefused, Recipient{Address: "a@x"}, Send, false},
	} {
		var p Plan
		p.Action = c.action
		assert.Equal(t, c.want, c.only.Has(c.who, p, now), "%+v", c)
	}
}
