package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// subscriptions records who was unsubscribed.
type subscriptions struct {
	ports.Subscriptions
	off []int64
	err error
}

func (s *subscriptions) Unsubscribe(_ context.Context, recipient, _ int64) error {
	if s.err == nil {
		s.off = append(s.off, recipient)
	}
	return s.err
}

// site is the page on a test server, with its log.
type site struct {
	*httptest.Server
	store *subscriptions
	ring  links.Keyring
	log   *bytes.Buffer
	// tokens are what Count was called with.
	tokens []string
}

func newSite(t *testing.T) *site {
	ring, err := links.NewKeyring([]byte(strings.Repeat("s", links.MinSecret)))
	require.NoError(t, err)
	s := &site{store: new(subscriptions), ring: ring, log: new(bytes.Buffer)}
	s.Server = httptest.NewServer(web.Unsubscribe(web.Page{
		Ring: ring, Store: s.store, Brand: "Wiggle <verse>", PreferencesURL: "https://rfc.example/settings/notifications?a&b",
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Count: func(token string) { s.tokens = append(s.tokens, token) },
	}))
	t.Cleanup(s.Close)
	return s
}

// ask makes a request and returns the status, the headers and the body of the answer.
func (s *site) ask(t *testing.T, method, token, body string) (int, http.Header, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+links.Path+token, strings.NewReader(body))
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
	for _, token := range []string{s.ring.Token(7, 5), "nonsense"} {
		status, _, page := s.ask(t, http.MethodGet, token, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, `<form method="post"><button>Unsubscribe</button></form>`)
		assert.Contains(t, page, "Wiggle &lt;verse&gt;")
		status, _, page = s.ask(t, http.MethodHead, token, "")
		assert.Equal(t, http.StatusOK, status)
		assert.Empty(t, page)
	}
	assert.Empty(t, s.store.off)
	assert.Empty(t, s.tokens)
	assert.Empty(t, s.log.String())
}

func TestEveryPageOffersThePreferencesOfTheApp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const link = `<a href="https://rfc.example/settings/notifications?a&amp;b">`
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		_, _, page := s.ask(t, method, s.ring.Token(7, 0), "")
		assert.Contains(t, page, link)
	}
	s.store.err = errors.New("disk full")
	_, _, page := s.ask(t, http.MethodPost, s.ring.Token(7, 0), "")
	assert.Contains(t, page, link)
}

func TestPostingUnsubscribesHoweverItComes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.ring.Token(7, 5)
	for _, body := range []string{"", "List-Unsubscribe=One-Click", "whatever"} {
		status, _, page := s.ask(t, http.MethodPost, token, body)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, page, "If this link is yours, you get no more digests")
		assert.NotContains(t, page, "<form")
	}
	assert.Equal(t, []int64{7, 7, 7}, s.store.off)
	assert.Equal(t, []string{"good", "good", "good"}, s.tokens)
	assert.Contains(t, s.log.String(), "recipient=7")
	assert.NotContains(t, s.log.String(), token)
}

func TestATokenThatNobodySignedGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.ring.Token(7, 5)
	status, header, page := s.ask(t, http.MethodPost, token, "")
	otherStatus, otherHeader, otherPage := s.ask(t, http.MethodPost, token[:len(token)-1]+"!", "")
	assert.Equal(t, status, otherStatus)
	assert.Equal(t, page, otherPage)
	header.Del("Date")
	otherHeader.Del("Date")
	assert.Equal(t, header, otherHeader)
	assert.Equal(t, []int64{7}, s.store.off)
	assert.NotContains(t, page, "You are", "it does not know whom it talks to")
}

func TestBadTokensAreCountedAndLoggedOfEachKindNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ring, err := links.NewKeyring([]byte(strings.Repeat("s", links.MinSecret)))
		require.NoError(t, err)
		other, err := links.NewKeyring([]byte(strings.Repeat("o", links.MinSecret)))
		require.NoError(t, err)
		log, counted := new(bytes.Buffer), map[string]int{}
		store := new(subscriptions)
		page := web.Unsubscribe(web.Page{Ring: ring, Store: store, Brand: "x", Log: slog.New(slog.NewTextHandler(log, nil)), Count: func(token string) { counted[token]++ }})
		forged := ring.Token(7, 0)
		forged = forged[:10] + strings.Map(func(r rune) rune { return 'A' }, forged[10:11]) + "B" + forged[12:]
		round := func() {
			for _, token := range []string{"nonsense", other.Token(7, 0), forged} {
				r := httptest.NewRequest(http.MethodPost, links.Path+token, nil)
				page.ServeHTTP(httptest.NewRecorder(), r)
			}
		}
		for range 5 {
			round()
		}
		lines := strings.Count(log.String(), "\n")
		assert.Equal(t, 3, lines, log.String())
		assert.Contains(t, log.String(), "key_id="+other.ID())
		assert.Contains(t, log.String(), "a secret that is not in --secret")
		assert.Equal(t, map[string]int{"malformed": 5, "unknown_secret": 5, "bad_signature": 5}, counted)
		for _, token := range []string{"nonsense", other.Token(7, 0)[8:], forged[8:]} {
			assert.NotContains(t, log.String(), token)
		}
		time.Sleep(9 * time.Minute)
		round()
		assert.Equal(t, 3, strings.Count(log.String(), "\n"))
		time.Sleep(time.Minute)
		round()
		assert.Equal(t, 6, strings.Count(log.String(), "\n"))
		assert.Empty(t, store.off)
	})
}

func TestAStoreInTroubleIsNotPassedOffAsDone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.store.err = errors.New("disk full")
	status, _, page := s.ask(t, http.MethodPost, s.ring.Token(7, 5), "")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, page, "try again")
	assert.NotContains(t, page, "disk full")
	s.store.err = fmt.Errorf("set the cadence: %w", ports.ErrRejected)
	status, _, page = s.ask(t, http.MethodPost, s.ring.Token(7, 5), "")
	assert.Equal(t, http.StatusConflict, status)
	assert.Contains(t, page, "The app does not allow this")
	assert.NotContains(t, page, "ry again")
}

func TestPagesAreGuardedAndLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, header, _ := s.ask(t, http.MethodGet, s.ring.Token(7, 5), "")
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	assert.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
	assert.Equal(t, "no-store", header.Get("Cache-Control"))
	assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
	assert.Equal(t, "noindex, nofollow", header.Get("X-Robots-Tag"))
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		status, _, _ := s.ask(t, method, s.ring.Token(7, 5), "")
		assert.Equal(t, http.StatusMethodNotAllowed, status, method)
	}
	status, _, _ := s.ask(t, http.MethodPost, s.ring.Token(7, 5), strings.Repeat("x", 5000))
	assert.Equal(t, http.StatusRequestEntityTooLarge, status)
	status, _, _ = s.ask(t, http.MethodPost, "a/b", "")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Empty(t, s.store.off)
}
