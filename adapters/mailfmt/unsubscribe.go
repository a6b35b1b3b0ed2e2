package mailfmt

import (
	"errors"
	"net/url"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// maxUnsubscribeURL is the longest address in bytes that its header line has room for.
const maxUnsubscribeURL = 900

// unsubscribeWays says where m is unsubscribed from, as the value of List-Unsubscribe (RFC 2369 §3.2):
// by one POST to an https address (RFC 8058 §3), by mail, or both. The mailbox has its usual letters
// escaped where a URL needs that.
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

// checkURL reports why raw cannot be the address in a header: it must be https, in small letters as
// every mail program looks for it, with nothing in it that would end its brackets or the line.
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
