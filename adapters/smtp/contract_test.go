package smtp_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// inbox is a mail server that keeps what it gets.
type inbox struct {
	mu   sync.Mutex
	mail []envelope
}

type envelope struct {
	from, to string
	utf8     bool
	data     []byte
}

// session is one connection to an inbox.
type session struct {
	inbox *inbox
	envelope
}

func (s *session) Reset()        { s.envelope = envelope{} }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, opts *gosmtp.MailOptions) error {
	s.from, s.utf8 = from, opts.UTF8
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.data, err = io.ReadAll(r); err != nil {
		return err
	}
	s.inbox.mu.Lock()
	defer s.inbox.mu.Unlock()
	s.inbox.mail = append(s.inbox.mail, s.envelope)
	return nil
}

// plain is a listener that removes PIPELINING from what its server offers.
type plain struct{ net.Listener }

func (p plain) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	return plainConn{c}, err
}

type plainConn struct{ net.Conn }

func (c plainConn) Write(p []byte) (int, error) {
	return c.Conn.Write(bytes.ReplaceAll(p, []byte("PIPELINING"), []byte("X-PIPELINE")))
}

// serve starts a mail server for the test and returns its port.
func (b *inbox) serve(t *testing.T, utf8, pipelining bool) int {
	t.Helper()
	server := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) {
		return &session{inbox: b}, nil
	}))
	server.Domain = "localhost"
	server.EnableSMTPUTF8 = utf8
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	if !pipelining {
		listener = plain{listener}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return port
}

// received returns what came in so far.
func (b *inbox) received() []envelope {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]envelope(nil), b.mail...)
}

func newFormat(t *testing.T) *mailfmt.Format {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "Wiggleverse <digest@rfc.example>", BoundaryKey: []byte("k")})
	require.NoError(t, err)
	return format
}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, pipelining := range map[string]bool{"together": true, "one by one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			porttest.MailerContract(t, func(t *testing.T) porttest.MailWorld {
				b := new(inbox)
				mailer, err := smtp.New(smtp.Config{Host: "127.0.0.1", Port: b.serve(t, false, pipelining), TLS: smtp.NoTLS}, newFormat(t))
				require.NoError(t, err)
				return porttest.MailWorld{Mailer: mailer, Accepted: b.accepted}
			})
		})
	}
}

// accepted returns the messages that came in so far, read back.
func (b *inbox) accepted(t *testing.T) (got []core.Message) {
	for _, e := range b.received() {
		m := porttest.ReadMail(t, e.data)
		assert.Equal(t, "digest@rfc.example", e.from)
		assert.Equal(t, m.To.Mailbox, e.to)
		got = append(got, m)
	}
	return got
}
