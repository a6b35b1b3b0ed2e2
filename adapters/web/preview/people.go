package preview

import (
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// peoplePage is how many people are listed at once.
const peoplePage = 50

// people is the list, with the ways to look for others.
type people struct {
	Search            string
	Kept              []field
	All               bool
	AllHref, DueHref  string
	Rows              []row
	NextHref, TopHref string
	// Empty says what to do where there is nobody.
	Empty string
	// Due is how many of Rows something is to be done about.
	Due int
}

// row is one of them.
type row struct {
	ID            int64
	Name, Address string
	Badge         badge
	// DueWord stands before Due, where it is known.
	DueWord string
	Due     moment
	Href    string
	Chosen  bool
}

func newPeople(t state, l core.Listing) *people {
	p := &people{Search: t.search, Kept: t.without("q", "after"), All: !t.due}
	to := func(change func(*state)) string { return t.with(change).href() }
	p.AllHref = to(func(t *state) { t.due, t.after = false, 0 })
	p.DueHref = to(func(t *state) { t.due, t.after = true, 0 })
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
	r := row{ID: one.Recipient.ID, Name: core.Clean(one.Recipient.Name), Address: core.Clean(one.Recipient.Address), Badge: badgeOf(one.Plan)}
	if one.Trouble {
		r.Badge = unreadable
	}
	r.DueWord, r.Due = dueWord(one.Plan)
	r.Chosen = r.ID == t.person
	r.Href = t.with(func(t *state) { t.choose(fmt.Sprint(r.ID)); t.verdict, t.skip = "", 0 }).href()
	return r
}

// dueWord says when a digest is due, or has been since.
func dueWord(p core.Plan) (string, moment) {
	switch {
	case p.DueAt.IsZero():
		return "", moment{}
	case p.DueAt.After(p.Window.End):
		return "next", newMoment(p.DueAt)
	}
	return "due since", newMoment(p.DueAt)
}

// nobody says why a list is empty, and what to do.
func nobody(t state, l core.Listing) string {
	switch {
	case l.Next != 0:
		return "None of those looked at so far. There are more: go on."
	case t.after != 0:
		return "That was everybody. Go back to the start."
	case t.search != "" && t.due:
		return "Nobody who is due has that in their name or address, or as their ID. Look among everybody, or search for less."
	case t.search != "":
		return "Nobody has that in their name or address, or as their ID. Search for less of it."
	case t.due:
		return "Nobody is due. Look among everybody, or at a later instant."
	}
	return "Nobody has digests. Those whose cadence has none are found by searching."
}

// badge says in a word what a plan comes to, with a shape for those who see no colours.
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
		return badge{"suppressed", "suppressed", "■"}
	case core.QuietHours:
		return badge{"quiet", "quiet hours", "◐"}
	case core.Nothing:
		return badge{"nothing", "nothing new", "○"}
	}
	return badge{"due", "due", "●"}
}
