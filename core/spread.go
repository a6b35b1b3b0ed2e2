package core

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Spread keeps the people of a large installation from coming due all at the same instant. Its zero
// value does not: everybody comes due when [DueAt] says.
//
// Each person has slots: [SpreadOf] after every whole stretch since 1970-01-01 00:00 UTC. A day is a whole
// number of stretches, so that the slots are at the same times every day. A digest is due, by the first of
// these that holds:
//
//	facts                                                   due
//	the cadence has no digest                               never
//	a send hour                                             SpreadOf after its boundary
//	no send hour, the last window ended in a slot           a cadence after that end
//	  or less than a tick after one
//	no send hour, otherwise                                 in the first slot that is a cadence
//	                                                          after that end, or more
//
// Where that would be in quiet hours, or so close before them that a tick might miss it, the digest is due
// when DueAt says, and not the next morning.
//
// So nobody comes due earlier than without, nor more than a stretch later, and nothing adds up. With a
// send hour the next boundary is the first after the window's end, as ever, and each comes a good while
// after the digest of the one before: there is one digest for each. Without, a window that ended in a slot
// is a cadence away from another slot: people are moved apart once, and then their windows are a cadence
// long again. Where a tick came late and took many together, out of their slots, they are moved apart once
// more. First digests come at once, spread or not.
type Spread struct {
	// Stretch is over how long a time people are spread: longer than a tick, half a day at the most,
	// and a day is a whole number of them. 0 means not at all.
	Stretch time.Duration
	// Tick is how far ticks are apart; 0 means an hour. Were they further apart than this says, windows
	// without a send hour would grow.
	Tick time.Duration
}

// Check says what is wrong with s, if anything is.
func (s Spread) Check() error {
	const day = 24 * time.Hour
	switch {
	case s.Stretch == 0:
		return nil
	case s.Stretch < time.Second || s.Stretch > day/2 || day%s.Stretch != 0 || s.Stretch%time.Second != 0:
		return errors.New("want a time of which a day is a whole number, two or more, like 30m, 2h or 12h")
	case s.Stretch <= s.tick():
		return fmt.Errorf("ticks are %s apart, so that everybody would be in the same one all the same; have them come more often, or spread digests over a longer time", spell(s.tick()))
	}
	return nil
}

func (s Spread) tick() time.Duration {
	if s.Tick == 0 {
		return time.Hour
	}
	return s.Tick
}

// SpreadOf returns how far into a stretch recipient comes: in whole seconds, 0 or more and less than
// stretch. It is as good as drawn at random, and always the same for the same two.
func SpreadOf(recipient int64, stretch time.Duration) time.Duration {
	seconds := uint64(max(0, stretch/time.Second))
	if seconds == 0 {
		return 0
	}
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(recipient))
	hash := sha256.Sum256(id[:])
	return time.Duration(binary.BigEndian.Uint64(hash[:])%seconds) * time.Second
}

// dueAt returns when a window of r that starts at start is due.
func (s Spread) dueAt(r Recipient, start time.Time, zone *time.Location) time.Time {
	due := DueAt(r, start, zone)
	if s.Stretch == 0 || due.IsZero() {
		return due
	}
	offset := SpreadOf(r.ID, s.Stretch)
	at := due.Add(offset)
	if _, fixed := r.Preferences.sendHour(); !fixed {
		passed := s.sinceSlot(start, offset) // as long as it will be at due, since cadences are whole days
		if passed < s.tick() {
			return due
		}
		at = due.Add(s.Stretch - passed)
	}
	if InQuietHours(r.Preferences, zone, at) || InQuietHours(r.Preferences, zone, at.Add(s.tick())) {
		return due
	}
	return at
}

// sinceSlot returns how long ago, at t, the last slot was of somebody who has offset.
func (s Spread) sinceSlot(t time.Time, offset time.Duration) time.Duration {
	stretch := int64(s.Stretch / time.Second)
	passed := (t.Unix() - int64(offset/time.Second)) % stretch
	if passed < 0 {
		passed += stretch
	}
	return time.Duration(passed) * time.Second
}
