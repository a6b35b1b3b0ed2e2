package letter

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ask describes events that wait for their reader. All that is set must hold.
type Ask struct {
	// Kind is one or more words in a row of the kind's name, as review_requested in pr_review_requested and
	// PR.ReviewRequested; empty means any.
	Kind string
	// Field is a member of the payload; empty means that the payload does not matter. Value is what it says: needs-you is
	// needs_you and "Needs you". In the field summary it is whole words in a row.
	Field, Value string
	// Message is the sentence for such an event if its payload has no summary; empty means that of its kind.
	Message Message
}

// KnownAsks returns what the RFC app asks of people. The caller may change the slice.
func KnownAsks() []Ask { return slices.Clone(knownAsks) }

var knownAsks = []Ask{
	{Kind: "review_requested", Message: AskReview}, {Kind: "review_request", Message: AskReview}, {Kind: "approval_requested", Message: AskReview}, {Kind: "vote_requested"},
	{Kind: "changes_requested", Message: AskChanges}, {Kind: "change_requested", Message: AskChanges},
	{Kind: "mention", Message: AskMention}, {Kind: "mentioned", Message: AskMention}, {Kind: "mentions", Message: AskMention},
	{Kind: "question", Message: AskQuestion}, {Kind: "asked", Message: AskQuestion}, {Kind: "input_requested", Message: AskQuestion}, {Kind: "feedback_requested", Message: AskQuestion},
	{Kind: "assigned", Message: AskAssigned}, {Kind: "assignment", Message: AskAssigned},

	{Field: "state", Value: "changes_requested", Message: AskChanges}, {Field: "review", Value: "changes_requested", Message: AskChanges},
	{Field: "review_state", Value: "changes_requested", Message: AskChanges}, {Field: "verdict", Value: "changes_requested", Message: AskChanges},
	{Field: "category", Value: "needs-you"}, {Field: "category", Value: "needs-action"}, {Field: "category", Value: "action-required"},
	{Field: "category", Value: "review-request", Message: AskReview}, {Field: "category", Value: "mention", Message: AskMention},
	{Field: "category", Value: "question", Message: AskQuestion}, {Field: "category", Value: "assignment", Message: AskAssigned},
	{Field: "needs_you", Value: "true"}, {Field: "action_required", Value: "true"},

	{Field: "needs_you", Value: "1"}, {Field: "action_required", Value: "1"},

	{Field: "summary", Value: "requested changes on your"}, {Field: "summary", Value: "requested your review"}, {Field: "summary", Value: "requested a review from you"},
	{Field: "summary", Value: "requested your approval"}, {Field: "summary", Value: "requested your vote"}, {Field: "summary", Value: "asked for your"},
	{Field: "summary", Value: "asked you"}, {Field: "summary", Value: "asks you"}, {Field: "summary", Value: "mentioned you"}, {Field: "summary", Value: "assigned you"},
	{Field: "summary", Value: "assigned to you"}, {Field: "summary", Value: "assigned this to you"}, {Field: "summary", Value: "is waiting for you"},
	{Field: "summary", Value: "waits for you"}, {Field: "summary", Value: "needs your review"}, {Field: "summary", Value: "needs your approval"},
	{Field: "summary", Value: "needs your answer"}, {Field: "summary", Value: "needs your input"}, {Field: "summary", Value: "needs your decision"},
	{Field: "summary", Value: "needs your attention"}, {Field: "summary", Value: "needs your vote"},
}

// settled are words in the name of a kind that say that nothing waits any more.
var settled = []string{"accepted", "addressed", "answered", "approved", "cancelled", "canceled", "closed", "completed", "declined", "deleted", "digest", "dismissed", "done", "expired", "fulfilled",
	"ignored", "removed", "resolved", "unassigned", "withdrawn"}

// denied are words in a summary with which it does not ask, whatever else it says.
var denied = []string{"no longer", "nobody", "nothing", "dismissed", "withdrew", "cancelled", "doesn't", "does not", "didn't", "did not"}

// asks are how a letter finds what waits.
type asks struct {
	// byKind are rules that look at kinds alone, and byField the others, by their fields.
	byKind  []Ask
	byField map[string][]Ask
}

func newAsks(all []Ask) asks {
	a := asks{byField: map[string][]Ask{}}
	for _, ask := range all {
		ask.Kind = asWords(ask.Kind)
		if ask.Field == summaryField {
			ask.Value = strings.ToLower(ask.Value)
		} else {
			ask.Value = asWords(ask.Value)
		}
		if ask.Field == "" {
			a.byKind = append(a.byKind, ask)
		} else {
			a.byField[ask.Field] = append(a.byField[ask.Field], ask)
		}
	}
	return a
}

// summaryField is the member of a payload that is a sentence.
const summaryField = "summary"

// asWords returns a name in lower case, its words joined by underscores: review-requested, ReviewRequested and "review
// requested" are one.
func asWords(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || 'z' < r) && r != '_' }) {
		return name // as most are
	}
	var b strings.Builder
	lower := false // the last character was a lower-case letter
	for _, r := range name {
		switch {
		case r == '-' || r == '.' || r == ' ' || r == '/' || r == ':':
			r = '_'
		case unicode.IsUpper(r) && lower:
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// hasWords reports whether a text has words in a row, each of them whole.
func hasWords(text, words string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(words):])
		if !isWord(before) && !isWord(after) {
			return true
		}
		from = at + 1
	}
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// ofKind returns the rule by which events of a kind wait for their reader, as its name says; nil if they do not.
func (a *asks) ofKind(name string) *Ask {
	name = asWords(name)
	for i := range a.byKind {
		if hasWords(name, a.byKind[i].Kind) {
			return &a.byKind[i]
		}
	}
	return nil
}

// isSettled reports whether a kind says by its name that nothing waits any more.
func isSettled(name string) bool {
	name = asWords(name)
	return slices.ContainsFunc(settled, func(word string) bool { return hasWords(name, word) })
}

// of returns the rule by which e waits for its reader; nil if it does not. What a payload says in a field of its own wins
// over what the kind says, and that over the summary.
func (a *asks) of(e noted) *Ask {
	if rule := a.byMember(e.Event); rule != nil {
		return rule
	}
	var rule *Ask
	if e.kind != nil {
		rule = e.kind.ask
	} else {
		rule = a.ofKind(e.Kind)
	}
	if rule == nil {
		rule = a.bySummary(e)
	}
	if rule != nil && isSettled(e.Kind) {
		return nil
	}
	return rule
}

// byMember looks at the payload, but for its summary.
func (a *asks) byMember(e *Event) (rule *Ask) {
	e.Payload.Texts(func(field, text string) bool {
		rules := a.byField[field]
		if field == summaryField || rules == nil || text == "" {
			return true
		}
		text = asWords(text)
		for i := range rules {
			if text == rules[i].Value && rules[i].concerns(e) {
				rule = &rules[i]
				return false
			}
		}
		return true
	})
	return rule
}

// bySummary looks at the summary, as it is shown.
func (a *asks) bySummary(e noted) *Ask {
	if e.summary == "" {
		return nil
	}
	text := strings.ToLower(e.summary)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\u00A0", " "), "’", "'")
	rules := a.byField[summaryField]
	for i := range rules {
		if hasWords(text, rules[i].Value) && rules[i].concerns(e.Event) {
			if slices.ContainsFunc(denied, func(words string) bool { return hasWords(text, words) }) {
				return nil
			}
			return &rules[i]
		}
	}
	return nil
}

// concerns reports whether the rule is for the kind of e.
func (ask *Ask) concerns(e *Event) bool { return ask.Kind == "" || hasWords(asWords(e.Kind), ask.Kind) }
