package mailfmt

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
)

// rawLine is how many bytes make a full line of base64, which has 76 letters (RFC 2045 §6.8).
const rawLine = maxEncoded / 4 * 3

// appendBase64 appends text to dst in base64. LF is the line end of text, and becomes CRLF before it is encoded.
func appendBase64(dst []byte, text string) []byte {
	for line := range slices.Chunk(bytes.ReplaceAll([]byte(text), []byte("\n"), []byte("\r\n")), rawLine) {
		dst = append(base64.StdEncoding.AppendEncode(dst, line), "\r\n"...)
	}
	return dst
}

// base64Size returns how many bytes [appendBase64] appends.
func base64Size(text string) int {
	raw := len(text) + strings.Count(text, "\n")
	return base64.StdEncoding.EncodedLen(raw) + (raw+rawLine-1)/rawLine*len("\r\n")
}
