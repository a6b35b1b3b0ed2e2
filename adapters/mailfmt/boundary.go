package mailfmt

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// boundary returns the line that separates the parts of message id: a hash under the key, 64
// characters of the 70 that RFC 2046 §5.1.1 allows. None of parts contains it, and so neither do
// they in quoted-printable: it has no =, and text without = is not encoded. In base64 no line begins
// with the two hyphens before it.
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
	// An id has no line break in it, so no two pairs of id and attempt hash the same text.
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

// contains reports whether boundary is in text. It only looks at every len(boundary)-th byte, since
// the boundary must cover one of these, and reads on if there are enough hexadecimal digits around it.
// That is faster than a search through the whole text.
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
