package preview

import (
	"cmp"
	"slices"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// reasonsPage is how many notifications are explained at once.
const reasonsPage = 200

// reasons are the verdicts on a person's notifications.
type reasons struct {
	Since moment
	Total int
	// Counted is Total in words.
	Counted string
	Counts  []count
	// All leads to all verdicts.
	All  choice
	Rows []reason
	// First and Last number the rows, from 1; Of is how many there are to page through.
	First, Last, Of    int
	OlderHref, TopHref string
}

// count is how often a verdict was given.
type count struct {
	choice
	Verdict core.Verdict
	Rule    string
	Count   int
}

// reason is the verdict on one notification, and why.
type reason struct {
	ID      int64
	Created moment
	Event   string
	RFC     string
	Slug    string
	Verdict core.Verdict
	Rule    string
	Why     string
}

func newReasons(t state, e core.Explanation) *reasons {
	to := func(verdict string) string {
		return t.with(func(t *state) { t.verdict, t.skip = verdict, 0 }).href()
	}
	rs := &reasons{Since: newMoment(e.Since, e.Zone), Total: len(e.Reasons), Counted: texts.Plural(len(e.Reasons), "notification"), All: choice{"all", to(""), t.verdict == ""}}
	for _, c := range e.Counts {
		v := string(c.Verdict)
		rs.Counts = append(rs.Counts, count{choice{v, to(v), t.verdict == v}, c.Verdict, e.Rule(c.Verdict), c.Count})
	}
	shown := slices.DeleteFunc(slices.Clone(e.Reasons), func(x core.Explained) bool {
		return t.verdict != "" && string(x.Verdict) != t.verdict
	})
	slices.SortStableFunc(shown, func(a, b core.Explained) int {
		return cmp.Or(b.Notification.CreatedAt.Compare(a.Notification.CreatedAt), cmp.Compare(b.Notification.ID, a.Notification.ID))
	})
	rs.Of = len(shown)
	start := min(t.skip, len(shown))
	end := min(start+reasonsPage, len(shown))
	rs.First, rs.Last = start+1, end
	if end < len(shown) {
		rs.OlderHref = t.with(func(t *state) { t.skip = end }).href()
	}
	if start > 0 {
		rs.TopHref = to(t.verdict)
	}
	for _, x := range shown[start:end] {
		n := x.Notification
		rs.Rows = append(rs.Rows, reason{
			ID: n.ID, Created: newMoment(n.CreatedAt, e.Zone), Event: x.Event, RFC: texts.Clean(n.Title), Slug: texts.Clean(n.Slug), Verdict: x.Verdict, Rule: e.Rule(x.Verdict), Why: x.Why,
		})
	}
	return rs
}
