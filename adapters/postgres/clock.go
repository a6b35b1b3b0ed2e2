package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// resync is how long what is known of the server's clock is good for: ordinary clocks part by less
	// than a millisecond in that time.
	resync = 30 * time.Second
	// clockPatience is how long the server may take to tell the time.
	clockPatience = 2 * time.Second
)

var _ ports.Clock = (*Clock)(nil)

// Clock is the clock of a database's server, so that all who work on it agree on when a lease ends. It
// asks the server twice a minute at the most, and goes by this machine's clock in between, and for as
// long as the server does not answer.
type Clock struct {
	db *bun.DB

	mu    sync.Mutex
	ahead time.Duration // of the server
	asked time.Time     // on this machine's clock
}

// NewClock returns the clock of the server at url, which has told the time once. Between two times that
// it is asked it has no connection.
func NewClock(ctx context.Context, url string) (*Clock, error) {
	d, err := parse(url)
	if err != nil {
		return nil, err
	}
	c := &Clock{db: d.open(1)}
	c.db.SetMaxIdleConns(0)
	if err := c.ask(ctx); err != nil {
		return nil, d.classify(err)
	}
	return c, nil
}

// Now implements [ports.Clock].
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.asked) > resync {
		c.asked = now // also if it fails: no caller is to wait for that every time
		ctx, cancel := context.WithTimeout(context.Background(), clockPatience)
		defer cancel()
		_ = c.ask(ctx)
	}
	return time.Now().Add(c.ahead).UTC()
}

// ask asks the server for the time.
func (c *Clock) ask(ctx context.Context) error {
	var there time.Time
	before := time.Now()
	if err := c.db.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return err
	}
	after := time.Now()
	c.ahead, c.asked = ahead(before, there, after), after
	return nil
}

// ahead returns by how much a clock is ahead that told the time at some moment between before and after,
// most likely in the middle.
func ahead(before, there, after time.Time) time.Duration {
	return there.Sub(before.Add(after.Sub(before) / 2))
}
