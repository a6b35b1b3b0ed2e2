package app

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// Lease is how long a claim is left alone after it was made.
	Lease = 10 * time.Minute
	// Grace is how long, after its context ended, a tick may go on with the messages in hand.
	Grace = 30 * time.Second
	// pageSize is how many recipients, digests in doubt or held e-mails are read at a time.
	pageSize = 500
	// maxMessageRefusals is how many messages in a row may be refused for good before sending stops.
	maxMessageRefusals = 20
)

// Config is how a [Ticker] works. Style must be set; the zero value of everything else is what
// most want.
type Config struct {
	// Style is how digests read and look.
	Style *core.Style
	// MailOff leaves all mail alone, and all windows as they are; only watches decay.
	MailOff bool
	// Connections is how many mail connections are used at once; 0 means 4.
	Connections int
	// Pace is how fast messages leave: digests and held e-mail, of all ticks of this Ticker together.
	Pace core.Pace
	// WatchDays is after how many days without participation a watch lapses; 0 means 90.
	WatchDays int
	// Every is the tick length of Run; 0 means an hour.
	Every time.Duration
	// Shared has the ticks of Run share their work with other processes on the same store; see
	// [Ticker.TickShared].
	Shared bool
	// LoadZone returns the location of an IANA name; nil means time.LoadLocation.
	LoadZone func(name string) (*time.Location, error)
	// Log gets a line for each event; nil means nowhere.
	Log *slog.Logger
}

// Ticker carries out one tick after another against a store, a mailer and a clock. It may be used
// from several goroutines; its ticks follow one another all the same.
type Ticker struct {
	config Config
	store  ports.Store
	mailer ports.Mailer
	clock  ports.Clock
	log    *slog.Logger
	zones  zones

	ticking sync.Mutex
	// onTick is nil where nobody asks.
	onTick func(Report, error)
	// parts are those of the newest tick that nobody was told of yet; nil where there are none.
	parts *parts
	// owed are outcomes that the store could not write down yet; see record.
	owed  owed
	turns *turns
	// vitals may be read while a tick runs.
	vitals vitals
}

// New returns a Ticker. It opens no connection and starts nothing. An error says what in config
// cannot be used.
func New(config Config, store ports.Store, mailer ports.Mailer, clock ports.Clock) (*Ticker, error) {
	if store == nil || mailer == nil || clock == nil {
		return nil, errors.New("a store, a mailer and a clock are needed")
	}
	if err := config.complete(); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	t := &Ticker{config: config, store: store, mailer: mailer, clock: clock, log: config.Log, turns: newTurns(config.Pace, store, clock)}
	t.zones = zones{load: config.LoadZone, log: config.Log, known: make(map[string]*time.Location)}
	return t, nil
}

// complete puts what most want in the place of zero values. Its error says what cannot be used.
func (config *Config) complete() error {
	if config.Style == nil {
		return errors.New("the Style is missing; make one with core.NewStyle")
	}
	if config.Connections < 0 || config.Connections > 64 {
		return fmt.Errorf("%d connections, want 1 to 64", config.Connections)
	}
	if err := config.Pace.Check(); err != nil {
		return err
	}
	if config.WatchDays < 0 {
		return fmt.Errorf("watches lapse after %d days, want 1 or more", config.WatchDays)
	}
	if config.Every < 0 || config.Every > 0 && config.Every < time.Second {
		return fmt.Errorf("a tick of %s, want at least a second", config.Every)
	}
	if config.Connections == 0 {
		config.Connections = 4
	}
	if config.WatchDays == 0 {
		config.WatchDays = 90
	}
	if config.Every == 0 {
		config.Every = time.Hour
	}
	if spread := config.Style.Spread(); spread.Stretch > 0 && spread.Tick != config.Every {
		return fmt.Errorf("the Style spreads digests for ticks that are %s apart, but Every is %s; give both the same", spread.Tick, config.Every)
	}
	if config.LoadZone == nil {
		config.LoadZone = time.LoadLocation
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}
