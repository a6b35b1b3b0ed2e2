package inbound

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const arrived = `From digest@rfc.example Sun Nov 29 08:00:09 2026
Received: by mx.people.example; Sun, 29 Nov 2026 09:00:09 +0100 (CET)
Received: from app.rfc.example (unknown; 192.0.2.1)
	by mail.rfc.example; Sun, 29 Nov 2026 08:00:05 +0000
DKIM-Signature: v=1; d=rfc.example;
	h=From:To
From: "RFCs" <digest@RFC.example>
Date: Sun, 29 Nov 2026 08:00:00 +0000
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Unsubscribe: https://rfc.example/unsubscri=
be/1
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGEgSFJFRj0iaHR0cHM6Ly9yZmMuZXhhbXBsZS8/YT0xJmFtcDtiPTIiPng8L2E+
--inner--
--outer
Content-Type: text/plain

-- a footer
--outer--
`

func TestADeliveredMailIsRead(t *testing.T) {
	t.Parallel()
	for _, form := range []string{arrived, strings.ReplaceAll(arrived, "\n", "\r\n")} {
		m, err := ReadDelivered(iotest.OneByteReader(strings.NewReader(form)))
		require.NoError(t, err)
		var names []string
		for _, f := range m.Fields {
			names = append(names, f.Name)
		}
		assert.Equal(t, []string{"received", "received", "dkim-signature", "from", "date", "content-type"}, names)
		assert.Equal(t, "rfc.example", m.Author)
		assert.Equal(t, time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC), m.Made.UTC())
		assert.Equal(t, time.Date(2026, 11, 29, 8, 0, 5, 0, time.UTC), m.Handed.UTC())
		assert.Contains(t, m.Text, "https://rfc.example/unsubscribe/1")
		assert.Contains(t, m.Text, "a footer")
		assert.Equal(t, []string{"https://rfc.example/?a=1&b=2"}, m.Links)
		assert.True(t, m.Signatures(Organisation)[0].Aligned)
	}
	m, err := ReadDelivered(strings.NewReader("no mail\n"))
	require.NoError(t, err)
	assert.Empty(t, m.Fields)
	broken := errors.New("broken")
	_, err = ReadDelivered(io.MultiReader(strings.NewReader(arrived), iotest.ErrReader(broken)))
	assert.ErrorIs(t, err, broken)
}

func TestTheOrganisationOfADomain(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"rfc.example": "rfc.example", "a.mail.rfc.example": "rfc.example", "mail.rfc.co.uk": "rfc.co.uk", "a.github.io": "a.github.io", "co.uk": "co.uk", "localhost": "localhost", "": "",
	} {
		assert.Equal(t, want, Organisation(domain), domain)
	}
}
