package inbound

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// mailbox is a server in memory with one mailbox.
type mailbox struct {
	user    *imapmemserver.User
	address string
}

func newMailbox(t *testing.T) mailbox {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return newMailboxAt(t, l)
}

func newMailboxAt(t *testing.T, l net.Listener) mailbox {
	user := imapmemserver.NewUser("digest", "secret")
	require.NoError(t, user.Create("INBOX", nil))
	memory := imapmemserver.New()
	memory.AddUser(user)
	s := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: true, Logger: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	})
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return mailbox{user: user, address: l.Addr().String()}
}

func (m mailbox) put(t *testing.T, message string) {
	_, err := m.user.Append("INBOX", literal{strings.NewReader(message)}, &imap.AppendOptions{})
	require.NoError(t, err)
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

func (m mailbox) unseen(t *testing.T) uint32 {
	status, err := m.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true, NumMessages: true})
	require.NoError(t, err)
	return *status.NumUnseen
}

// logged keeps what is logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}

func TestAMailboxMarksWhatWasTaken(t *testing.T) {
	t.Parallel()
	box := newMailbox(t)
	for _, name := range []string{"a", "b", "c"} {
		box.put(t, "Delivered-To: "+name+"@rfc.example\r\n"+vacation)
	}
	k := &taker{fails: func(m returned.Mail) bool { return m.Addresses[0] == "a@rfc.example" }}
	var log logged
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	way := IMAP{Address: box.address, Mailbox: "INBOX", User: "digest", Password: "secret", Pause: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))}
	go func() { done <- way.Serve(ctx, k.take) }()
	until := func(what string, holds func() bool) {
		require.Eventually(t, holds, time.Minute, 5*time.Millisecond, what)
	}

	until("one that fails does not stop the others", func() bool { return k.count() == 2 && box.unseen(t) == 1 && log.has(errFull.Error()) })
	k.refuse(nil)
	box.put(t, "Delivered-To: d@rfc.example\r\n"+vacation)
	until("it comes again", func() bool { return k.count() == 4 && box.unseen(t) == 0 })
	stop()
	require.NoError(t, <-done)
	var order []string
	for _, mail := range k.taken {
		order = append(order, mail.Addresses[0])
		assert.Equal(t, returned.AutoReply, returned.Judge(mail.Report).Kind)
	}
	assert.Equal(t, []string{"b@rfc.example", "c@rfc.example", "a@rfc.example", "d@rfc.example"}, order, "each once")
	assert.False(t, log.has("secret"))
}

// With TLS, nothing is told to a server that has no certificate for its name.
func TestAMailboxBehindTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: web.TLS.Certificates})
	require.NoError(t, err)
	box, known := newMailboxAt(t, l), web.Client().Transport.(*http.Transport).TLSClientConfig
	box.put(t, vacation)
	var log logged
	k := &taker{}
	way := IMAP{Address: box.address, Mailbox: "INBOX", User: "digest", Password: "secret", TLS: &tls.Config{}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	require.Error(t, way.look(t.Context(), k.take))
	assert.Zero(t, k.count())
	way.TLS = &tls.Config{RootCAs: known.RootCAs, ServerName: "mail.example.org"}
	require.Error(t, way.look(t.Context(), k.take), "another name")
	way.TLS = &tls.Config{RootCAs: known.RootCAs}
	require.NoError(t, way.look(t.Context(), k.take))
	assert.Equal(t, 1, k.count())
}

func TestTroubleWithAMailboxIsLogged(t *testing.T) {
	t.Parallel()
	box := newMailbox(t)
	for name, way := range map[string]IMAP{
		"log in": {Address: box.address, Mailbox: "INBOX", User: "digest", Password: "wrong"}, "select": {Address: box.address, Mailbox: "Nowhere", User: "digest", Password: "secret"},
		"refused": {Address: "127.0.0.1:1", Mailbox: "INBOX"},
	} {
		var log logged
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		way.Pause, way.Log = time.Hour, slog.New(slog.NewTextHandler(&log, nil))
		go func() { done <- way.Serve(ctx, (&taker{}).take) }()
		assert.Eventually(t, func() bool { return log.has(name) }, time.Minute, 5*time.Millisecond, name)
		stop()
		assert.NoError(t, <-done, name)
	}
}
