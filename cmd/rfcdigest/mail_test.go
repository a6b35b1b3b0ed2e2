package main

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// received is a mail as its reader sees it.
type received struct {
	header              mail.Header
	to, name            string
	subject, text, html string
	// sender and recipient are the envelope's, if the mail came through a mail server.
	sender, recipient string
}

// readLetter takes a mail apart. It must be whole: both parts, to the last boundary.
func readLetter(t testing.TB, raw string) received {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	require.NoError(t, err)
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Len(t, to, 1)
	l := received{header: m.Header, to: to[0].Address, name: to[0].Name}
	l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []struct {
		kind string
		text *string
	}{{"text/plain", &l.text}, {"text/html", &l.html}} {
		part, err := parts.NextRawPart()
		require.NoError(t, err)
		require.Contains(t, part.Header.Get("Content-Type"), want.kind)
		require.Equal(t, "quoted-printable", part.Header.Get("Content-Transfer-Encoding"))
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		*want.text = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return l
}

// letters are the mails in a maildir of the site, in the order in which they were written.
func (s *site) letters(dir string) (found []received) {
	s.Helper()
	names, err := filepath.Glob(s.path(dir, "new", "*"))
	require.NoError(s, err)
	slices.Sort(names)
	for _, name := range names {
		raw, err := os.ReadFile(name)
		require.NoError(s, err)
		found = append(found, readLetter(s, string(raw)))
	}
	return found
}

// recipients returns how many mails each address got.
func recipients(letters []received) map[string]int {
	count := map[string]int{}
	for _, l := range letters {
		count[l.to]++
	}
	return count
}

// each is what recipients returns if so many people got one mail each.
func each(n int) map[string]int {
	count := map[string]int{}
	for id := 1; id <= n; id++ {
		count[fmt.Sprintf("p%d@rfc.example", id)] = 1
	}
	return count
}

// mailServer is a mail server on loopback that keeps what it takes.
type mailServer struct {
	testing.TB
	address string
	// password that a login needs; empty if no login is needed.
	password string
	// size is the largest message in bytes, and most how many recipients one may have; 0 if it does not say.
	size int64
	most int
	// answer, if set, returns the answer to each mail. It may be slow.
	answer func(recipient string) error
	// refuse is a recipient that the server does not know.
	refuse string
	// hangUpOn is for an answer that is never sent: the mail is taken, and the connection cut.
	hangUpOn error

	mu    sync.Mutex
	taken []envelope
}

// answers sets what the server answers from now on.
func (m *mailServer) answers(answer func(recipient string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = answer
}

// envelope is a mail as it came.
type envelope struct{ sender, recipient, raw string }

// letters are the mails that the server took, in their order.
func (m *mailServer) letters() (found []received) {
	m.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.taken {
		l := readLetter(m, e.raw)
		l.sender, l.recipient = e.sender, e.recipient
		found = append(found, l)
	}
	return found
}

// envelopes returns how many mails came for each recipient.
func (m *mailServer) envelopes() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := map[string]int{}
	for _, e := range m.taken {
		count[e.recipient]++
	}
	return count
}

// url is the server's mail URL, without TLS.
func (m *mailServer) url() string { return "smtp://" + m.address + "?tls=none" }

// serveMail starts m. If certificate is set, it offers STARTTLS.
func serveMail(t testing.TB, m *mailServer, certificate *tls.Config) *mailServer {
	t.Helper()
	m.TB = t
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		session := &mailSession{server: m, conn: c.Conn()}
		if m.password == "" {
			return session, nil
		}
		return &loginSession{mailSession: session}, nil
	}))
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "localhost", certificate, true
	server.ErrorLog = log.New(io.Discard, "", 0)
	server.MaxMessageBytes, server.MaxRecipients = m.size, m.most
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.address = listener.Addr().String()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return m
}

// mailSession is one connection to a mail server.
type mailSession struct {
	server            *mailServer
	conn              net.Conn
	sender, recipient string
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.sender = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.recipient = to; to == s.server.refuse {
		return &smtp.SMTPError{Code: 550, Message: "unknown"}
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var answer error
	s.server.mu.Lock()
	ask := s.server.answer
	s.server.mu.Unlock()
	if ask != nil {
		answer = ask(s.recipient)
	}
	if answer != nil && answer == s.server.hangUpOn {
		_ = s.conn.Close()
	} else if answer != nil {
		return answer
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.taken = append(s.server.taken, envelope{s.sender, s.recipient, string(raw)})
	return nil
}

// loginSession is a session that takes no mail before a login.
type loginSession struct {
	*mailSession
	in bool
}

func (s *loginSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *loginSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.in = user == "digest" && password == s.server.password; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *loginSession) Mail(from string, o *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return s.mailSession.Mail(from, o)
}

// newCertificate returns a certificate for 127.0.0.1, and its file in the site, for SSL_CERT_FILE.
func (s *site) newCertificate() (*tls.Config, string) {
	s.Helper()
	server := httptest.NewTLSServer(nil) // which brings one along
	defer server.Close()
	s.write("trusted.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	return &tls.Config{Certificates: server.TLS.Certificates}, s.path("trusted.pem")
}
