package letter

import (
	"fmt"
	"slices"
	"strings"
)

// piece is a part of a sentence: a text, and the gap behind it; without a hole there is none.
type piece struct {
	text string
	hole hole
}

// sentence is a sentence of a catalog, cut at its gaps.
type sentence []piece

// cutSentence cuts a sentence at its gaps, which must be of those in allowed.
func cutSentence(text string, allowed []hole) (s sentence, err error) {
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{")
		if !found {
			return append(s, piece{text: rest}), nil
		}
		inside, after, closed := strings.Cut(after, "}")
		if !closed || !slices.Contains(allowed, hole(inside)) {
			return nil, fmt.Errorf("no such gap as {%s} in %q", inside, text)
		}
		s, rest = append(s, piece{before, hole(inside)}), after
	}
	return s, nil
}

// has reports whether s has a gap.
func (s sentence) has(h hole) bool {
	return slices.ContainsFunc(s, func(p piece) bool { return p.hole == h })
}

// value is what fills a gap of a plain sentence.
type value struct {
	hole hole
	text string
}

// ink is where the texts of a letter are written, one behind the other, so that they share memory.
type ink struct{ strings.Builder }

// write returns a sentence with its gaps filled.
func (k *ink) write(s sentence, values ...value) string {
	if len(s) == 1 && s[0].hole == "" {
		return s[0].text
	}
	b := make([]byte, 0, 128)
	for i := range s {
		b = append(b, s[i].text...)
		for j := range values {
			if values[j].hole == s[i].hole {
				b = append(b, values[j].text...)
			}
		}
	}
	from := k.Len()
	k.Write(b)
	return k.String()[from:]
}
