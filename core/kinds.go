package core

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Kinds words events by their kind. A sentence is plain text with these placeholders:
//
//   - {actor}: who did it, or "Someone";
//   - {pr}: "PR #12", or "a PR" if the number is missing;
//   - {branch}: "branch feat/x", or "a branch";
//   - {ref}: "feat/x", or "a branch".
//
// An event of a kind that is not in the table reads "<actor>: <kind, underscores as spaces>".
type Kinds map[string]string

// KnownKinds returns the sentences of the kinds that the RFC app sends. The map is a copy: the caller may change it and
// hand it to [NewStyle].
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

// kind is how events of one kind are worded.
type kind struct {
	// words are the kind's name as words.
	words string
	// sentence is cut at its placeholders; no other piece begins with a brace.
	sentence []string
}

// read cuts the sentences at their placeholders, once for all events. An error names the first placeholder that is
// not known.
func (k Kinds) read() (map[string]kind, error) {
	kinds := make(map[string]kind, len(k))
	for name, sentence := range k {
		var pieces []string
		from := 0
		for _, at := range placeholder.FindAllStringIndex(sentence, -1) {
			p := sentence[at[0]:at[1]]
			switch p {
			case "{actor}", "{pr}", "{branch}", "{ref}":
			default:
				return nil, fmt.Errorf("sentence for %s: no such placeholder as %s", name, p)
			}
			pieces = append(pieces, sentence[from:at[0]], p)
			from = at[1]
		}
		kinds[name] = kind{words: kindWords(name), sentence: append(pieces, sentence[from:])}
	}
	return kinds, nil
}

// appendSummary words a single event: its payload's summary, else the sentence for its kind, else
// the kind itself.
func (s *Style) appendSummary(b []byte, j *judged) []byte {
	if text := texts.Clean(j.payload.Summary); text != "" {
		return append(b, text...)
	}
	actor := cmp.Or(texts.Clean(j.Actor), "Someone")
	k, ok := s.kinds[j.Kind]
	if !ok {
		b = append(append(b, actor...), ": "...)
		return append(b, cmp.Or(kindWords(j.Kind), "activity")...)
	}
	for _, p := range k.sentence {
		switch p {
		case "{actor}":
			b = append(b, actor...)
		case "{pr}":
			b = appendPR(b, j.PR)
		case "{branch}", "{ref}":
			b = appendBranch(b, j.Branch, p == "{branch}")
		default:
			b = append(b, p...)
		}
	}
	return b
}

// appendPR names a pull request.
func appendPR(b []byte, number int64) []byte {
	if number <= 0 {
		return append(b, "a PR"...)
	}
	return strconv.AppendInt(append(b, "PR #"...), number, 10)
}

// appendBranch names a branch, with the word branch in front of it if called is set.
func appendBranch(b []byte, name string, called bool) []byte {
	name = texts.Clean(name)
	if name == "" {
		return append(b, "a branch"...)
	}
	if called {
		b = append(b, "branch "...)
	}
	return append(b, name...)
}

// appendCount words two events or more of one kind.
func (s *Style) appendCount(b []byte, n int, name string) []byte {
	k, ok := s.kinds[name]
	if !ok {
		k.words = kindWords(name)
	}
	b = append(strconv.AppendInt(b, int64(n), 10), ' ')
	if k.words != "" {
		b = append(append(b, k.words...), ' ')
	}
	return append(b, "events"...)
}

// kindWords returns a kind as words.
func kindWords(name string) string {
	return texts.Clean(strings.ReplaceAll(name, "_", " "))
}
