package texts

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mailbox returns an address without the blanks, line ends and invisible characters at either end, which forms and
// imports leave there. Such characters within it stay. They are judged where mail is sent, since no address has them
// (RFC 5321 §4.1.2).
func Mailbox(address string) string { return strings.TrimFunc(address, isPadding) }

// isPadding is also true of marks such as U+200B, U+202A and U+FEFF, which come along when an address is copied.
func isPadding(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// NeedsUTF8 reports whether mail to a usable mailbox needs a server that takes letters beyond ASCII (SMTPUTF8,
// RFC 6531). The part before the @ decides, since a domain can be spelled in ASCII.
func NeedsUTF8(mailbox string) bool {
	at := strings.LastIndexByte(mailbox, '@')
	return UsableAddress(mailbox) && strings.ContainsFunc(mailbox[:at], func(r rune) bool { return r >= utf8.RuneSelf })
}

// maxMailbox is the longest mailbox in bytes: a path has 256 with its brackets (RFC 5321 §4.5.3.1.3).
const maxMailbox = 254

// UsableAddress reports whether mail can be addressed to mailbox at all: it has something on either side of an @, and
// nothing that would end the address or its line. Whether it exists is for mail servers to say.
func UsableAddress(mailbox string) bool {
	at := strings.LastIndexByte(mailbox, '@')
	if at < 1 || at == len(mailbox)-1 || len(mailbox) > maxMailbox || !utf8.ValidString(mailbox) {
		return false
	}
	return !strings.ContainsFunc(mailbox, func(r rune) bool {
		return r == '<' || r == '>' || (r <= ' ' || r > '~') && (unicode.IsSpace(r) || unicode.IsControl(r) || hides(r))
	})
}

// BaseURL returns the address raw without slashes at its end, to put paths behind. ok says that it is absolute, of one
// of the schemes, and has no user, query or fragment.
func BaseURL(raw string, schemes ...string) (base string, ok bool) {
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Host == "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil {
		return "", false
	}
	return strings.TrimRight(u.String(), "/"), true
}
