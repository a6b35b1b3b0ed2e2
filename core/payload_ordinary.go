package core

import (
	"strings"
	"unicode/utf8"
)

// readOrdinary is readPayload for objects as programs write them. ok is false for a text that is
// none, and also for one that takes more to read: escapes, fractions, broken UTF-8, deep nesting.
// encoding/json reads those, and has the last word on what is JSON at all; but it takes ten times
// as long, and a digest reads a payload for every event it looks at.
func readOrdinary(text string) (p payload, ok bool) {
	w := walk{text: text}
	w.space()
	ok = w.members(maxNesting, func(name, value string) {
		switch name {
		case "category":
			p.category = value
		case "summary":
			p.summary = value
		}
	})
	w.space()
	return p, ok && w.at == len(text)
}

// maxNesting is how deep an ordinary object goes.
const maxNesting = 8

// walk goes through JSON text. Its methods leave at behind what they have read, and report false
// where that is not there or is out of the ordinary.
type walk struct {
	text string
	at   int
}

// members reads an object that goes no deeper than depth, and has each take the members' names and,
// where they are strings, values.
func (w *walk) members(depth int, each func(name, value string)) bool {
	if !w.symbol('{') {
		return false
	}
	w.space()
	if w.symbol('}') {
		return true
	}
	for {
		w.space()
		name, ok := w.quoted()
		w.space()
		if !ok || !w.symbol(':') {
			return false
		}
		w.space()
		value, ok := w.value(depth - 1)
		if !ok {
			return false
		}
		each(name, value)
		w.space()
		if !w.symbol(',') {
			return w.symbol('}')
		}
	}
}

// elements reads an array that goes no deeper than depth.
func (w *walk) elements(depth int) bool {
	if !w.symbol('[') {
		return false
	}
	w.space()
	if w.symbol(']') {
		return true
	}
	for {
		w.space()
		if _, ok := w.value(depth - 1); !ok {
			return false
		}
		w.space()
		if !w.symbol(',') {
			return w.symbol(']')
		}
	}
}

// value reads a value, and returns it where it is a string.
func (w *walk) value(depth int) (text string, ok bool) {
	switch c := w.next(); {
	case c == '"':
		return w.quoted()
	case depth == 0:
		return "", false
	case c == '{':
		return "", w.members(depth, func(string, string) {})
	case c == '[':
		return "", w.elements(depth)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(w.text[w.at:], word) {
			w.at += len(word)
			return "", true
		}
	}
	return "", w.integer()
}

// quoted reads a string without escapes.
func (w *walk) quoted() (string, bool) {
	if !w.symbol('"') {
		return "", false
	}
	for start := w.at; w.at < len(w.text); {
		switch c := w.text[w.at]; {
		case c == '"':
			w.at++
			return w.text[start : w.at-1], true
		case c == '\\' || c < ' ':
			return "", false
		case c < utf8.RuneSelf:
			w.at++
		default:
			r, size := utf8.DecodeRuneInString(w.text[w.at:])
			if r == utf8.RuneError && size == 1 {
				return "", false
			}
			w.at += size
		}
	}
	return "", false
}

// integer reads a whole number. What may follow it in a number is left, and then missed.
func (w *walk) integer() bool {
	w.symbol('-')
	if w.symbol('0') {
		return true
	}
	start := w.at
	for c := w.next(); '0' <= c && c <= '9'; c = w.next() {
		w.at++
	}
	return w.at > start
}

// symbol reads c.
func (w *walk) symbol(c byte) bool {
	if w.next() != c {
		return false
	}
	w.at++
	return true
}

// next returns the byte that is read next; 0, which no JSON has, at the end.
func (w *walk) next() byte {
	if w.at == len(w.text) {
		return 0
	}
	return w.text[w.at]
}

func (w *walk) space() {
	for c := w.next(); c == ' ' || c == '\n' || c == '\t' || c == '\r'; c = w.next() {
		w.at++
	}
}
