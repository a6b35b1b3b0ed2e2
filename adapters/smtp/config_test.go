package smtp

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Config{
		"smtp://mail.example":                          {Host: "mail.example", Port: 587},
		"smtp://mail.example/":                         {Host: "mail.example", Port: 587},
		"smtp://u:p@mail.example:2525":                 {Host: "mail.example", Port: 2525, Username: "u", Password: "p"},
		"smtp://u%40x:p%40%3F%2F%23%25@mail.example":   {Host: "mail.example", Port: 587, Username: "u@x", Password: "p@?/#%"},
		"smtps://u:p@mail.example":                     {Host: "mail.example", Port: 465, Username: "u", Password: "p", TLS: ImplicitTLS},
		"smtps://mail.example:1465":                    {Host: "mail.example", Port: 1465, TLS: ImplicitTLS},
		"smtp://localhost:1025?tls=none":               {Host: "localhost", Port: 1025, TLS: NoTLS},
		"smtp://127.0.0.1?tls=none":                    {Host: "127.0.0.1", Port: 587, TLS: NoTLS},
		"smtp://u:p@[::1]:25?tls=none":                 {Host: "::1", Port: 25, Username: "u", Password: "p", TLS: NoTLS},
		"SMTP://mail.example":                          {Host: "mail.example", Port: 587},
		"smtp://user:with:colons:in:it@mail.example:1": {Host: "mail.example", Port: 1, Username: "user", Password: "with:colons:in:it"},
	} {
		got, err := ParseURL(raw)
		require.NoError(t, err, raw)
		assert.Equal(t, want, got, raw)
	}
}

func TestParseURLRefuses(t *testing.T) {
	t.Parallel()
	for raw, text := range map[string]string{
		"":                                    "want smtp://",
		"mail.example:587":                    "want smtp://",
		"smtp:mail.example":                   "want smtp://",
		"smtp://":                             "want smtp://",
		"http://u:secret@mail.example":        "want smtp://",
		"smtp://u:sec%zzret@mail.example":     "want smtp://",
		"smtp://u:sec/secret@mail.example":    "want smtp://",
		"smtp://u:12/secret@mail.example":     "want smtp://",
		"smtp://u:12#secret@mail.example":     "want smtp://",
		"smtp://u:sec ret\n@mail.example":     "want smtp://",
		"smtp://u:12?secret@mail.example":     "only be tls=none",
		"smtp://u:secret@mail.example?tls=no": "only be tls=none",
		"smtp://localhost?tls=none&secret=1":  "only be tls=none",
		"smtp://localhost?tls=none&tls=none":  "only be tls=none",
		"smtp://localhost?tls=none;secret":    "want smtp://",
		"smtps://localhost?tls=none":          "only be tls=none",
		"smtp://mail.example?tls=none":        "on loopback only",
		"smtp://u:secret@10.0.0.1?tls=none":   "on loopback only",
		"smtp://u:secret@mail.example:0":      "port from 1 to 65535",
		"smtp://u:secret@mail.example:70000":  "port from 1 to 65535",
		"smtp://u@mail.example":               "one of them is missing",
		"smtp://:secret@mail.example":         "one of them is missing",
		"smtp://u:secret%00@mail.example":     "NUL",
	} {
		_, err := ParseURL(raw)
		require.Error(t, err, raw)
		assert.Contains(t, err.Error(), text, raw)
		assert.NotContains(t, err.Error(), "secret", raw)
		assert.NotContains(t, err.Error(), "\n", raw)
	}
}

func TestNewChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{}, {Host: "a b"}, {Host: "mail.example", Port: -1}, {Host: "mail.example", Port: 65536},
		{Host: "mail.example", TLS: NoTLS}, {Host: "mail.example", Username: "u"}, {Host: "mail.example", ReplyTimeout: -time.Second},
	} {
		_, err := New(c, nil)
		require.Error(t, err)
	}
	m, err := New(Config{Host: "mail.example", Helo: "no name\r\nRSET"}, nil)
	require.NoError(t, err)
	assert.Equal(t, "localhost", m.config.Helo)
	assert.Equal(t, 587, m.config.Port)
	assert.Equal(t, "mail.example", m.config.TLSConfig.ServerName)
	assert.Equal(t, 10*time.Minute, m.config.ReplyTimeout)
}

func TestConfigHidesThePassword(t *testing.T) {
	t.Parallel()
	c := Config{Host: "mail.example", Username: "u", Password: "secret"}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	for _, shown := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %s %q", c, c, c, c), string(text)} {
		assert.NotContains(t, shown, "secret")
	}
}
