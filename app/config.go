package app

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/app/sender"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// Lease and Grace are those of the sender.
	Lease, Grace = sender.Lease, sender.Grace
	// pageSize is how many recipients, digests in doubt or held e-mails are read at a time.
	pageSize = 500
)

// Config is how a [Ticker] works. Style must be set; the zero value of everything else is what
// most want.
type Config struct {
	// Style is how digests read and look.
	Style *core.Style
	// MailOff says that no mail is sent and no window closed. Watches still lapse.
	MailOff bool
	// MailStays says that mail goes no further than this machine: to a folder, or nowhere. Then the store may belong
	// to any installation, and a tick does not make it belong to this one.
	MailStays bool
	// Connections is how many mail connections are used at once; 0 means 4.
	Connections int
	// Rate is the rate limit of digests and held e-mail, in all processes that send from the store.
	Rate core.RateLimit
	// Doubt is how many messages may be with the server, or accepted, and not yet recorded: so many may arrive twice
	// after a crash. 0 means 16, or as many as
	// Connections if that is more.
	Doubt int
	// Server names what mail is handed to, without secrets. What one server accepted says nothing of
	// another; empty is a name as well.
	Server string
	// SuppressFor is how long an address is suppressed; 0 means [core.SuppressFor].
	SuppressFor time.Duration
	// WatchDays is after how many days without participation a watch lapses; 0 means 90.
	WatchDays int
	// PruneDays is after how many days a tick deletes windows, and held e-mails that are done; 0 means never.
	PruneDays int
	// Schedule says how far the ticks of Run are apart, and how digests are spread.
	Schedule core.Schedule
	// Zones are the rules of the world's time zones. They are opened when the Ticker is made, and again by each tick.
	// nil means those that package time finds, which knows no releases and no names in other letter case.
	Zones ports.ZoneData
	// Log gets a line for each event; nil means nowhere.
	Log *slog.Logger
}

// Ticker carries out one tick after another against a store, a mailer and a clock. It may be used
// from several goroutines; its ticks follow one another all the same.
type Ticker struct {
	config  Config
	planner *planner.Planner
	store   ports.Store
	sender  *sender.Sender
	clock   ports.Clock
	log     *slog.Logger

	ticking sync.Mutex
	// judgedBy is the fingerprint of the zone data by which ticks have judged people so far.
	judgedBy string
	// onTick may be nil.
	onTick func(Health)
	// trials are who was tried in vain.
	trials trials
	// pruned says how far ticks have come with what is old.
	pruned [2]pruning
	// vitals may be read while a tick runs.
	vitals vitals
}

// New returns a Ticker. It opens the zone data, but no connection, and starts nothing. An error says what in config
// cannot be used.
func New(config Config, store ports.Store, mailer ports.Mailer, clock ports.Clock) (*Ticker, error) {
	if store == nil || mailer == nil || clock == nil {
		return nil, errors.New("a store, a mailer and a clock are needed")
	}
	if err := config.complete(); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	plans, err := planner.New(planner.Config{
		Style: config.Style, MailOff: config.MailOff, MailStays: config.MailStays, WatchDays: config.WatchDays, Schedule: config.Schedule, Zones: config.Zones, Log: config.Log,
	}, store, clock)
	if err != nil {
		return nil, err
	}
	of := plans.Config()
	config.WatchDays, config.Schedule, config.Log = of.WatchDays, of.Schedule, of.Log
	out := sender.New(sender.Config{Connections: config.Connections, Doubt: config.Doubt, Rate: config.Rate, SuppressFor: config.SuppressFor, Links: config.Style.Links(), Log: config.Log}, store, mailer, clock)
	return &Ticker{config: config, planner: plans, sender: out, store: store, clock: clock, log: config.Log,
		pruned: [2]pruning{{what: core.OldWindows}, {what: core.OldMails}}}, nil
}

// Planner returns the planner that the ticks use.
func (t *Ticker) Planner() *planner.Planner { return t.planner }

// complete sets defaults for zero values. Its error says which value cannot be used.
func (config *Config) complete() error {
	if config.Connections < 0 || config.Connections > 64 {
		return fmt.Errorf("%d connections, want 1 to 64", config.Connections)
	}
	if err := config.Rate.Check(); err != nil {
		return err
	}
	if config.SuppressFor < 0 {
		return fmt.Errorf("addresses are suppressed for %s, want a day or more", config.SuppressFor)
	}
	if config.Doubt < 0 || config.Doubt > 1000 {
		return fmt.Errorf("%d messages in doubt, want 1 to 1000", config.Doubt)
	}
	if config.Connections == 0 {
		config.Connections = 4
	}
	if config.Doubt == 0 {
		config.Doubt = max(16, config.Connections)
	}
	return nil
}
