package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// readerView is what the page shows.
type readerView struct {
	Brand, Heading, Address string
	// Notice is all that there is if there is no form.
	Notice string
	// Trouble says what keeps digests from coming, beside what the reader has chosen.
	Trouble string
	// Wrong says what is wrong with the form that was sent.
	Wrong string
	// Saved says what was changed, and Undo are the fields that change it back.
	Saved []string
	Undo  []field
	Form  *form
	// Next are when digests come, and Clock names the clock.
	Next    []string
	Clock   string
	Within  string // of which they come
	Digests []pastDigest
	// Base is the path of the page.
	Base string
}

type pastDigest struct {
	ID            int64
	When, Machine string
	Events        string // how many it had
}

// longTime is how the page writes a time.
const longTime = "Monday, 2 January 2006, 15:04"

// view returns the page of a reader with a choice in its form.
func (h *reader) view(r *http.Request, o core.Outlook, c core.Choice) readerView {
	v := readerView{
		Brand: h.Brand, Heading: "When your digests come", Address: core.MaskAddress(o.Recipient.Address),
		Form: newForm(o, c, h.Readers.ZoneNames()), Clock: o.Zone.String(), Within: within(o.Tick), Base: links.PreferencesPath + r.PathValue("token"),
	}
	v.Trouble = trouble(o)
	for _, at := range o.Next {
		v.Next = append(v.Next, at.In(o.Zone).Format(longTime))
	}
	for _, row := range o.Digests {
		v.Digests = append(v.Digests, pastDigest{row.ID, row.SentAt.In(o.Zone).Format(longTime), row.SentAt.UTC().Format(time.RFC3339), texts.Plural(len(row.Notifications), "event")})
	}
	return v
}

// within is how long after it is due a digest comes, in words.
func within(tick time.Duration) string {
	minutes := int((tick + time.Minute - 1) / time.Minute)
	switch {
	case minutes == 60:
		return "an hour"
	case minutes > 60:
		return strconv.Itoa((minutes+59)/60) + " hours"
	case minutes > 1:
		return strconv.Itoa(minutes) + " minutes"
	}
	return "a minute"
}

// trouble says what keeps digests from coming, beside what the reader has chosen; empty if nothing does.
func trouble(o core.Outlook) string {
	switch {
	case o.Refused && len(o.Next) == 0:
		return "Mail to your address was refused, so no digests are sent there. A new address in the app starts clean."
	case o.Refused:
		return "Mail to your address was refused, so no digests are sent there until the first date below. A new address in the app starts clean."
	case o.Recipient.Cadence.Period() == 0 && len(o.Digests) > 0 && o.Digests[0].Return.Kind == returned.Complaint:
		return "Digests ended on " + o.Digests[0].Return.At.In(o.Zone).Format("2 January 2006") + ", since one was reported as spam. If that was a mistake, have them sent again."
	}
	return ""
}

// changes says in words what a choice changed; nil if it changed nothing.
func changes(before, after core.Choice) (all []string) {
	say := func(was, is, name, none string) {
		switch {
		case was == is:
		case is == "":
			all = append(all, none)
		default:
			all = append(all, name+" "+is+".")
		}
	}
	if before.Digests() != after.Digests() {
		if !after.Digests() {
			return []string{"You get no more digests."}
		}
		all = append(all, "You get digests again.")
	}
	say(rhythmWords(before), rhythmWords(after), "They come", "They come at no fixed hour.")
	say(before.TimeZone, after.TimeZone, "Your clock is that of", "Your clock is UTC.")
	say(quietWords(before), quietWords(after), "Quiet hours are", "There are no quiet hours.")
	say(before.PausedUntil, after.PausedUntil, "They pause until", "There is no pause.")
	say(languageName(before.Language), languageName(after.Language), "Your digests are in", "Your digests are in the app’s language.")
	return all
}

func rhythmWords(c core.Choice) string {
	r, err := core.ParseRhythm(c.Rhythm)
	if err != nil {
		return ""
	}
	if r.From.IsZero() {
		return r.Words()
	}
	return r.Words() + ", as in the week of " + r.From.Format("2 January 2006")
}

func quietWords(c core.Choice) string {
	if c.QuietStart == "" && c.QuietEnd == "" {
		return ""
	}
	return c.QuietStart + " to " + c.QuietEnd
}
