package core

import "time"

// Fresh returns m as a mail of its own, made at now: mail systems that have seen the first do not take it for a second
// copy, and programs sort it in among the new. nonce is one line, and another each time.
func Fresh(m Message, style *Style, nonce string, now time.Time) Message {
	m.ID = style.messageID([]byte("fresh\n" + nonce + "\n" + m.ID))
	m.Date = now
	return m
}
