package inbound

import (
	"bufio"
	"bytes"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-message"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"github.com/wiggleverse/rfcdigest/core/delivered"
)

// ReadDelivered reads a mail as its recipient's mail program saved it: lines may end with LF, and a line of an mbox may
// stand before it. It reads r to its end or for 2 MB. An error is one of r itself.
func ReadDelivered(r io.Reader) (delivered.Mail, error) {
	source := &faults{r: io.LimitReader(r, maxRead)}
	in := bufio.NewReader(source)
	header := message.Header{Header: readHeader(in)}
	var m delivered.Mail
	for fields := header.Fields(); fields.Next(); {
		m.Fields = append(m.Fields, delivered.Field{Name: strings.ToLower(fields.Key()), Value: fields.Value()})
	}
	_, address := author(header)
	m.Author = strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	m.Made, _ = mail.ParseDate(header.Get("Date"))
	m.Handed = handed(header)
	tidyContentType(&header)
	_, params, _ := header.ContentType()
	var text, page bytes.Buffer
	walk(header, mend(in, params["boundary"]), func(kind string, _ int, body io.Reader) {
		switch kind {
		case "text/plain":
			_, _ = io.Copy(&text, body)
		case "text/html":
			_, _ = io.Copy(&page, body)
		}
	})
	m.Text, m.HTML, m.Links = text.String(), page.String(), linksOf(page.Bytes())
	_, _ = io.Copy(io.Discard, source) // an error behind the last part counts too
	return m, source.err
}

// handed returns when the first server took a mail: each puts its Received above those that are there.
func handed(header message.Header) time.Time {
	all := header.Values("Received")
	if len(all) == 0 {
		return time.Time{}
	}
	first := all[len(all)-1]
	at, _ := mail.ParseDate(strings.TrimSpace(first[strings.LastIndexByte(first, ';')+1:]))
	return at
}

// linksOf returns where the links of a page lead.
func linksOf(page []byte) (all []string) {
	for tokens := html.NewTokenizer(bytes.NewReader(page)); tokens.Next() != html.ErrorToken; {
		token := tokens.Token()
		if token.DataAtom != atom.A {
			continue
		}
		for _, a := range token.Attr {
			if a.Key == "href" {
				all = append(all, a.Val)
			}
		}
	}
	return all
}

// Organisation returns the domain under which an organisation has registered domain, by the public suffix list; domain
// itself if it is one of that list.
func Organisation(domain string) string {
	if of, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return of
	}
	return domain
}
