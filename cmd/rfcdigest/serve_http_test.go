package main

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/links"
)

// answersHTTP finds in serve's log the address at which it answers.
const answersHTTP = `"msg":"answering HTTP"`

// ask sends a request to the address in a process's log, and returns the status, the headers and the text of the
// answer.
func (p *process) ask(method, path string) (int, http.Header, string) {
	p.site.Helper()
	p.await(answersHTTP, 1)
	address := regexp.MustCompile(answersHTTP + `,"address":"([^"]+)"`).FindStringSubmatch(p.err.String())
	require.Len(p.site, address, 2)
	request, err := http.NewRequestWithContext(p.site.Context(), method, "http://"+address[1]+path, nil)
	require.NoError(p.site, err)
	answer, err := (&http.Client{Timeout: patience}).Do(request)
	require.NoError(p.site, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(p.site, err)
	return answer.StatusCode, answer.Header, string(text)
}

func TestServeAnswersOperatorsAndRecipientsWhileItTicks(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret).withDatabase(people(3), recent)
	m, came, release := slowly(t)
	p := s.start("serve", "--listen", "127.0.0.1:0", "--mail", m.url(), "--connections", "1")
	<-came
	// While a tick waits for its mail server, requests are answered, and the process is ready.
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ok\n", "/metrics": "\nrfcdigest_tick_running 1\n"} {
		status, header, text := p.ask(http.MethodGet, path)
		assert.Equal(t, http.StatusOK, status, path)
		assert.Contains(t, header.Get("Content-Type"), "text/plain", path)
		assert.Contains(t, text, want, path)
		status, _, _ = p.ask(http.MethodPost, path)
		assert.Equal(t, http.StatusMethodNotAllowed, status, path)
	}
	release()
	p.await(tickDone, 1)
	_, _, text := p.ask(http.MethodGet, "/metrics")
	for _, sample := range []string{`rfcdigest_digests_total{outcome="sent"} 3`, `rfcdigest_ticks_total{result="done"} 1`, "rfcdigest_tick_duration_seconds_count 1",
		"rfcdigest_database_up 1", "rfcdigest_due_recipients 0", "rfcdigest_tick_running 0"} {
		assert.Contains(t, text, "\n"+sample+"\n")
	}
	ring, err := links.NewKeyring([]byte(secret))
	require.NoError(t, err)
	mark, err := strconv.ParseInt(s.query("rfcdigest.db", "SELECT person FROM digest_people WHERE user_id = 2")[0], 10, 64)
	require.NoError(t, err)
	_, _, _ = p.ask(http.MethodPost, links.Path+ring.Token(1, mark)) // signed, but of no user
	status, header, text := p.ask(http.MethodPost, links.Path+ring.Token(2, mark))
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	assert.Contains(t, text, "If this link is yours, you get no more digests")
	assert.Equal(t, []string{"1|daily", "2|off", "3|daily"}, s.query("rfcdigest.db", "SELECT id, digest_cadence FROM users"))
	at, err := links.New("https://digest.rfc.example", ring, "")
	require.NoError(t, err)
	mute := strings.TrimPrefix(at.Mute(links.Reader{Recipient: 2, Mark: mark, Made: time.Now()}, "rfc-1"), "https://digest.rfc.example")
	status, _, text = p.ask(http.MethodPost, mute)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, text, "You have muted this RFC")
	assert.Equal(t, []string{"muted"}, s.query("rfcdigest.db", "SELECT state FROM watches WHERE user_id = 2 AND rfc_slug = 'rfc-1'"))
	status, _, _ = p.ask(http.MethodGet, "/")
	assert.Equal(t, http.StatusNotFound, status)
	p.signal(syscall.SIGTERM)
	p.wait().done().silent()
}

// A mail server that is down is in the metrics; only trouble of this program's own makes it unready.
func TestServeIsReadyWithoutMailServerAndNotWithoutDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(2), recent)
	p := s.start("serve", "--listen", "127.0.0.1:0", "--tick-seconds", "1", "--mail", "smtp://"+closedPort(t)+"?tls=none")
	p.await(tickDone, 2)
	status, _, _ := p.ask(http.MethodGet, "/readyz")
	assert.Equal(t, http.StatusOK, status)
	_, _, text := p.ask(http.MethodGet, "/metrics")
	assert.Regexp(t, `\nrfcdigest_ticks_total\{result="stopped"\} ([2-9]|\d\d)`, text)
	assert.Regexp(t, `\nrfcdigest_digests_total\{outcome="left"\} ([4-9]|\d\d)`, text)
	assert.Regexp(t, `\nrfcdigest_oldest_due_seconds \d`, text)

	s.sql("rfcdigest.db", "DROP TABLE digest_due")
	p.await("tick failed", 1)
	status, _, text = p.ask(http.MethodGet, "/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, text, "the database does not answer")
	assert.Contains(t, text, "the last tick failed")
	_, _, text = p.ask(http.MethodGet, "/metrics")
	assert.Contains(t, text, "\nrfcdigest_database_up 0\n")
	assert.Contains(t, text, "\nrfcdigest_ticks_total{result=\"failed\"} ")
	p.signal(syscall.SIGTERM)
	p.wait().silent()
}

func TestServeEndsWhenItsDatabaseIsReplaced(t *testing.T) {
	t.Parallel()
	for what, replace := range map[string]func(s *site) error{
		"by another": func(s *site) error {
			s.write("backup.db", string(migrated()))
			return os.Rename(s.path("backup.db"), s.path("rfcdigest.db"))
		},
		"by none": func(s *site) error { return os.Remove(s.path("rfcdigest.db")) },
	} {
		patient, hasty := newSite(t).withDatabase(people(1)), newSite(t).withDatabase(people(1))
		p := patient.start("serve", "--listen", "127.0.0.1:0", "--mail", "discard://")
		p.await(tickDone, 1)
		require.NoError(t, replace(patient))
		status, _, text := p.ask(http.MethodGet, "/readyz")
		assert.Equal(t, http.StatusServiceUnavailable, status, what)
		assert.Contains(t, text, "the database file was replaced; restart", what)
		p.signal(syscall.SIGTERM)
		p.wait().done()

		p = hasty.start("serve", "--mail", "discard://", "--tick-seconds", "1")
		p.await(tickDone, 1)
		require.NoError(t, replace(hasty))
		p.wait().fails(exitFailed, "database file rfcdigest.db was replaced or deleted while it was open; restart")
	}
}
