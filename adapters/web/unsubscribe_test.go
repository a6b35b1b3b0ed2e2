package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/core"
)

// subscriptions records who was unsubscribed.
type subscriptions struct {
	off []int64
	err error
}

func (s *subscriptions) Unsubscribe(_ context.Context, recipient int64) error {
	if s.err == nil {
		s.off = append(s.off, recipient)
	}
	return s.err
}

// site is the page on a test server, with its log.
type site struct {
	*httptest.Server
	store *subscriptions
	ring  core.Keyring
	log   *bytes.Buffer
}

func newSite(t *testing.T) *site {
	ring, err := core.NewKeyring([]byte(strings.Repeat("s", core.MinSecret)))
	require.NoError(t, err)
	s := &site{store: new(subscriptions), ring: ring, log: new(bytes.Buffer)}
	s.Server = httptest.NewServer(web.Unsubscribe(ring, s.store, "Wiggle <verse>", slog.New(slog.NewTextHandler(s.log, nil))))
	t.Cleanup(s.Close)
	return s
}

// ask makes a request and returns the status, the headers and the body of the answer.
func (s *site) ask(t *testing.T, method, token, body string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+core.UnsubscribePath+token, strings.NewReader(body))
	require.NoError(t, err)
	answer, err := s.Client().Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Empty(t, answer.Cookies())
	return answer.StatusCode, answer.Header, string(text)
}

func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, token := range []string{s.ring.Token(7), "nonsense"} {
		status, _, page := s.ask(t, http.MethodGet, token, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, `<form method="post"><button>Unsubscribe</button></form>`)
		assert.Contains(t, page, "Wiggle &lt;verse&gt;")
		status, _, page = s.ask(t, http.MethodHead, token, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Empty(t, page)
	}
	assert.Empty(t, s.store.off)
}

func TestPostingUnsubscribesHoweverItComes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.ring.Token(7)
	for _, body := range []string{"", "List-Unsubscribe=One-Click", "whatever"} {
		status, _, page := s.ask(t, http.MethodPost, token, body)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, "You are unsubscribed")
		assert.NotContains(t, page, "<form")
	}
	assert.Equal(t, []int64{7, 7, 7}, s.store.off)
	assert.Contains(t, s.log.String(), "recipient=7")
	assert.NotContains(t, s.log.String(), token)
}

func TestATokenThatNobodySignedGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.ring.Token(7)
	status, header, page := s.ask(t, http.MethodPost, token, "")
	otherStatus, otherHeader, otherPage := s.ask(t, http.MethodPost, token[:len(token)-1]+"!", "")
	assert.Equal(t, status, otherStatus)
	assert.Equal(t, page, otherPage)
	header.Del("Date")
	otherHeader.Del("Date")
	assert.Equal(t, header, otherHeader)
	assert.Equal(t, []int64{7}, s.store.off)
}

func TestAStoreInTroubleIsNotPassedOffAsDone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.store.err = errors.New("disk full")
	status, _, page := s.ask(t, http.MethodPost, s.ring.Token(7), "")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, page, "try again")
	assert.NotContains(t, page, "disk full")
}

func TestPagesAreGuardedAndLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, header, _ := s.ask(t, http.MethodGet, s.ring.Token(7), "")
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	assert.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
	assert.Equal(t, "no-store", header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
	assert.Equal(t, "noindex, nofollow", header.Get("X-Robots-Tag"))
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		status, _, _ := s.ask(t, method, s.ring.Token(7), "")
		assert.Equal(t, http.StatusMethodNotAllowed, status, method)
	}
	status, _, _ := s.ask(t, http.MethodPost, s.ring.Token(7), strings.Repeat("x", 5000))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _, _ = s.ask(t, http.MethodPost, "a/b", "")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Empty(t, s.store.off)
}
