package mailfmt

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/wiggleverse/rfcdigest/core"
)

// mailbox is one address in the two spellings that mail needs.
type mailbox struct {
	// literal is local-part@domain with the local part as it is meant, without quotes.
	literal string
	// path is the same with the local part quoted where the syntax asks for it.
	path string
	// domain is the part after the @, in ASCII.
	domain string
}

var errMailbox = errors.New("not an address that mail can be sent to; want local-part@domain")

// parseMailbox reads address, which must be one that core takes for usable. A local part that the
// grammar only knows in quotes, such as one with two dots in a row, is quoted.
func parseMailbox(address string) (mailbox, error) {
	if !core.UsableAddress(address) {
		return mailbox{}, errMailbox
	}
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
	// What was written must read as this one address and nothing beside it.
	if back, err := mail.ParseAddress(written); err != nil || back.Address != m.literal {
		return mailbox{}, errMailbox
	}
	m.path = strings.TrimSuffix(strings.TrimPrefix(written, "<"), ">")
	return m, nil
}

// maxID is the longest Message-ID in bytes; it stands on one line, with room for the header's name.
const maxID = 900

// checkID reports why id cannot stand between the brackets of a Message-ID (RFC 5322 §3.6.4).
func checkID(id string) error {
	at := strings.IndexByte(id, '@')
	if at < 1 || at == len(id)-1 || len(id) > maxID || strings.Count(id, "@") > 1 {
		return errors.New("message ID: want left@right")
	}
	for i := 0; i < len(id); i++ {
		if c := id[i]; c <= ' ' || c > '~' || strings.IndexByte(`<>()",;\`, c) >= 0 {
			return errors.New("message ID: has a character that cannot stand in it")
		}
	}
	return nil
}

// oneLine returns s in valid UTF-8, on one line: runs of control characters, separators and
// spaces become one space, and those at the ends go. Runs of spaces matter: a header is folded at
// them, and a fold with nothing on it would end the header.
func oneLine(s string) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r == ' ' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r)
	})
	return strings.Join(words, " ")
}

// displayName returns name as it can stand before an address. Mail programs decode what looks like
// an encoded word even in quotes, where RFC 2047 §5 forbids it, so none is left there. And an
// encoded name cannot have a backslash in it as the standard library writes it, so that it can be
// read back; the full-width one takes its place.
func displayName(name string) string {
	name = strings.ReplaceAll(oneLine(core.Clean(name)), "=?", "= ?")
	if !isASCII(name) {
		name = strings.ReplaceAll(name, `\`, "\uFF3C")
	}
	return name
}

// maxWord is the longest word of a subject, as written: the first stands on a line with the header's name.
const maxWord = 60

// subject returns s on one line and in ASCII. What is not ASCII is encoded (RFC 2047), and so is
// what passes for encoded, or is too long a word to be folded. The library would encode too, but
// in words so long that it starts a new line before the first.
func subject(s string) string {
	s = oneLine(s)
	if isASCII(s) && !strings.Contains(s, "=?") && longestWord(s) <= maxWord {
		return s
	}
	const start, end = "=?UTF-8?Q?", "?="
	var b strings.Builder
	length := maxWord // of the word that is being written
	for _, r := range s {
		char := quoted(r)
		if length+len(char)+len(end) > maxWord {
			if b.Len() > 0 {
				b.WriteString(end + " ")
			}
			b.WriteString(start)
			length = len(start)
		}
		b.WriteString(char)
		length += len(char)
	}
	return b.String() + end
}

// quoted returns r in the Q encoding (RFC 2047 §4.2).
func quoted(r rune) string {
	switch {
	case r == ' ':
		return "_"
	case r > ' ' && r < unicode.MaxASCII && r != '=' && r != '?' && r != '_':
		return string(r)
	}
	var b strings.Builder
	for _, c := range []byte(string(r)) {
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

// listID names the list that all digests of a domain belong to (RFC 2919).
func listID(brand, domain string) string {
	if strings.HasPrefix(domain, "[") {
		domain = "localhost" // an address literal names no list
	}
	phrase := brand + " digests"
	if strings.ContainsFunc(phrase, func(r rune) bool {
		return r != ' ' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}) {
		phrase = strings.TrimSuffix((&mail.Address{Name: phrase, Address: "a@b"}).String(), " <a@b>")
	}
	return phrase + " <digest." + domain + ">"
}

func longestWord(s string) int {
	longest := 0
	for word := range strings.SplitSeq(s, " ") {
		longest = max(longest, len(word))
	}
	return longest
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
