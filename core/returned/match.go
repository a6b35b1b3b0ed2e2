package returned

import "strings"

// maxGap is how far apart the words on either side of a * in a phrase may stand, in bytes.
const maxGap = 40

// ofWords returns what an answer, as [plain] returns it, stands for by its words. ok is false if it has no phrase that is
// known.
func ofWords(answer string) (found finding, ok bool) {
	if answer == "" {
		return finding{}, false
	}
	for _, p := range phrases {
		if hasAny(answer, p.words) {
			return finding{p.kind, p.cause}, true
		}
	}
	return finding{}, false
}

// hasAny reports whether an answer has one of the phrases.
func hasAny(answer string, phrases []string) bool {
	for _, words := range phrases {
		if has(answer, words) {
			return true
		}
	}
	return false
}

// has reports whether an answer has a phrase.
func has(answer, phrase string) bool {
	first, rest, gap := strings.Cut(phrase, "*")
	for {
		at := strings.Index(answer, first)
		if at < 0 || !gap {
			return at >= 0
		}
		answer = answer[at+len(first):]
		next, _, _ := strings.Cut(rest, "*")
		if has(answer[:min(len(answer), maxGap+len(next))], rest) {
			return true
		}
	}
}
