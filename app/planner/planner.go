// Package planner says what a tick would do, and why, and writes nothing. Ticks use it, and so do the commands that
// only look.
package planner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// pageSize is how many recipients, digests in doubt or held e-mails are read at a time.
const pageSize = 500

// Reader is what a plan is made from. Each store has it.
type Reader interface {
	People(ctx context.Context, who ports.Who, after int64, limit int) ([]core.Recipient, error)
	Lookup(ctx context.Context, ids []int64) ([]core.Recipient, error)
	Ranges(ctx context.Context, now time.Time, size int) ([]core.Range, error)
	ports.Activity
	InDoubt(ctx context.Context, now time.Time, after int64, limit int) ([]core.Claim, error)
	Windows(ctx context.Context, recipient, before int64, limit int) ([]core.LedgerRow, error)
	Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error)
	Waiting(ctx context.Context, now time.Time, after int64, limit int) ([]core.HeldMail, error)
	HeldOf(ctx context.Context, recipient int64, limit int) ([]core.HeldRow, error)
	Stale(ctx context.Context, then time.Time) (int, error)
	Facts(ctx context.Context) (map[string]string, error)
	LastTick(ctx context.Context) (core.TickMark, error)
	Backlog(ctx context.Context, now time.Time) (core.Backlog, error)
}

// Config is how a [Planner] works. Style must be set; the zero value of everything else is what most want.
type Config struct {
	// Style is how digests read and look.
	Style *core.Style
	// MailOff says that no mail is sent and no window closed. Watches still lapse.
	MailOff bool
	// MailStays says that mail goes no further than this machine: to a folder, or nowhere. Then the store may belong
	// to any installation.
	MailStays bool
	// WatchDays is after how many days without participation a watch lapses; 0 means 90.
	WatchDays int
	// Schedule says how far ticks are apart, and how digests are spread.
	Schedule core.Schedule
	// Zones are the rules of the world's time zones. They are opened when the Planner is made, and again by its plans.
	// nil means those that package time finds, which knows no releases and no names in other letter case.
	Zones ports.ZoneData
	// Log gets a line for each event; nil means nowhere.
	Log *slog.Logger
}

// Planner plans what a tick does. It may be used from several goroutines.
type Planner struct {
	config   Config
	store    Reader
	clock    ports.Clock
	log      *slog.Logger
	zones    *zoneRules
	watchdog watchdog
}

// New returns a Planner. It opens the zone data, and nothing else. An error says what in config cannot be used.
func New(config Config, store Reader, clock ports.Clock) (*Planner, error) {
	if store == nil || clock == nil {
		return nil, errors.New("a store and a clock are needed")
	}
	if err := config.complete(); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	zones, err := openZones(config.Zones, config.Log, clock.Now())
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return &Planner{config: config, store: store, clock: clock, log: config.Log, zones: zones}, nil
}

// Config returns the configuration with defaults for zero values.
func (pl *Planner) Config() Config { return pl.config }

// complete sets defaults for zero values. Its error says which value cannot be used.
func (config *Config) complete() error {
	if config.Style == nil {
		return errors.New("the Style is missing; make one with core.NewStyle")
	}
	if config.WatchDays < 0 {
		return fmt.Errorf("watches lapse after %d days, want 1 or more", config.WatchDays)
	}
	if tick := config.Schedule.Tick; tick != 0 && tick < time.Second {
		return fmt.Errorf("a tick of %s, want at least a second", tick)
	}
	if err := config.Schedule.Check(); err != nil {
		return fmt.Errorf("spreading digests over %s: %w", config.Schedule.Spread, err)
	}
	if config.WatchDays == 0 {
		config.WatchDays = 90
	}
	if config.Schedule.Tick == 0 {
		config.Schedule.Tick = time.Hour
	}
	if config.Zones == nil {
		config.Zones = zonesOfGo{}
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}
