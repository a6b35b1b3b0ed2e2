package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// noon is the instant that the stories are told around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// person returns a recipient of daily digests whose last window ended a day before noon.
func person(id int64) core.Recipient {
	return core.Recipient{ID: id, Address: "p" + string(rune('0'+id%10)) + "@rfc.example", Name: "Ada", Cadence: core.Daily}
}

// event returns an unread notification from an hour before noon.
func event(id, recipient int64) core.Notification {
	return core.Notification{ID: id, Recipient: recipient, Kind: "pr_opened", Slug: "rfc-0001", PR: id, CreatedAt: noon.Add(-time.Hour)}
}

// stage is a store, a mailer, a clock and a ticker, all in memory.
type stage struct {
	testing.TB
	store  *memory.Store
	faulty *porttest.Faulty // the same store, as the ticker has it
	mailer *memory.Mailer
	clock  *memory.Clock
	ticker *app.Ticker
	events int64 // that came later
}

// newStage sets a stage with w on it; change may adjust the configuration.
func newStage(t testing.TB, w core.World, change ...func(*app.Config)) *stage {
	t.Helper()
	s := &stage{TB: t, store: memory.New(w), mailer: new(memory.Mailer), clock: memory.NewClock(noon)}
	s.faulty = &porttest.Faulty{Store: s.store}
	config := app.Config{Style: s.style(), Connections: 1}
	for _, c := range change {
		c(&config)
	}
	var err error
	s.ticker, err = app.New(config, s.faulty, s.mailer, s.clock)
	require.NoError(t, err)
	return s
}

// people returns a world of n people with one event each; the event's ID is a hundred times theirs.
func people(n int64) core.World {
	var w core.World
	for id := int64(1); id <= n; id++ {
		w.Users = append(w.Users, person(id))
		w.Notifications = append(w.Notifications, event(100*id, id))
	}
	return w
}

// tick makes a tick that must not return an error; its duration is left out of the report.
func (s *stage) tick() app.Report {
	s.Helper()
	report, err := s.ticker.Tick(context.Background())
	require.NoError(s, err)
	report.DurationMS = 0
	return report
}

func (s *stage) dump() core.World {
	s.Helper()
	w, err := s.store.Dump(context.Background())
	require.NoError(s, err)
	return w
}

// sentTo returns the addresses that mail was accepted for.
func (s *stage) sentTo() []string {
	to := []string{}
	for _, m := range s.mailer.Sent() {
		to = append(to, m.To.Mailbox)
	}
	return to
}

// refuse returns a hook that refuses the messages that are numbered, from 1, in the order in which
// they come.
func refuse(outcome ports.Outcome, numbers ...int) func(int, core.Message) (bool, error) {
	return func(n int, _ core.Message) (bool, error) {
		for _, number := range numbers {
			if n == number {
				broken := outcome == ports.ServerRefusal || outcome == ports.Doubtful || outcome == ports.ConnectionSpent
				return false, &ports.SendError{Outcome: outcome, Code: 450, Broken: broken, Err: errRefused}
			}
		}
		return true, nil
	}
}

func (s *stage) style() *core.Style {
	s.Helper()
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(s, err)
	return style
}

// hangingMailer takes messages and never answers.
type hangingMailer struct{}

func (hangingMailer) Dial(context.Context) (ports.MailConn, error) { return hangingMailer{}, nil }
func (hangingMailer) Close() error                                 { return nil }
func (hangingMailer) Send(ctx context.Context, _ core.Message, _ *core.Message) error {
	<-ctx.Done()
	return &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: ctx.Err()}
}
