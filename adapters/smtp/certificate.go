package smtp

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// distrust says why a certificate is not accepted, and what to do about it.
func distrust(err error) (what, remedy string) {
	var (
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		unknown x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &host):
		return wrongHost(host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return outOfTime(invalid.Cert, time.Now())
	case errors.As(err, &unknown):
		return unknownIssuer(unknown.Cert)
	}
	return texts.Clean(err.Error()), "have the server get another one"
}

func wrongHost(e x509.HostnameError) (what, remedy string) {
	host := texts.Clean(e.Host)
	names := namesOf(e.Certificate)
	if len(names) == 0 {
		return "it names no host, and so not " + host, "have the server get one with that name in it (subjectAltName)"
	}
	return fmt.Sprintf("it is for %s, and not for %s", firstOf(names), host), "name the server as its certificate does in the mail URL, or have it get one for " + host
}

// outOfTime does so for a certificate that has expired or is not valid yet: the server's, or one that issued it.
func outOfTime(c *x509.Certificate, now time.Time) (what, remedy string) {
	whose := "it "
	if c.IsCA && !bytes.Equal(c.RawIssuer, c.RawSubject) {
		whose = "that of its issuer "
	}
	if now.Before(c.NotBefore) {
		return fmt.Sprintf("%sis good from %s UTC on only", whose, texts.Timestamp(c.NotBefore)), "see that the clocks of this machine and of the server are right"
	}
	return fmt.Sprintf("%sexpired on %s UTC", whose, texts.Timestamp(c.NotAfter)), "have the server renew it, and start to use it"
}

func unknownIssuer(c *x509.Certificate) (what, remedy string) {
	const trust = "add %s to those that this machine trusts (on Debian: a .crt file in /usr/local/share/ca-certificates, then update-ca-certificates)"
	if bytes.Equal(c.RawIssuer, c.RawSubject) {
		return "it is signed by itself, and this machine does not know it", "have the server get one of a public issuer, or " + fmt.Sprintf(trust, "it")
	}
	return fmt.Sprintf("this machine does not know its issuer, “%s”", brief(cmp.Or(c.Issuer.CommonName, c.Issuer.String()))),
		"have the server send its whole chain, or " + fmt.Sprintf(trust, "the issuer's")
}

// namesOf are the hosts that a certificate is for.
func namesOf(c *x509.Certificate) (names []string) {
	names = append(names, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// firstOf names a few of many names.
func firstOf(names []string) string {
	const most = 3
	shown := make([]string, 0, most)
	for _, name := range names[:min(len(names), most)] {
		shown = append(shown, brief(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// brief returns text from a certificate cleaned and cut, since it may be anything.
func brief(text string) string {
	const most = 100
	shown := []rune(texts.Clean(text))
	if len(shown) > most {
		return string(shown[:most]) + "…"
	}
	return string(shown)
}
