package core

import (
	"cmp"
	"math"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// World is the content of a whole store, table by table. Stores are filled from one and dumped
// into one. Plans are not made from it.
type World struct {
	// Users are the rows of users with those of digest_preferences; Latest is not used.
	Users []Recipient
	RFCs  []RFC
	// Notifications refer to users by ActorID and to RFCs by Slug; Actor and Title are not used.
	Notifications []Notification
	Ledger        []LedgerRow
	Held          []HeldRow
	Watches       []Watch
}

// RFC is a row of cached_rfcs: a design proposal that people watch. Title may be empty.
type RFC struct{ Slug, Title string }

// Name returns the title as one clean line, or the slug if there is none.
func (r RFC) Name() string { return cmp.Or(texts.Clean(r.Title), texts.Clean(r.Slug)) }

// LedgerRow is a row of notification_digests.
type LedgerRow struct {
	Claim
	Status Status
	// SentAt is when the mail server accepted it; zero before that.
	SentAt time.Time
	// Error is why it was not accepted the last time; empty if it was.
	Error string
	// Return is what came back after that.
	Return Return
}

// HeldRow is a row of held_emails.
type HeldRow struct {
	HeldMail
	// SentAt and Error are as in [LedgerRow].
	SentAt Stamp
	Error  string
	Return Return
}

// Watch is a row of watches.
type Watch struct {
	User int64
	// Slug names the RFC.
	Slug string
	// State is [Watching], [Dormant], [Muted], or one that only the app knows.
	State string
	// Participation is when the person took part last.
	Participation Stamp
}

// The states of a watch: one that has lapsed is dormant, and of what is muted a person wants to hear no more.
const (
	Watching = "watching"
	Dormant  = "dormant"
	Muted    = "muted"
)

// LapseBefore returns the instant before which a person must have taken part last for their watch to lapse at now,
// after so many days. A watch whose owner never took part does not lapse.
func LapseBefore(now time.Time, days int) time.Time {
	return now.Add(-time.Duration(days) * 24 * time.Hour)
}

// Backlog counts what waits for a tick.
type Backlog struct {
	// Due is how many people a tick has to look at, at least. Some of them may turn out not to be due.
	Due int
	// InDoubt counts the digests in doubt of people who can have digests: sending was cut short, and the lease has ended.
	// Others wait until their person can have digests again: they may have arrived, and must not be told anew.
	InDoubt int
	// Held counts the held e-mails that have neither gone out nor been given up.
	Held int
	// GivenUp counts those that were given up, and Stuck those that wait for ever, since their status is none that is
	// known. LastGivenUp and LastStuck are the highest of their IDs, 0 if there are none.
	GivenUp, Stuck         int
	LastGivenUp, LastStuck int64
}

// TickMark is what the last tick noted of itself in the database.
type TickMark struct {
	// Instant is the tick's, EndedAt when it ended.
	Instant, EndedAt time.Time
	// Trouble says why the tick failed, or why sending stopped; empty if neither happened. It has no address and no
	// secret in it.
	Trouble string
}

// Range is the people with IDs above After, up to and including Through. Processes share a tick by taking ranges of
// people.
type Range struct{ After, Through int64 }

// Everybody is the range of all people.
func Everybody() Range { return Range{Through: math.MaxInt64} }

// First reports whether r begins with the first of all people.
func (r Range) First() bool { return r.After == Everybody().After }

// Last reports whether r ends with the last of all people.
func (r Range) Last() bool { return r.Through == Everybody().Through }

// Whole makes ranges, which ascend, cover all people: it extends the first one downwards and the last one upwards.
// No ranges become one of everybody.
func Whole(ranges []Range) []Range {
	if len(ranges) == 0 {
		return []Range{Everybody()}
	}
	ranges[0].After, ranges[len(ranges)-1].Through = Everybody().After, Everybody().Through
	return ranges
}
