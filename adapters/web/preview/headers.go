package preview

import (
	"bufio"
	"bytes"
	"mime"
	"net/textproto"
	"strings"
)

// header is one field of a mail's header.
type header struct {
	Name, Value string
	// Plain is Value with its encoded words read (RFC 2047); the same where it has none.
	Plain string
}

// Encoded reports whether there is more to Value than meets the eye.
func (h header) Encoded() bool { return h.Plain != h.Value }

// readHeaders returns the fields of a mail in their order, each on one line.
func readHeaders(raw []byte) (fields []header) {
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(raw)))
	for {
		line, err := r.ReadContinuedLine()
		name, value, ok := strings.Cut(line, ":")
		if err != nil || !ok {
			return fields // the empty line behind the last
		}
		h := header{Name: name, Value: strings.TrimSpace(value)}
		h.Plain = h.Value
		if plain, err := new(mime.WordDecoder).DecodeHeader(h.Value); err == nil {
			h.Plain = plain
		}
		fields = append(fields, h)
	}
}
