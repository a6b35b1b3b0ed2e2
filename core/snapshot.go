package core

import "time"

// Snapshot is everything the plan for one recipient may know: the instant Now, the recipient, and their activity.
type Snapshot struct {
	// Now is the instant of the tick, UTC, whole seconds.
	Now time.Time
	// Recipient is the person the plan is for.
	Recipient Recipient
	// Zone is the location that Recipient.Preferences.TimeZone names; nil means UTC.
	Zone *time.Location
	// Notifications are the recipient's, in any order. Those outside the window may be
	// there: they get a verdict like the rest. None that the window covers may be missing.
	Notifications []Notification
}

// Cadence is how often a person wants a digest. The two known values are [Daily]
// and [Weekly]; any other text means never, and is no error.
type Cadence string

// The cadences that have a digest, and the one of those who unsubscribed.
const (
	Daily  Cadence = "daily"
	Weekly Cadence = "weekly"
	Off    Cadence = "off"
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

// Recipient is a person who has a mail address and a cadence, with the end of their last recorded window, if any.
type Recipient struct {
	ID          int64
	Address     string
	Name        string
	Cadence     Cadence
	Preferences Preferences
	// Latest is the newest ledger row; its zero value means that there is none.
	Latest Entry
	// Revision is the store's name for the state in which all this was read; see [Rest]. 0 where
	// the store did not say.
	Revision int64
}

// Rest says that nothing is to be decided about a recipient before Until, as long as all that they
// were judged by stays as it is. Should the rules of their time zone change meanwhile, or how digests
// are spread, that is seen when the rest ends, a week after at the latest.
type Rest struct {
	Recipient int64
	// Revision is that of the [Recipient] that was judged.
	Revision int64
	Until    time.Time
}

// Preferences are what a person, or the mail system on their behalf, has set. Every
// field is as stored: core gives text that it cannot read the meaning of the zero value.
type Preferences struct {
	// TimeZone is an IANA name; empty means UTC.
	TimeZone string
	// SendHour is the local hour, 0 to 23, at which windows end; nil means that windows
	// follow elapsed time instead.
	SendHour *int
	// SendWeekday is the English day on which weekly windows end; empty means monday.
	SendWeekday string
	// QuietStart and QuietEnd bound the local quiet hours, HH:MM.
	QuietStart, QuietEnd string
	// SuppressedAddress is the address that refusals are counted against.
	SuppressedAddress string
	// SuppressedReason is what the mail server said when it last refused that address.
	SuppressedReason string
	// Failures counts the refusals in a row; 0 beside a SuppressedAddress means that
	// somebody else suppressed it.
	Failures int
}

// Status says what became of a ledger row or of a held e-mail.
type Status string

// The statuses of a ledger row. A row that the Python scheduler wrote has none, and counts as sent.
const (
	Sending Status = "sending"
	Sent    Status = "sent"
	Empty   Status = "empty"
)

// The further statuses of a held e-mail, beside [Sending] and [Sent].
const (
	Held    Status = "held"
	Dropped Status = "dropped"
	Failed  Status = "failed"
)

// Entry is what a plan needs to know of the newest ledger row.
type Entry struct {
	// ID is the row's, 0 where there is no row.
	ID int64
	// End is the row's period_end; zero where it cannot be read.
	End time.Time
	// Status is empty for a row that the Python scheduler wrote.
	Status Status
}

// Notification is one thing that happened and that its recipient should hear of, with the names it refers to.
type Notification struct {
	ID        int64
	Recipient int64
	Kind      string
	// ActorID is who did it; 0 where nobody is named. Actor is their display name; empty where
	// they have none or are gone.
	ActorID int64
	Actor   string
	// Slug names the RFC; empty where the event belongs to none.
	Slug string
	// Title is the RFC's cached title; empty where there is none.
	Title  string
	Branch string
	// PR is the pull request's number; 0 where there is none.
	PR int64
	// CreatedAt is zero where it cannot be read.
	CreatedAt time.Time
	// Payload is JSON text as stored, of any shape.
	Payload string
	// ReadAt, EmailedAt and IncludedAt are read_at, email_sent_at and digest_included_at.
	ReadAt, EmailedAt, IncludedAt Stamp
}

// Stamp is a time that may not be there. Its zero value is one that is not.
type Stamp struct {
	// Set says that something is stored, readable or not.
	Set bool
	// At is the time; zero where what is stored cannot be read.
	At time.Time
}

// At returns the stamp of t.
func At(t time.Time) Stamp { return Stamp{Set: true, At: t} }

// Span asks for the notifications of one recipient that were created at Since or later.
type Span struct {
	Recipient int64
	Since     time.Time
}
