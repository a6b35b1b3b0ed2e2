package engine

import (
	"context"
	"time"
)

const (
	// maxHold is for how long transactions may follow one another at once if no other process is known to write, and
	// gap is the pause that comes then.
	maxHold = 50 * time.Millisecond
	gap     = 3 * time.Millisecond
	// awhile is how long another process counts as writing after it has written.
	awhile = 2 * time.Second
	// maxGap bounds the pause after a long transaction.
	maxGap = 20 * time.Millisecond
)

// yield lets other processes write between transactions. A process that waits for SQLite's lock asks for it ever more
// rarely, and finds it taken each time if one transaction follows another at once.
type yield struct {
	began time.Time
	held  time.Duration // since the last pause
	// version is the last answer to [Config.Others], and seen when it last changed.
	version int64
	seen    time.Time
}

// begin notes that a transaction began, and asks whether another process has written since the last one.
func (y *yield) begin(tx Tx, others string) {
	y.began = time.Now()
	var version int64
	if err := tx.One(context.Background(), []any{&version}, others); err == nil {
		y.note(version)
	}
}

// note takes an answer to [Config.Others].
func (y *yield) note(version int64) {
	if version != y.version && y.version != 0 {
		y.seen = time.Now()
	}
	y.version = version
}

// end makes a pause after a transaction: as long as that one took, if another process writes.
func (y *yield) end() {
	held := time.Since(y.began)
	y.held += held
	switch {
	case !y.seen.IsZero() && time.Since(y.seen) < awhile:
		time.Sleep(min(held, maxGap))
	case y.held >= maxHold:
		time.Sleep(gap)
	default:
		return
	}
	y.held = 0
}
