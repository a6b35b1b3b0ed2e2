package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// address returns the address that a preview prints.
func (p *process) address() (url string) {
	p.site.Helper()
	require.Eventually(p.site, func() bool {
		url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(p.out.String())
		return url != ""
	}, patience, 5*time.Millisecond, "an address on stdout; %s", p.err.String())
	return url
}

// fetch returns the status and the body of an answer.
func (s *site) fetch(url string) (int, string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, url, nil)
	require.NoError(s, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(s, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s, err)
	return answer.StatusCode, string(body)
}

func TestPreviewShowsADemoAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.run("demo").done()
	for _, end := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		before := s.tree()
		p := s.start("preview", "--port", "0", "--database", "sqlite://rfcdigest-demo/rfcdigest.db", "--name", "Wiggle & Co")
		url := p.address()
		for path, words := range map[string]string{
			"/":                               "rfcdigest.db",
			"/?person=1":                      "Wiggle &amp; Co",
			"/?q=hopper":                      "quiet hours",
			"/?person=1&view=why":             "already_shipped",
			"/?person=4&view=windows":         "@localhost",
			"/?person=1&at=2030-01-01T00:00":  "An instant to come",
			"/?person=17&at=2020-01-01T00:00": "A past instant",
		} {
			status, body := s.fetch(url + path)
			assert.Equal(t, http.StatusOK, status, path)
			assert.Contains(t, body, words, path)
		}
		status, _ := s.fetch(url + "/?person=12345")
		assert.Equal(t, http.StatusNotFound, status)
		p.signal(end)
		r := p.wait().done()
		assert.Equal(t, 1, strings.Count(r.out, "\n"))
		after := s.tree()
		// SQLite needs these to read a database with a write-ahead log; the log is empty.
		log := s.path("rfcdigest-demo", "rfcdigest.db-wal")
		assert.Regexp(t, "^0 bytes", after[log])
		for _, path := range []string{log, s.path("rfcdigest-demo", "rfcdigest.db-shm")} {
			delete(after, path)
			delete(before, path)
		}
		assert.Equal(t, before, after)
	}
}

func TestPreviewNeedsAPortAndADatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	s.run("preview", "--port", port).fails(exitFailed, "--port "+port, "another program has this port", "choose another").silent()
	s.run("preview", "--port", "65536").fails(exitUsage, "--port 65536", "0 to 65535").silent()
	s.run("preview", "--port", "0", "--database", "sqlite://none.db").fails(exitFailed, "none.db").silent()
	assert.NotContains(t, s.files(), "none.db")
}
