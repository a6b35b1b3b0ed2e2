package inbound

import (
	"bufio"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// finish puts together what people are to read, once all parts are known.
func (p *parser) finish() {
	r := &p.mail.Report
	text := p.plain.String()
	if strings.TrimSpace(text) == "" {
		text = withoutTags(p.html.String())
	}
	if strings.TrimSpace(text) == "" && len(r.Recipients) == 0 && r.Feedback == nil {
		text = strings.ToValidUTF8(p.raw.String(), "\uFFFD")
	}
	if len(r.Recipients) == 0 && r.Feedback == nil {
		p.notification(text)
	}
	if len(r.Recipients) == 0 && strings.Contains(strings.ToLower(text), "final-recipient") {
		if at := statusStart.FindStringIndex(text); at != nil {
			p.deliveryStatus(strings.NewReader(text[at[0]:]))
			r.StatusInText = true
		}
	}
	r.Recipients = slices.DeleteFunc(r.Recipients, func(one returned.Recipient) bool {
		return one.Action == "" && one.Status == "" && one.Diagnostic == ""
	})
	r.Text = p.cut(text)
}

// statusStart is where a delivery status begins that stands in a text, as in reports of Amazon WorkMail, and of
// gateways that flatten what they pass on.
var statusStart = regexp.MustCompile(`(?im)^(?:final-recipient|original-recipient|reporting-mta|action) ?: ?\S`)

// cuts are the lines behind which the returned mail stands in reports without parts, in lower case.
var cuts = []string{
	"--- below this line is a copy of",      // qmail, Yahoo
	"--- enclosed is a copy of the message", // s/qmail
	"--- undelivered message follows",       // qmail's relatives
	"--- original message follows",          // X2
	"--- mail text below",                   //
	"------ this is a copy of",              // Exim
	"----- original message -----",          // Gmail
	"-----original message-----",            // Exchange and others
	"below is a copy of the original message",
	"below this line is a copy of",
	"original message follows", // IMail, DragonFly
	"message headers follow",   // DragonFly
	"original message headers", // Exchange
	"------- returned message", // Notes
	"-------original m",        // m-FILTER
	"----- unsent message follows",
	"----- message header follows",
	"--- the header of the original message",
	"the original message was:",
	"original message:", // MMSC
	"|------------------------- message text follows",
	"message text follows",
	"---------- forwarded message",
	"----- transcript of message follows",
	"--- start of original message",
	"the header of the original message is following",
	"your original message is included below",
	"the text of the original message",
	"received: ", "x-received: ", "dkim-signature: ", "return-path: ",
}

// cut returns text as far as the mail that it returns, and reads that mail's header.
func (p *parser) cut(text string) string {
	for at := 0; at < len(text); {
		line, rest, _ := strings.Cut(text[at:], "\n")
		trimmed := strings.ToLower(strings.TrimLeft(line, " \t>"))
		for _, marker := range cuts {
			if !strings.HasPrefix(trimmed, marker) {
				continue
			}
			if !strings.HasSuffix(marker, ": ") {
				line = strings.TrimLeft(rest, "\r\n")
			} else {
				line = text[at:]
			}
			p.about(message.Header{Header: readHeader(bufio.NewReader(strings.NewReader(line)))})
			return text[:at]
		}
		if rest == "" {
			break
		}
		at = len(text) - len(rest)
	}
	return text
}

// hidden is what HTML does not show; tags are the rest of its markup.
var (
	hidden = regexp.MustCompile(`(?is)<(?:style|script|head|!--).*?(?:</(?:style|script|head)>|-->)`)
	ends   = regexp.MustCompile(`(?i)<(?:br|/p|/div|/tr|/h[1-6]|/li)[^>]*>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// withoutTags returns what HTML says, without what it looks like.
func withoutTags(source string) string {
	source = hidden.ReplaceAllString(source, " ")
	return html.UnescapeString(tags.ReplaceAllString(ends.ReplaceAllString(source, "\n"), " "))
}
