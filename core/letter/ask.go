package letter

import (
	"slices"
	"strings"
)

// Ask describes events that wait for their reader. All that is set must hold.
type Ask struct {
	// Kind is one or more words in a row of the kind's name, as review_requested in pr_review_requested; empty means any.
	Kind string
	// Field is a member of the payload; empty means that the payload does not matter. Value is what it says, without regard
	// to case; of the field summary it is a part.
	Field, Value string
	// Message is the sentence for such an event if its payload has no summary; empty means that of its kind.
	Message Message
}

// KnownAsks returns what the RFC app asks of people. The caller may change the slice.
func KnownAsks() []Ask { return slices.Clone(knownAsks) }

var knownAsks = []Ask{
	{Kind: "review_requested", Message: AskReview}, {Kind: "review_request", Message: AskReview}, {Kind: "approval_requested", Message: AskReview},
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

	{Field: "summary", Value: "requested changes on your"}, {Field: "summary", Value: "requested your review"}, {Field: "summary", Value: "requested a review from you"},
	{Field: "summary", Value: "asked for your review"}, {Field: "summary", Value: "asked you"}, {Field: "summary", Value: "asks you"},
	{Field: "summary", Value: "mentioned you"}, {Field: "summary", Value: "assigned you"}, {Field: "summary", Value: "assigned to you"},
	{Field: "summary", Value: "assigned this to you"}, {Field: "summary", Value: "is waiting for you"}, {Field: "summary", Value: "waits for you"}, {Field: "summary", Value: "needs your"},
}

// settled are words in the name of a kind that say that nothing waits any more.
var settled = []string{"answered", "resolved", "removed", "deleted", "dismissed", "withdrawn", "cancelled", "canceled", "closed", "completed", "done", "unassigned"}

// asks are how a letter finds what waits.
type asks struct {
	// byKind are rules that look at kinds alone, and byField the others, by their fields.
	byKind  []Ask
	byField map[string][]Ask
	// known are what the rules say of kinds that are known, so that they need not be asked for each event.
	known map[string]kindAsk
}

// kindAsk is what a kind says by its name: that its events wait for the reader by a rule, that nothing waits any more, or
// neither.
type kindAsk struct {
	rule           Ask
	waits, settled bool
}

func newAsks(all []Ask, kinds Kinds) asks {
	a := asks{byField: map[string][]Ask{}, known: map[string]kindAsk{}}
	for _, ask := range all {
		ask.Kind, ask.Value = strings.ToLower(ask.Kind), strings.ToLower(ask.Value)
		if ask.Field == "" {
			a.byKind = append(a.byKind, ask)
		} else {
			a.byField[ask.Field] = append(a.byField[ask.Field], ask)
		}
	}
	for name := range kinds {
		a.known[name] = a.ofKind(name)
	}
	return a
}

// hasWords reports whether the name of a kind, in lower case, has words in a row.
func hasWords(name, words string) bool {
	for from := 0; ; {
		at := strings.Index(name[from:], words)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(words)
		if (at == 0 || name[at-1] == '_') && (end == len(name) || name[end] == '_') {
			return true
		}
		from = at + 1
	}
}

// ofKind returns what a kind says by its name.
func (a *asks) ofKind(name string) (k kindAsk) {
	name = strings.ToLower(name)
	for _, word := range settled {
		if hasWords(name, word) {
			return kindAsk{settled: true}
		}
	}
	for _, ask := range a.byKind {
		if hasWords(name, ask.Kind) {
			return kindAsk{rule: ask, waits: true}
		}
	}
	return kindAsk{}
}

// of returns the rule by which e waits for its reader.
func (a *asks) of(e *Event) (rule Ask, waits bool) {
	k, known := a.known[e.Kind]
	if !known {
		k = a.ofKind(e.Kind)
	}
	if k.settled || k.waits {
		return k.rule, k.waits
	}
	e.Payload.Texts(func(field, text string) bool {
		asked := a.byField[field]
		if asked == nil || text == "" {
			return true
		}
		text = strings.ToLower(text)
		for _, ask := range asked {
			says := text == ask.Value || field == "summary" && strings.Contains(text, ask.Value)
			if says && (ask.Kind == "" || hasWords(strings.ToLower(e.Kind), ask.Kind)) {
				rule, waits = ask, true
				return false
			}
		}
		return true
	})
	return rule, waits
}
