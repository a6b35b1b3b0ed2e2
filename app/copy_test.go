package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// lives returns a world of three people with a history of more than a page.
func lives() core.World { return history(1050, 105) }

// history returns a world of three people with so many windows, one of which is in doubt, and held mails.
func history(windows, mails int64) core.World {
	hour := 7
	w := core.World{Users: []core.Recipient{person(1), person(2), person(3)}}
	w.Users[0].Preferences = core.Preferences{TimeZone: "Europe/Berlin", SendHour: &hour, QuietStart: "22:00", QuietEnd: "06:00"}
	w.Users[2].Preferences = core.Preferences{SuppressedAddress: "a@x", SuppressedReason: "RCPT: 550", Failures: 2}
	for i := range windows - 1 {
		end := noon.Add(-time.Duration(windows-i) * time.Hour)
		w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Sent, SentAt: end, Claim: core.Claim{
			ID: 2*i + 1, Recipient: i%3 + 1, Window: core.Window{Start: end.Add(-time.Hour), End: end}, MessageID: fmt.Sprintf("%d@rfc.example", i), Notifications: []int64{i + 1, i + 2}, Attempts: 1,
		}})
	}
	doubt := core.LedgerRow{Status: core.Sending, SentAt: noon, Claim: core.Claim{ID: 5000, Recipient: 2, Window: core.Window{Start: noon.Add(-time.Hour), End: noon}, MessageID: "doubt@rfc.example", Lease: noon.Add(-time.Minute), Attempts: 1}}
	w.Ledger = append(w.Ledger, doubt)
	for i := range mails {
		w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{ID: 3*i + 2, Recipient: 1, Subject: "Grüße", Text: "Hello", HTML: "<p>Hello</p>", Notifications: []int64{i + 1}, CreatedAt: noon, Status: core.Held}})
	}
	return w
}

// users returns what the app has moved by itself: people without preferences.
func users(w core.World) core.World {
	var out core.World
	for _, u := range w.Users {
		u.Preferences = core.Preferences{}
		out.Users = append(out.Users, u)
	}
	return out
}

// copied is a copy between two stores in memory, each of which can fail.
type copied struct {
	*testing.T
	from, to     *memory.Store
	first, other *porttest.Faulty
}

func newCopied(t *testing.T, from, to core.World) *copied {
	c := &copied{T: t, from: memory.New(from), to: memory.New(to)}
	c.first, c.other = &porttest.Faulty{Store: c.from}, &porttest.Faulty{Store: c.to}
	return c
}

func (c *copied) plan() app.Copy {
	return app.Copy{From: c.first, To: c.other, Source: "old.db", Now: noon}
}

// complete requires that the target has all that the source has, and that the copy knows that it ended.
func (c *copied) complete(r app.CopyReport) {
	c.Helper()
	assert.Equal(c, c.world(c.from), c.world(c.to))
	require.Len(c, r.Tables, 3)
	owned, err := c.from.Owned(c.Context())
	require.NoError(c, err)
	for i, rows := range []int64{owned.Preferences, owned.Ledger, owned.Held} {
		assert.Equal(c, rows, r.Tables[i].Rows)
		assert.Len(c, r.Tables[i].SHA256, 64)
	}
	assert.Equal(c, int64(1), r.InDoubt)
	m, err := c.to.CopyMark(c.Context())
	require.NoError(c, err)
	assert.Zero(c, m)
}

func (c *copied) world(s *memory.Store) core.World {
	c.Helper()
	w, err := s.Dump(c.Context())
	require.NoError(c, err)
	return w
}

func TestACopyHasEverythingAndCanBeAskedForAgain(t *testing.T) {
	t.Parallel()
	c := newCopied(t, lives(), users(lives()))
	var passes []app.CopyPass
	var last app.CopyStage
	plan := c.plan()
	plan.Progress = func(s app.CopyStage) {
		if s.Pass != last.Pass {
			passes = append(passes, s.Pass)
			assert.Equal(t, last.Of, last.Done)
		}
		last = s
	}
	r, err := plan.Run(t.Context())
	require.NoError(t, err)
	c.complete(r)
	assert.False(t, r.Already)
	assert.Equal(t, []app.CopyPass{app.Looking, app.Copying, app.Checking}, passes)
	assert.Equal(t, app.CopyStage{Pass: app.Checking, Table: "held_emails", Done: 2 * 1157, Of: 2 * 1157}, last)

	before := c.world(c.to)
	c.other.Fault = func(method string) (bool, error) {
		assert.NotContains(t, []string{"BeginCopy", "PutPreferences", "PutLedger", "PutHeld", "EndCopy"}, method)
		return true, nil
	}
	again, err := c.plan().Run(t.Context())
	require.NoError(t, err)
	assert.True(t, again.Already)
	assert.Equal(t, r.Tables, again.Tables)
	assert.Equal(t, before, c.world(c.to))
}

func TestACopyThatFailsAtAnyCallIsGoneOnWith(t *testing.T) {
	t.Parallel()
	whole := newCopied(t, history(9, 5), users(history(9, 5)))
	calls := 0
	count := func(string) (bool, error) { calls++; return true, nil }
	whole.first.Fault, whole.other.Fault = count, count
	want, err := whole.plan().Run(t.Context())
	require.NoError(t, err)
	require.Greater(t, calls, 20)
	for n := range calls {
		for _, done := range []bool{false, true} {
			c, call := newCopied(t, history(9, 5), users(history(9, 5))), 0
			fault := func(string) (bool, error) {
				call++
				if call != n+1 {
					return true, nil
				}
				return done, ports.ErrUnknown
			}
			c.first.Fault, c.other.Fault = fault, fault
			_, err := c.plan().Run(t.Context())
			require.ErrorIs(t, err, ports.ErrUnknown, n)
			r, err := c.plan().Run(t.Context())
			require.NoError(t, err, n)
			c.complete(r)
			assert.Equal(t, want.Tables, r.Tables)
		}
	}
}

func TestACopyThatIsInterruptedAtAnyPageIsGoneOnWith(t *testing.T) {
	t.Parallel()
	c := newCopied(t, lives(), users(lives()))
	for page, err := 1, error(nil); ; page++ {
		ctx, cancel := context.WithCancel(t.Context())
		plan, pages := c.plan(), 0
		plan.Progress = func(app.CopyStage) {
			if pages++; pages == page {
				cancel()
			}
		}
		var r app.CopyReport
		r, err = plan.Run(ctx)
		cancel()
		if err == nil {
			assert.Greater(t, page, 15)
			c.complete(r)
			return
		}
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestACopyIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	sending := lives()
	sending.Ledger[len(sending.Ledger)-1].Lease = noon.Add(time.Second)
	mailing := lives()
	mailing.Held[1].Status, mailing.Held[1].Lease = core.Sending, noon.Add(time.Minute)
	some := users(lives())
	some.Users = some.Users[1:2]
	used := users(lives())
	used.Ledger = lives().Ledger[:1]
	alike := lives()
	alike.Ledger[7].MessageID = "other@rfc.example"
	mark := core.CopyMark{Source: "other.db", Begun: noon}
	for name, c := range map[string]struct {
		from, to         core.World
		fromMark, toMark core.CopyMark
		words            string
	}{
		"a digest is being sent":         {sending, users(lives()), core.CopyMark{}, core.CopyMark{}, "stop all schedulers first: digest 5000 is being sent until 2026-03-29 12:00:01 UTC; after that it can be copied"},
		"a mail is being sent":           {mailing, users(lives()), core.CopyMark{}, core.CopyMark{}, "held mail 5 is being sent until 2026-03-29 12:01:00 UTC"},
		"people are missing":             {lives(), some, core.CopyMark{}, core.CopyMark{}, "the target has no users 1, 3, who have digests: let the app move its tables first"},
		"the target is in use":           {lives(), used, core.CopyMark{}, core.CopyMark{}, "the target is not empty (rows in digest_preferences: 0, in notification_digests: 1, in held_emails: 0)"},
		"the target has as many rows":    {lives(), alike, core.CopyMark{}, core.CopyMark{}, "the target is not empty (rows in digest_preferences: 2, in notification_digests: 1050, in held_emails: 105)"},
		"the target is another's":        {lives(), users(lives()), core.CopyMark{}, mark, "the target has a part of other.db: a copy that was begun at 2026-03-29 12:00:00 UTC has not ended"},
		"the source is only half a copy": {users(lives()), users(lives()), mark, core.CopyMark{}, "the source has only a part of other.db"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newCopied(t, c.from, c.to)
			if c.fromMark != (core.CopyMark{}) {
				require.NoError(t, s.from.BeginCopy(t.Context(), c.fromMark))
			}
			if c.toMark != (core.CopyMark{}) {
				require.NoError(t, s.to.BeginCopy(t.Context(), c.toMark))
			}
			before := s.world(s.to)
			_, err := s.plan().Run(t.Context())
			require.ErrorContains(t, err, c.words)
			assert.NotContains(t, err.Error(), "\n")
			assert.Equal(t, before, s.world(s.to))
			m, err := s.to.CopyMark(t.Context())
			require.NoError(t, err)
			assert.Equal(t, c.toMark, m)
		})
	}
}

func TestACopyNamesWhatItCannotTakeAlong(t *testing.T) {
	t.Parallel()
	w := lives()
	w.Users[0].Preferences.TimeZone = "Europe/\x00Berlin"
	w.Ledger[3].Error = "no \xff answer"
	w.Held[0].SentAt.Set = true // and unreadable
	w.Ledger = append(w.Ledger, core.LedgerRow{Claim: core.Claim{ID: 9000, Recipient: 404}, Status: core.Sent}, core.LedgerRow{Claim: core.Claim{ID: 9001, Recipient: 403}, Status: core.Sent})
	c := newCopied(t, w, users(w))
	for range 2 {
		r, err := c.plan().Run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, int64(3), r.Changed)
		assert.Equal(t, []app.CopyChange{
			{Table: "digest_preferences", ID: 1, Column: "time_zone", Reason: core.Unclean},
			{Table: "notification_digests", ID: 7, Column: "error", Reason: core.Unclean},
			{Table: "held_emails", ID: 2, Column: "sent_at", Reason: core.Unreadable},
		}, r.Changes)
		assert.Equal(t, int64(2), r.LeftOut)
		assert.Equal(t, "403, 404", r.Strangers)
		assert.Equal(t, int64(1050), r.Tables[1].Rows)
	}
	there := c.world(c.to)
	assert.Equal(t, "Europe/Berlin", there.Users[0].Preferences.TimeZone)
	assert.Equal(t, "no \uFFFD answer", there.Ledger[3].Error)
	assert.Equal(t, core.Stamp{}, there.Held[0].SentAt)
	assert.Equal(t, lives().Ledger[2:3], there.Ledger[2:3])
}

func TestACopyNoticesWhoeverElseWrites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		write func(c *copied) error
		words string
	}{
		"to the source": {func(c *copied) error { _, err := c.from.Hold(c.Context(), core.HeldMail{Recipient: 1}); return err },
			"held_emails changed in the source while it was copied (before: 105 rows, "},
		"to the target": {func(c *copied) error { _, err := c.to.Hold(c.Context(), core.HeldMail{Recipient: 1}); return err },
			"held_emails is not in the target as it is in the source (source: 105 rows, "},
		"the very same row": {func(c *copied) error {
			return c.to.Settle(c.Context(), lives().Ledger[1049].Claim, noon)
		}, "notification_digests is not in the target as it is in the source (source: 1050 rows, "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newCopied(t, lives(), users(lives()))
			plan := s.plan()
			plan.Progress = func(stage app.CopyStage) {
				if stage.Pass == app.Copying && stage.Done == stage.Of {
					require.NoError(t, c.write(s))
				}
			}
			_, err := plan.Run(t.Context())
			require.ErrorContains(t, err, c.words)
			m, err := s.to.CopyMark(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "old.db", m.Source, "so that nobody takes it for a whole one")
		})
	}
}

func TestOfTwoCopiesAtOnceOneIsToldSo(t *testing.T) {
	t.Parallel()
	c := newCopied(t, lives(), users(lives()))
	c.other.Store = &hasty{c.to}
	_, err := c.plan().Run(t.Context())
	require.ErrorContains(t, err, "somebody else has just written to the target")
}

// hasty is a store that another copy always gets to first.
type hasty struct{ *memory.Store }

func (h *hasty) BeginCopy(ctx context.Context, m core.CopyMark) error {
	if err := h.Store.BeginCopy(ctx, core.CopyMark{Source: "other.db", Begun: m.Begun}); err != nil {
		return err
	}
	return h.Store.BeginCopy(ctx, m)
}
