package core

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Schedule says when ticks come, and over how long a time the digests that fall due at once are spread. The zero
// value is a tick every hour, and digests that are due when [DueAt] says.
//
// If digests are spread, each person has slots: [SpreadOf] after every whole Spread since 1970-01-01 00:00 UTC. A
// day is a whole number of Spreads, so that the slots are at the same times every day. The first line that is true
// says when a digest is due:
//
//	facts                                                   due
//	the cadence has no digest                               never
//	a send hour                                             SpreadOf after its boundary
//	no send hour, the last window ended in a slot           a cadence after that end
//	  or less than a tick after one
//	no send hour, otherwise                                 in the first slot that is a cadence
//	                                                          after that end, or more
//
// If that would be in quiet hours, or so close before them that a tick might miss it, the digest is due
// when DueAt says, and not the next morning. First digests come at once, spread or not.
//
// So no digest comes earlier than without spreading, or more than a Spread later, and delays do not add up. With a
// send hour, there is one digest for each boundary all the same. Without one, people are moved apart once, and then
// their windows are a cadence long again, since a cadence after a slot is another slot. If a tick came late and took
// many people together, they are moved apart once more.
type Schedule struct {
	// Tick is how far ticks are apart; 0 means an hour. If they are further apart than this says, windows
	// without a send hour grow.
	Tick time.Duration
	// Spread is over how long a time digests are spread: longer than a tick, half a day at the most,
	// and a day is a whole number of them. 0 means not at all.
	Spread time.Duration
}

// Check says what is wrong with Spread; nil if nothing is. The caller names the setting.
func (s Schedule) Check() error {
	const day = 24 * time.Hour
	switch {
	case s.Spread == 0:
		return nil
	case s.Spread < time.Second || s.Spread > day/2 || day%s.Spread != 0 || s.Spread%time.Second != 0:
		return errors.New("want a time of which a day is a whole number, two or more, like 30m, 2h or 12h")
	case s.Spread <= s.tick():
		return fmt.Errorf("ticks are %s apart, so that everybody would be in the same one all the same; have them come more often, or spread digests over a longer time", texts.Spell(s.tick()))
	}
	return nil
}

// tick is Tick, or an hour.
func (s Schedule) tick() time.Duration { return cmp.Or(s.Tick, time.Hour) }

// SpreadOf returns how far into a spread the recipient's slot is, in whole seconds: 0 or more, and less than
// spread. It is as good as random, and always the same for the same two.
func SpreadOf(recipient int64, spread time.Duration) time.Duration {
	seconds := uint64(max(0, spread/time.Second))
	if seconds == 0 {
		return 0
	}
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(recipient))
	hash := sha256.Sum256(id[:])
	return time.Duration(binary.BigEndian.Uint64(hash[:])%seconds) * time.Second
}

// dueAt returns when a window of r that starts at start is due.
func (s Schedule) dueAt(r Recipient, start time.Time, zone *time.Location) time.Time {
	due := DueAt(r, start, zone)
	if s.Spread == 0 || due.IsZero() {
		return due
	}
	offset := SpreadOf(r.ID, s.Spread)
	at := due.Add(offset)
	if len(r.Rhythm().Hours) == 0 {
		passed := s.sinceSlot(start, offset) // as long as it will be at due, since cadences are whole days
		if passed < s.tick() {
			return due
		}
		at = due.Add(s.Spread - passed)
	}
	if s.InQuietHours(r.Preferences, zone, at) || s.InQuietHours(r.Preferences, zone, at.Add(s.tick())) {
		return due
	}
	return at
}

// sinceSlot returns how long before t the last slot was of a person with that offset.
func (s Schedule) sinceSlot(t time.Time, offset time.Duration) time.Duration {
	spread := int64(s.Spread / time.Second)
	passed := (t.Unix() - int64(offset/time.Second)) % spread
	if passed < 0 {
		passed += spread
	}
	return time.Duration(passed) * time.Second
}

const (
	// togetherWithin is how close the next boundary has to be to take a missed digest with it.
	togetherWithin = 3 * time.Hour
	// togetherDays is for how many days beyond one cadence a missed digest may be put off: those of a long weekend.
	togetherDays = 3
)

// together puts a missed digest off to the next boundary, if that is less than three hours after now. If the
// program was off over the weekend, a recipient so has one digest on Monday at their hour, and not another one just
// before it. due is when the digest was due; it is returned if nothing is put off.
//
// No digest is put off for ever. One that was missed longer ago than a cadence and three days is not, and neither is
// the first one after a window that ended late in its day or week, since the program may never run at that
// hour. Without a send hour nothing is put off, with several a day neither, nor if the next boundary falls into quiet
// hours.
func (s Schedule) together(r Recipient, w Window, due time.Time, zone *time.Location) time.Time {
	rhythm := r.Rhythm()
	period := rhythm.Period()
	if len(rhythm.Hours) != 1 || due.After(w.End) || w.End.Sub(due) >= period+togetherDays*24*time.Hour {
		return due
	}
	if rhythm.after(w.Start, zone).Sub(w.Start) < period/2 {
		return due
	}
	next := s.dueAt(r, w.End.Add(-SpreadOf(r.ID, s.Spread)), zone)
	if next.After(w.End) && next.Sub(w.End) < togetherWithin {
		return next
	}
	return due
}
