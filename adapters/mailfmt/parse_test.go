package mailfmt_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// parsed is a mail read back by the standard library.
type parsed struct {
	header  mail.Header
	subject string
	to      *mail.Address
	types   []string
	bodies  []string
}

// checker is what tests and rapid have in common.
type checker interface {
	require.TestingT
	Helper()
}

func newFormat(t testing.TB) *mailfmt.Format {
	t.Helper()
	f, err := mailfmt.New(mailfmt.Config{From: "Wiggleverse <digest@rfc.example>", BoundaryKey: []byte("a key of the tests")})
	require.NoError(t, err)
	return f
}

func message() core.Message {
	return core.Message{
		ID:      "0123456789abcdef0123456789abcdef@rfc.example",
		To:      core.Address{Name: "Ada Lovelace", Mailbox: "ada@people.example"},
		Date:    time.Date(2026, time.March, 9, 8, 0, 0, 0, time.UTC),
		Subject: "[Wiggleverse] Daily digest — 5 events across 2 RFCs",
		Text:    "Activity on RFCs you watch.\n\n.\n..leading dots\nTrust & Safety: größer\n",
		HTML:    "<p>Activity on <a href=\"https://rfc.example/\">RFCs</a> you watch: größer.</p>\n",
	}
}

// checkWire fails if data may not go over a wire: it must be ASCII, in lines that end with CRLF and are not too long.
func checkWire(t checker, data []byte) {
	t.Helper()
	require.True(t, bytes.HasSuffix(data, []byte("\r\n")))
	for line := range bytes.SplitSeq(data, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, string(line), "\r")
		require.NotContains(t, string(line), "\n")
		require.NotContains(t, string(line), "\x00")
		for _, c := range line {
			require.Less(t, c, byte(0x80))
		}
	}
}

func parse(t checker, data []byte) parsed {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(data))
	require.NoError(t, err)
	p := parsed{header: m.Header}
	p.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	p.to = to[0]
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	if kind != "multipart/alternative" {
		p.types, p.bodies = []string{kind}, []string{read(t, porttest.Decoded(m.Header.Get("Content-Transfer-Encoding"), m.Body))}
		return p
	}
	require.LessOrEqual(t, len(params["boundary"]), 70)
	require.Equal(t, 3, strings.Count(string(data), "--"+params["boundary"]))
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return p
		}
		require.NoError(t, err)
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		require.NoError(t, err)
		require.Equal(t, "UTF-8", params["charset"])
		p.types = append(p.types, kind)
		p.bodies = append(p.bodies, read(t, porttest.Decoded(part.Header.Get("Content-Transfer-Encoding"), part)))
	}
}

// read returns what r holds, line ends as LF.
func read(t checker, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
