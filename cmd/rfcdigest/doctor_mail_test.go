package main

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/app/planner"
)

func TestWhatIsInTheWayOfMailIsSaidWithHowToMendIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	ending := func(left time.Duration) *x509.Certificate {
		return &x509.Certificate{NotBefore: now.AddDate(0, -2, 0), NotAfter: now.Add(left)}
	}
	for name, c := range map[string]struct {
		can      smtp.Abilities
		unusual  planner.Affected
		troubles []string
	}{
		"nothing":                {smtp.Abilities{Certificate: ending(15 * 24 * time.Hour)}, planner.Affected{}, nil},
		"nobody minds":           {smtp.Abilities{}, planner.Affected{}, nil},
		"it takes their letters": {smtp.Abilities{UTF8: true}, planner.Affected{Count: 1, First: []int64{7}}, nil},
		"both": {smtp.Abilities{Certificate: ending(13*24*time.Hour + time.Hour)}, planner.Affected{Count: 7, First: []int64{1, 2}}, []string{
			"without SMTPUTF8 it takes no mail for 7 recipients with an address that is not ASCII before the @: user 1, user 2 and 5 more",
			"its certificate ends in 13 days; nothing is sent from then on"}},
		"soon": {smtp.Abilities{Certificate: ending(90 * time.Minute)}, planner.Affected{}, []string{"its certificate ends in 1 hour; nothing is sent from then on"}},
	} {
		troubles, mend := (&doctor{now: now, unusual: c.unusual}).shortcomings(c.can)
		assert.Equal(t, c.troubles, troubles, name)
		assert.Len(t, mend, len(troubles), name)
	}
	assert.Equal(t, "its limits: messages of at most 10.2 MB, 100 messages a connection, 50 recipients a message, 1 domain a message; with PIPELINING, without SMTPUTF8",
		abilities(smtp.Abilities{Size: 10_240_000, MailMax: 100, RcptMax: 50, RcptDomainMax: 1, Pipelining: true}))
}
