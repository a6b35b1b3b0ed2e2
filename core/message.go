package core

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Message is a finished mail in plain values: To, Subject, Text, HTML, and the ID that is the same on every retry; no MIME.
type Message struct {
	// ID is the Message-ID without angle brackets.
	ID string
	To Address
	// Date is when the mail was made: the instant that its window ended at.
	Date time.Time
	// Subject is one line.
	Subject string
	// Text and HTML are the same content twice, lines ending with LF. One of them may be empty.
	Text, HTML string
	// UnsubscribeURL and UnsubscribeMailbox are where the recipient unsubscribes, an https address and
	// a mailbox; empty where there is none.
	UnsubscribeURL, UnsubscribeMailbox string
}

// Address is a mailbox (RFC 5322 §3.4).
type Address struct {
	// Name is one clean line, or empty.
	Name string
	// Mailbox is local-part@domain, usable by [UsableAddress].
	Mailbox string
}

// maxMailbox is the longest mailbox in bytes: a path has 256 with its brackets (RFC 5321 §4.5.3.1.3).
const maxMailbox = 254

// UsableAddress reports whether mail can be addressed to mailbox at all: something on either side
// of an @, and nothing in it that would end the address or the line it stands on. Whether anybody
// is there is for mail servers to say.
func UsableAddress(mailbox string) bool {
	at := strings.LastIndexByte(mailbox, '@')
	if at < 1 || at == len(mailbox)-1 || len(mailbox) > maxMailbox || !utf8.ValidString(mailbox) {
		return false
	}
	return !strings.ContainsFunc(mailbox, func(r rune) bool {
		return r == '<' || r == '>' || unicode.IsSpace(r) || unicode.IsControl(r) || hides(r)
	})
}
