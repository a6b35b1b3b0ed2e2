package inbound

import (
	"bufio"
	"bytes"
	"io"
)

// mender passes a message on, and mends on the way what go-message would give the whole message up for: a line in
// the header of a part that is no field, and blanks before a boundary. Exchange's reports have the one once a gateway
// has stripped their indents.
type mender struct {
	in         *bufio.Reader
	out        []byte // what is mended and not read yet: the end of buffer
	buffer     []byte
	boundaries [][]byte // of the multiparts met so far, with their dashes
	state      menderState
	broken     bool // the line before was cut, so that the next one is its rest
	header     int  // how many bytes the header of this part has so far
	end        error
}

type menderState int

const (
	inBody menderState = iota
	atHeader
	inHeader
)

// maxBoundaries bounds how many multiparts a mender knows.
const maxBoundaries = 2 * maxDepth

// mend returns what is behind the header of a message, given that header's boundary.
func mend(body *bufio.Reader, boundary string) io.Reader {
	m := &mender{in: body}
	m.learn([]byte(boundary))
	return m
}

func (m *mender) Read(b []byte) (int, error) {
	for len(m.out) == 0 {
		if m.end != nil {
			return 0, m.end
		}
		line, err := m.in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			err = nil
		}
		m.end = err
		m.line(line)
	}
	n := copy(b, m.out)
	m.out = m.out[n:]
	return n, nil
}

// line puts out one line, or a piece of one that is longer than the buffer.
func (m *mender) line(line []byte) {
	piece := m.broken
	m.broken = !bytes.HasSuffix(line, []byte("\n"))
	text := bytes.TrimRight(line, "\r\n")
	if m.isLong(line) {
		return
	}
	switch {
	case piece:
	case m.isBoundary(text):
		line = bytes.TrimLeft(line, " \t")
		if m.state = atHeader; bytes.HasSuffix(text, []byte("--")) && !m.knows(bytes.TrimSpace(text)) {
			m.state = inBody
		}
	case m.state == inBody:
	case len(text) == 0:
		m.state = inBody
	case m.state == inHeader && (text[0] == ' ' || text[0] == '\t'):
		m.learnFrom(text)
	case isField(text):
		m.state = inHeader
		m.learnFrom(text)
	case m.state == atHeader: // a part without a header, and without the blank line that says so
		m.state = inBody
		m.put("\r\n", line)
		return
	default: // the rest of a field, without its indent
		m.learnFrom(text)
		m.put(" ", line)
		return
	}
	m.put("", line)
}

func (m *mender) put(before string, line []byte) {
	m.buffer = append(append(m.buffer[:0], before...), line...)
	m.out = m.buffer
}

// isLong reports whether a line is beyond what the header of a part may have.
func (m *mender) isLong(line []byte) bool {
	if m.state == inBody {
		m.header = 0
		return false
	}
	m.header += len(line)
	return m.header > maxHeader && len(bytes.TrimSpace(line)) > 0
}

// isBoundary reports whether a line begins or ends a part.
func (m *mender) isBoundary(text []byte) bool {
	text = bytes.TrimSpace(text)
	return bytes.HasPrefix(text, []byte("--")) && (m.knows(text) || m.knows(bytes.TrimSuffix(text, []byte("--"))))
}

func (m *mender) knows(dashed []byte) bool {
	for _, b := range m.boundaries {
		if bytes.Equal(b, dashed) {
			return true
		}
	}
	return false
}

// learnFrom keeps the boundary that stands in a line of a header, if any.
func (m *mender) learnFrom(text []byte) {
	at := bytes.Index(bytes.ToLower(text), []byte("boundary="))
	if at < 0 {
		return
	}
	rest := text[at+len("boundary="):]
	if quoted, ok := bytes.CutPrefix(rest, []byte(`"`)); ok {
		rest, _, _ = bytes.Cut(quoted, []byte(`"`))
	} else {
		rest, _, _ = bytes.Cut(rest, []byte(";"))
	}
	m.learn(bytes.TrimSpace(rest))
}

func (m *mender) learn(boundary []byte) {
	if len(boundary) > 0 && len(m.boundaries) < maxBoundaries {
		m.boundaries = append(m.boundaries, append([]byte("--"), boundary...))
	}
}
