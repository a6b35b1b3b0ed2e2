package page

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSubject(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	assert.Equal(t, "[Wiggleverse] Daily digest — 5 events across 2 RFCs", l.Subject(Digest{Events: 5, RFCs: 2}))
	assert.Equal(t, "[Wiggleverse] Weekly digest — 1 event across 1 RFC", l.Subject(Digest{Span: Week, Events: 1, RFCs: 1}))
	assert.Equal(t, "[Wiggleverse] Daily digest — 1 event across 0 RFCs", l.Subject(Digest{Events: 1}))
	l, err := New("Our\nRFCs ", "https://rfc.example")
	require.NoError(t, err)
	assert.Equal(t, "[Our RFCs] Daily digest — 0 events across 0 RFCs", l.Subject(Digest{}))
}

func TestText(t *testing.T) {
	t.Parallel()
	got := plainLayout(t).Text(Digest{Span: Week, Events: 60, RFCs: 54, More: 51, Groups: []Group{
		{Slug: "a", Title: "Trust & Safety", Link: "https://rfc.example/rfc/a", Lines: []string{"one" + Unread, "two" + Unread}, More: 4},
		{Title: "(no RFC)", Lines: []string{"three" + Unread}},
	}})
	assert.Equal(t, strings.TrimPrefix(`
Activity on RFCs you watch, from the past week.


Trust & Safety
 https://rfc.example/rfc/a
 · one (still unread in your inbox)
 · two (still unread in your inbox)
 · … and 4 more

(no RFC)
 · three (still unread in your inbox)

 … and 51 more RFCs

Open your inbox: https://rfc.example/inbox
Manage digest preferences: https://rfc.example/settings/notifications
`, "\n"), got)
	assert.Equal(t, "… and 1 more RFC", Digest{More: 1}.moreRFCs())
}

func TestLink(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	for slug, want := range map[string]string{
		"":                        "",
		".":                       "",
		"..":                      "",
		"...":                     "https://rfc.example/rfc/...",
		"rfc-0001":                "https://rfc.example/rfc/rfc-0001",
		"a b/c?d#e%f":             "https://rfc.example/rfc/a%20b%2Fc%3Fd%23e%25f",
		"一致性":                     "https://rfc.example/rfc/%E4%B8%80%E8%87%B4%E6%80%A7",
		`"><script>`:              "https://rfc.example/rfc/%22%3E%3Cscript%3E",
		"javascript:alert(1)":     "https://rfc.example/rfc/javascript:alert%281%29",
		"\r\n":                    "https://rfc.example/rfc/%0D%0A",
		strings.Repeat("x", 1000): "https://rfc.example/rfc/" + strings.Repeat("x", 1000),
		strings.Repeat("x", 1001): "",
	} {
		assert.Equal(t, want, l.Link(slug), slug)
	}
}
