package mailfmt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
)

func TestRenderReadsBack(t *testing.T) {
	t.Parallel()
	m := message()
	out, err := newFormat(t).Render(m, nil)
	require.NoError(t, err)
	assert.Equal(t, "digest@rfc.example", out.Sender)
	assert.Equal(t, "ada@people.example", out.Recipient)
	checkWire(t, out.Data)

	p := parse(t, out.Data)
	assert.Equal(t, m.Subject, p.subject)
	assert.Equal(t, m.To.Name, p.to.Name)
	assert.Equal(t, m.To.Mailbox, p.to.Address)
	assert.Equal(t, []string{"text/plain", "text/html"}, p.types)
	assert.Equal(t, []string{m.Text, m.HTML}, p.bodies)
	date, err := p.header.Date()
	require.NoError(t, err)
	assert.True(t, m.Date.Equal(date))
	for name, want := range map[string]string{
		"Message-Id":     "<" + m.ID + ">",
		"Mime-Version":   "1.0",
		"Auto-Submitted": "auto-generated",
		"Feedback-Id":    "digest:other:fb876063a666",
		"Precedence":     "bulk",
		"List-Id":        "Wiggleverse digests <digest.rfc.example>",
		"From":           `"Wiggleverse" <digest@rfc.example>`,
	} {
		assert.Equal(t, []string{want}, p.header[name])
	}
	assert.Len(t, p.header, 11)
}

// A rule of a reader that moves digests into a folder leaves personal mail alone.
func TestPersonalMailIsNoList(t *testing.T) {
	t.Parallel()
	m := message()
	m.Kind = core.PersonalMail
	out, err := newFormat(t).Render(m, nil)
	require.NoError(t, err)
	checkWire(t, out.Data)
	h := parse(t, out.Data).header
	assert.Equal(t, "auto-generated", h.Get("Auto-Submitted"))
	for _, name := range []string{"Precedence", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-Id"} {
		assert.NotContains(t, h, name)
	}
	assert.Len(t, h, 8)
}

func TestFeedbackIDNamesTheRhythmAndTheSender(t *testing.T) {
	t.Parallel()
	of := func(from string, kind core.MailKind, to string) string {
		f, err := mailfmt.New(mailfmt.Config{From: from, BoundaryKey: []byte("k")})
		require.NoError(t, err)
		m := message()
		m.Kind, m.To.Mailbox = kind, to
		out, err := f.Render(m, nil)
		require.NoError(t, err)
		return parse(t, out.Data).header.Get("Feedback-Id")
	}
	daily := of("A <digest@rfc.example>", core.DailyDigest, "ada@people.example")
	kind, sender, _ := strings.Cut(daily, ":daily:")
	assert.Equal(t, "digest", kind)
	assert.Regexp(t, "^[0-9a-f]{12}$", sender, "5 to 15 characters")
	assert.Equal(t, daily, of("B <Digest@RFC.example>", core.DailyDigest, "grace@people.example"), "of no reader")
	assert.Equal(t, "digest:weekly:"+sender, of("digest@rfc.example", core.WeeklyDigest, "ada@people.example"))
	assert.Equal(t, "digest:other:"+sender, of("digest@rfc.example", core.SomeDigest, "ada@people.example"))
	assert.NotEqual(t, daily, of("digest@other.example", core.DailyDigest, "ada@people.example"))
}

func TestRenderMatchesGolden(t *testing.T) {
	t.Parallel()
	textOnly := message()
	textOnly.HTML = ""
	textOnly.To = core.Address{Name: `Jörg "The \ Quote" <Müller>, Jr.`, Mailbox: `two..dots@people.example`}
	textOnly.Subject = "plain =?utf-8?q?not_an_encoded_word?= " + strings.Repeat("long", 40)
	for name, m := range map[string]core.Message{"alternative": message(), "text-only": textOnly} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := newFormat(t).Render(m, nil)
			require.NoError(t, err)
			checkWire(t, out.Data)
			// The files have LF line ends, so that version control leaves them alone.
			got := strings.ReplaceAll(string(out.Data), "\r\n", "\n")
			path := filepath.Join("testdata", name+".eml")
			if os.Getenv("MAILFMT_WRITE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

func TestRenderOneBodyIsOnePart(t *testing.T) {
	t.Parallel()
	for kind, m := range map[string]core.Message{
		"text/plain": {Text: "only text\n"},
		"text/html":  {HTML: "<p>only html</p>\n"},
	} {
		whole := message()
		whole.Text, whole.HTML = m.Text, m.HTML
		out, err := newFormat(t).Render(whole, nil)
		require.NoError(t, err)
		p := parse(t, out.Data)
		assert.Equal(t, []string{kind}, p.types)
		assert.Equal(t, []string{m.Text + m.HTML}, p.bodies)
	}
}

func TestRenderInjectsNothing(t *testing.T) {
	t.Parallel()
	const evil = "x\r\nBcc: eve@evil.example\r\n\r\n<script>"
	folds := "a" + strings.Repeat(" ", 500) + "Bcc: eve@evil.example" + strings.Repeat(" ", 500) + "b"
	for name, text := range map[string]string{"line break": evil, "bare LF": "x\nBcc: y", "bare CR": "x\rBcc: y", "spaces": folds, "separator": "x\u2028\u0085Bcc: y"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := message()
			m.Subject, m.To.Name = text, text
			out, err := newFormat(t).Render(m, nil)
			require.NoError(t, err)
			checkWire(t, out.Data)
			p := parse(t, out.Data)
			assert.Len(t, p.header, 11)
			assert.NotContains(t, p.header, "Bcc")
			assert.Equal(t, []string{m.Text, m.HTML}, p.bodies)
			assert.NotContains(t, p.subject+p.to.Name, "\n")
			assert.Contains(t, p.subject, "Bcc: ")
		})
	}
}

func TestRenderMendsBodies(t *testing.T) {
	t.Parallel()
	m := message()
	m.Text = "crlf\r\nbare cr\rnul \x00 invalid \xff end \n" + strings.Repeat("y", 5000) + "\n"
	out, err := newFormat(t).Render(m, nil)
	require.NoError(t, err)
	checkWire(t, out.Data)
	want := "crlf\nbare cr\nnul \uFFFD invalid \uFFFD end \n" + strings.Repeat("y", 5000) + "\n"
	assert.Equal(t, want, parse(t, out.Data).bodies[0])
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*core.Message){
		"no mailbox":               func(m *core.Message) { m.To.Mailbox = "" },
		"no at":                    func(m *core.Message) { m.To.Mailbox = "secret" },
		"line break in mailbox":    func(m *core.Message) { m.To.Mailbox = "secret\r\nBcc: x@people.example" },
		"domain with a comment":    func(m *core.Message) { m.To.Mailbox = "secret@(x)people.example" },
		"domain that is no name":   func(m *core.Message) { m.To.Mailbox = "secret@ü-.example" },
		"no id":                    func(m *core.Message) { m.ID = "" },
		"line break in id":         func(m *core.Message) { m.ID = "secret\r\nBcc: x@rfc.example" },
		"brackets in id":           func(m *core.Message) { m.ID = "secret>@rfc.example" },
		"id outside ASCII":         func(m *core.Message) { m.ID = "secret@rfç.example" },
		"id with no right side":    func(m *core.Message) { m.ID = "secret@" },
		"id that fits on no line":  func(m *core.Message) { m.ID = strings.Repeat("secret", 200) + "@x" },
		"no body":                  func(m *core.Message) { m.Text, m.HTML = "", "" },
		"no date":                  func(m *core.Message) { m.Date = time.Time{} },
		"year of five digits":      func(m *core.Message) { m.Date = m.Date.AddDate(9000, 0, 0) },
		"mailbox with right quote": func(m *core.Message) { m.To.Mailbox = "secret@people.example>" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := message()
			change(&m)
			out, err := newFormat(t).Render(m, nil)
			require.Error(t, err)
			assert.Empty(t, out)
			assert.NotContains(t, err.Error(), "secret")
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestRenderMailboxes(t *testing.T) {
	t.Parallel()
	for mailbox, path := range map[string]string{
		"a.b+c@people.example": "a.b+c@people.example",
		"two..dots@x.example":  `"two..dots"@x.example`,
		"dot.@x.example":       `"dot."@x.example`,
		"a,b@x.example":        `"a,b"@x.example`,
		"a@x.test,b@x.test":    `"a@x.test,b"@x.test`,
		`"a,b"@x.example`:      `"a,b"@x.example`,
		`q"uote@x.example`:     `"q\"uote"@x.example`,
		"ada@bücher.example":   "ada@xn--bcher-kva.example",
		"ädä@x.example":        "ädä@x.example",
		"a@[127.0.0.1]":        "a@[127.0.0.1]",
	} {
		m := message()
		m.To.Mailbox = mailbox
		out, err := newFormat(t).Render(m, nil)
		require.NoError(t, err, mailbox)
		assert.Equal(t, path, out.Recipient)
		to := parse(t, out.Data).to
		to.Name = ""
		assert.Equal(t, "<"+path+">", to.String())
	}
}

func TestNewChecks(t *testing.T) {
	t.Parallel()
	key := []byte("k")
	for name, c := range map[string]mailfmt.Config{
		"no sender":      {BoundaryKey: key},
		"two senders":    {From: "a@x.example, b@x.example", BoundaryKey: key},
		"no domain":      {From: "digest", BoundaryKey: key},
		"header in it":   {From: "a@x.example\r\nBcc: b@x.example", BoundaryKey: key},
		"no key":         {From: "digest@localhost"},
		"unusable space": {From: `"a b"@localhost`, BoundaryKey: key},
	} {
		_, err := mailfmt.New(c)
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}

func TestNewNamesTheList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, brand, listID, domain string }{
		{"digest@localhost", "", "Wiggleverse digests <digest.localhost>", "localhost"},
		{"digest@rfc.example", "Ground Control", "Ground Control digests <digest.rfc.example>", "rfc.example"},
		{"digest@rfc.example", "A, B & C", `"A, B & C digests" <digest.rfc.example>`, "rfc.example"},
		{"digest@rfc.example", "Größe", "=?utf-8?q?Gr=C3=B6=C3=9Fe_digests?= <digest.rfc.example>", "rfc.example"},
		{"digest@bücher.example", "x\r\nBcc: y", `"x Bcc: y digests" <digest.xn--bcher-kva.example>`, "xn--bcher-kva.example"},
		{"digest@[127.0.0.1]", "", "Wiggleverse digests <digest.localhost>", "[127.0.0.1]"},
	} {
		f, err := mailfmt.New(mailfmt.Config{From: c.from, Brand: c.brand, BoundaryKey: []byte("k")})
		require.NoError(t, err)
		assert.Equal(t, c.domain, f.Domain())
		out, err := f.Render(message(), nil)
		require.NoError(t, err)
		assert.Equal(t, c.listID, parse(t, out.Data).header.Get("List-Id"))
	}
}
