package mailfmt

import (
	"errors"
	"net/url"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// maxUnsubscribeURL is the longest URL in bytes for which its header line has room.
const maxUnsubscribeURL = 900

// unsubscribeWays returns the value of m's List-Unsubscribe (RFC 2369 §3.2): an https address for one
// POST (RFC 8058 §3), a mailbox, or both; empty if there is neither. The mailbox is escaped for a URL.
func unsubscribeWays(m core.Message) (string, error) {
	web := ""
	if m.UnsubscribeURL != "" {
		if err := checkURL(m.UnsubscribeURL); err != nil {
			return "", err
		}
		web = "<" + m.UnsubscribeURL + ">"
	}
	if m.UnsubscribeMailbox == "" {
		return web, nil
	}
	to, err := parseMailbox(m.UnsubscribeMailbox)
	if err != nil || !isASCII(to.path) {
		return "", errors.New("mailbox for unsubscribing: want an address in ASCII")
	}
	if web != "" {
		web += ", "
	}
	return web + "<mailto:" + strings.ReplaceAll(url.PathEscape(to.path), "%40", "@") + "?subject=unsubscribe>", nil
}

// checkURL returns why raw cannot be the address in the header. It must begin with https in small
// letters, as all mail programs know it, and must not end its brackets or the line.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || !strings.HasPrefix(raw, "https://") || u.Host == "" || len(raw) > maxUnsubscribeURL {
		return errors.New("unsubscribe URL: want an https address")
	}
	for i := 0; i < len(raw); i++ {
		if c := raw[i]; c <= ' ' || c > '~' || c == '<' || c == '>' || c == ',' {
			return errors.New("unsubscribe URL: has a character that cannot stand in it")
		}
	}
	return nil
}
