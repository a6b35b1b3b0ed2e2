package smtp

import "bytes"

// appendMessage appends data to text as it goes over the wire, with the final dot (RFC 5321
// §4.5.2): a dot at the start of a line is doubled. Every line end becomes CRLF, because some
// servers see the end of a message at other line ends too. Lines that need no change, which are
// nearly all, are copied many at once.
func appendMessage(text, data []byte) []byte {
	copied := 0
	for at := 0; at < len(data); at++ {
		if data[at] == '.' {
			text = append(append(text, data[copied:at]...), '.')
			copied = at
		}
		line := bytes.IndexByte(data[at:], '\n')
		if line < 0 {
			break
		}
		if at += line; at == 0 || data[at-1] != '\r' {
			text = append(append(text, data[copied:at]...), '\r')
			copied = at
		}
	}
	text = append(text, data[copied:]...)
	switch {
	case len(data) == 0 || data[len(data)-1] == '\n':
	case data[len(data)-1] == '\r':
		text = append(text, '\n')
	default:
		text = append(text, "\r\n"...)
	}
	return append(text, ".\r\n"...)
}
