package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"

	gosmtp "github.com/wneessen/go-mail/smtp"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Mailer opens connections to one mail server. [New] makes it.
type Mailer struct {
	config Config
	format *mailfmt.Format
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	// alone says that nothing may come behind the end of a message.
	alone atomic.Bool
}

var _ ports.Mailer = (*Mailer)(nil)

// Dial connects, encrypts and logs in, all within DialTimeout.
func (m *Mailer) Dial(ctx context.Context) (ports.MailConn, error) {
	client, w, err := m.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{
		client:  client,
		wire:    w,
		format:  m.format,
		alone:   &m.alone,
		offers:  offersOf(client),
		command: m.config.CommandTimeout,
		reply:   m.config.ReplyTimeout,
	}, nil
}

// connect returns a connection over which a message can be sent.
func (m *Mailer) connect(ctx context.Context) (*gosmtp.Client, *wire, error) {
	ctx, cancel := context.WithTimeout(ctx, m.config.DialTimeout)
	defer cancel()
	raw, err := m.dial(ctx, "tcp", m.config.address())
	if err != nil {
		return nil, nil, m.unusable(ctx, &stepError{"connect", err})
	}
	w := &wire{Conn: raw}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	client, err := m.open(ctx, w)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = raw.Close()
		return nil, nil, m.unusable(ctx, err)
	}
	return client, w, nil
}

// stepError says how far a connection came.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

var (
	errNoStartTLS = errors.New("no STARTTLS")
	errNoLogin    = errors.New("no login")
)

// open greets, encrypts and logs in on w. It does not use the library's dialer, which does not say
// at which step it failed.
func (m *Mailer) open(ctx context.Context, w *wire) (*gosmtp.Client, error) {
	var transport net.Conn = w
	if m.config.TLS == ImplicitTLS {
		t := tls.Client(w, m.config.TLSConfig)
		if err := t.HandshakeContext(ctx); err != nil {
			return nil, &stepError{"TLS", err}
		}
		transport = t
	}
	client, err := gosmtp.NewClient(transport, m.config.Host)
	if err != nil {
		return nil, &stepError{"greeting", err}
	}
	if err := client.Hello(m.config.Helo); err != nil {
		return nil, &stepError{"EHLO", err}
	}
	if m.config.TLS == StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return nil, &stepError{"STARTTLS", errNoStartTLS}
		}
		inClear := client.Text.R
		err := client.StartTLS(m.config.TLSConfig)
		if inClear.Buffered() > 0 {
			// The library drops what came in the clear behind the yes. No server sends anything there:
			// only an attacker does, to have it taken for what the server says under TLS.
			err = errUnasked
		}
		if err != nil {
			return nil, &stepError{"STARTTLS", err}
		}
	}
	if m.config.Username == "" {
		return client, nil
	}
	_, offered := client.Extension("AUTH")
	auth := m.auth(strings.Fields(strings.ToUpper(offered)))
	if auth == nil {
		return nil, &stepError{"AUTH", errNoLogin}
	}
	if err := client.Auth(auth); err != nil {
		return nil, &stepError{"AUTH", err}
	}
	return client, nil
}

// auth returns the best of the offered mechanisms, nil if none is known. The connection is encrypted
// by now, or does not leave this machine.
func (m *Mailer) auth(offered []string) gosmtp.Auth {
	user, password, clear := m.config.Username, m.config.Password, m.config.TLS == NoTLS
	for _, mechanism := range []struct {
		name string
		auth gosmtp.Auth
	}{
		{"SCRAM-SHA-256", gosmtp.ScramSHA256Auth(user, password)},
		{"SCRAM-SHA-1", gosmtp.ScramSHA1Auth(user, password)},
		{"PLAIN", gosmtp.PlainAuth("", user, password, m.config.Host, clear)},
		{"LOGIN", gosmtp.LoginAuth(user, password, m.config.Host, clear)},
		{"CRAM-MD5", gosmtp.CRAMMD5Auth(user, password)},
	} {
		if slices.Contains(offered, mechanism.name) {
			return mechanism.auth
		}
	}
	return nil
}

// unusable says why no message can be sent, and what to do about it.
func (m *Mailer) unusable(ctx context.Context, err error) error {
	answer := answerIn(err)
	code, status := answer.code, answer.String()
	step := "connect"
	var s *stepError
	if errors.As(err, &s) {
		step = s.step
	}
	server := "mail server " + m.config.Host
	why := reason(ctx, err)
	why.What = fmt.Sprintf("mail server %s: %s: %s", m.config.address(), step, why.What)
	switch {
	case errors.Is(err, errNoStartTLS):
		why = &ports.Trouble{What: server + " does not offer STARTTLS", Remedy: "use smtps:// or, on loopback only, ?tls=none"}
	case errors.Is(err, errNoLogin):
		why = &ports.Trouble{What: server + " offers no login that this program knows", Remedy: "leave user and password out if it needs none"}
	case step == "AUTH" && code != 0:
		why = &ports.Trouble{What: server + " refused the login (" + status + ")", Remedy: "check user name and password"}
	case code != 0:
		why.What = fmt.Sprintf("mail server %s: %s: %s", m.config.address(), step, status)
	}
	e := &ports.SendError{Outcome: ports.ServerRefusal, Code: code, Broken: true, Err: why}
	if code/100 == 4 {
		e.Outcome = ports.ServerBusy
	}
	if cancelled := ctx.Err(); errors.Is(cancelled, context.Canceled) {
		e.Err = fmt.Errorf("mail server %s: %w", m.config.address(), cancelled)
	}
	return e
}
