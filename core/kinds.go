package core

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
)

// Kinds words events by their kind. A sentence is plain text with these placeholders:
//
//   - {actor}: who did it, or "Someone";
//   - {pr}: "PR #12", or "a PR" where the number is missing;
//   - {branch}: "branch feat/x", or "a branch";
//   - {ref}: "feat/x", or "a branch".
//
// An event of a kind that is not in the table reads "<actor>: <kind, underscores as spaces>".
type Kinds map[string]string

// KnownKinds returns the sentences of the kinds that the RFC app sends. The caller owns the
// map and may change or extend it before handing it to [NewStyle].
func KnownKinds() Kinds { return maps.Clone(knownKinds) }

var knownKinds = Kinds{
	"pr_opened":    "{actor} opened {pr}",
	"pr_merged":    "{actor} merged {pr}",
	"pr_closed":    "{actor} closed {pr}",
	"pr_reopened":  "{actor} reopened {pr}",
	"pr_commented": "{actor} commented on {pr}",
	"pr_reviewed":  "{actor} reviewed {pr}",

	"branch_created": "{actor} created {branch}",
	"branch_updated": "{actor} pushed to {ref}",
	"branch_deleted": "{actor} deleted {branch}",

	"rfc_proposed":  "{actor} proposed this RFC",
	"rfc_graduated": "{actor} graduated this RFC",
	"rfc_withdrawn": "{actor} withdrew this RFC",
}

var placeholder = regexp.MustCompile(`\{[^}]*\}?`)

// check returns an error that names the first placeholder that nothing would fill.
func (k Kinds) check() error {
	for kind, sentence := range k {
		for _, p := range placeholder.FindAllString(sentence, -1) {
			switch p {
			case "{actor}", "{pr}", "{branch}", "{ref}":
			default:
				return fmt.Errorf("sentence for %s: no such placeholder as %s", kind, p)
			}
		}
	}
	return nil
}

// summary words a single event: its payload's summary, else the sentence for its kind, else
// the kind itself.
func (s *Style) summary(j judged) string {
	if text := Clean(j.payload.summary); text != "" {
		return text
	}
	actor := Clean(j.Actor)
	if actor == "" {
		actor = "Someone"
	}
	sentence, ok := s.kinds[j.Kind]
	if !ok {
		words := kindWords(j.Kind)
		if words == "" {
			words = "activity"
		}
		return actor + ": " + words
	}
	pr, branch, ref := "a PR", "a branch", "a branch"
	if j.PR > 0 {
		pr = "PR #" + strconv.FormatInt(j.PR, 10)
	}
	if name := Clean(j.Branch); name != "" {
		branch, ref = "branch "+name, name
	}
	return strings.NewReplacer("{actor}", actor, "{pr}", pr, "{branch}", branch, "{ref}", ref).Replace(sentence)
}

// kindWords returns a kind as words.
func kindWords(kind string) string {
	return Clean(strings.ReplaceAll(kind, "_", " "))
}
