package app_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

var errRefused = errors.New("said the server")

func TestATickSendsRecordsAndThenIsSilent(t *testing.T) {
	t.Parallel()
	w := people(3)
	w.Notifications[1].ReadAt = core.At(noon) // nothing for the second
	s := newStage(t, w)
	assert.Equal(t, app.Report{Considered: 3, DigestsSent: 2, RolledEmpty: 1}, s.tick())
	assert.ElementsMatch(t, []string{"p1@rfc.example", "p3@rfc.example"}, s.sentTo())

	d := s.dump()
	require.Len(t, d.Ledger, 3)
	byRecipient := map[int64]core.LedgerRow{}
	for _, row := range d.Ledger {
		byRecipient[row.Recipient] = row
		assert.Equal(t, core.Window{Start: noon.Add(-core.Lookback), End: noon}, row.Window)
	}
	assert.Equal(t, core.Sent, byRecipient[1].Status)
	assert.Equal(t, []int64{100}, byRecipient[1].Notifications)
	assert.Equal(t, core.Empty, byRecipient[2].Status)
	assert.Empty(t, byRecipient[2].Notifications)
	assert.Equal(t, core.At(noon), d.Notifications[0].IncludedAt)
	assert.False(t, d.Notifications[1].IncludedAt.Set)

	assert.Equal(t, app.Report{}, s.tick())
	assert.Equal(t, d, s.dump())
	s.clock.Set(noon.Add(24*time.Hour - time.Second))
	assert.Equal(t, app.Report{}, s.tick())
	s.clock.Set(noon.Add(24 * time.Hour))
	assert.Equal(t, app.Report{Considered: 3, RolledEmpty: 3}, s.tick())
	assert.Len(t, s.mailer.Sent(), 2)
}

func TestWhatTheServerSaysDecidesWhatIsRecorded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outcome ports.Outcome
		report  app.Report
		ledger  int // rows after three people were tried, the second of whom got the answer
		next    app.Report
	}{
		{ports.TemporaryRefusal, app.Report{Considered: 3, DigestsSent: 2, Left: 1, Waiting: 1, OldestDue: noon}, 2, app.Report{Considered: 1, DigestsSent: 1}},
		{ports.RecipientRefusal, app.Report{Considered: 3, DigestsSent: 2, Failed: 1}, 2, app.Report{Considered: 1, Suppressed: 1}},
		{ports.SenderRefusal, app.Report{Considered: 3, DigestsSent: 2, Failed: 1, OldestDue: noon}, 2, app.Report{Considered: 1, DigestsSent: 1}},
		{ports.MessageRefusal, app.Report{Considered: 3, DigestsSent: 2, Failed: 1, OldestDue: noon}, 2, app.Report{Considered: 1, DigestsSent: 1}},
		{ports.ConnectionSpent, app.Report{Considered: 3, DigestsSent: 3}, 3, app.Report{}},
		{ports.ServerRefusal, app.Report{Considered: 3, DigestsSent: 1, Left: 2, Waiting: 2, OldestDue: noon, Stopped: "mail server refused (450): said the server"}, 1,
			app.Report{Considered: 2, DigestsSent: 2}},
		{ports.Doubtful, app.Report{Considered: 3, DigestsSent: 2, InDoubt: 1, OldestDue: noon}, 3, app.Report{}},
	} {
		s := newStage(t, people(3))
		s.mailer.Fault = refuse(c.outcome, 2)
		report := s.tick()
		if report.Failed > 0 {
			assert.Equal(t, []app.Failure{{Recipient: 2, Reason: c.outcome.String() + " (450): said the server"}}, report.Failures, c.outcome)
		}
		report.Failures = nil
		assert.Equal(t, c.report, report, c.outcome)
		d := s.dump()
		assert.Len(t, d.Ledger, c.ledger, c.outcome)
		want := core.Preferences{}
		if c.outcome == ports.RecipientRefusal {
			want = core.Preferences{SuppressedAddress: "p2@rfc.example", SuppressedReason: "recipient refused (450): said the server", Failures: 1,
				RetryAt: noon.Add(24*time.Hour - 15*time.Minute)}
		}
		assert.Equal(t, want, d.Users[1].Preferences, c.outcome)
		assert.Equal(t, c.next, s.tick(), c.outcome)
		if c.outcome == ports.RecipientRefusal {
			s.clock.Add(24 * time.Hour)
			assert.Equal(t, app.Report{Considered: 3, DigestsSent: 1, RolledEmpty: 2}, s.tick(), "a day later it is tried again")
		}
		for _, u := range s.dump().Users {
			assert.Zero(t, u.Preferences, "an acceptance ends the run of refusals")
		}
	}
}

func TestAServerThatCannotBeReachedCostsNobodyAnything(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(3))
	s.mailer.DialFault = func(n int) error {
		if n == 1 {
			return errors.New("connection refused")
		}
		return nil
	}
	before := s.dump()
	report := s.tick()
	assert.Equal(t, app.Report{Considered: 3, Left: 3, Waiting: 3, OldestDue: noon, Stopped: "mail server refused: connection refused"}, report)
	assert.Equal(t, before, s.dump())
	assert.Equal(t, 3, s.tick().DigestsSent)
}

func TestAServerThatHangsUpAfterEachMessageCostsNobodyTheirTick(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(5))
	onThis := 0
	s.mailer.DialFault = func(int) error { onThis = 0; return nil }
	s.mailer.Fault = func(int, core.Message) (bool, error) {
		if onThis++; onThis > 1 {
			return false, &ports.SendError{Outcome: ports.ConnectionSpent, Broken: true, Err: errRefused}
		}
		return true, nil
	}
	assert.Equal(t, app.Report{Considered: 5, DigestsSent: 5}, s.tick())
	s = newStage(t, people(2))
	s.mailer.Fault = refuse(ports.ConnectionSpent, 1)
	s.mailer.DialFault = func(n int) error {
		if n > 1 {
			return errors.New("connection refused")
		}
		return nil
	}
	report := s.tick()
	assert.Equal(t, 2, report.Left)
	assert.Contains(t, report.Stopped, "connection refused")
	assert.Empty(t, s.dump().Ledger)
}

func TestADigestInDoubtGoesOutAgainUnderItsOwnID(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(1))
	// It was accepted, and the answer was lost.
	s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
		if n == 1 {
			return true, &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: errRefused}
		}
		return true, nil
	}
	assert.Equal(t, app.Report{Considered: 1, InDoubt: 1, OldestDue: noon}, s.tick())
	more := event(101, 1)
	more.CreatedAt = noon.Add(time.Minute)
	require.NoError(t, s.store.Fill(context.Background(), core.World{Notifications: []core.Notification{more}}))

	s.clock.Set(noon.Add(app.Lease - time.Second))
	assert.Equal(t, app.Report{}, s.tick(), "nobody plans for them meanwhile")
	s.clock.Set(noon.Add(app.Lease))
	assert.Equal(t, app.Report{Recovered: 1}, s.tick())
	sent := s.mailer.Sent()
	require.Len(t, sent, 2)
	assert.Equal(t, sent[0], sent[1])
	rows := s.dump().Ledger
	require.Len(t, rows, 1)
	assert.Equal(t, core.Sent, rows[0].Status)
	assert.Equal(t, 2, rows[0].Attempts)
	assert.Equal(t, []int64{100}, rows[0].Notifications)

	s.clock.Set(noon.Add(24 * time.Hour))
	assert.Equal(t, app.Report{Considered: 1, DigestsSent: 1}, s.tick(), "what came meanwhile")
	assert.Equal(t, []int64{101}, s.dump().Ledger[1].Notifications)
}

func TestADigestInDoubtThatIsRefusedForNowStaysInDoubt(t *testing.T) {
	t.Parallel()
	for _, again := range []ports.Outcome{ports.TemporaryRefusal, ports.ServerRefusal, ports.Doubtful} {
		s := newStage(t, people(1))
		s.mailer.Fault = refuse(ports.Doubtful, 1)
		s.tick()
		s.mailer.Fault = refuse(again, 2)
		s.clock.Add(app.Lease)
		s.tick()
		assert.Equal(t, core.Sending, s.dump().Ledger[0].Status, again)
		s.clock.Add(app.Lease)
		assert.Equal(t, 1, s.tick().Recovered, again)
		assert.Len(t, s.mailer.Sent(), 1)
	}
	s := newStage(t, people(1))
	s.mailer.Fault = refuse(ports.Doubtful, 1)
	s.tick()
	s.mailer.Fault = refuse(ports.RecipientRefusal, 2)
	s.clock.Add(app.Lease)
	assert.Equal(t, 1, s.tick().Failed)
	assert.Equal(t, core.Sending, s.dump().Ledger[0].Status, "the first one may have arrived, so its events are in no other digest")
}

func TestADigestInDoubtForAPersonWhoIsGoneIsAbandoned(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{Ledger: []core.LedgerRow{{Status: core.Sending,
		Claim: core.Claim{ID: 1, Recipient: 404, MessageID: "x@y", Notifications: []int64{1}, Window: core.Window{End: noon}}}}})
	assert.Equal(t, app.Report{}, s.tick())
	assert.Empty(t, s.dump().Ledger)
}

func TestHeldMailIsReleasedBeforeDigestsArePlanned(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(1))
	_, err := s.ticker.Hold(context.Background(), core.HeldMail{Recipient: 1, Subject: "PR #100", Text: "Hi", Notifications: []int64{100}})
	require.NoError(t, err)
	assert.Equal(t, app.Report{Flushed: 1, Considered: 1, RolledEmpty: 1}, s.tick())
	d := s.dump()
	assert.Equal(t, core.Sent, d.Held[0].Status)
	assert.Equal(t, core.At(noon), d.Notifications[0].EmailedAt)
	assert.Equal(t, "PR #100", s.mailer.Sent()[0].Subject)
}

func TestHeldMailWaitsForTheEndOfQuietHoursAndIsDroppedOnceRead(t *testing.T) {
	t.Parallel()
	w := people(2)
	for i := range w.Users {
		w.Users[i].Preferences = core.Preferences{TimeZone: "Asia/Kathmandu", QuietStart: "17:00", QuietEnd: "18:00"} // noon is 17:45
		w.Held = append(w.Held, core.HeldRow{HeldMail: core.HeldMail{Recipient: w.Users[i].ID, Text: "Hi", Status: core.Held,
			Notifications: []int64{w.Notifications[i].ID}, CreatedAt: noon}})
	}
	s := newStage(t, w)
	assert.Equal(t, app.Report{Considered: 2, Deferred: 2}, s.tick())
	w.Notifications[0].ReadAt = core.At(noon)
	require.NoError(t, s.store.Fill(context.Background(), core.World{Notifications: w.Notifications[:1]}))
	s.clock.Add(15 * time.Minute)
	assert.Equal(t, app.Report{Flushed: 1, Dropped: 1, Considered: 2, RolledEmpty: 2}, s.tick())
}

func TestWhatTheServerSaysOfHeldMail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outcome  ports.Outcome
		status   core.Status
		attempts int
		charged  bool
	}{
		{ports.TemporaryRefusal, core.Held, 1, false},
		{ports.RecipientRefusal, core.Held, 0, false}, // the server took nothing yet
		{ports.SenderRefusal, core.Held, 0, false},
		{ports.MessageRefusal, core.Failed, 0, false},
		{ports.ServerRefusal, core.Held, 0, false},
		{ports.Doubtful, core.Sending, 0, false},
	} {
		s := newStage(t, core.World{Users: []core.Recipient{{ID: 1, Address: "ada@rfc.example"}}})
		_, err := s.ticker.Hold(context.Background(), core.HeldMail{Recipient: 1, Text: "Hi"})
		require.NoError(t, err)
		s.mailer.Fault = refuse(c.outcome, 1)
		s.tick()
		d := s.dump()
		assert.Equal(t, c.status, d.Held[0].Status, c.outcome)
		assert.Equal(t, c.attempts, d.Held[0].Attempts, c.outcome)
		assert.Equal(t, c.charged, d.Users[0].Preferences.Failures == 1, c.outcome)
		first := d.Held[0].MessageID
		s.clock.Add(app.Lease)
		again := s.tick()
		assert.Equal(t, c.status != core.Failed, again.Flushed == 1, c.outcome)
		assert.Equal(t, first, s.dump().Held[0].MessageID, c.outcome)
	}
}

func TestHeldMailIsGivenUpAfterTenTemporaryRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{Users: []core.Recipient{{ID: 1, Address: "ada@rfc.example"}}})
	_, err := s.ticker.Hold(context.Background(), core.HeldMail{Recipient: 1, Text: "Hi"})
	require.NoError(t, err)
	s.mailer.Fault = func(int, core.Message) (bool, error) {
		return false, &ports.SendError{Outcome: ports.TemporaryRefusal, Code: 451, Err: errRefused}
	}
	for range 9 {
		assert.Equal(t, app.Report{Left: 0}, func() app.Report { r := s.tick(); r.Left, r.Waiting = 0, 0; return r }())
		assert.Equal(t, core.Held, s.dump().Held[0].Status)
	}
	assert.Equal(t, 1, s.tick().Failed)
	assert.Equal(t, core.Failed, s.dump().Held[0].Status)
	assert.Equal(t, "refused for now (451): said the server", s.dump().Held[0].Error)
	assert.Equal(t, app.Report{}, s.tick())
}

func TestHoldRefusesWhatCouldNeverBeSent(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{})
	_, err := s.ticker.Hold(context.Background(), core.HeldMail{Text: "Hi"})
	assert.ErrorContains(t, err, "no recipient")
	_, err = s.ticker.Hold(context.Background(), core.HeldMail{Recipient: 1, Subject: "Hi"})
	assert.ErrorContains(t, err, "neither text nor HTML")
	assert.Empty(t, s.dump().Held)
}

func TestOnePersonsTroubleIsTheirsAlone(t *testing.T) {
	t.Parallel()
	w := people(9)
	w.Users[1].Address = "broken\r\nBcc: eve@x"
	w.Users[2].Cadence = "every blue moon"
	w.Users[3].Preferences.TimeZone = "Mars/Olympus"
	w.Users[4].Name = "\xff\x00"
	w.Notifications[5].Payload = `[[[[`
	w.Notifications[6].CreatedAt = time.Time{}
	s := newStage(t, w)
	report := s.tick()
	assert.Equal(t, []app.Failure{{Recipient: 2, Reason: "address is not one that mail can be sent to"}}, report.Failures)
	assert.Equal(t, 7, report.DigestsSent)
	assert.Equal(t, 8, report.Considered)
}

func TestRowsThatCannotBeReadCostOnlyTheirOwner(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(5))
	reads := 0
	s.faulty.Fault = func(method string) (bool, error) {
		if method != "Since" {
			return true, nil
		}
		// The page cannot be read, and then not the third person's rows.
		if reads++; reads == 1 || reads == 4 {
			return false, errors.New("malformed row")
		}
		return true, nil
	}
	report := s.tick()
	assert.Equal(t, 4, report.DigestsSent)
	assert.Equal(t, []app.Failure{{Recipient: 3, Reason: "reading notifications: malformed row"}}, report.Failures)
}

func TestAStoreThatGoesAwayWhilePeopleAreReadOneByOneEndsTheTick(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(5))
	reads := 0
	s.faulty.Fault = func(method string) (bool, error) {
		switch {
		case method != "Since":
			return true, nil
		case reads == 0:
			reads++
			return false, errors.New("malformed row")
		}
		reads++
		return false, ports.ErrUnavailable
	}
	report, err := s.ticker.Tick(context.Background())
	assert.ErrorIs(t, err, ports.ErrUnavailable)
	assert.Empty(t, report.Failures)
	assert.Equal(t, 2, reads)
}

func TestAStoreThatDoesNotAnswerEndsTheTick(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"InDoubt", "Waiting", "People due", "Since", "Record claim", "Record roll"} {
		w := people(5)
		w.Notifications[1].ReadAt = core.At(noon)
		s := newStage(t, w)
		calls := 0
		s.faulty.Fault = func(called string) (bool, error) {
			if called != method {
				return true, nil
			}
			calls++
			return false, ports.ErrUnavailable
		}
		_, err := s.ticker.Tick(context.Background())
		assert.ErrorIs(t, err, ports.ErrUnavailable, method)
		assert.Equal(t, 1, calls, method)
		s.faulty.Fault = nil
		report := s.tick()
		assert.Equal(t, 4, len(s.mailer.Sent()), method)
		assert.Empty(t, report.Failures)
	}
}

func TestAnOutcomeThatCannotBeRecordedIsOwedNotForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(3))
		full := true
		s.faulty.Fault = func(method string) (bool, error) {
			if method == "Record settle" && full {
				return false, errors.New("disk full")
			}
			return true, nil
		}
		// The process is asked to stop as soon as the first mail is out, so that it does not wait for the disk.
		ctx, stop := context.WithCancel(context.Background())
		s.mailer.Fault = func(int, core.Message) (bool, error) { stop(); return true, nil }
		_, err := s.ticker.Tick(ctx)
		assert.Error(t, err)
		assert.Len(t, s.mailer.Sent(), 1)

		s.clock.Add(app.Lease)
		_, err = s.ticker.Tick(context.Background())
		assert.ErrorContains(t, err, "disk full")
		assert.Len(t, s.mailer.Sent(), 1, "nothing goes out while outcomes cannot be written down")

		full = false
		assert.Equal(t, app.Report{Considered: 2, DigestsSent: 2}, s.tick())
		assert.Len(t, s.mailer.Sent(), 3, "and the first did not go out again")
		for _, row := range s.dump().Ledger {
			assert.Equal(t, core.Sent, row.Status)
		}
	})
}

func TestAClaimWhoseOutcomeIsUnknownIsLeftUntilItsLeaseEnds(t *testing.T) {
	t.Parallel()
	for _, happened := range []bool{true, false} {
		s := newStage(t, people(2))
		first := true
		s.faulty.Fault = func(method string) (bool, error) {
			if method == "Record claim" && first {
				first = false
				return happened, ports.ErrUnknown
			}
			return true, nil
		}
		_, err := s.ticker.Tick(context.Background())
		assert.ErrorIs(t, err, ports.ErrUnknown)
		assert.Empty(t, s.mailer.Sent(), "a store that is in trouble is not written to any more")
		s.clock.Add(app.Lease)
		report := s.tick()
		assert.Equal(t, 2, report.DigestsSent+report.Recovered)
		assert.Equal(t, happened, report.Recovered == 1)
		assert.Len(t, s.mailer.Sent(), 2)
		assert.Len(t, s.dump().Ledger, 2)
	}
}

func TestWatchesDecayEvenWithMailOff(t *testing.T) {
	t.Parallel()
	w := people(1)
	w.Watches = []core.Watch{{User: 1, Slug: "a", State: core.Watching, Participation: core.At(noon.Add(-90*24*time.Hour - time.Second))},
		{User: 1, Slug: "b", State: core.Watching, Participation: core.At(noon.Add(-90 * 24 * time.Hour))}}
	s := newStage(t, w, func(c *app.Config) { c.MailOff = true })
	assert.Equal(t, app.Report{Decayed: 1}, s.tick())
	assert.Empty(t, s.dump().Ledger)
	s = newStage(t, w, func(c *app.Config) { c.WatchDays = 89 })
	assert.Equal(t, app.Report{Decayed: 2, Considered: 1, DigestsSent: 1}, s.tick())
	s = newStage(t, w)
	s.faulty.Fault = func(method string) (bool, error) {
		return method != "Lapse", map[bool]error{true: errors.New("no table")}[method == "Lapse"]
	}
	report, err := s.ticker.Tick(context.Background())
	assert.ErrorContains(t, err, "no table")
	assert.Equal(t, 1, report.DigestsSent, "watches are nobody's mail")
}

func TestATickThatIsStoppedFinishesWhatIsInHand(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(5))
	ctx, stop := context.WithCancel(context.Background())
	s.mailer.Fault = func(n int, _ core.Message) (bool, error) {
		if n == 2 {
			stop()
		}
		return true, nil
	}
	report, err := s.ticker.Tick(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 2, report.DigestsSent)
	for _, row := range s.dump().Ledger {
		assert.Equal(t, core.Sent, row.Status)
	}
	assert.Equal(t, app.Report{Considered: 3, DigestsSent: 3}, s.tick())
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newStage(t, core.World{})
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "x"})
	require.NoError(t, err)
	for _, c := range []app.Config{{}, {Style: style, Connections: -1}, {Style: style, Connections: 65}, {Style: style, WatchDays: -1},
		{Style: style, Schedule: core.Schedule{Tick: time.Millisecond}}, {Style: style, Schedule: core.Schedule{Tick: -time.Hour}}} {
		_, err := app.New(c, s.store, s.mailer, s.clock)
		assert.Error(t, err)
	}
	_, err = app.New(app.Config{Style: style}, nil, s.mailer, s.clock)
	assert.Error(t, err)
}
