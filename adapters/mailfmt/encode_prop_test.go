package mailfmt_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// nasty draws text from pieces that mean something in headers, parts and lines.
func nasty() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{
		"\r\n", "\n", "\r", "\x00", "\x7f", "\xff", " ", "  ", "\t", ".", "=?", "?=", "=?utf-8?q?=0D=0A?=", "--", "=", ":", "\"", "\\", "<", ">", "@", ",", "(",
		"Bcc: eve@evil.example", "\r\n\r\n", "\r\n.\r\n", "\u2028", "\u0085", "é", "漢字", "👩‍💻", "\u202e", strings.Repeat("x", 100), strings.Repeat(" ", 90),
	})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.String()), 0, 12).Draw(t, "pieces"), "")
	})
}

// visible returns a header as people see it: its words, on one line.
func visible(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r == ' ' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r)
	}), " ")
}

func lines(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.TrimSuffix(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\n") + "\n"
}

func TestRenderAnyText(t *testing.T) {
	t.Parallel()
	format := newFormat(t)
	rapid.Check(t, func(t *rapid.T) {
		m := core.Message{
			ID:      "id@rfc.example",
			To:      core.Address{Name: nasty().Draw(t, "name"), Mailbox: "ada@people.example"},
			Kind:    core.MailKind(rapid.IntRange(0, int(core.PersonalMail)).Draw(t, "kind")),
			Date:    time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "date"), 0),
			Subject: nasty().Draw(t, "subject"),
			Text:    nasty().Draw(t, "text"),
			HTML:    nasty().Draw(t, "html"),
		}
		out, err := format.Render(m, nil)
		if m.Text == "" && m.HTML == "" {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		again, err := format.Render(m, nil)
		require.NoError(t, err)
		require.Equal(t, out, again)

		checkWire(t, out.Data)
		p := parse(t, out.Data)
		for name, values := range p.header {
			require.Len(t, values, 1, name)
		}
		require.Equal(t, visible(m.Subject), p.subject)
		require.Equal(t, "ada@people.example", p.to.Address)
		backslash := strings.NewReplacer("\uFF3C", `\`)
		name := strings.ReplaceAll(visible(texts.Clean(m.To.Name)), "=?", "= ?")
		require.Equal(t, backslash.Replace(name), backslash.Replace(p.to.Name))
		var want []string
		for _, body := range []string{m.Text, m.HTML} {
			if body != "" {
				want = append(want, lines(body))
			}
		}
		require.Equal(t, want, p.bodies)
	})
}

func TestRenderIsReadLikeTheMailOfALibrary(t *testing.T) {
	t.Parallel()
	format := newFormat(t)
	mailboxes := rapid.OneOf(
		rapid.StringMatching(`[a-z.+"]{1,20}@([a-z]{1,40}\.){1,4}example`),
		rapid.SampledFrom([]string{"größe@x.example", "a@bücher.example", "a,b@x.example", "a@[127.0.0.1]"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		m := core.Message{
			ID:      rapid.StringMatching(`[a-z0-9]{1,80}@([a-z]{1,40}\.){0,3}example`).Draw(t, "id"),
			To:      core.Address{Name: nasty().Draw(t, "name"), Mailbox: mailboxes.Draw(t, "mailbox")},
			Kind:    core.MailKind(rapid.IntRange(0, int(core.PersonalMail)).Draw(t, "kind")),
			Date:    time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "date"), 0),
			Subject: nasty().Draw(t, "subject"),
			Text:    nasty().Draw(t, "text"),
			HTML:    nasty().Draw(t, "html"),
		}
		m.UnsubscribeURL = rapid.StringMatching(`(https://rfc\.example/[a-z]{0,800})?`).Draw(t, "url")
		m.UnsubscribeMailbox = rapid.StringMatching(`([a-z?&%]{1,40}@rfc\.example)?`).Draw(t, "by")
		out, err := format.Render(m, nil)
		if err != nil {
			return
		}
		want := mailfmt.RenderByGoMail(format, m)
		theirs, ours := parse(t, want), parse(t, out.Data)
		delete(theirs.header, "To") // names are encoded in another way, and read as the same
		delete(ours.header, "To")
		require.Equal(t, theirs, ours)

		// The library folds headers at other places, but the rest is the same to the byte.
		_, body, _ := bytes.Cut(out.Data, []byte("\r\n\r\n"))
		_, wantBody, _ := bytes.Cut(want, []byte("\r\n\r\n"))
		require.Equal(t, string(wantBody), string(body))
	})
}

func TestRenderAnyAddress(t *testing.T) {
	t.Parallel()
	format := newFormat(t)
	rapid.Check(t, func(t *rapid.T) {
		m := message()
		m.To.Mailbox = nasty().Draw(t, "local") + "@" + rapid.OneOf(rapid.Just("people.example"), nasty()).Draw(t, "domain")
		m.ID = rapid.OneOf(rapid.Just(message().ID), nasty()).Draw(t, "id")
		out, err := format.Render(m, nil)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.NotContains(t, out.Recipient, "\r")
		require.NotContains(t, out.Recipient, "\n")
		require.Len(t, parse(t, out.Data).header, 11)
	})
}
