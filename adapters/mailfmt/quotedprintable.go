package mailfmt

import (
	"encoding/binary"
	"math/bits"
)

// maxEncoded is the longest line of quoted-printable, without its CRLF (RFC 2045 §6.7, rule 5). The
// = of a soft line break counts, so that all lines but the last of a paragraph have one byte less.
const maxEncoded = 76

// appendQuotedPrintable appends text to dst in quoted-printable (RFC 2045 §6.7). LF is the line end
// of text and becomes CRLF; any other byte that is not printable ASCII, CR and NUL too, is encoded.
// dst must end at the start of a line. At the end of the first line with which dst has more than limit
// bytes, it gives up: so a text that grows too much is given up long before its end.
func appendQuotedPrintable(dst []byte, text string, limit int) (_ []byte, fits bool) {
	start := len(dst) // of the line that is being written
	for text != "" {
		switch c := text[0]; {
		case c == '\n':
			dst = append(keepSpace(dst, start), "\r\n"...)
			if start = len(dst); start > limit {
				return dst, false
			}
			text = text[1:]
		case literals[c]:
			// Most bytes need no encoding, so they are copied in runs.
			run := literal(text)
			dst, start = appendRun(dst, start, text[:run])
			text = text[run:]
		default:
			dst, start = appendEncoded(dst, start, c)
			text = text[1:]
		}
	}
	dst = keepSpace(dst, start)
	return dst, len(dst) <= limit
}

// appendRun appends run, which needs no encoding, to the line that begins at start, and breaks it into
// as many lines as it takes. It returns the start of the last one.
func appendRun(dst []byte, start int, run string) ([]byte, int) {
	room := start + maxEncoded - 1 - len(dst)
	for len(run) > room {
		dst = append(append(dst, run[:room]...), "=\r\n"...)
		run = run[room:]
		start, room = len(dst), maxEncoded-1
	}
	return append(dst, run...), start
}

// appendEncoded appends c encoded. If the line that begins at start has no room for it, it begins a new
// one. It returns the start of the line that c is on.
func appendEncoded(dst []byte, start int, c byte) ([]byte, int) {
	if len(dst)-start+len("=00") > maxEncoded-1 {
		dst = append(dst, "=\r\n"...)
		start = len(dst)
	}
	return appendHex(dst, c), start
}

// appendHex appends c as = and two hexadecimal digits (RFC 2045 §6.7, rule 1).
func appendHex(dst []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(dst, '=', digits[c>>4], digits[c&0xF])
}

// keepSpace encodes the space or tab at the end of dst, whose last line begins at start: servers may
// remove white space at the end of a line (RFC 2045 §6.7, rule 3).
func keepSpace(dst []byte, start int) []byte {
	if last := len(dst) - 1; last >= start && (dst[last] == ' ' || dst[last] == '\t') {
		dst, _ = appendEncoded(dst[:last], start, dst[last])
	}
	return dst
}

// literals are the bytes that need no encoding (RFC 2045 §6.7, rules 2 and 3).
var literals = func() (set [256]bool) {
	set['\t'] = true
	for c := ' '; c <= '~'; c++ {
		set[c] = c != '='
	}
	return set
}()

// literal returns how many bytes at the start of text need no encoding. It looks at eight at once,
// because long texts spend most of their time here.
func literal(text string) int {
	i, b := 0, []byte(text) // never written to, so the compiler does not copy it
	for i+8 <= len(b) {
		marked := doubtful(binary.LittleEndian.Uint64(b[i:]))
		if marked == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(marked) / 8
		if !literals[b[i]] {
			return i
		}
		i++
	}
	for i < len(b) && literals[b[i]] {
		i++
	}
	return i
}

// doubtful returns eight, the first byte lowest, with the top bit set in the first byte that is a
// control character, = or beyond ASCII. Bits before it are not set; bits behind it mean nothing.
//
// A subtraction borrows from a byte only if the byte below it is too small, and an addition carries
// into a byte only if the one below it is 0xFF. Both of those are marked already.
func doubtful(eight uint64) uint64 {
	const each, top = 0x0101010101010101, 0x8080808080808080
	small, del, equals := eight-' '*each, eight+each, eight^'='*each-each
	return (eight | small | del | equals) & top
}
