package smtp

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// script says what a fake server answers: for each command the replies to its first, second, …
// time. After those, and for what is not in it, the answer is yes.
type script map[string][]string

// The keys of a script that are no commands.
const (
	greeting = "greeting"
	dot      = "." // after the message
)

// Answers that are no replies.
const (
	hangUp      = "\x00hang up"
	silence     = "\x00silence"
	endlessLine = "\x00endless line"
	endlessList = "\x00endless list"
)

var yes = map[string]string{
	greeting: "220 fake.example", "EHLO": "250-fake.example\r\n250 8BITMIME", "STARTTLS": "220 go on",
	"AUTH": "235 welcome", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", dot: "250 taken", "RSET": "250 ok", "QUIT": "221 bye",
}

// fakeServer is a mail server that misbehaves as it is told.
type fakeServer struct {
	port        int
	certificate *tls.Config
	implicit    bool

	mu     sync.Mutex
	script script
	said   []string // by clients: commands
	whole  []string // messages up to their final dot
}

func startFake(t *testing.T, s script, certificate *tls.Config, implicit bool) *fakeServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &fakeServer{port: listener.Addr().(*net.TCPAddr).Port, certificate: certificate, implicit: implicit, script: script{}}
	for k, v := range s {
		f.script[k] = v
	}
	var accepting, serving sync.WaitGroup
	var clients []net.Conn
	accepting.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			clients = append(clients, c)
			serving.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		accepting.Wait()
		for _, c := range clients {
			_ = c.Close()
		}
		serving.Wait()
	})
	return f
}

// serve holds one conversation.
func (f *fakeServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	if f.implicit {
		c = tls.Server(c, f.certificate)
	}
	r := bufio.NewReader(c)
	if f.answer(c, greeting) == "" {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		f.mu.Lock()
		f.said = append(f.said, strings.TrimSpace(line))
		f.mu.Unlock()
		reply := f.answer(c, verb)
		switch {
		case reply == "":
			return
		case verb == "QUIT":
			return
		case verb == "STARTTLS" && strings.HasPrefix(reply, "220"):
			c = tls.Server(c, f.certificate)
			r = bufio.NewReader(c)
		case verb == "DATA" && strings.HasPrefix(reply, "354"):
			if !f.message(r) || f.answer(c, dot) == "" {
				return
			}
		}
	}
}

// message reads to the final dot, and reports whether it came.
func (f *fakeServer) message(r *bufio.Reader) bool {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.whole = append(f.whole, b.String())
			return true
		}
		b.WriteString(line)
	}
}

// answer gives the next answer to verb, and returns "" where the conversation is over.
func (f *fakeServer) answer(c net.Conn, verb string) string {
	f.mu.Lock()
	reply := yes[verb]
	if rest := f.script[verb]; len(rest) > 0 {
		reply, f.script[verb] = rest[0], rest[1:]
	}
	f.mu.Unlock()
	repeat := ""
	switch reply {
	case hangUp:
		return ""
	case silence:
		_, _ = io.Copy(io.Discard, c)
		return ""
	case endlessLine:
		repeat = strings.Repeat("2", 1000)
	case endlessList:
		repeat = strings.Repeat("250-more\r\n", 100)
	case "":
		reply = "502 what?"
	}
	for repeat != "" {
		if _, err := io.WriteString(c, repeat); err != nil {
			return ""
		}
	}
	if _, err := io.WriteString(c, reply+"\r\n"); err != nil {
		return ""
	}
	return reply
}

// commands returns the first words of what clients said.
func (f *fakeServer) commands() (verbs []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, line := range f.said {
		verb, _, _ := strings.Cut(line, " ")
		verbs = append(verbs, verb)
	}
	return verbs
}

// messages returns the messages that came whole.
func (f *fakeServer) messages() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.whole...)
}

// certify makes a certificate for name, and returns what the server needs of it, and the client.
func certify(t *testing.T, name string) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}
