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
	// Plain is Value with its encoded words decoded (RFC 2047).
	Plain string
}

// Encoded reports whether Value has encoded words.
func (h header) Encoded() bool { return h.Plain != h.Value }

// readHeaders returns the fields of a mail in their order, each on one line.
func readHeaders(raw []byte) (fields []header) {
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(raw)))
	for {
		line, err := r.ReadContinuedLine()
		name, value, ok := strings.Cut(line, ":")
		if err != nil || !ok {
			return fields // the empty line after the header
		}
		h := header{Name: name, Value: strings.TrimSpace(value)}
		h.Plain = h.Value
		if plain, err := new(mime.WordDecoder).DecodeHeader(h.Value); err == nil {
			h.Plain = plain
		}
		fields = append(fields, h)
	}
}
