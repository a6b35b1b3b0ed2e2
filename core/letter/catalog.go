package letter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core/cldr"
)

// Catalog has the sentences of one language.
type Catalog struct {
	Language *cldr.Language
	// text are the sentences by their names, each for the plural forms that it has; "other" for those that count nothing.
	text map[string]map[cldr.Form]string
}

// ReadCatalog reads the catalog of a language: a JSON object with a member for each message. Its value is a string or, if the
// message counts something, an object with a string for each plural form of the language. The error joins one for each
// thing that is wrong.
func ReadCatalog(language *cldr.Language, file []byte) (*Catalog, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(file, []byte("\uFEFF")), &raw); err != nil {
		return nil, fmt.Errorf("no JSON object: %w", err)
	}
	c := &Catalog{language, make(map[string]map[cldr.Form]string, len(raw))}
	all := allSpecs()
	var wrong []error
	for _, s := range all {
		text, found := raw[s.name]
		if !found {
			wrong = append(wrong, fmt.Errorf("%s: missing", s.name))
			continue
		}
		forms, err := readForms(text, s, language)
		if err == nil {
			c.text[s.name] = forms
			err = checkForms(forms, s)
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if !slices.ContainsFunc(all, func(s spec) bool { return s.name == name }) {
			wrong = append(wrong, fmt.Errorf("%s: no such message", name))
		}
	}
	return c, errors.Join(wrong...)
}

// Len is how many messages there are.
func (c *Catalog) Len() int { return len(c.text) }

// allSpecs are the messages that every catalog has, those of known kinds among them.
func allSpecs() []spec {
	all := slices.Clone(specs[1:])
	for _, name := range slices.Sorted(maps.Keys(knownKinds)) {
		one, many := knownKinds[name].holes()
		all = append(all, spec{name: name, holes: one})
		if many != nil {
			all = append(all, spec{name: name + manySuffix, counted: true, holes: many})
		}
	}
	return all
}

// manySuffix ends the name of the sentence for several events of a kind.
const manySuffix = ".many"

// readForms reads the sentences of one message.
func readForms(text json.RawMessage, s spec, language *cldr.Language) (map[cldr.Form]string, error) {
	if !s.counted {
		var one string
		if json.Unmarshal(text, &one) != nil {
			return nil, errors.New("want one string")
		}
		return map[cldr.Form]string{other: one}, nil
	}
	var forms map[cldr.Form]string
	if json.Unmarshal(text, &forms) != nil {
		return nil, fmt.Errorf("want an object with a string for each of: %s", formNames(language))
	}
	for _, f := range language.Forms() {
		if _, ok := forms[f]; !ok {
			return nil, fmt.Errorf("no sentence for %s; want one for each of: %s", f, formNames(language))
		}
	}
	if len(forms) != len(language.Forms()) {
		return nil, fmt.Errorf("want a sentence for each of: %s, and no other", formNames(language))
	}
	return forms, nil
}

func formNames(language *cldr.Language) string {
	var names []string
	for _, f := range language.Forms() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// checkForms checks that the sentences of a message have the gaps that it fills, and no others. A form that stands for one
// number needs no number.
func checkForms(forms map[cldr.Form]string, s spec) error {
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		if err := s.check(form, forms[form]); err != nil && s.counted {
			return fmt.Errorf("%s: %w", form, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// longSentence is how many characters a sentence has at the most.
const longSentence = 200

// check checks one sentence of a message.
func (s spec) check(form cldr.Form, text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("empty")
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || unicode.Is(unicode.Bidi_Control, r) }) {
		return errors.New("want one line, without characters that control directions: names and numbers are set apart by themselves")
	}
	if utf8.RuneCountInString(text) > longSentence {
		return fmt.Errorf("%d characters are more than the %d that a sentence may have", utf8.RuneCountInString(text), longSentence)
	}
	parts, err := cutSentence(text, s.holes)
	if err != nil {
		return err
	}
	for _, h := range s.holes {
		few := h == number && s.counted && (form == "zero" || form == "one" || form == "two")
		if !few && !parts.has(h) {
			return fmt.Errorf("{%s} is missing in %q", h, text)
		}
	}
	return nil
}
