package texts

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Payload is what the digest reads of a notification's JSON.
type Payload struct {
	// Category and Summary are empty if the object has no such member, or one that is no string.
	Category, Summary string
	// Broken says that the text was no JSON object (RFC 8259 §4), and so counts as an empty one.
	Broken bool
	// object is the whole of it; empty if it has no other members.
	object string
}

// Texts calls found with each member that is a string, a number, or the word true, as long as it returns true. Members that are empty
// may be left out.
func (p Payload) Texts(found func(name, text string) bool) {
	if p.object == "" { // as most are
		if p.Category == "" || found("category", p.Category) {
			if p.Summary != "" {
				found("summary", p.Summary)
			}
		}
		return
	}
	gjson.Parse(p.object).ForEach(func(member, value gjson.Result) bool {
		switch value.Type {
		case gjson.True:
			return found(member.Str, "true")
		case gjson.Number:
			return found(member.Str, value.Raw)
		case gjson.String:
			return found(member.Str, textOf(value))
		}
		return true
	})
}

// ReadPayload reads the members it knows. Names are matched to the letter, and of two members
// of one name the last counts. A text that is absent, empty or no object is an empty object.
func ReadPayload(text string) (p Payload) {
	object := gjson.Parse(text)
	if !object.IsObject() || !isJSON(text) {
		return Payload{Broken: true}
	}
	object.ForEach(func(name, value gjson.Result) bool {
		switch name.Str {
		case "category":
			p.Category = textOf(value)
		case "summary":
			p.Summary = textOf(value)
		default:
			p.object = text
		}
		return true
	})
	return p
}

// maxUnchecked is how long a text may be, in bytes, for gjson to check it. gjson follows nesting to any depth, and a
// deep one can use up the stack. encoding/json takes ten thousand levels, which need more bytes than this.
const maxUnchecked = 20_000

// isJSON reports whether text is JSON (RFC 8259), nested no deeper than encoding/json takes.
func isJSON(text string) bool {
	if len(text) > maxUnchecked {
		return json.Valid([]byte(text))
	}
	return gjson.Valid(text)
}

// textOf returns the text of a string; empty for any other value. encoding/json reads strings with escapes or broken
// UTF-8: it writes U+FFFD for half a surrogate pair, and for each byte that is not UTF-8.
func textOf(value gjson.Result) string {
	if value.Type != gjson.String {
		return ""
	}
	if !strings.Contains(value.Raw, `\`) && utf8.ValidString(value.Raw) {
		return value.Str
	}
	var text string
	_ = json.Unmarshal([]byte(value.Raw), &text) // it is valid
	return text
}
