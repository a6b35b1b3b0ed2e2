package core

import (
	"math"
	"strings"
	"time"
)

// PreferencesRow is a row of digest_preferences.
type PreferencesRow struct {
	User int64
	Preferences
}

// Owned counts the rows of a store that are this program's own, and not the app's.
type Owned struct{ Preferences, Ledger, Held int64 }

// Total returns how many rows they are together.
func (o Owned) Total() int64 { return o.Preferences + o.Ledger + o.Held }

// CopyMark says that a store is being filled with the rows of another. Its zero value says that it is not.
type CopyMark struct {
	// Source is what the other store is called, without secrets.
	Source string
	// Begun is when the copy was begun.
	Begun time.Time
}

// Oddity names a value that a row lacks, or has in another form, where it is copied to another store.
type Oddity struct {
	// ID is the row's; in digest_preferences the user's.
	ID     int64
	Column string
	Reason OddReason
}

// OddReason says what a value has that not every store can hold.
type OddReason string

// The reasons of an [Oddity].
const (
	// Unreadable: it is not what the column is for, a time or a number or a list. The row has none.
	Unreadable OddReason = "cannot be read"
	// Unclean: it is text with zero bytes, which go, or with invalid UTF-8, for which U+FFFD stands.
	Unclean OddReason = "is not clean text"
	// OutOfRange: it is a number that 32 bits do not hold. The row has none.
	OutOfRange OddReason = "is out of range"
)

// namedText is a text of a row, and the name of its column.
type namedText struct {
	column string
	text   *string
}

// clean makes the texts of a row what every store can hold, and names those that were not.
func clean(id int64, texts ...namedText) (odd []Oddity) {
	for _, f := range texts {
		text := strings.ReplaceAll(strings.ToValidUTF8(*f.text, "\uFFFD"), "\x00", "")
		if text != *f.text {
			*f.text = text
			odd = append(odd, Oddity{ID: id, Column: f.column, Reason: Unclean})
		}
	}
	return odd
}

// bound makes n what every store can hold, and names it where it was not.
func bound(id int64, column string, n *int) (odd []Oddity) {
	if *n < math.MinInt32 || *n > math.MaxInt32 {
		*n = 0
		odd = append(odd, Oddity{ID: id, Column: column, Reason: OutOfRange})
	}
	return odd
}

// Portable returns r as every store can hold it, and names what is different then.
func (r PreferencesRow) Portable() (PreferencesRow, []Oddity) {
	odd := clean(r.User, namedText{"time_zone", &r.TimeZone}, namedText{"send_weekday", &r.SendWeekday}, namedText{"quiet_start", &r.QuietStart},
		namedText{"quiet_end", &r.QuietEnd}, namedText{"suppressed_address", &r.SuppressedAddress}, namedText{"suppressed_reason", &r.SuppressedReason})
	if r.SendHour != nil {
		hour := *r.SendHour
		far := bound(r.User, "send_hour", &hour)
		if len(far) > 0 {
			r.SendHour = nil
		}
		odd = append(odd, far...)
	}
	return r, append(odd, bound(r.User, "failures", &r.Failures)...)
}

// Portable returns r as every store can hold it, and names what is different then.
func (r LedgerRow) Portable() (LedgerRow, []Oddity) {
	r.Previous = 0 // is no column
	r.Notifications = orNil(r.Notifications)
	odd := clean(r.ID, namedText{"status", (*string)(&r.Status)}, namedText{"message_id", &r.MessageID}, namedText{"error", &r.Error})
	return r, append(odd, bound(r.ID, "attempts", &r.Attempts)...)
}

// Portable returns r as every store can hold it, and names what is different then.
func (r HeldRow) Portable() (HeldRow, []Oddity) {
	r.Notifications = orNil(r.Notifications)
	r.SentAt.Set = !r.SentAt.At.IsZero()
	odd := clean(r.ID, namedText{"subject", &r.Subject}, namedText{"body_text", &r.Text}, namedText{"body_html", &r.HTML}, namedText{"status", (*string)(&r.Status)},
		namedText{"message_id", &r.MessageID}, namedText{"error", &r.Error})
	return r, append(odd, bound(r.ID, "attempts", &r.Attempts)...)
}

// orNil returns ids; an empty list is nil.
func orNil(ids []int64) []int64 {
	if len(ids) == 0 {
		return nil
	}
	return ids
}
