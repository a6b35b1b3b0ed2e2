package smtp

import (
	"context"
	"crypto/x509"
	"strconv"
	"strings"
	"time"

	gosmtp "github.com/wneessen/go-mail/smtp"
)

// Abilities are what a server announces in answer to EHLO, and its certificate.
type Abilities struct {
	// Size is the largest message that it takes, in bytes (RFC 1870 §4); 0 if it names no limit.
	Size int64
	// MailMax is how many messages it takes over one connection (RFC 9422 §4). RcptMax and RcptDomainMax are how many
	// recipients a message may have, and in how many domains. 0 if it does not say.
	MailMax, RcptMax, RcptDomainMax int64
	// Pipelining says that commands may be sent together (RFC 2920), UTF8 that addresses need not be ASCII
	// (RFC 6531).
	Pipelining, UTF8 bool
	// Certificate is the server's own; nil without TLS.
	Certificate *x509.Certificate
}

// Inspect connects as [Mailer.Dial] does, with its errors, and says what the server can do. No message is sent.
func (m *Mailer) Inspect(ctx context.Context) (a Abilities, err error) {
	client, w, err := m.connect(ctx)
	if err != nil {
		return a, err
	}
	c := &conn{client: client, wire: w, command: m.config.CommandTimeout}
	defer c.Close()
	a = abilitiesOf(client)
	if state, err := client.GetTLSConnectionState(); err == nil && len(state.PeerCertificates) > 0 {
		a.Certificate = state.PeerCertificates[0]
	}
	return a, nil
}

// abilitiesOf reads the answer to EHLO. What it cannot read counts as not announced.
func abilitiesOf(client *gosmtp.Client) (a Abilities) {
	o := offersOf(client)
	a.Pipelining, a.UTF8 = o.pipelining, o.utf8
	_, size := client.Extension("SIZE")
	a.Size = limit(strings.TrimSpace(size))
	_, limits := client.Extension("LIMITS")
	for word := range strings.FieldsSeq(limits) {
		name, value, _ := strings.Cut(word, "=")
		switch strings.ToUpper(name) {
		case "MAILMAX":
			a.MailMax = limit(value)
		case "RCPTMAX":
			a.RcptMax = limit(value)
		case "RCPTDOMAINMAX":
			a.RcptDomainMax = limit(value)
		}
	}
	return a
}

// limit reads a number above 0; it returns 0 for any other text.
func limit(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return max(0, n)
}

const (
	// renewal is how long before its end a certificate should have been renewed. For one that is valid for shortLived
	// at the most, it is a third of that time.
	renewal    = 14 * 24 * time.Hour
	shortLived = 7 * 24 * time.Hour
)

// EndsSoon reports whether the server's certificate ends so soon after now that it should have been renewed.
func (a Abilities) EndsSoon(now time.Time) bool {
	c := a.Certificate
	if c == nil {
		return false
	}
	life := c.NotAfter.Sub(c.NotBefore)
	if life <= shortLived {
		return c.NotAfter.Sub(now) < life/3
	}
	return c.NotAfter.Sub(now) < renewal
}
