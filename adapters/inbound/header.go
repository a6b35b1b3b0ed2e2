package inbound

import (
	"bufio"
	"bytes"
	"io"

	"github.com/emersion/go-message/textproto"
)

// The bounds of a header, in bytes: what is longer is cut.
const (
	maxHeader     = 128 << 10
	maxHeaderLine = 4 << 10
)

// readHeader reads a header up to its blank line, and leaves r at what follows. go-message refuses a header for one
// line that is none, and messages come with such lines: mbox files begin with "From ", and programs that write
// reports by hand forget colons. Such lines are left out, and the others count.
func readHeader(r *bufio.Reader) textproto.Header {
	var clean bytes.Buffer
	kept := false
	for {
		line, more := readLine(r)
		text := bytes.TrimRight(line, "\r\n")
		if len(text) == 0 {
			if !more || clean.Len() > 0 || len(line) > 0 {
				break
			}
		}
		continued := len(text) > 0 && (text[0] == ' ' || text[0] == '\t')
		if !continued {
			kept = isField(text)
		}
		if kept && clean.Len()+len(text) < maxHeader {
			clean.Write(text)
			clean.WriteString("\r\n")
		}
		if !more {
			break
		}
	}
	clean.WriteString("\r\n")
	header, err := textproto.ReadHeader(bufio.NewReader(&clean))
	if err != nil {
		return textproto.Header{}
	}
	return header
}

// isField reports whether a line begins a header field (RFC 5322 §2.2).
func isField(line []byte) bool {
	name, _, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		return false
	}
	for _, c := range bytes.TrimRight(name, " \t") {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// readLine returns the next line with its end, cut at maxHeaderLine bytes. more is false at the end of r.
func readLine(r *bufio.Reader) (line []byte, more bool) {
	for {
		piece, err := r.ReadSlice('\n')
		if room := maxHeaderLine - len(line); len(piece) > room {
			piece = piece[:max(room, 0)]
		}
		line = append(line, piece...)
		if err == nil || err == io.EOF {
			return line, err == nil
		}
		if err != bufio.ErrBufferFull {
			return line, false
		}
	}
}
