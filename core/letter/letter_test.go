package letter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

func plainWriter(t testing.TB) *Writer {
	t.Helper()
	w, err := NewWriter(Manner{AppURL: "https://rfc.example", MaxRFCs: 50})
	require.NoError(t, err)
	return w
}

// tick is when the letters of these tests are written.
var tick = time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)

// daily returns the facts of a daily letter. Events that have no time happened three hours before it.
func daily(events ...Event) Facts {
	for i := range events {
		if events[i].At.IsZero() {
			events[i].At = tick.Add(-3 * time.Hour)
		}
	}
	return Facts{Language: "en", Events: events, Start: tick.Add(-24 * time.Hour), End: tick, Usual: 24 * time.Hour}
}

// in returns e as an event in an RFC.
func (e Event) in(slug, title string) Event {
	e.Slug, e.Title = slug, title
	return e
}

// saying returns e with a summary.
func (e Event) saying(summary string) Event {
	text, _ := json.Marshal(map[string]string{"summary": summary})
	e.Payload = texts.ReadPayload(string(text))
	return e
}

func times(n int, e Event) (all []Event) {
	for range n {
		all = append(all, e)
	}
	return all
}

func strs(lines []page.Line) (all []string) {
	for _, l := range lines {
		all = append(all, l.String())
	}
	return all
}

func TestLines(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	by := func(id int64, name, kind string) Event { return Event{Kind: kind, ActorID: id, Actor: name} }
	pr := func(id int64, name, kind string, n int64) Event {
		return Event{Kind: kind, ActorID: id, Actor: name, PR: n}
	}
	push := func(id int64, name, branch string) Event {
		return Event{Kind: "branch_updated", ActorID: id, Actor: name, Branch: branch}
	}
	for _, c := range []struct {
		name   string
		events []Event
		want   []string
	}{
		{"one of each", []Event{pr(1, "Ada", "pr_opened", 12), push(1, "Ada", "main"), by(2, "Grace", "rfc_graduated")},
			[]string{"Ada opened PR #12", "Ada pushed to main", "Grace graduated this RFC"}},
		{"nothing is known", []Event{{Kind: "pr_opened"}, {Kind: "branch_created"}, {Kind: "two_words"}, {}},
			[]string{"Someone opened a PR", "Someone created a branch", "Someone: two words", "Someone: 1 update"}},
		{"pushes by two", append(times(8, push(1, "Ada", "main")), push(2, "Linus", "main")), []string{"9 pushes to main by Ada and Linus"}},
		{"pushes to two branches", []Event{push(1, "Ada", "main"), push(1, "Ada", "main"), push(1, "Ada", "feat/x")}, []string{"2 pushes to main by Ada", "Ada pushed to feat/x"}},
		{"comments", times(4, pr(1, "Grace", "pr_commented", 3)), []string{"4 comments on PR #3 by Grace"}},
		{"comments on two", []Event{pr(1, "A", "pr_commented", 3), pr(1, "A", "pr_commented", 4), pr(1, "A", "pr_commented", 3)}, []string{"2 comments on PR #3 by A", "A commented on PR #4"}},
		{"PRs", []Event{pr(1, "Ada", "pr_opened", 12), pr(1, "Ada", "pr_opened", 13), pr(2, "Linus", "pr_opened", 14)}, []string{"3 PRs opened: #12, #13 and #14 (Ada and Linus)"}},
		{"a PR that is opened twice", []Event{pr(1, "Ada", "pr_opened", 12), pr(1, "Ada", "pr_opened", 12)}, []string{"Ada opened PR #12"}},
		{"PRs without numbers", []Event{pr(1, "Ada", "pr_merged", 12), pr(1, "Ada", "pr_merged", 0), pr(1, "Ada", "pr_merged", 0)}, []string{"3 PRs merged: #12 and 2 more (Ada)"}},
		{"branches", []Event{{Kind: "branch_deleted", Branch: "a"}, {Kind: "branch_deleted", Branch: "b"}}, []string{"2 branches deleted: a and b"}},
		{"many people", []Event{push(1, "A", "m"), push(2, "B", "m"), push(3, "C", "m"), push(4, "D", "m"), push(5, "E", "m")}, []string{"5 pushes to m by A, B, C and 2 others"}},
		{"two people of one name", []Event{push(1, "Ada", "m"), push(2, "Ada", "m")}, []string{"2 pushes to m by Ada and Ada"}},
		{"some unknown", []Event{push(1, "Ada", "m"), push(0, "", "m")}, []string{"2 pushes to m by Ada and 1 other"}},
		{"none known", times(2, push(0, "", "m")), []string{"2 pushes to m"}},
		{"an unknown kind", times(3, by(1, "Ada", "vote_cast")), []string{"3 × vote cast by Ada"}},
		{"a kind without a name", times(3, by(1, "Ada", "_")), []string{"3 updates by Ada"}},
		{"what happens once", times(2, by(1, "Ada", "rfc_graduated")), []string{"Ada graduated this RFC"}},
		{"by two", []Event{by(1, "Ada", "rfc_proposed"), by(2, "Bo", "rfc_proposed")}, []string{"Bo proposed this RFC"}},
		{"few summaries", []Event{by(1, "Ada", "vote_cast").saying("Ada voted yes"), by(2, "Bo", "vote_cast").saying("Bo voted no")}, []string{"Ada voted yes", "Bo voted no"}},
		{"many summaries", []Event{by(1, "A", "v").saying("1"), by(1, "A", "v").saying("2"), by(1, "A", "v").saying("3"), by(1, "A", "v").saying("4")}, []string{"4 × v by A"}},
		{"a summary without a glyph", []Event{pr(1, "Ada", "pr_opened", 12).saying("\u200d")}, []string{"Ada opened PR #12"}},
		{"a summary that names the PR", []Event{pr(1, "Ada", "x", 44).saying("Ada likes PR #44 a lot")}, []string{"Ada likes PR #44 a lot"}},
		{"a summary with an address", []Event{pr(1, "Ada", "x", 44).saying("https://h.example/#44 is broken")}, []string{"https://h.example/#44 is broken · PR #44"}},
		{"a summary that names another", []Event{pr(1, "Ada", "x", 44).saying("Ada likes PR #441")}, []string{"Ada likes PR #441 · PR #44"}},
		{"what people write is no gap", []Event{{Kind: "branch_updated", Actor: "{ref}", Branch: "{actor}"}}, []string{"{ref} pushed to {actor}"}},
	} {
		te := teller{pen: pen{words: w.byTag["en"]}, at: w.rfc("rfc-1", new(ink))}
		assert.Equal(t, c.want, strs(te.all(te.note(c.events))), c.name)
	}
}

// Few events and many are gathered alike: groups are in the order of their first events, and so are the events in them.
func TestGather(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, few, few + 1, 100} {
		events := make([]Event, n)
		for i := range events {
			events[i] = Event{Kind: fmt.Sprint(i * i % 7), PR: int64(i)}
		}
		rest := new(words).note(events)
		groups := gather(rest, func(e *noted) string { return e.Kind })
		var kinds []string
		for len(rest) > 0 {
			var group []noted
			group, rest = first(rest)
			kinds = append(kinds, group[0].Kind)
			for i, e := range group {
				assert.Equal(t, group[0].Kind, e.Kind)
				assert.True(t, i == 0 || group[i-1].PR < e.PR, "%d of %s", e.PR, e.Kind)
			}
		}
		assert.Len(t, kinds, groups)
		assert.Equal(t, []string{"0", "1", "4", "2"}[:min(n, 4)], kinds, "%d events", n)
	}
}

// Every line leads to its PR or branch. A text that a filter may take for the name of a host leads nowhere.
func TestLinesLeadToWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	links := func(e ...Event) (all []string) {
		te := teller{pen: pen{words: w.byTag["en"]}, at: w.rfc("a b", new(ink))}
		for _, l := range te.all(te.note(e)) {
			for _, p := range l {
				if p.URL != "" {
					all = append(all, p.Text+" → "+strings.TrimPrefix(p.URL, "https://rfc.example/rfc/a%20b"))
				}
			}
		}
		return all
	}
	assert.Equal(t, []string{"PR #12 → /pr/12"}, links(Event{Kind: "pr_opened", PR: 12}))
	assert.Equal(t, []string{"#12 → /pr/12", "#13 → /pr/13"}, links(Event{Kind: "pr_opened", PR: 12}, Event{Kind: "pr_opened", PR: 13}))
	assert.Equal(t, []string{"feat/x → /branch/feat%2Fx"}, links(Event{Kind: "branch_updated", Branch: "feat/x"}))
	for _, host := range []string{"main.py", "release-1.2", "docs.example.com", "a:b", "a@b"} {
		got := links(Event{Kind: "branch_updated", Branch: host})
		require.Len(t, got, 1, host)
		assert.True(t, strings.HasPrefix(got[0], "Open → /branch/"), got[0])
	}
	assert.Equal(t, []string{"PR #44 → /pr/44"}, links(Event{Kind: "x", PR: 44}.saying("Ada likes PR #44")))
	assert.Equal(t, []string{"PR #44 → /pr/44"}, links(Event{Kind: "x", PR: 44}.saying("main.py was touched")))
	assert.Empty(t, links(Event{Kind: "rfc_graduated"}))
	bare, err := NewWriter(Manner{AppURL: "https://rfc.example", MaxRFCs: 50, Paths: Paths{RFC: "/r/{slug}", Inbox: "/i", Settings: "/s"}})
	require.NoError(t, err)
	at := bare.rfc("x", new(ink))
	assert.Equal(t, "https://rfc.example/r/x", at.pr(12, new(ink)), "an app without pages for PRs")
	assert.Equal(t, "https://rfc.example/r/x", at.branch("main", new(ink)))
	assert.Empty(t, bare.rfc("..", new(ink)).url)
	query, err := NewWriter(Manner{AppURL: "https://rfc.example", MaxRFCs: 50, Paths: Paths{RFC: "/r?s={slug}", Branch: "/b?s={slug}&b={branch}", Inbox: "/i", Settings: "/s"}})
	require.NoError(t, err)
	at = query.rfc("c++", new(ink))
	assert.Equal(t, "https://rfc.example/b?s=c%2B%2B&b=a%26x%3D1", at.branch("a&x=1", new(ink)), "no text is a parameter")
	assert.Empty(t, bare.rfc(strings.Repeat("x", 1001), new(ink)).url)
}

func TestWhatIsWrittenTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	e := Event{Kind: "vote_cast", ActorID: 1, Actor: "Ada", PR: 3, Branch: "b", At: tick.Add(-3 * time.Hour)}.in("r", "R").saying("Ada voted")
	for name, c := range map[string]struct {
		change func(*Event)
		events int
	}{
		"the same":            {func(*Event) {}, 1},
		"minutes later":       {func(e *Event) { e.At = e.At.Add(9 * time.Minute) }, 1},
		"an hour later":       {func(e *Event) { e.At = e.At.Add(time.Hour) }, 2},
		"another kind":        {func(e *Event) { e.Kind = "x" }, 2},
		"another person":      {func(e *Event) { e.ActorID = 2 }, 2},
		"another RFC":         {func(e *Event) { e.Slug = "s" }, 2},
		"another PR":          {func(e *Event) { e.PR = 4 }, 2},
		"another branch":      {func(e *Event) { e.Branch = "c" }, 2},
		"another summary":     {func(e *Event) { e.Payload.Summary = "Ada voted again" }, 2},
		"nothing is told":     {func(e *Event) { e.Payload.Summary = "" }, 2},
		"the other one first": {func(e *Event) { e.At = e.At.Add(-9 * time.Minute) }, 1},
	} {
		second := e
		c.change(&second)
		d, _, _ := w.Write(daily(e, second))
		assert.Equal(t, c.events, d.Events, name)
	}
}

func TestWhatWaitsForTheReader(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	payload := func(text string) Event { return Event{Kind: "x", Payload: texts.ReadPayload(text)} }
	for _, e := range []Event{
		{Kind: "review_requested"}, {Kind: "pr_review_requested"}, {Kind: "changes_requested"}, {Kind: "pr_changes_requested"}, {Kind: "doc_mention"}, {Kind: "mention"}, {Kind: "mentioned_in_comment"},
		{Kind: "question"}, {Kind: "doc_question_asked"}, {Kind: "assigned"}, {Kind: "PR_Assigned"}, {Kind: "approval_requested"},
		payload(`{"state": "changes_requested"}`), payload(`{"review_state": "CHANGES_REQUESTED"}`), payload(`{"category": "needs-you"}`), payload(`{"action_required": true}`),
		payload(`{"summary": "Ada Lovelace requested changes on your PR #44"}`), payload(`{"summary": "Grace asked you: \"Can you?\""}`), payload(`{"summary": "Ada Mentioned You in a comment"}`),
		{Kind: "review-requested"}, {Kind: "pr.review_requested"}, {Kind: "PullRequestReviewRequested"}, {Kind: "review requested"}, {Kind: "vote_requested"},
		{Kind: "pr_closed", Payload: texts.ReadPayload(`{"needs_you": true}`)}, {Kind: "rfc_withdrawn", Payload: texts.ReadPayload(`{"category": "needs_you"}`)},
		payload(`{"needs_you": 1}`), payload(`{"state": "changes-requested"}`), payload(`{"state": "Changes requested"}`), payload(`{"summary": "Ada asked\nyou"}`), payload(`{"summary": "Ada asked\u00a0you"}`),
		payload(`{"summary": "Ada requested your review of PR #1"}`), payload(`{"summary": "PR #3 was assigned to you"}`),
	} {
		d, l, _ := w.Write(daily(e))
		assert.Equal(t, Digest{Events: 1, Needs: 1}, d, "%+v", e)
		require.Len(t, l.Needs.Asks, 1)
		assert.Empty(t, l.Cards, "it stands in one place")
	}
	for _, e := range []Event{
		{Kind: "pr_reviewed"}, {Kind: "question_answered"}, {Kind: "review_request_removed"}, {Kind: "mention_deleted"}, {Kind: "unassigned"}, {Kind: "pr_unassigned"}, {Kind: "pr_opened"}, {Kind: "questionnaire_opened"},
		payload(`{"state": "approved"}`), payload(`{"action_required": false}`), payload(`{"category": "watched"}`), payload(`{"summary": "Ada asked the owner"}`), payload(`{"note": "asked you"}`),
		{Kind: "review_request_accepted"}, {Kind: "review_request_declined"}, {Kind: "changes_requested_addressed"}, {Kind: "mention_digest"}, {Kind: "remention"},
		payload(`{"summary": "Ada unassigned you from PR #3"}`), payload(`{"summary": "Grace asked your colleague Bob"}`), payload(`{"summary": "Grace mentioned your RFC"}`),
		payload(`{"summary": "Ada assigned your old PR #3 to Bob"}`), payload(`{"summary": "Linus: nobody asked you"}`), payload(`{"summary": "Ada no longer needs your review"}`),
		payload(`{"summary": "Ada dismissed the review that requested changes on your PR #3"}`), payload(`{"summary": "Nothing here needs your attention"}`),
	} {
		d, _, _ := w.Write(daily(e))
		assert.Zero(t, d.Needs, "%+v", e)
	}
}

func TestHowItIsSaidThatSomethingWaits(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	changes := Event{Kind: "pr_reviewed", Actor: "Ada", PR: 44, Payload: texts.ReadPayload(`{"state": "changes_requested"}`)}.in("a", "A")
	for _, c := range []struct {
		event Event
		want  string
		link  page.Link
	}{
		{changes, "Ada asks you for changes", page.Link{Label: "PR #44", URL: "https://rfc.example/rfc/a/pr/44"}},
		{Event{Kind: "mention"}.in("a", "A"), "Someone mentioned you", page.Link{Label: "Open this RFC", URL: "https://rfc.example/rfc/a"}},
		{Event{Kind: "question", Actor: "Bo"}, "Bo has a question for you", page.Link{Label: "Open your inbox", URL: "https://rfc.example/inbox"}},
		{Event{Kind: "assigned", Actor: "Bo"}.in("a", "A").saying("Bo gave you PR #3"), "Bo gave you PR #3", page.Link{Label: "Open this RFC", URL: "https://rfc.example/rfc/a"}},
		{Event{Kind: "x", Actor: "Bo", Payload: texts.ReadPayload(`{"category": "needs-you"}`)}, "Bo: x", page.Link{Label: "Open your inbox", URL: "https://rfc.example/inbox"}},
	} {
		_, l, _ := w.Write(daily(c.event))
		require.Len(t, l.Needs.Asks, 1)
		assert.Equal(t, c.want, l.Needs.Asks[0].What.String())
		assert.Equal(t, c.link, l.Needs.Asks[0].Link)
		assert.Equal(t, c.want, w.Summary(c.event))
		for _, p := range l.Needs.Asks[0].What {
			assert.Empty(t, p.URL, "its one link stands below")
		}
	}
}

func TestAnAppAsksInItsOwnWay(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(Manner{AppURL: "https://rfc.example", MaxRFCs: 50, Asks: append(KnownAsks(), Ask{Kind: "ballot", Field: "quorum", Value: "missing"}),
		Kinds: Kinds{"ballot_opened": {One: "{actor} opened a ballot on {pr}", Many: "{n} ballots on {prs}", About: PRs}}})
	require.NoError(t, err)
	ballot := Event{Kind: "ballot_opened", Actor: "Ada", PR: 7}
	waiting := ballot
	waiting.Payload = texts.ReadPayload(`{"quorum": "missing"}`)
	d, l, _ := w.Write(daily(ballot, waiting))
	assert.Equal(t, Digest{Events: 2, Needs: 1}, d)
	assert.Equal(t, "Ada opened a ballot on PR #7", l.Needs.Asks[0].What.String())
	other := ballot
	other.PR = 8
	_, l, _ = w.Write(daily(ballot, other))
	assert.Equal(t, "2 ballots on #7 and #8 (Ada)", l.Cards[0].Lines[0].String())
	assert.NotContains(t, KnownKinds(), "ballot_opened")
	for _, sentence := range []string{"{who} voted", "{actor voted", "{}"} {
		_, err := NewWriter(Manner{AppURL: "https://rfc.example", Kinds: Kinds{"vote_cast": {One: sentence}}})
		assert.ErrorContains(t, err, "vote_cast", sentence)
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	opened := func(n int64) Event { return Event{Kind: "pr_opened", PR: n, Actor: "Ada"} }
	mention := Event{Kind: "mention", Actor: "Grace"}
	for _, c := range []struct {
		name               string
		events             []Event
		subject, preheader string
	}{
		{"one RFC", []Event{opened(1).in("a", "Payments for Hosts")}, "Payments for Hosts (Sat 28 Nov)", "Ada opened PR #1"},
		{"two RFCs", []Event{opened(1).in("a", "A"), opened(2).in("b", "B"), opened(3).in("b", "B")}, "Wiggleverse: 3 updates in 2 RFCs (Sat 28 Nov)", "B · A"},
		{"no RFC", []Event{opened(1)}, "Wiggleverse: 1 update (Sat 28 Nov)", "Ada opened PR #1"},
		{"an RFC and none", []Event{opened(1).in("a", "A"), opened(2)}, "Wiggleverse: 2 updates in 1 RFC (Sat 28 Nov)", "Ada opened PR #1 · Ada opened PR #2"},
		{"one waits", []Event{opened(1).in("a", "A"), mention.in("b", "B")}, "1 needs you: B (Sat 28 Nov)", "Grace mentioned you · A"},
		{"two wait", []Event{mention.in("a", "A"), mention.in("b", "B"), opened(1).in("c", "C")}, "2 need you: A (Sat 28 Nov)", "Grace mentioned you · Grace mentioned you · C"},
		{"one without an RFC waits", []Event{mention}, "1 needs you: Other activity (Sat 28 Nov)", "Grace mentioned you"},
		{"a title of another direction", []Event{opened(1).in("a", "תשלומים")}, "\u2068תשלומים\u2069 (Sat 28 Nov)", "Ada opened PR #1"},
	} {
		_, l, _ := w.Write(daily(c.events...))
		assert.Equal(t, c.subject, l.Subject, c.name)
		assert.Equal(t, c.preheader, l.Preheader, c.name)
	}
	_, l, _ := w.Write(daily(opened(1).in("a", strings.Repeat("long ", 100))))
	assert.Less(t, len(l.Subject), 110)
}

// An app may have several digests a day, which are no one conversation either.
func TestTheSubjectOfSeveralDigestsADay(t *testing.T) {
	t.Parallel()
	f := daily(Event{Kind: "pr_opened", PR: 1}.in("a", "A"))
	f.Often = true
	_, l, _ := plainWriter(t).Write(f)
	assert.Equal(t, "A (Sat 28 Nov, 20:00)", l.Subject)
}

// What waits for the reader waits however old it is; the newest comes first, and an RFC of which all is old is still named.
func TestOldEvents(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	old := func(e Event, days int) Event {
		e.At = tick.Add(-time.Duration(days) * 24 * time.Hour)
		return e
	}
	f := daily(old(Event{Kind: "review_requested", PR: 1}.in("a", "A"), 20), old(Event{Kind: "review_requested", PR: 2}.in("a", "A"), 2), old(Event{Kind: "pr_opened", PR: 3}.in("b", "B"), 20))
	f.Start = tick.Add(-30 * 24 * time.Hour)
	d, l, _ := w.Write(f)
	assert.Equal(t, Digest{Events: 3, RFCs: 2, Needs: 2}, d)
	assert.Equal(t, []string{"PR #2", "PR #1"}, []string{l.Needs.Asks[0].Link.Label, l.Needs.Asks[1].Link.Label})
	assert.Empty(t, l.Cards)
	assert.Equal(t, []string{"B · 1 update"}, strs(l.Rest))
	assert.Equal(t, []string{"1 older update is in your inbox."}, l.Notes)
	f.Events = f.Events[2:]
	_, l, _ = w.Write(f)
	assert.Equal(t, "B (Sat 28 Nov)", l.Subject)
}

// What came from another account is older than the window. As much of it is told as of a long time.
func TestEventsThatCameFromAnotherAccount(t *testing.T) {
	t.Parallel()
	moved := func(pr int64, days int) Event {
		return Event{Kind: "pr_opened", PR: pr, Slug: "a", Title: "A", At: tick.Add(-time.Duration(days) * 24 * time.Hour), Moved: true}
	}
	d, l, _ := plainWriter(t).Write(daily(moved(1, 10), moved(2, 20)))
	assert.Equal(t, Digest{Events: 2, RFCs: 1}, d)
	assert.Equal(t, "Someone opened PR #1", l.Cards[0].Lines[0].String())
	assert.Equal(t, []string{"1 older update is in your inbox."}, l.Notes)
}

// A request that was written twice within minutes is one, although nothing is said of it.
func TestARequestIsMadeOnce(t *testing.T) {
	t.Parallel()
	request := Event{Kind: "review_requested", ActorID: 2, PR: 7}.in("a", "A")
	again, later := request, request
	again.At, later.At = tick.Add(-3*time.Hour+4*time.Minute), tick.Add(-time.Hour)
	d, _, _ := plainWriter(t).Write(daily(request, again, later))
	assert.Equal(t, Digest{Events: 2, RFCs: 1, Needs: 2}, d)
}

func TestTitles(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	for _, c := range []struct{ slug, title, want string }{
		{"rfc-1", "Payments", "Payments"}, {"rfc-1", "", "rfc-1"}, {"", "", "Other activity"}, {"\u200d", "\u3164", "RFC"},
		{"rfc-1", "\u200d", "rfc-1"}, {"rfc-1", "\u00ad", "rfc-1"}, {"rfc-1", "\u3164", "rfc-1"}, {"rfc-1", "\u2800", "rfc-1"}, {"rfc-1", "\U000E0061\U000E0062", "rfc-1"}, {"rfc-1", "\u115f", "rfc-1"},
		{"rfc-1", "Z" + strings.Repeat("\u0301", 180), "Z" + strings.Repeat("\u0301", 8)},
	} {
		_, l, _ := w.Write(daily(Event{Kind: "x"}.in(c.slug, c.title)))
		assert.Equal(t, c.want, l.Cards[0].Title, "%q", c.title)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	const oneDay = 24 * time.Hour
	kathmandu := time.FixedZone("", 5*3600+45*60)
	for _, c := range []struct {
		name        string
		length      time.Duration
		usual       time.Duration
		first       bool
		zone        *time.Location
		want        string
		told, older int
	}{
		{"a day", oneDay, oneDay, false, time.UTC, "Fri 27 Nov, 20:00 to Sat 28 Nov, 20:00", 1, 0},
		{"a day in Nepal", oneDay, oneDay, false, kathmandu, "Sat 28 Nov, 01:45 to Sun 29 Nov, 01:45", 1, 0},
		{"a week", 7 * oneDay, 7 * oneDay, false, time.UTC, "Sat 21 Nov, 20:00 to Sat 28 Nov, 20:00", 7, 0},
		{"days that were missed", 13 * oneDay, oneDay, false, time.UTC, "Sun 15 Nov, 20:00 to Sat 28 Nov, 20:00", 13, 0},
		{"a first digest", 30 * oneDay, oneDay, true, time.UTC, "The last 30 days", 14, 16},
		{"after a pause", 100 * oneDay, oneDay, false, time.UTC, "Since 20 August", 14, 86},
		{"after a long pause", 400 * oneDay, oneDay, false, time.UTC, "The last 400 days", 14, 386},
		{"a month", 31 * oneDay, 28 * oneDay, false, time.UTC, "Wed 28 Oct, 20:00 to Sat 28 Nov, 20:00", 31, 0},
	} {
		f := Facts{Language: "en", Start: tick.Add(-c.length).In(c.zone), End: tick.In(c.zone), Usual: c.usual, First: c.first}
		for at := tick; at.After(f.Start); at = at.Add(-oneDay) {
			f.Events = append(f.Events, Event{Kind: "pr_opened", PR: int64(len(f.Events) + 1), At: at.Add(-time.Minute), Slug: "a", Title: "A"})
		}
		d, l, _ := w.Write(f)
		assert.Equal(t, len(f.Events), d.Events, c.name)
		assert.Equal(t, fmt.Sprintf("%s · %d updates in 1 RFC", c.want, d.Events), strings.Replace(l.Intro[0], "1 update ", "1 updates ", 1), c.name)
		assert.Contains(t, strings.Replace(l.Cards[0].Lines[0].String()+"Someone opened PR #1", "Someone opened PR #1", "1 PRs opened", 1), fmt.Sprintf("%d PRs opened", c.told), c.name)
		if c.older > 0 {
			assert.Equal(t, []string{fmt.Sprintf("%d older updates are in your inbox.", c.older)}, l.Notes, c.name)
		} else {
			assert.Empty(t, l.Notes, c.name)
		}
	}
}

// Nothing is lost in a letter: what it lists, what it only counts, and what it says it leaves out come to what it is of.
func TestALetterAccountsForEverything(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	rapid.Check(t, func(t *rapid.T) {
		var events []Event
		for i := range rapid.IntRange(1, 200).Draw(t, "events") {
			slug := rapid.SampledFrom([]string{"", "a", "b", fmt.Sprint("r", i%90)}).Draw(t, "slug")
			events = append(events, Event{Kind: rapid.SampledFrom([]string{"pr_opened", "mention", "branch_updated", fmt.Sprint("k", i%40)}).Draw(t, "kind"), PR: int64(i + 1), Slug: slug, Title: slug,
				At: tick.Add(-time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours")) * time.Hour)})
		}
		f := daily(events...)
		f.Start = tick.Add(-40 * 24 * time.Hour)
		d, l, html := w.Write(f)
		require.LessOrEqual(t, len(html), page.MaxHTML)
		require.Equal(t, len(events), d.Events)
		var draft draft
		draft.sortOut(w, f)
		told := draft.older + len(draft.asks)
		rfcs := map[string]bool{}
		for _, topic := range draft.topics {
			told += len(topic.events)
			rfcs[topic.slug] = true
		}
		require.Equal(t, d.Events, told)
		require.LessOrEqual(t, len(l.Cards), 10)
		left := 0
		for _, note := range l.Notes {
			if n, err := fmt.Sscanf(note, "… and %d more RFC", &left); n == 1 && err == nil {
				break
			}
		}
		require.Equal(t, len(rfcs), len(l.Cards)+len(l.Rest)+left)
		require.Len(t, l.Needs.Asks, min(10, len(draft.asks)))
	})
}

// However long texts are, the HTML is short enough for Gmail, and the text part is bounded too.
func TestLongLettersFit(t *testing.T) {
	t.Parallel()
	w := plainWriter(t)
	for _, said := range []string{"'", "李", "&", "👩🏽‍💻", "<b>"} {
		long := strings.Repeat(said, 200)
		var events []Event
		for i := range 3000 {
			events = append(events, Event{Kind: fmt.Sprint("kind", i%30), Actor: long, Branch: long, PR: int64(i), Slug: fmt.Sprint(strings.Repeat("x", 900), i%100), Title: long}.saying(fmt.Sprint(i, long)))
			events = append(events, Event{Kind: "mention", Actor: long, Slug: fmt.Sprint(i), Title: long})
		}
		_, l, html := w.Write(daily(events...))
		assert.LessOrEqual(t, len(html), page.MaxHTML, said)
		assert.NotEmpty(t, l.Cards, said)
		assert.NotEmpty(t, l.Needs.Asks, said)
		assert.Less(t, len(l.Text()), page.MaxHTML, said)
	}
}
