package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
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

// The keys of a script that are not commands.
const (
	greeting = "greeting"
	dot      = "." // after the message
	// A step after a no to the one before it. If the script says nothing, the answer is no.
	earlyMAIL = "MAIL in a transaction"
	earlyRCPT = "RCPT without MAIL"
	earlyDATA = "DATA without RCPT"
)

// Answers that are not replies.
const (
	hangUp      = "\x00hang up"
	silence     = "\x00silence"
	endlessLine = "\x00endless line"
	endlessList = "\x00endless list"
	lost        = "\x00lost" // does as if it had said yes
)

var usual = map[string]string{
	greeting: "220 fake.example", "EHLO": "250-fake.example\r\n250 8BITMIME", "STARTTLS": "220 go on",
	"AUTH": "235 welcome", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", dot: "250 taken", "RSET": "250 ok", "QUIT": "221 bye",
	earlyMAIL: "503 not now", earlyRCPT: "503 not now", earlyDATA: "503 not now",
}

// manner is how a fake server speaks.
type manner int

const (
	eachReply   manner = iota // in a packet of its own
	inOnePacket               // all replies to what came together
	byteByByte
	forgetful // throws away what comes behind the first command of a packet
)

// fakeSetup says what a fake server offers, and how it misbehaves.
type fakeSetup struct {
	certificate          *tls.Config
	implicit, pipelining bool
	deaf                 bool // does not read messages
	manner               manner
	pause                time.Duration // before the reply to each step of a transaction
}

// fakeServer is a mail server that misbehaves as its script says.
type fakeServer struct {
	fakeSetup
	port  int
	ended chan struct{} // is closed with the test

	mu     sync.Mutex
	script script
	said   []string // by clients: commands
	whole  []string // messages up to their final dot
	voided []string // messages as well, without a recipient
}

func startFake(t *testing.T, s script, setup fakeSetup) *fakeServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &fakeServer{fakeSetup: setup, port: listener.Addr().(*net.TCPAddr).Port, ended: make(chan struct{}), script: script{}}
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
		close(f.ended)
		_ = listener.Close()
		accepting.Wait()
		for _, c := range clients {
			_ = c.Close()
		}
		serving.Wait()
	})
	return f
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

// voids returns the messages that came whole and had no recipient.
func (f *fakeServer) voids() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.voided...)
}

// bothWays runs a test with servers that offer PIPELINING, and with those that do not.
func bothWays(t *testing.T, test func(t *testing.T, setup fakeSetup)) {
	t.Parallel()
	for name, pipelining := range map[string]bool{"together": true, "one by one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fakeSetup{pipelining: pipelining})
		})
	}
}

// certify makes a certificate for name, and returns the TLS configs of server and client.
func certify(t *testing.T, name string) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: roots}
}
