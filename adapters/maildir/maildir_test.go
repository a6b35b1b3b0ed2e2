package maildir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/maildir"
	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

func newMailer(t *testing.T, dir string) *maildir.Mailer {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "digest@localhost", BoundaryKey: []byte("k")})
	require.NoError(t, err)
	m, err := maildir.New(dir, format)
	require.NoError(t, err)
	return m
}

// files returns the content of what is in a folder, by name.
func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var contents []string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		contents = append(contents, string(b))
	}
	return contents
}

func message(id string) core.Message {
	return core.Message{
		ID: id + "@rfc.example", To: core.Address{Mailbox: "ada@people.example"},
		Date: time.Unix(0, 0), Subject: "s", Text: "t\n", HTML: "<p>h</p>\n",
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	porttest.MailerContract(t, func(t *testing.T) porttest.MailWorld {
		dir := filepath.Join(t.TempDir(), "some", "where")
		return porttest.MailWorld{
			Mailer: newMailer(t, dir),
			Accepted: func(t *testing.T) (got []core.Message) {
				assert.Empty(t, files(t, filepath.Join(dir, "tmp")))
				assert.Empty(t, files(t, filepath.Join(dir, "cur")))
				for _, content := range files(t, filepath.Join(dir, "new")) {
					assert.NotContains(t, content, "\r")
					got = append(got, porttest.ReadMail(t, []byte(content)))
				}
				return got
			},
		}
	})
}

func TestManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for writer := range 8 {
		m := newMailer(t, dir)
		wg.Go(func() {
			c, err := m.Dial(t.Context())
			if !assert.NoError(t, err) {
				return
			}
			for i := range 10 {
				assert.NoError(t, c.Send(t.Context(), message(fmt.Sprintf("%d-%d", writer, i)), nil))
			}
		})
	}
	wg.Wait()
	ids := map[string]bool{}
	for _, content := range files(t, filepath.Join(dir, "new")) {
		ids[porttest.ReadMail(t, []byte(content)).ID] = true
	}
	assert.Len(t, ids, 80)
}

func TestMailIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "outbox")
	c, err := newMailer(t, dir).Dial(t.Context())
	require.NoError(t, err)
	require.NoError(t, c.Send(t.Context(), message("a"), nil))
	for _, path := range []string{dir, filepath.Join(dir, "new")} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, path)
	}
}

func TestUnusableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	broken := filepath.Join(t.TempDir(), "broken")
	require.NoError(t, os.MkdirAll(broken, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "new"), nil, 0o600))
	for _, dir := range []string{file, filepath.Join(file, "below"), broken} {
		_, err := newMailer(t, dir).Dial(t.Context())
		require.Error(t, err)
		assert.Equal(t, ports.ServerRefusal, ports.OutcomeOf(err).Outcome)
		assert.Contains(t, err.Error(), dir)
		assert.Contains(t, err.Error(), "not a folder")
		assert.NotContains(t, err.Error(), "\n")
	}
	_, err := maildir.New("", nil)
	require.Error(t, err)
}

func TestFolderThatGoesAway(t *testing.T) {
	t.Parallel()
	for _, sub := range []string{"tmp", "new"} {
		dir := t.TempDir()
		m := newMailer(t, dir)
		c, err := m.Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, os.Remove(filepath.Join(dir, sub)))
		err = c.Send(t.Context(), message("a"), nil)
		e := ports.OutcomeOf(err)
		assert.Equal(t, ports.ServerRefusal, e.Outcome, sub)
		assert.True(t, e.Broken)
		assert.Contains(t, err.Error(), dir)

		c, err = m.Dial(t.Context())
		require.NoError(t, err)
		assert.Empty(t, files(t, filepath.Join(dir, "tmp")))
		require.NoError(t, c.Send(t.Context(), message("a"), nil))
	}
}

func TestNoPermission(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	parent := t.TempDir()
	require.NoError(t, os.Chmod(parent, 0o500))
	_, err := newMailer(t, filepath.Join(parent, "outbox")).Dial(t.Context())
	assert.Equal(t, ports.ServerRefusal, ports.OutcomeOf(err).Outcome)
	assert.Contains(t, err.Error(), "not allowed to write")
}
