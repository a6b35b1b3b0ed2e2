package porttest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// mailHeaders are the fields that a mail may have.
var mailHeaders = []string{
	"Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "Feedback-Id", "From", "List-Id", "List-Unsubscribe",
	"List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Precedence", "Subject", "To",
}

// ReadMail reads a mail back into the message it was made from. It fails if a header is not one of
// a mail's, or is there twice.
func ReadMail(t *testing.T, data []byte) core.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	require.NoError(t, err)
	for name, values := range m.Header {
		assert.True(t, slices.Contains(mailHeaders, name), "header %q", name)
		assert.Len(t, values, 1, "header %q", name)
	}
	got := core.Message{ID: strings.Trim(m.Header.Get("Message-Id"), "<>"), Kind: kindOf(t, m.Header)}
	got.Date, err = m.Header.Date()
	require.NoError(t, err)
	got.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	got.To = core.Address{Name: to[0].Name, Mailbox: to[0].Address}

	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	if kind != "multipart/alternative" {
		readBody(t, &got, kind, Decoded(m.Header.Get("Content-Transfer-Encoding"), m.Body))
		return got
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, kind := range []string{"text/plain", "text/html"} {
		part, err := parts.NextPart()
		require.NoError(t, err)
		require.Contains(t, part.Header.Get("Content-Type"), kind)
		readBody(t, &got, kind, Decoded(part.Header.Get("Content-Transfer-Encoding"), part))
	}
	_, err = parts.NextPart()
	require.ErrorIs(t, err, io.EOF)
	return got
}

// kindOf returns what the header of a mail calls it, with all of its fields.
func kindOf(t *testing.T, h mail.Header) core.MailKind {
	t.Helper()
	if h.Get("List-Id") == "" {
		assert.Empty(t, h.Get("Feedback-Id")+h.Get("Precedence")+h.Get("List-Unsubscribe")+h.Get("List-Unsubscribe-Post"), "personal mail")
		return core.PersonalMail
	}
	assert.Equal(t, "bulk", h.Get("Precedence"))
	what, sender, _ := strings.Cut(strings.TrimPrefix(h.Get("Feedback-Id"), "digest:"), ":")
	assert.Regexp(t, "^[0-9a-f]{5,15}$", sender)
	kind, ok := map[string]core.MailKind{"daily": core.DailyDigest, "weekly": core.WeeklyDigest, "other": core.SomeDigest}[what]
	assert.True(t, ok, "Feedback-ID %q", h.Get("Feedback-Id"))
	return kind
}

// Decoded returns what a body is, as its Content-Transfer-Encoding says. A part that decoded itself has none any more.
func Decoded(encoding string, body io.Reader) io.Reader {
	switch encoding {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

// readBody reads the body of kind into m.
func readBody(t *testing.T, m *core.Message, kind string, r io.Reader) {
	t.Helper()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	default:
		require.Fail(t, "unexpected type", kind)
	}
}
