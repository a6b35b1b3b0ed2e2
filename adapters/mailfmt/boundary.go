package mailfmt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// boundary returns the line that separates the parts of message id: a hash under the key, 64
// characters of the 70 that RFC 2046 §5.1.1 allows. None of parts contains it. Encoding cannot
// bring it about either: in quoted-printable, what has no = in it stands for itself.
func (f *Format) boundary(id string, parts ...string) string {
	for attempt := 0; ; attempt++ {
		b := boundaryAt(f.key, id, attempt)
		if !containsIn(parts, b) {
			return b
		}
	}
}

// boundaryAt returns the attempt-th candidate, counted from 0.
func boundaryAt(key []byte, id string, attempt int) string {
	mac := hmac.New(sha256.New, key)
	// An id has no line break in it, so no two pairs are hashed alike.
	mac.Write([]byte("boundary\n" + id + "\n" + strconv.Itoa(attempt)))
	return string(hex.AppendEncode(make([]byte, 0, 2*sha256.Size), mac.Sum(nil)))
}

func containsIn(texts []string, boundary string) bool {
	for _, t := range texts {
		if contains(t, boundary) {
			return true
		}
	}
	return false
}

// contains reports whether boundary is in text. Wherever it is, it covers one of the places that are
// looked at, with nothing but digits of it around: in most texts, hardly any look finds more than a
// word, where a search would read all of the text.
func contains(text, boundary string) bool {
	n := len(boundary)
	for at := n - 1; at < len(text); at += n {
		start, end := at, at
		for start >= 0 && start > at-n && isDigit(text[start]) {
			start--
		}
		for end < len(text) && end < at+n && isDigit(text[end]) {
			end++
		}
		if end-start > n && strings.Contains(text[start+1:end], boundary) {
			return true
		}
	}
	return false
}

// isDigit reports whether c may be in a boundary.
func isDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
