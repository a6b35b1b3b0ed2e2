package mailfmt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnsubscribeHeaders(t *testing.T) {
	t.Parallel()
	const link = "https://digest.rfc.example/unsubscribe/" + "AbCdEf012345_-AbCdEf012345_-AbCdEf012345_-AbCdEf012345_-012"
	for _, c := range []struct{ url, mailbox, want, post string }{
		{"", "", "", ""},
		{link, "", "<" + link + ">", "List-Unsubscribe=One-Click"},
		{"", "leave@rfc.example", "<mailto:leave@rfc.example?subject=unsubscribe>", ""},
		{link, "leave@rfc.example", "<" + link + ">, <mailto:leave@rfc.example?subject=unsubscribe>", "List-Unsubscribe=One-Click"},
		{link, "le?a&ve@rfc.example", "<" + link + ">, <mailto:le%3Fa&ve@rfc.example?subject=unsubscribe>", "List-Unsubscribe=One-Click"},
	} {
		m := message()
		m.UnsubscribeURL, m.UnsubscribeMailbox = c.url, c.mailbox
		out, err := newFormat(t).Render(m, nil)
		require.NoError(t, err)
		checkWire(t, out.Data)
		h := parse(t, out.Data).header
		assert.Equal(t, c.want, h.Get("List-Unsubscribe"))
		assert.Equal(t, c.post, h.Get("List-Unsubscribe-Post"))
	}
	for _, bad := range []string{"http://rfc.example/x", "mailto:x@y", "https://", "Https://rfc.example/x", "https://x/\r\nBcc: eve@x", "https://x/>", "https://x/a,b", "https://x/ü", "https://x/ ",
		"https://x/" + strings.Repeat("a", 1000)} {
		m := message()
		m.UnsubscribeURL = bad
		_, err := newFormat(t).Render(m, nil)
		assert.ErrorContains(t, err, "unsubscribe URL", bad)
	}
	m := message()
	m.UnsubscribeMailbox = "leave@rfc.example>, <javascript:x@y"
	_, err := newFormat(t).Render(m, nil)
	assert.ErrorContains(t, err, "mailbox for unsubscribing")
}
