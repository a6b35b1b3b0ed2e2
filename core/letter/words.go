package letter

import (
	"strconv"

	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// words are a catalog, cut for use: what letters in one language say.
type words struct {
	*cldr.Language
	messages [messages]forms
	kinds    map[string]*telling
}

// forms are the sentences of one message, by plural form.
type forms []form

type form struct {
	name     cldr.Form
	sentence sentence
}

// of returns the sentence for n.
func (f forms) of(language *cldr.Language, n int) sentence {
	if len(f) > 1 {
		name := language.Plural(n)
		for i := range f {
			if f[i].name == name {
				return f[i].sentence
			}
		}
	}
	return f[0].sentence
}

// telling is how events of one kind are told in a language.
type telling struct {
	about About
	one   sentence
	// many is nil if several are counted with the name of the kind.
	many forms
	// own is the name of an app's own kind, in words; empty for known ones.
	own string
}

// newWords cuts a catalog, and adds kinds. An error names the first sentence of kinds with a gap that is not known.
func newWords(c *Catalog, kinds Kinds) (*words, error) {
	w := &words{Language: c.Language, kinds: make(map[string]*telling, len(kinds))}
	for i := range specs {
		w.messages[i] = c.cut(specs[i].name, specs[i].holes)
	}
	for name, k := range kinds {
		t := &telling{about: k.About}
		one, many := k.holes()
		if k.One == "" {
			if f := c.cut(name, one); f != nil {
				t.one = f[0].sentence
			}
			t.many = c.cut(name+manySuffix, many)
		} else if err := t.cut(name, k); err != nil {
			return nil, err
		}
		w.kinds[name] = t
	}
	return w, nil
}

// cut cuts the sentences of a message that was checked; nil if there is none.
func (c *Catalog) cut(message string, allowed []hole) (f forms) {
	for _, name := range c.Language.Forms() {
		if text, found := c.text[message][name]; found {
			s, _ := cutSentence(text, allowed)
			f = append(f, form{name, s})
		}
	}
	if f == nil && c.text[message] != nil {
		s, _ := cutSentence(c.text[message][other], allowed)
		f = forms{{other, s}}
	}
	return f
}

// cut cuts the sentences of an app's own kind.
func (t *telling) cut(kindName string, k Kind) (err error) {
	if t.one, err = cutSentence(k.One, []hole{actor, pr, branch, ref}); err != nil {
		return sentenceError(kindName, err)
	}
	if t.own = kindWords(kindName); k.Many == "" {
		return nil
	}
	many, err := cutSentence(k.Many, []hole{number, pr, prs, branch, ref, branches})
	if err != nil {
		return sentenceError(kindName, err)
	}
	t.many = forms{{other, many}}
	return nil
}

// say returns a message that counts nothing.
func (w *words) say(m Message, values ...value) string {
	return w.messages[m][0].sentence.with(values...)
}

// count returns a message for n.
func (w *words) count(m Message, n int, values ...value) string {
	values = append(values, value{number, w.number(n)})
	return w.messages[m].of(w.Language, n).with(values...)
}

func (w *words) number(n int) string {
	if 0 <= n && n < 1000 {
		return strconv.Itoa(n)
	}
	return string(w.AppendNumber(nil, n))
}

// The most that a list in a sentence names.
const (
	mostActors = 3
	mostPRs    = 6
)

// named returns the parts of a list of n people or things, of which it names at most most. The rest, and those that have
// no name, are counted in the words of a message.
func (w *words) named(line page.Line, rests Message, n, most, uncounted int, part func(i int) page.Part) page.Line {
	shown := min(n, most)
	rest := n - shown + uncounted
	total := shown
	if rest > 0 {
		total++
	}
	for i := range shown {
		line = append(line, part(i))
		if i < total-1 {
			line = line.Add(w.Between(i, total))
		}
	}
	if rest > 0 {
		line = line.Add(w.count(rests, rest))
	}
	return line
}

// actors are the parts of a list of who did events; nil if it is not known of any.
func (w *words) actors(events []*Event) page.Line {
	var names []string
	var ids []int64
	unknown := 0
next:
	for _, e := range events {
		name := texts.Clean(e.Actor)
		if !texts.Shows(name) {
			unknown = 1
			continue
		}
		for i := range names {
			if names[i] == name && ids[i] == e.ActorID {
				continue next
			}
		}
		names, ids = append(names, name), append(ids, e.ActorID)
	}
	if len(names) == 0 {
		return nil
	}
	return w.named(nil, Others, len(names), mostActors, unknown, func(i int) page.Part { return page.Part{Text: names[i], Foreign: true} })
}
