package app_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
)

// unknownUser is a report of an address that does not exist.
var unknownUser = returned.Report{NullSender: true, ReportType: "delivery-status", Recipients: []returned.Recipient{
	{Final: "ada@rfc.example", Action: "failed", Status: "5.1.1", Diagnostic: "550 5.1.1 <ada@rfc.example>: no such user"}}}

func TestWhatFollowsFromMailThatCameBack(t *testing.T) {
	t.Parallel()
	ring, err := links.NewKeyring([]byte(strings.Repeat("s", links.MinSecret)))
	require.NoError(t, err)
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	store := memory.New(core.World{
		Users: []core.Recipient{{ID: 1, Address: "ada@rfc.example", Cadence: core.Daily}, {ID: 2, Address: "grace@rfc.example", Cadence: core.Daily}},
		Ledger: []core.LedgerRow{{Claim: core.Claim{ID: 7, Recipient: 1, Window: core.Window{Start: now.Add(-25 * time.Hour), End: now.Add(-time.Hour)}}, Status: core.Sent, SentAt: now.Add(-time.Hour)},
			{Claim: core.Claim{ID: 8, Recipient: 2, Window: core.Window{Start: now.Add(-25 * time.Hour), End: now.Add(-time.Hour)}}, Status: core.Sent, SentAt: now.Add(-time.Hour)}},
	})
	var log bytes.Buffer
	var counted []string
	in := app.Inbox{Ring: ring, Store: store, Clock: memory.NewClock(now), Log: slog.New(slog.NewTextHandler(&log, nil)), Count: func(what string) { counted = append(counted, what) }}
	take := func(kind links.ReturnKind, id int64, report returned.Report) {
		address := "digest+" + strings.ToUpper(ring.ReturnToken(links.Return{Kind: kind, ID: id, To: links.AddressMark("ada@rfc.example")})) + "@mail.example"
		require.NoError(t, in.Take(t.Context(), returned.Mail{Report: report, Addresses: []string{"digest@mail.example", address}}))
	}
	user := func(id int64) core.Recipient {
		found, err := store.Lookup(t.Context(), []int64{id})
		require.NoError(t, err)
		return found[0]
	}
	before, err := store.Dump(t.Context())
	require.NoError(t, err)

	// Without a good token nothing counts.
	require.NoError(t, in.Take(t.Context(), returned.Mail{Report: unknownUser, Addresses: []string{"ada@rfc.example", "digest+" + strings.Repeat("a", links.ReturnTokenSize) + "@mail.example"}}))
	take(links.ReturnDigest, 99, unknownUser)
	take(links.ReturnDigest, 7, returned.Report{Subject: "Re: your digest", From: "ada@rfc.example", Text: "Thanks!"})
	after, err := store.Dump(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before, after)

	for range 2 {
		take(links.ReturnDigest, 7, unknownUser)
	}
	assert.Equal(t, 1, user(1).Preferences.Failures)
	assert.Equal(t, 1, strings.Count(log.String(), "mail came back"), "to take it twice does no harm")
	assert.NotContains(t, log.String(), "@")
	take(links.ReturnUnsubscribe, 2, returned.Report{From: "grace@rfc.example", Subject: "leave"})
	assert.Equal(t, core.Off, user(2).Cadence)
	take(links.ReturnDigest, 7, returned.Report{Feedback: &returned.Feedback{Type: "abuse"}})
	assert.Equal(t, core.Off, user(1).Cadence)
	assert.Equal(t, []string{app.NoToken, "dead", app.NoReport, "dead", "dead", "unsubscribe", "complaint"}, counted)

	ctx, end := context.WithCancel(t.Context())
	end() // and so the store fails
	err = in.Take(ctx, returned.Mail{Report: unknownUser, Addresses: []string{"digest+" + ring.ReturnToken(links.Return{Kind: links.ReturnDigest, ID: 8}) + "@mail.example"}})
	assert.ErrorIs(t, err, context.Canceled)
}

// What a server has against the sender is no reader's fault, but the operator's to know.
func TestManyRefusalsOfAKindInADayAreALine(t *testing.T) {
	t.Parallel()
	ring, err := links.NewKeyring([]byte(strings.Repeat("s", links.MinSecret)))
	require.NoError(t, err)
	clock := memory.NewClock(time.Date(2026, 11, 3, 22, 0, 0, 0, time.UTC))
	var w core.World
	for id := int64(1); id <= 60; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: "ada@rfc.example", Cadence: core.Daily})
		w.Ledger = append(w.Ledger, core.LedgerRow{Claim: core.Claim{ID: id, Recipient: id, Window: core.Window{Start: clock.Now().Add(-25 * time.Hour), End: clock.Now().Add(-time.Hour)}},
			Status: core.Sent, SentAt: clock.Now().Add(-time.Hour)})
	}
	store := memory.New(w)
	var log bytes.Buffer
	in := app.Inbox{Ring: ring, Store: store, Clock: clock, Log: slog.New(slog.NewTextHandler(&log, nil))}
	next := int64(0)
	refused := func(n int, status, answer string) (lines int) {
		for range n {
			next++
			report := returned.Report{NullSender: true, ReportType: "delivery-status", Recipients: []returned.Recipient{{Action: "failed", Status: status, Diagnostic: answer}}}
			address := "digest+" + ring.ReturnToken(links.Return{Kind: links.ReturnDigest, ID: next}) + "@mail.example"
			for range 2 { // a relay may tell more than once
				require.NoError(t, in.Take(t.Context(), returned.Mail{Report: report, Addresses: []string{address}}))
			}
		}
		return strings.Count(log.String(), "so many mails came back today")
	}
	const spam, policy = "550 5.7.1 message contains spam", "550 5.7.1 not permitted by local policy"
	assert.Equal(t, 0, refused(app.DislikedADay-1, "5.7.1", spam))
	assert.Equal(t, 0, refused(1, "5.7.1", policy), "of another kind")
	assert.Equal(t, 1, refused(1, "5.7.1", spam))
	assert.Equal(t, 1, refused(5, "5.7.1", spam), "once a day")
	clock.Set(clock.Now().Add(3 * time.Hour))
	assert.Equal(t, 1, refused(app.DislikedADay-1, "5.7.1", spam))
	assert.Equal(t, 2, refused(1, "5.7.1", spam))
	assert.Contains(t, log.String(), "level=WARN")
	facts, err := store.Facts(t.Context())
	require.NoError(t, err)
	assert.Equal(t, app.DislikedADay, app.MostDisliked(facts, "2026-11-04"))
	assert.Equal(t, 1, app.MostDisliked(facts, "2026-11-03"))
	assert.NotContains(t, log.String(), "@")
	people, err := store.Lookup(t.Context(), []int64{1})
	require.NoError(t, err)
	assert.Zero(t, people[0].Preferences.Failures)
}
