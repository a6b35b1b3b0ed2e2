package app_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// ways are all ways to tick.
var ways = map[string]func(*app.Ticker, context.Context) (app.Report, error){
	"alone": func(t *app.Ticker, ctx context.Context) (app.Report, error) { return t.TickAt(ctx, noon) },
	"the first range": func(t *app.Ticker, ctx context.Context) (app.Report, error) {
		return t.TickRange(ctx, noon, core.Range{Through: 2}, 0)
	},
	"the last range": func(t *app.Ticker, ctx context.Context) (app.Report, error) {
		return t.TickRange(ctx, noon, core.Range{After: 1, Through: core.Everybody().Through}, 0)
	},
}

// called returns a change that has the ticker be another installation's.
func called(t *testing.T, b core.Brand) func(*app.Config) {
	t.Helper()
	style, err := core.NewStyle(b)
	require.NoError(t, err)
	return func(c *app.Config) { c.Style = style }
}

func (s *stage) facts() map[string]string {
	s.Helper()
	all, err := s.store.Facts(context.Background())
	require.NoError(s, err)
	return all
}

// with returns a ticker on the same store and mailer, as another process would have it.
func (s *stage) with(change ...func(*app.Config)) *app.Ticker {
	s.Helper()
	config := app.Config{Style: s.style(), Connections: 1}
	for _, c := range change {
		c(&config)
	}
	ticker, err := app.New(config, s.faulty, s.mailer, s.clock)
	require.NoError(s, err)
	return ticker
}

func mailOff(c *app.Config)   { c.MailOff = true }
func mailStays(c *app.Config) { c.MailStays = true }

func TestTheFirstTickWhoseMailLeavesNamesTheInstallation(t *testing.T) {
	t.Parallel()
	local := core.Brand{AppURL: "http://127.0.0.1:8000", Domain: "localhost"}
	refused := errors.New("no route")
	for name, c := range map[string]struct {
		change []func(*app.Config)
		named  string
	}{
		"mail that leaves":        {nil, "https://rfc.example rfc.example"},
		"mail that stays":         {[]func(*app.Config){mailStays}, ""},
		"mail that is off":        {[]func(*app.Config){mailOff}, ""},
		"an app on a laptop":      {[]func(*app.Config){called(t, local)}, ""},
		"mail that is redirected": {[]func(*app.Config){called(t, core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example", RedirectTo: "me@rfc.example"})}, ""},
	} {
		for way, tick := range ways {
			s := newStage(t, people(2), c.change...)
			_, err := s.ticker.Hold(t.Context(), core.HeldMail{Recipient: 1, Text: "Hello"}) // which also the front of a tick sends
			require.NoError(t, err)
			s.mailer.DialFault = func(int) error { return refused }
			_, err = tick(s.with(called(t, core.Brand{AppURL: "https://wrong.example", Domain: "rfc.example"})), t.Context())
			require.NoError(t, err)
			assert.Empty(t, s.facts()[core.FactInstallation], "nothing left")
			s.mailer.DialFault = nil
			_, err = tick(s.ticker, t.Context())
			require.NoError(t, err)
			assert.Equal(t, c.named, s.facts()[core.FactInstallation], "%s, %s", name, way)
			assert.NoError(t, s.with().Planner().MaySend(t.Context()), "whatever a trial did, going live is not refused")
		}
	}
}

func TestACopyThatIsAnotherInstallationSendsNothing(t *testing.T) {
	t.Parallel()
	staging := called(t, core.Brand{AppURL: "http://localhost:8000", Domain: "localhost"})
	for name, tick := range ways {
		s := newStage(t, people(3))
		require.NoError(t, s.store.PutFact(t.Context(), core.FactInstallation, "https://rfc.example rfc.example"))
		_, err := s.ticker.Hold(t.Context(), core.HeldMail{Recipient: 1, Text: "Hello"})
		require.NoError(t, err)
		before, facts := s.dump(), s.facts()
		other := s.with(staging)
		_, err = tick(other, t.Context())
		require.ErrorIs(t, err, planner.ErrOtherInstallation, name)
		assert.EqualError(t, err, "the database belongs to another installation, so nothing is sent: it has sent mail with links to https://rfc.example from rfc.example, "+
			"and now that would be http://localhost:8000 from localhost; if this is a copy of it, use --redirect-all-to ADDRESS; if it has only got another address or sender, "+
			"run rfcdigest tick --adopt once")
		assert.ErrorIs(t, other.Planner().MaySend(t.Context()), planner.ErrOtherInstallation)
		assert.Empty(t, s.mailer.Sent(), name)
		assert.Equal(t, before, s.dump(), name)
		assert.Equal(t, facts, s.facts(), name)

		for _, harmless := range []func(*app.Config){mailOff, mailStays} {
			require.NoError(t, s.with(staging, harmless).Planner().MaySend(t.Context()))
		}
		require.NoError(t, s.ticker.Planner().MaySend(t.Context()), "the installation itself goes on")
		require.NoError(t, app.Adopt(t.Context(), s.store, other.Planner().Config().Style))
		_, err = tick(other, t.Context())
		require.NoError(t, err, name)
		assert.ErrorIs(t, s.ticker.Planner().MaySend(t.Context()), planner.ErrOtherInstallation, "and now it is the other one")
	}
}

func TestOfTwoFirstInstallationsOneIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(2))
	var once sync.Once
	s.faulty.Fault = func(method string) (bool, error) {
		if method == "SwapFact" {
			once.Do(func() {
				assert.NoError(t, s.store.PutFact(t.Context(), core.FactInstallation, "https://other.example other.example"))
			})
		}
		return true, nil
	}
	_, err := s.ticker.Tick(t.Context())
	require.ErrorIs(t, err, planner.ErrOtherInstallation)
	assert.Len(t, s.mailer.Sent(), 2)
	_, err = s.ticker.Tick(t.Context())
	require.ErrorIs(t, err, planner.ErrOtherInstallation)
	assert.Equal(t, "https://other.example other.example", s.facts()[core.FactInstallation])
}

func TestATickThatIsStoppedHasNamedTheInstallation(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(3))
	ctx, stop := context.WithCancel(t.Context())
	s.mailer.Fault = func(int, core.Message) (bool, error) { stop(); return true, nil }
	_, err := s.ticker.Tick(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.NotEmpty(t, s.mailer.Sent())
	assert.Equal(t, "https://rfc.example rfc.example", s.facts()[core.FactInstallation])
}

func TestWhereNobodyKnowsWhoseStoreItIsNothingIsSent(t *testing.T) {
	t.Parallel()
	lost := errors.New("no such table")
	for method, sent := range map[string]int{"Facts": 0, "SwapFact": 2, "PutFact": 2} {
		s := newStage(t, people(2), called(t, signing(t)))
		s.faulty.Fault = func(called string) (bool, error) {
			if called == method {
				return false, lost
			}
			return true, nil
		}
		_, err := s.ticker.Tick(t.Context())
		require.ErrorIs(t, err, lost, method)
		assert.Len(t, s.mailer.Sent(), sent, method)
	}
}

// signing is a brand whose digests have links that are signed.
func signing(t *testing.T) core.Brand {
	t.Helper()
	ring, err := links.NewKeyring([]byte("0123456789abcdef0123456789abcdef"))
	require.NoError(t, err)
	unsubscribe, err := links.New("https://digest.rfc.example", ring, "")
	require.NoError(t, err)
	return core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Links: unsubscribe}
}

func TestATickNotesWhichSecretSigns(t *testing.T) {
	t.Parallel()
	brand := signing(t)
	s := newStage(t, people(2))
	for _, quiet := range []func(*app.Config){mailOff, called(t, core.Brand{AppURL: brand.AppURL, Domain: brand.Domain})} {
		_, err := s.with(called(t, brand), quiet).Tick(t.Context())
		require.NoError(t, err)
		assert.NotContains(t, s.facts(), core.FactSigner, "nothing was signed")
	}
	anew := func() {
		s.clock.Add(24 * time.Hour)
		next := event(int64(1000+s.clock.Now().Day()), 1)
		next.CreatedAt = s.clock.Now().Add(-time.Hour)
		require.NoError(t, s.store.Fill(t.Context(), core.World{Notifications: []core.Notification{next}}))
	}
	_, err := s.with(called(t, brand), mailStays).Tick(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, s.facts(), core.FactSigner, "nothing was sent")
	anew()
	_, err = s.with(called(t, brand), mailStays).Tick(t.Context())
	require.NoError(t, err)
	assert.Equal(t, brand.Links.Signer(), s.facts()[core.FactSigner])
	anew()
	s.tick() // without links
	anew()
	writes := 0
	s.faulty.Fault = func(method string) (bool, error) {
		if method == "PutFact" || method == "SwapFact" {
			writes++
		}
		return true, nil
	}
	_, err = s.with(called(t, brand)).Tick(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, writes, "what is noted is not noted again, but that the server took mail a day later")
}

func redirecting(t *testing.T) func(*app.Config) {
	return called(t, core.Brand{AppURL: "http://localhost:8000", Domain: "localhost", RedirectTo: "staging@rfc.example"})
}

func TestARedirectedCopyTellsEachThingOnceAndNobodyCountsAsTold(t *testing.T) {
	t.Parallel()
	for name, tick := range ways {
		s := newStage(t, people(3))
		require.NoError(t, s.store.PutFact(t.Context(), core.FactInstallation, "https://rfc.example rfc.example"))
		require.NoError(t, s.store.Fill(t.Context(), core.World{Users: []core.Recipient{person(4)}})) // with nothing to tell
		doubt := core.LedgerRow{Status: core.Sending, Claim: core.Claim{ID: 1, Recipient: 3, MessageID: "a@rfc.example", Notifications: []int64{300}, Lease: noon.Add(-time.Hour)}}
		require.NoError(t, s.store.Fill(t.Context(), core.World{Ledger: []core.LedgerRow{doubt}}))
		_, err := s.ticker.Hold(t.Context(), core.HeldMail{Recipient: 1, Text: "Hello", Notifications: []int64{999}})
		require.NoError(t, err)
		before := s.dump()
		copied := s.with(redirecting(t))
		for range 3 { // at the same instant, again and again
			_, err := tick(copied, t.Context())
			require.NoError(t, err)
		}
		want := 3 // two digests and the held e-mail; the third person's digest is in doubt
		if name == "the last range" {
			want = 1 // the second person's digest
		}
		require.Len(t, s.mailer.Sent(), want, name)
		for _, m := range s.mailer.Sent() {
			assert.Equal(t, "staging@rfc.example", m.To.Mailbox, name)
			assert.Contains(t, m.Subject, "[For p", name)
		}
		after := s.dump()
		assert.Equal(t, before.Users, after.Users, name)
		assert.Equal(t, before.Notifications, after.Notifications, "nothing is marked")
		for _, row := range after.Ledger {
			if row.ID != doubt.ID {
				assert.Equal(t, core.Redirected, row.Status, name)
			}
		}

		// What is new by the next day is told once more.
		next := event(777, 1)
		next.CreatedAt = noon.Add(time.Hour)
		require.NoError(t, s.store.Fill(t.Context(), core.World{Notifications: []core.Notification{next}}))
		before.Notifications = append(before.Notifications, next)
		s.clock.Set(noon.Add(25 * time.Hour))
		sent := len(s.mailer.Sent())
		_, err = copied.Tick(t.Context())
		require.NoError(t, err)
		assert.Len(t, s.mailer.Sent(), sent+map[string]int{"alone": 1, "the first range": 1, "the last range": 2}[name], name)

		// The first tick that is not redirected finds all as it was, and tells everybody everything.
		require.NoError(t, s.store.PutFact(t.Context(), core.FactInstallation, ""))
		s.clock.Set(noon.Add(26 * time.Hour))
		_, err = s.with(mailOff).Tick(t.Context())
		require.NoError(t, err)
		assert.Contains(t, s.facts(), core.FactRedirected, "one with mail off is none")
		real := len(s.mailer.Sent())
		report, err := s.ticker.Tick(t.Context())
		require.NoError(t, err)
		assert.NotContains(t, s.facts(), core.FactRedirected)
		assert.Equal(t, 2, report.DigestsSent, name)
		assert.Equal(t, 1, report.Flushed, name)
		assert.Equal(t, 1, report.Recovered, name)
		assert.ElementsMatch(t, []string{"p1@rfc.example", "p1@rfc.example", "p2@rfc.example", "p3@rfc.example"}, s.sentTo()[real:], name)
		for _, row := range s.dump().Ledger {
			assert.NotEqual(t, core.Redirected, row.Status, name)
		}
	}
}

func TestARedirectedMailThatIsRefusedSaysNothingOfItsRecipient(t *testing.T) {
	t.Parallel()
	for _, outcome := range []ports.Outcome{ports.TemporaryRefusal, ports.RecipientRefusal, ports.MessageRefusal, ports.ServerRefusal, ports.Doubtful} {
		s := newStage(t, people(1), redirecting(t))
		_, err := s.ticker.Hold(t.Context(), core.HeldMail{Recipient: 1, Text: "Hello"})
		require.NoError(t, err)
		before := s.dump()
		s.mailer.Fault = refuse(outcome, 1, 2)
		_, err = s.ticker.Tick(t.Context())
		require.NoError(t, err)
		after := s.dump()
		assert.Equal(t, before.Users, after.Users, outcome)
		assert.Empty(t, after.Ledger, outcome)
		require.Equal(t, core.Held, after.Held[0].Status, outcome)
		assert.Zero(t, after.Held[0].Attempts, outcome)
		s.mailer.Fault = nil
		report := s.tick()
		assert.Equal(t, 1, report.DigestsSent, outcome)
		assert.Equal(t, 1, report.Flushed, outcome)
	}
}

func TestARedirectedOutcomeThatCannotBeWrittenStopsSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, people(3), redirecting(t))
		s.faulty.Fault = func(method string) (bool, error) {
			if method == "Record redirect" {
				return false, ports.ErrUnavailable
			}
			return true, nil
		}
		_, err := s.ticker.Tick(t.Context())
		require.ErrorIs(t, err, ports.ErrUnavailable)
		assert.Len(t, s.mailer.Sent(), 1)
		s.faulty.Fault = nil
		s.tick()
		assert.Len(t, s.mailer.Sent(), 3, "what was owed is written first, so that nothing goes out again")
	})
}
