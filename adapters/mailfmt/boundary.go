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
	return hex.EncodeToString(mac.Sum(nil))
}

func containsIn(texts []string, s string) bool {
	for _, t := range texts {
		if strings.Contains(t, s) {
			return true
		}
	}
	return false
}
