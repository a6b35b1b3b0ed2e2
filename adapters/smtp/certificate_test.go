package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// issue returns a certificate for mail.example, valid for a year, with a change. It is self-signed unless by is set.
func issue(t *testing.T, by *x509.Certificate, key *ecdsa.PrivateKey, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the server"}, DNSNames: []string{"mail.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(365 * 24 * time.Hour), BasicConstraintsValid: true,
	}
	change(c)
	if by == nil {
		by = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return parsed
}

func TestACertificateThatIsNotAcceptedSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	authority := func(change func(*x509.Certificate)) *x509.Certificate {
		return issue(t, nil, key, func(c *x509.Certificate) {
			c.IsCA, c.Subject.CommonName, c.KeyUsage = true, "Home; Office\x1b CA", x509.KeyUsageCertSign
			change(c)
		})
	}
	nothing := func(*x509.Certificate) {}
	root := authority(nothing)
	between := issue(t, root, key, func(c *x509.Certificate) {
		c.IsCA, c.Subject.CommonName, c.NotAfter = true, "old", time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		c.NotBefore = c.NotAfter.AddDate(-1, 0, 0)
	})
	for name, c := range map[string]struct {
		by     *x509.Certificate
		change func(*x509.Certificate)
		roots  []*x509.Certificate
		want   string
	}{
		"another name": {root, func(c *x509.Certificate) { c.DNSNames = []string{"a.example", "*.b.example"} }, []*x509.Certificate{root},
			"it is for a.example, *.b.example, and not for mail.example; name the server as its certificate does in the mail URL, or have it get one for mail.example"},
		"many names": {root, func(c *x509.Certificate) {
			c.DNSNames, c.IPAddresses = []string{strings.Repeat("a", 300), "b", "c"}, []net.IP{net.IPv4(127, 0, 0, 1)}
		}, []*x509.Certificate{root},
			"it is for " + strings.Repeat("a", 100) + "…, b, c and 1 more, and not for mail.example; name the server as its certificate does in the mail URL, or have it get one for mail.example"},
		"an address": {root, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv6loopback} }, []*x509.Certificate{root},
			"it is for ::1, and not for mail.example; name the server as its certificate does in the mail URL, or have it get one for mail.example"},
		"no name": {root, func(c *x509.Certificate) { c.DNSNames = nil }, []*x509.Certificate{root},
			"it names no host, and so not mail.example; have the server get one with that name in it (subjectAltName)"},
		"expired": {root, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		}, []*x509.Certificate{root},
			"it expired on 2020-01-02 03:04:05 UTC; have the server renew it, and start to use it"},
		"not good yet": {root, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2990, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2999, 1, 2, 3, 4, 5, 0, time.UTC)
		}, []*x509.Certificate{root},
			"it is good from 2990-01-01 00:00:00 UTC on only; see that the clocks of this machine and of the server are right"},
		"unknown issuer": {root, nothing, nil,
			"this machine does not know its issuer, “Home; Office  CA”; have the server send its whole chain, or add the issuer's to those that this machine trusts (on Debian: a .crt file in /usr/local/share/ca-certificates, then update-ca-certificates)"},
		"signed by itself": {nil, nothing, nil,
			"it is signed by itself, and this machine does not know it; have the server get one of a public issuer, or add it to those that this machine trusts (on Debian: a .crt file in /usr/local/share/ca-certificates, then update-ca-certificates)"},
		"for another use": {root, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, []*x509.Certificate{root},
			"x509: certificate specifies an incompatible key usage; have the server get another one"},
	} {
		pool := x509.NewCertPool()
		for _, root := range c.roots {
			pool.AddCert(root)
		}
		_, err := issue(t, c.by, key, c.change).Verify(x509.VerifyOptions{DNSName: "mail.example", Roots: pool})
		require.Error(t, err, name)
		what, remedy := distrust(err)
		assert.Equal(t, c.want, what+"; "+remedy, name)
	}
	what, _ := outOfTime(between, time.Now())
	assert.Equal(t, "that of its issuer expired on 2020-01-02 03:04:05 UTC", what)
}

func TestACertificateEndsSoon(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		life, left time.Duration
		want       bool
	}{
		{90 * day, 14 * day, false}, {90 * day, 14*day - time.Second, true}, {90 * day, -day, true}, {10 * day, 9 * day, true},
		{160 * time.Hour, 100 * time.Hour, false}, {6 * day, 2 * day, false}, {6 * day, 2*day - time.Second, true},
	} {
		end := now.Add(c.left)
		assert.Equal(t, c.want, Abilities{Certificate: &x509.Certificate{NotBefore: end.Add(-c.life), NotAfter: end}}.EndsSoon(now), "%+v", c)
	}
	assert.False(t, Abilities{}.EndsSoon(now))
}
