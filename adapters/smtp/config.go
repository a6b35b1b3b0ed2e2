// Package smtp hands mail to a mail server (RFC 5321).
//
// Its main concern is what became of each message. A message is rendered in full before the first
// command goes out, and only replies decide. If a connection breaks in the middle of a message, it is
// cut, so that no server takes half a mail for a whole one.
package smtp

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
)

// TLSMode says how the connection is encrypted.
type TLSMode int

// The ways to encrypt.
const (
	// StartTLS: the server must offer STARTTLS (RFC 3207), and login and mail come after it.
	StartTLS TLSMode = iota
	// ImplicitTLS: TLS from the first byte (RFC 8314 §3).
	ImplicitTLS
	// NoTLS: in the clear, to a loopback host only.
	NoTLS
)

// The waits if a Config says nothing.
const (
	// DefaultDialTimeout is for everything up to the login, together.
	DefaultDialTimeout = 30 * time.Second
	// DefaultCommandTimeout is for each command and its reply, and for each 64 KiB of a message.
	DefaultCommandTimeout = 30 * time.Second
	// DefaultReplyTimeout is for the answer after the final dot. With a shorter one, a slow server may
	// still deliver, and the message is sent twice (RFC 5321 §4.5.3.2.6).
	DefaultReplyTimeout = 10 * time.Minute
)

// Config says where the mail server is and how to speak to it.
type Config struct {
	// Host is a name, or an IP address without brackets.
	Host string
	// Port 0 means 587, or 465 with ImplicitTLS.
	Port int
	// Username and Password are the login; if both are empty, there is none.
	Username string
	Password string `json:"-"`
	TLS      TLSMode
	// Helo is this machine's name in EHLO; empty means its host name.
	Helo string
	// DialTimeout, CommandTimeout and ReplyTimeout are the longest waits; 0 means the defaults.
	DialTimeout, CommandTimeout, ReplyTimeout time.Duration
	// TLSConfig is for judging certificates; nil means the system's roots. If its ServerName is
	// empty, Host is used.
	TLSConfig *tls.Config `json:"-"`
}

// String names the server, without the login.
func (c Config) String() string { return c.address() }

// GoString is String, so that no verb prints the password.
func (c Config) GoString() string { return c.address() }

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.port())) }

func (c Config) port() int {
	switch {
	case c.Port != 0:
		return c.Port
	case c.TLS == ImplicitTLS:
		return 465
	}
	return 587
}

// withDefaults checks c and fills in the defaults.
func (c Config) withDefaults() (Config, error) {
	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, " \r\n\t/@"):
		return c, fmt.Errorf("mail server %q: want a host name", c.Host)
	case c.Port < 0 || c.Port > 65535:
		return c, fmt.Errorf("mail server %s: port %d, want 1 to 65535", c.Host, c.Port)
	case (c.Username == "") != (c.Password == ""):
		return c, fmt.Errorf("mail server %s: a login is a user name and a password; one of them is missing", c.Host)
	case strings.Contains(c.Username+c.Password, "\x00"):
		return c, fmt.Errorf("mail server %s: neither user name nor password can have a NUL in them", c.Host)
	case c.TLS == NoTLS && !isLoopback(c.Host):
		return c, fmt.Errorf("mail server %s: without TLS on loopback only; use STARTTLS or smtps://", c.Host)
	case c.DialTimeout < 0 || c.CommandTimeout < 0 || c.ReplyTimeout < 0:
		return c, errors.New("mail server: a wait cannot be negative")
	}
	c.Port = c.port()
	c.DialTimeout = cmp.Or(c.DialTimeout, DefaultDialTimeout)
	c.CommandTimeout = cmp.Or(c.CommandTimeout, DefaultCommandTimeout)
	c.ReplyTimeout = cmp.Or(c.ReplyTimeout, DefaultReplyTimeout)
	if c.Helo == "" {
		c.Helo, _ = os.Hostname()
	}
	if !isHostName(c.Helo) {
		c.Helo = "localhost"
	}
	if c.TLSConfig == nil {
		c.TLSConfig = new(tls.Config)
	}
	c.TLSConfig = c.TLSConfig.Clone()
	if c.TLSConfig.ServerName == "" {
		c.TLSConfig.ServerName = c.Host
	}
	// Small first records only help a reader that shows the start before the rest has come.
	c.TLSConfig.DynamicRecordSizingDisabled = true
	return c, nil
}

// New returns a mailer that hands mail in format to the server of c. It does not connect yet.
func New(c Config, format *mailfmt.Format) (*Mailer, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Mailer{config: c, format: format, dial: new(net.Dialer).DialContext}, nil
}

// isLoopback reports whether host is this machine, going by its name.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// isHostName reports whether s can be said in EHLO: a domain, or an address in brackets (RFC 5321 §4.1.1.1).
func isHostName(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '.' && r != ':' && r != '[' && r != ']' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
