package inbound

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

func TestMailIsTakenByHTTPFromWhoKnowsTheSecret(t *testing.T) {
	t.Parallel()
	const secret, rfc822 = "Bearer 0123456789abcdef0123456789abcdef", "message/rfc822"
	for name, c := range map[string]struct {
		secret, kind string
		body         io.Reader
		fails        bool
		want         int
	}{
		"a message":        {secret, rfc822, strings.NewReader(vacation), false, http.StatusNoContent},
		"with a charset":   {secret, "Message/RFC822; charset=us-ascii", strings.NewReader(vacation), false, http.StatusNoContent},
		"of 6 MB":          {secret, rfc822, io.MultiReader(strings.NewReader(vacation), &endless{text: []byte("x"), n: 3 * maxRead}), false, http.StatusNoContent},
		"nothing":          {secret, rfc822, strings.NewReader(""), false, http.StatusNoContent},
		"too long":         {secret, rfc822, &endless{text: []byte("x\n"), n: maxPosted + 1}, false, http.StatusRequestEntityTooLarge},
		"no secret":        {"", rfc822, strings.NewReader(vacation), false, http.StatusUnauthorized},
		"another secret":   {secret + "0", rfc822, strings.NewReader(vacation), false, http.StatusUnauthorized},
		"another way":      {strings.TrimPrefix(secret, "Bearer "), rfc822, strings.NewReader(vacation), false, http.StatusUnauthorized},
		"a form":           {secret, "application/x-www-form-urlencoded", strings.NewReader(vacation), false, http.StatusUnsupportedMediaType},
		"cut off":          {secret, rfc822, io.MultiReader(strings.NewReader(vacation), iotest.ErrReader(io.ErrUnexpectedEOF)), false, http.StatusBadRequest},
		"no room for it":   {secret, rfc822, strings.NewReader(vacation), true, http.StatusServiceUnavailable},
		"cut off far away": {secret, rfc822, io.MultiReader(&endless{text: []byte("x\n"), n: 2 * maxRead}, iotest.ErrReader(io.ErrUnexpectedEOF)), false, http.StatusBadRequest},
	} {
		k := &taker{}
		if c.fails {
			k.refuse(always)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/inbound?sender=&recipient=digest%2Bx@rfc.example", c.body)
		r.Header.Set("Authorization", c.secret)
		r.Header.Set("Content-Type", c.kind)
		w := httptest.NewRecorder()
		Post{Secret: strings.TrimPrefix(secret, "Bearer "), Take: k.take, Log: quiet()}.ServeHTTP(w, r)
		assert.Equal(t, c.want, w.Code, name)
		if c.want != http.StatusNoContent {
			assert.Zero(t, k.count(), name)
		} else if assert.Equal(t, 1, k.count(), name) {
			assert.Equal(t, "digest+x@rfc.example", k.taken[0].Addresses[0], name)
			assert.True(t, k.taken[0].Report.NullSender, name)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/inbound", nil)
	r.Header.Set("Authorization", "Bearer ")
	Post{}.ServeHTTP(w, r)
	assert.Equal(t, http.StatusUnauthorized, w.Code, "without a secret nobody knows it")
}
