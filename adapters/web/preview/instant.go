package preview

import (
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// instant is the form that shows and sets the instant of the page.
type instant struct {
	Value string // for the form
	Wrong string
	// Note says what the page shows at a present, past or future instant.
	Note string
	// Kept are the other fields of the address, which the form keeps.
	Kept                        []field
	NowHref, EarlierHref        string
	LaterHref, DueHref, DueWord string
	Present                     bool
}

func newInstant(t state) instant {
	day := func(days int) string {
		return t.with(func(t *state) { t.moveTo(t.now.AddDate(0, 0, days)); t.skip = 0 }).href()
	}
	i := instant{Value: t.now.Format(instantLayout), Wrong: t.wrong, Kept: t.without("at", "skip"), Present: t.at == ""}
	i.NowHref = t.with(func(t *state) { t.at, t.skip = "", 0 }).href()
	i.EarlierHref, i.LaterHref = day(-1), day(1)
	switch {
	case t.at == "":
		i.Note = "As of now: what a tick at this moment would do."
	case t.viewed().Past:
		i.Note = "A past instant: things as they stood then, but for cadence, preferences and addresses, which are as they are today."
	default:
		i.Note = "An instant to come: what a tick would do then, if nothing happened in between."
	}
	return i
}

// dueLink leads to the instant at which the digest of e becomes due, or did.
func dueLink(t state, e core.Explanation) (href, word string) {
	due := e.Plan.DueAt
	if due.IsZero() || due.Equal(e.Now) || e.Recipient.Latest.End.IsZero() { // a first one is due at any time
		return "", ""
	}
	word = "When next due"
	if due.Before(e.Now) {
		word = "When it became due"
	}
	return t.with(func(t *state) { t.moveTo(due); t.skip = 0 }).href(), word
}

// moment is an instant to show; the zero value is one that cannot be read.
type moment struct {
	at   time.Time
	zone *time.Location // of the person
}

func newMoment(at time.Time, zone *time.Location) moment { return moment{at.UTC(), zone} }

// Known reports whether the instant can be read.
func (m moment) Known() bool { return !m.at.IsZero() }

// Machine is the instant for the datetime attribute.
func (m moment) Machine() string { return m.at.Format(time.RFC3339) }

// Full is the instant to the second, in UTC and in the person's zone.
func (m moment) Full() string { return texts.TimestampIn(m.at, m.zone) }

// Short is the instant to the minute.
func (m moment) Short() string { return m.at.Format("2006-01-02 15:04") + texts.Beside(m.at, m.zone) }
