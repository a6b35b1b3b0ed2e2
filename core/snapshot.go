package core

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Snapshot is everything that the plan for one recipient is made from.
type Snapshot struct {
	// Now is the instant of the tick, UTC, whole seconds.
	Now time.Time
	// Recipient is the person the plan is for.
	Recipient Recipient
	// Zone is the location that Recipient.Preferences.TimeZone names. nil means that the name is unknown, and
	// counts as UTC.
	Zone *time.Location
	// Schedule says how far ticks are apart, and how digests are spread.
	Schedule Schedule
	// Notifications are the recipient's, in any order. All that the window covers must be there. Others may be
	// there too, and get a verdict like the rest.
	Notifications []Notification
}

// Cadence is how often a person wants a digest: [Daily] or [Weekly]. Any other text means never, and is no error.
type Cadence string

// The cadences that have a digest, and the one of people who unsubscribed.
const (
	Daily  Cadence = "daily"
	Weekly Cadence = "weekly"
	// Off is what a click on an unsubscribe link sets.
	Off Cadence = "off"
)

// Period returns the length of one window: 24 h, 7 × 24 h, or 0 for a cadence that has no digest.
func (c Cadence) Period() time.Duration {
	switch c {
	case Daily:
		return 24 * time.Hour
	case Weekly:
		return 7 * 24 * time.Hour
	}
	return 0
}

// unknown reports whether c is neither a cadence nor [Off], so that somebody may have meant one by it.
func (c Cadence) unknown() bool {
	return c.Period() == 0 && c != Off && strings.TrimSpace(string(c)) != ""
}

// Recipient is a person for whom plans are made.
type Recipient struct {
	// ID is the number in users, above 0; the zero value of a Recipient is no person.
	ID int64
	// Person tells them from people who had the same ID before them.
	Person Person
	// Address is as [texts.Mailbox] returns it.
	Address string
	// Name is as stored, and may be empty.
	Name        string
	Cadence     Cadence
	Preferences Preferences
	// Latest is the newest ledger row; its zero value means that there is none.
	Latest Entry
	// Revision numbers the state in which the store read all this; see [Rest]. 0 if the store did not say.
	Revision int64
}

// Rest says that ticks need not look at a recipient before Until, unless what is stored of them changes. When the
// rules of time zones change, all rests end. A change of the [Schedule] is seen when the rest ends, a week later
// at the most.
type Rest struct {
	Recipient int64
	// Revision is that of the [Recipient] that was judged.
	Revision int64
	// Until is in UTC, at whole seconds.
	Until time.Time
}

// Preferences are what a person has set, and what is held against their address. Every field is as stored. A text
// that cannot be read means what the zero value means.
type Preferences struct {
	// TimeZone is an IANA name; empty means UTC.
	TimeZone string
	// SendHour is the local hour, 0 to 23, at which windows end; nil means that a window ends a cadence after
	// the last one.
	SendHour *int
	// OddHour is what is stored as the send hour if that is no integer; SendHour is then nil.
	OddHour string
	// SendWeekday is the English day on which weekly windows end; empty means monday.
	SendWeekday string
	// Rhythm says in words when windows end, for [ParseRhythm]; it wins over the cadence, SendHour and
	// SendWeekday. Empty means that those count.
	Rhythm string
	// PausedUntil is the local date, YYYY-MM-DD, from which there are digests again; empty if there is no pause.
	PausedUntil string
	// QuietStart and QuietEnd are the start and the end of the local quiet hours, HH:MM; both empty if there are
	// none.
	QuietStart, QuietEnd string
	// Language is the BCP 47 tag of the language that the person reads; empty means the installation's.
	Language string
	// LinksSince is since when the person's links to their page are good, if they have ended the older ones.
	LinksSince Stamp
	// SuppressedAddress is the address that refusals are counted against.
	SuppressedAddress string
	// SuppressedReason is what the mail server said when it last refused that address.
	SuppressedReason string
	// Failures counts the days (UTC) in a row on which it was refused. 0 beside a SuppressedAddress means that the
	// app or an operator suppressed it.
	Failures int
	// RetryAt is when mail to a refused address is tried again. If it is zero after three Failures, the address stays
	// suppressed until an operator lifts that.
	RetryAt time.Time
}

// Status says what became of a ledger row or of a held e-mail.
type Status string

// The statuses of a ledger row. A row that the Python scheduler wrote has none, and counts as sent.
const (
	// Sending: it is claimed, and no outcome is recorded yet. When its lease has ended, it is in doubt.
	Sending Status = "sending"
	// Sent: a mail server accepted it.
	Sent Status = "sent"
	// Empty: the window had nothing to tell, and there was no mail.
	Empty Status = "empty"
	// Redirected, also of a held e-mail: it went to another mailbox than its recipient's, so they were not told.
	Redirected Status = "redirected"
)

// The further statuses of a held e-mail, beside [Sending] and [Sent].
const (
	// Held: it waits for the end of quiet hours.
	Held Status = "held"
	// Dropped: everything it tells of was read in the app, and there was no mail.
	Dropped Status = "dropped"
	// Failed: it was given up.
	Failed Status = "failed"
)

// Entry is what a plan needs to know of the newest ledger row.
type Entry struct {
	// ID is the row's; 0 if there is no row.
	ID int64
	// End is the row's period_end; zero if it cannot be read.
	End time.Time
	// Status is empty for a row that the Python scheduler wrote.
	Status Status
}

// Notification is a thing that happened and that its recipient should hear of.
type Notification struct {
	ID        int64
	Recipient int64
	// Kind is a key of [Kinds], or any other text.
	Kind string
	// ActorID is the person who did it; 0 if none is named. Actor is their display name; empty if they have none
	// or were deleted.
	ActorID int64
	Actor   string
	// Slug names the RFC; empty if the event belongs to none.
	Slug string
	// Title is the RFC's cached title; empty if there is none.
	Title string
	// Branch is empty if the event belongs to none.
	Branch string
	// PR is the pull request's number; 0 if there is none.
	PR int64
	// CreatedAt is zero if it cannot be read.
	CreatedAt time.Time
	// Payload is JSON text as stored, of any shape.
	Payload string
	// ReadAt, EmailedAt and IncludedAt are read_at, email_sent_at and digest_included_at.
	ReadAt, EmailedAt, IncludedAt Stamp
	// Moved is nil unless it was another account's before, and no digest had told of it then.
	Moved *Moved
}

// Moved says where a notification came from that was another account's before, since the app merged the two.
type Moved struct {
	// From are the accounts that it came from, the last one first.
	From []int64
	// At is when it came from that one, by the database's clock.
	At time.Time
	// Digest is the ledger row of one of them that has it, and is being sent, in doubt, or not marked yet; 0 if there is none.
	Digest int64
}

// CameFrom reports whether n was that account's before.
func (n *Notification) CameFrom(id int64) bool {
	return n.Moved != nil && slices.Contains(n.Moved.From, id)
}

// Stamp is a time that may not be there. Its zero value is one that is not.
type Stamp struct {
	// Set says that something is stored, readable or not.
	Set bool
	// At is the time; zero if what is stored cannot be read.
	At time.Time
}

// At returns the stamp of t.
func At(t time.Time) Stamp { return Stamp{Set: true, At: t} }

// Span asks for the notifications of one recipient that were created at Since or later.
type Span struct {
	Recipient int64
	// Person leaves out the notifications of earlier people with that number.
	Person Person
	Since  time.Time
}

// Person tells apart the people who had one number in users, one after the other: databases give the number of a
// deleted row to a new one. The zero value is a person who had their number before rfcdigest began to tell people
// apart. All rows that name that number are theirs.
type Person struct {
	// Mark is random, and above 0. It is 0 for people who had their number from the beginning.
	Mark int64
	// FirstDigest and FirstNotification are the lowest IDs of their ledger rows and notifications. Rows with lower
	// IDs were another person's. 0 means that all rows are theirs, [NoneYet] that none are.
	FirstDigest, FirstNotification int64
}

// NoneYet stands in a [Person] for the ID of a first row that is not there yet.
const NoneYet = math.MaxInt64

// HasDigest reports whether the ledger row with the given ID, which names p's number, is p's.
func (p Person) HasDigest(id int64) bool { return id >= p.FirstDigest }

// HasNotification reports whether n, which names p's number, is p's. What was moved to that number is: it came while p had it.
func (p Person) HasNotification(n *Notification) bool {
	return p.FirstNotification == 0 || n.ID >= p.FirstNotification || n.Moved != nil
}
