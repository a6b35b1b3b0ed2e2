package letter

import (
	"strconv"

	"github.com/wiggleverse/rfcdigest/core/cldr"
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
	// ask is the rule by which they wait for their reader; nil if they do not.
	ask *Ask
	one sentence
	// many is nil if several are counted with the name of the kind.
	many forms
	// own is the name of an app's own kind, in words; empty for known ones.
	own string
}

// newWords cuts a catalog, and adds kinds. An error names the first sentence of kinds with a gap that is not known.
func newWords(c *Catalog, kinds Kinds, asks *asks) (*words, error) {
	w := &words{Language: c.Language, kinds: make(map[string]*telling, len(kinds))}
	for i := range specs {
		w.messages[i] = c.cut(specs[i].name, specs[i].holes)
	}
	for name, k := range kinds {
		t := &telling{about: k.About, ask: asks.ofKind(name)}
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

// pen writes a letter in one language.
type pen struct {
	*words
	ink
}

// say returns a message that counts nothing.
func (p *pen) say(m Message, values ...value) string {
	return p.write(p.messages[m][0].sentence, values...)
}

// count returns a message for n.
func (p *pen) count(m Message, n int, values ...value) string {
	values = append(values, value{number, p.number(n)})
	return p.write(p.messages[m].of(p.Language, n), values...)
}

func (p *pen) number(n int) string {
	if 0 <= n && n < 1000 {
		return strconv.Itoa(n)
	}
	return string(p.AppendNumber(nil, n))
}
