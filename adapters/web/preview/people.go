package preview

import (
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// peoplePage is how many people are listed at once.
const peoplePage = 50

// people is the list of people, with the search and the links to other lists.
type people struct {
	Search            string
	Kept              []field
	Lists             []list
	DueHref           string
	Rows              []row
	NextHref, TopHref string
	// Empty says what to do if the list is empty.
	Empty string
	// Due is how many of Rows a tick would do something about.
	Due int
}

// list is a link to everybody, or to some of them.
type list struct {
	Name, Label, Href string
	Current           bool
}

// row is one person in the list.
type row struct {
	ID            int64
	Name, Address string
	Badge         badge
	// DueWord stands before Due; empty if there is none.
	DueWord string
	Due     moment
	Href    string
	Chosen  bool
	// Refused is only set in the list of suppressed addresses.
	Refused *refused
}

func newPeople(t state, l core.Listing) *people {
	p := &people{Search: t.search, Kept: t.without("q", "after")}
	to := func(change func(*state)) string { return t.with(change).href() }
	for _, l := range []list{{Name: "all", Label: "Everybody"}, {Name: string(core.OnlyDue), Label: "Due"}, {Name: string(core.OnlyRefused), Label: "Suppressed"}} {
		only := core.Only(l.Name)
		if l.Name == "all" {
			only = ""
		}
		l.Href, l.Current = to(func(t *state) { t.only, t.after = only, 0 }), t.only == only
		p.Lists = append(p.Lists, l)
		if only == core.OnlyDue {
			p.DueHref = l.Href
		}
	}
	if l.Next != 0 {
		p.NextHref = to(func(t *state) { t.after = l.Next })
	}
	if t.after != 0 {
		p.TopHref = to(func(t *state) { t.after = 0 })
	}
	for _, one := range l.People {
		r := newRow(t, one)
		if one.Trouble || one.Plan.Action != core.Skip {
			p.Due++
		}
		p.Rows = append(p.Rows, r)
	}
	if len(p.Rows) == 0 {
		p.Empty = nobody(t, l)
	}
	return p
}

func newRow(t state, one core.Listed) row {
	r := row{ID: one.Recipient.ID, Name: texts.Clean(one.Recipient.Name), Address: texts.Clean(one.Recipient.Address), Badge: badgeOf(one.Plan)}
	if one.Trouble {
		r.Badge = unreadable
	}
	r.DueWord, r.Due = dueWord(one)
	if t.only == core.OnlyRefused {
		r.Refused = newRefused(one.Recipient, one.Zone, t.now)
		r.Badge = r.Refused.Badge
	}
	r.Chosen = r.ID == t.person
	r.Href = t.with(func(t *state) { t.choose(fmt.Sprint(r.ID)); t.verdict, t.skip = "", 0 }).href()
	return r
}

// dueWord says when the next digest is due, or since when one is.
func dueWord(one core.Listed) (string, moment) {
	p := one.Plan
	switch {
	case p.DueAt.IsZero(), p.Reason == core.NoAddress:
		return "", moment{}
	case one.Recipient.Latest.End.IsZero():
		return "due for the first time", moment{}
	case p.DueAt.After(p.Window.End):
		return "next", newMoment(p.DueAt, one.Zone)
	}
	return "due since", newMoment(p.DueAt, one.Zone)
}

// nobody says why a list is empty, and what to do.
func nobody(t state, l core.Listing) string {
	switch {
	case l.Next != 0:
		return "None of those looked at so far. There are more: go on."
	case t.after != 0:
		return "That was everybody. Go back to the start."
	case t.search != "" && t.only == core.OnlyRefused:
		return "Nobody whose address is suppressed has that in their name or address, or as their ID. Look among everybody, or search for less."
	case t.only == core.OnlyRefused:
		return "No address is suppressed, and none was refused lately."
	case t.search != "" && t.only == core.OnlyDue:
		return "Nobody who is due has that in their name or address, or as their ID. Look among everybody, or search for less."
	case t.search != "":
		return "Nobody has that in their name or address, or as their ID. Search for less of it."
	case t.only == core.OnlyDue:
		return "Nobody is due. Look among everybody, or at a later instant."
	}
	return "Nobody has digests. Those whose cadence has none are found by searching."
}

// badge sums up a plan in a word, with a shape for people who do not see colours.
type badge struct{ Name, Word, Shape string }

var unreadable = badge{"unreadable", "cannot be read", "✕"}

// badgeOf returns the badge of a plan.
func badgeOf(p core.Plan) badge {
	switch p.Reason {
	case core.NoCadence:
		return badge{"none", "no digests", "–"}
	case core.NoAddress:
		return badge{"none", "no address", "–"}
	case core.InDoubt:
		return badge{"sending", "still being sent", "◆"}
	case core.NotDue:
		return badge{"waiting", "not due", "◇"}
	case core.BadAddress:
		return badge{"unusable", "address unusable", "▲"}
	case core.Suppressed:
		return suppressed
	case core.Refused:
		return refusedLately
	case core.QuietHours:
		return badge{"quiet", "quiet hours", "◐"}
	case core.Nothing:
		return badge{"nothing", "nothing new", "○"}
	}
	return badge{"due", "due", "●"}
}
