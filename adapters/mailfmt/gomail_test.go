package mailfmt

import (
	"bytes"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/wiggleverse/rfcdigest/core"
)

// RenderByGoMail returns the data of m as another library writes them. It checks nothing, since Render does.
func RenderByGoMail(f *Format, m core.Message) []byte {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	to, err := parseUnusualMailbox(m.To.Mailbox)
	must(err)
	msg.FromMailAddress(&mail.Address{Name: f.from.Name, Address: f.sender.literal})
	msg.AddToMailAddress(&mail.Address{Name: displayName(m.To.Name), Address: to.literal})
	msg.Subject(subject(m.Subject))
	msg.SetDateWithValue(m.Date.UTC())
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Kind != core.PersonalMail {
		msg.SetGenHeader(gomail.HeaderPrecedence, "bulk")
		msg.SetGenHeader("List-Id", value(f.listField))
		msg.SetGenHeader("Feedback-ID", value(f.feedbackFields[m.Kind]))
	}
	ways, err := unsubscribeWays(m)
	must(err)
	if ways != "" {
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, ways)
	}
	if m.UnsubscribeURL != "" {
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	setBody(f, msg, m)
	var out bytes.Buffer
	_, err = msg.WriteTo(&out)
	must(err)
	return out.Bytes()
}

// value returns what a field says, which is on one line in tests.
func value(field []byte) string {
	_, said, _ := strings.Cut(strings.TrimSuffix(string(field), "\r\n"), ": ")
	return said
}

func setBody(f *Format, msg *gomail.Msg, m core.Message) {
	text, html := wholeLines(m.Text), wholeLines(m.HTML)
	switch {
	case html == "":
		msg.SetEncoding(encoding(text))
		setPart(msg.SetBodyString, gomail.TypeTextPlain, text)
	case text == "":
		msg.SetEncoding(encoding(html))
		setPart(msg.SetBodyString, gomail.TypeTextHTML, html)
	default:
		msg.SetBoundary(f.boundary(m.ID, text, html))
		setPart(msg.SetBodyString, gomail.TypeTextPlain, text)
		setPart(msg.AddAlternativeString, gomail.TypeTextHTML, html)
	}
}

// setPart sets a part by one of the library's ways, in the smaller encoding. In base64 the library leaves line ends as they are.
func setPart(set func(gomail.ContentType, string, ...gomail.PartOption), kind gomail.ContentType, text string) {
	e := encoding(text)
	if e == gomail.EncodingB64 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	set(kind, text, gomail.WithPartEncoding(e))
}

// encoding returns the smaller encoding of text, by how much the standard library makes of it.
func encoding(text string) gomail.Encoding {
	if len(inBase64(text)) < len(inQuotedPrintable(text)) {
		return gomail.EncodingB64
	}
	return gomail.EncodingQP
}

func wholeLines(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = bodyReplacer.Replace(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
