package engine

import (
	"context"
	"time"
)

const (
	// maxHold is for how long transactions may follow one another at once if no other process is known to write, and
	// minPause the pause that comes then.
	maxHold  = 50 * time.Millisecond
	minPause = 3 * time.Millisecond
	// While another process writes, time is divided into rounds, and share is how much of each is left to others. A
	// process that waits with SQLite's busy timeout asks again after 1, 3, 8, 18 and 33 ms. Of rounds of 20 ms it meets the
	// last 5 by then, whenever it began; one more allows for clocks.
	round = 20 * time.Millisecond
	share = 6 * time.Millisecond
	// maxPause bounds the pause after a transaction that was longer than a round.
	maxPause = 20 * time.Millisecond
	// awhile is how long another process counts as writing after it has written.
	awhile = 2 * time.Second
)

// yield lets other processes write between transactions. A process that waits for SQLite's lock asks for it ever more
// rarely, and finds it taken each time if one transaction follows another at once.
type yield struct {
	// began is when the last transaction began, and held how long they have taken since the last pause.
	began time.Time
	held  time.Duration
	// since is when the round began.
	since time.Time
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

// end makes a pause after a transaction, if it is time for one.
func (y *yield) end() {
	now := time.Now()
	y.held += now.Sub(y.began)
	if pause := y.pause(now); pause > 0 {
		time.Sleep(pause)
		y.held, y.since = 0, now.Add(pause)
	}
}

// pause says how long a pause is now; 0 if it is not time for one.
func (y *yield) pause(now time.Time) time.Duration {
	if y.seen.IsZero() || now.Sub(y.seen) >= awhile {
		if y.held < maxHold {
			return 0
		}
		return minPause
	}
	if now.Sub(y.since) > 2*round { // there was nothing to write
		y.since = y.began
	}
	took, left := now.Sub(y.began), y.since.Add(round).Sub(now)
	if left > share+took/2 { // there is time for another like that one
		return 0
	}
	return min(max(left, share, took/3), maxPause)
}
