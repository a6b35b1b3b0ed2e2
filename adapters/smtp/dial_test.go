package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// dialCases has a row for each way in which a server can be unusable.
var dialCases = []struct {
	name     string
	script   script
	config   Config
	implicit bool
	code     int
	text     string
}{
	{name: "greeting for good", script: script{greeting: {"554 secret"}}, code: 554, text: "greeting: 554"},
	{name: "greeting for now", script: script{greeting: {"421 4.3.2 secret"}}, code: 421, text: "greeting: 421 4.3.2"},
	{name: "greeting of something else", script: script{greeting: {"* OK secret IMAP server"}}, text: "not SMTP"},
	{name: "hangs up", script: script{greeting: {hangUp}}, text: "greeting: the server closed the connection"},
	{name: "silent", script: script{greeting: {silence}}, text: "greeting: no answer in time"},
	{name: "silent at EHLO", script: script{"EHLO": {silence}}, text: "EHLO: no answer in time"},
	{name: "endless greeting", script: script{greeting: {endlessLine}}, text: "more than 65536 bytes"},
	{name: "endless EHLO", script: script{"EHLO": {endlessList}}, text: "more than 65536 bytes"},
	{name: "EHLO and HELO refused", script: script{"EHLO": {"550 secret"}, "HELO": {"550 secret"}}, code: 550, text: "EHLO: 550"},

	{name: "no STARTTLS", config: Config{Host: "localhost"}, text: "does not offer STARTTLS; use smtps:// or, on loopback only, ?tls=none"},
	{name: "STARTTLS refused", script: script{"EHLO": {"250-x\r\n250 STARTTLS"}, "STARTTLS": {"454 4.7.0 secret"}}, config: Config{Host: "localhost"}, code: 454, text: "STARTTLS: 454 4.7.0"},
	{name: "more behind the yes to STARTTLS", script: script{"EHLO": {"250-x\r\n250 STARTTLS"}, "STARTTLS": {"220 go on\r\n250 secret"}}, config: Config{Host: "localhost"}, text: "STARTTLS: a reply that nothing was asked for"},
	{name: "certificate of nobody", script: script{"EHLO": {"250-x\r\n250 STARTTLS"}}, config: Config{Host: "localhost", TLSConfig: new(tls.Config)}, text: "certificate not accepted: it is signed by itself, and "},
	{name: "certificate of another", script: script{"EHLO": {"250-x\r\n250 STARTTLS"}}, config: Config{Host: "127.0.0.1"}, text: "certificate not accepted: it is for localhost, and not for 127.0.0.1; "},
	{name: "implicit TLS and certificate of another", config: Config{Host: "127.0.0.1", TLS: ImplicitTLS}, implicit: true, text: "TLS: certificate not accepted: it is for localhost, and not for 127.0.0.1; "},
	{name: "implicit TLS, but the server has none", config: Config{Host: "localhost", TLS: ImplicitTLS}, text: "no TLS there"},

	{name: "no login", config: Config{Host: "127.0.0.1", TLS: NoTLS, Username: "u", Password: "secret"}, text: "offers no login"},
	{name: "unknown login", script: script{"EHLO": {"250-x\r\n250 AUTH GSSAPI"}}, config: Config{Host: "127.0.0.1", TLS: NoTLS, Username: "u", Password: "secret"}, text: "offers no login"},
	{name: "login refused", script: script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}, "AUTH": {"535 5.7.8 secret"}}, config: Config{Host: "127.0.0.1", TLS: NoTLS, Username: "u", Password: "secret"}, code: 535, text: "refused the login (535 5.7.8); check user name and password"},
	{name: "login cut off", script: script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}, "AUTH": {hangUp}}, config: Config{Host: "127.0.0.1", TLS: NoTLS, Username: "u", Password: "secret"}, text: "AUTH: the server closed the connection"},
	{name: "login with nonsense", script: script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}, "AUTH": {"334 !secret!"}}, config: Config{Host: "127.0.0.1", TLS: NoTLS, Username: "u", Password: "secret"}, text: "AUTH: "},
}

func TestDialRefused(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "localhost")
	for _, c := range dialCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := c.config
			config.Port = startFake(t, c.script, fakeSetup{certificate: certificate, implicit: c.implicit}).port
			if config.TLSConfig == nil {
				config.TLSConfig = trust
			}
			if strings.Contains(c.text, "in time") {
				config.DialTimeout = 200 * time.Millisecond
			}
			_, err := testMailer(t, config).Dial(t.Context())
			checkUnusable(t, err, c.code, c.text)
		})
	}
}

func checkUnusable(t *testing.T, err error, code int, text string) {
	t.Helper()
	require.Error(t, err)
	e := ports.OutcomeOf(err)
	want := ports.ServerRefusal
	if code/100 == 4 {
		want = ports.ServerBusy
	}
	assert.Equal(t, want, e.Outcome)
	assert.Equal(t, code, e.Code)
	assert.Contains(t, err.Error(), text)
	assert.NotContains(t, err.Error(), "secret")
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), "c2VjcmV0")
}

func TestDialNobody(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	_, err = testMailer(t, Config{Port: port}).Dial(t.Context())
	checkUnusable(t, err, 0, "connection refused; see that the server runs")
	assert.Contains(t, err.Error(), "127.0.0.1:")

	m := testMailer(t, Config{Host: "mail.example"})
	m.dial = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "mail.example", IsNotFound: true}}
	}
	_, err = m.Dial(t.Context())
	checkUnusable(t, err, 0, "mail server mail.example:587: connect: host name not found")
}

func TestDialWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	server := startFake(t, script{"EHLO": {silence}}, fakeSetup{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for t.Context().Err() == nil && len(server.commands()) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err := testMailer(t, Config{Port: server.port}).Dial(ctx)
	require.ErrorIs(t, err, context.Canceled)
	checkUnusable(t, err, 0, "context canceled")
}

func TestDialEncryptsAndLogsIn(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "localhost")
	for name, c := range map[string]struct {
		script   script
		mode     TLSMode
		username string
		says     string
	}{
		"STARTTLS":           {script{"EHLO": {"250-x\r\n250 STARTTLS"}}, StartTLS, "", "EHLO STARTTLS EHLO MAIL RCPT DATA QUIT"},
		"STARTTLS and PLAIN": {script{"EHLO": {"250-x\r\n250 STARTTLS", "250-x\r\n250 AUTH LOGIN PLAIN"}}, StartTLS, "u", "EHLO STARTTLS EHLO AUTH MAIL RCPT DATA QUIT"},
		"implicit TLS":       {nil, ImplicitTLS, "", "EHLO MAIL RCPT DATA QUIT"},
		"implicit and PLAIN": {script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}}, ImplicitTLS, "u", "EHLO AUTH MAIL RCPT DATA QUIT"},
		"no TLS and PLAIN":   {script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}}, NoTLS, "u", "EHLO AUTH MAIL RCPT DATA QUIT"},
		"no TLS":             {nil, NoTLS, "", "EHLO MAIL RCPT DATA QUIT"},
	} {
		t.Run(name, func(t *testing.T) {
			bothWays(t, func(t *testing.T, setup fakeSetup) {
				setup.certificate, setup.implicit = certificate, c.mode == ImplicitTLS
				server := startFake(t, c.script, setup)
				config := Config{Host: "localhost", Port: server.port, TLS: c.mode, TLSConfig: trust, Username: c.username, Helo: "here.example"}
				if c.username != "" {
					config.Password = "p"
				}
				m := testMailer(t, config)
				m.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					// localhost may be ::1 first, where no server listens.
					_, port, err := net.SplitHostPort(address)
					if err != nil {
						return nil, err
					}
					return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
				}
				conn, err := m.Dial(t.Context())
				require.NoError(t, err)
				require.NoError(t, conn.Send(t.Context(), letter(), nil))
				require.NoError(t, conn.Close())
				assert.Equal(t, c.says, strings.Join(server.commands(), " "))
				server.mu.Lock()
				assert.Equal(t, "EHLO here.example", server.said[0])
				server.mu.Unlock()
				require.Len(t, server.messages(), 1)
				assert.Contains(t, server.messages()[0], "\r\n..\r\n", "a dot at the start of a line is doubled")
			})
		})
	}
}

// A server without a valid certificate gets no byte of the login.
func TestDialSaysNothingBeforeTLS(t *testing.T) {
	t.Parallel()
	server := startFake(t, script{"EHLO": {"250-x\r\n250 AUTH PLAIN"}}, fakeSetup{})
	_, err := testMailer(t, Config{Host: "localhost", Port: server.port, Username: "u", Password: "secret"}).Dial(t.Context())
	checkUnusable(t, err, 0, "does not offer STARTTLS")
	assert.Equal(t, []string{"EHLO"}, server.commands())
}
