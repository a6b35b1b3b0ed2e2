package mailfmt

import (
	"errors"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// mailbox is one address in the two spellings that mail needs.
type mailbox struct {
	// literal is local-part@domain with the local part unquoted.
	literal string
	// path is the same with the local part quoted if the syntax asks for it.
	path string
	// domain is the part after the @, in ASCII.
	domain string
}

var errMailbox = errors.New("not an address that mail can be sent to; want local-part@domain")

// parseMailbox reads address, which must be usable by core's rules. A local part that the grammar only
// allows in quotes, such as one with two dots in a row, is quoted.
func parseMailbox(address string) (mailbox, error) {
	if !texts.UsableAddress(address) {
		return mailbox{}, errMailbox
	}
	// Nearly all addresses are plain. To parse and write them in full would cost a mail more time than
	// anything but its encoding.
	if at := strings.LastIndexByte(address, '@'); isDotAtom(address[:at]) && isHostName(address[at+1:]) {
		return mailbox{literal: address, path: address, domain: address[at+1:]}, nil
	}
	return parseUnusualMailbox(address)
}

// parseUnusualMailbox reads any usable address, by the full grammar.
func parseUnusualMailbox(address string) (mailbox, error) {
	literal := address
	if parsed, err := mail.ParseAddress("<" + address + ">"); err == nil {
		literal = parsed.Address
	}
	at := strings.LastIndexByte(literal, '@')
	local, domain := literal[:at], literal[at+1:]
	if !isASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return mailbox{}, errMailbox
		}
		domain = ascii
	}
	m := mailbox{literal: local + "@" + domain, domain: domain}
	written := (&mail.Address{Address: m.literal}).String()
	// Read back, it must be this one address and nothing else.
	if back, err := mail.ParseAddress(written); err != nil || back.Address != m.literal {
		return mailbox{}, errMailbox
	}
	m.path = strings.TrimSuffix(strings.TrimPrefix(written, "<"), ">")
	return m, nil
}

// isDotAtom reports whether s is a local part that needs no quotes: words of plain letters, digits and
// signs, with single dots between them (RFC 5322 §3.2.3).
func isDotAtom(s string) bool { return isDotted(s, "!#$%&'*+-/=?^_`{|}~") }

// isHostName reports whether s is labels of letters, digits and hyphens with single dots between them.
func isHostName(s string) bool { return isDotted(s, "-") }

// isDotted reports whether s is words of ASCII letters, digits and signs, with single dots between them.
func isDotted(s, signs string) bool {
	word := false // there is a character since the start or the last dot
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			word = true
		case c == '.' && word:
			word = false
		case strings.IndexByte(signs, c) >= 0:
			word = true
		default:
			return false
		}
	}
	return word
}

// written returns the mailbox as it stands in a header, after name if that is not empty.
func (m mailbox) written(name string) string {
	switch {
	case name == "":
		return "<" + m.path + ">"
	case isASCII(name) && !strings.ContainsAny(name, `"\`):
		return `"` + name + `" <` + m.path + ">"
	}
	if isASCII(name) {
		return (&mail.Address{Name: name, Address: m.literal}).String()
	}
	// The standard library makes encoded words so long that the first needs a line of its own, and some filters take a
	// field whose first line is empty for a forgery.
	return phrase(name) + " <" + m.path + ">"
}
