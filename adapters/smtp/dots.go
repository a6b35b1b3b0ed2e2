package smtp

import "bytes"

// appendMessage appends data to text as it goes over the wire, with the final dot (RFC 5321
// §4.5.2): a dot at the start of a line is doubled. Every line end becomes CRLF, because servers
// differ in what they take for the end of a message where it is not.
func appendMessage(text, data []byte) []byte {
	for len(data) > 0 {
		if data[0] == '.' {
			text = append(text, '.')
		}
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			end = len(data)
		}
		text = append(text, bytes.TrimSuffix(data[:end], []byte("\r"))...)
		text = append(text, "\r\n"...)
		data = data[min(end+1, len(data)):]
	}
	return append(text, ".\r\n"...)
}
