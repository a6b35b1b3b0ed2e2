package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnInstallationHasOneSpelling(t *testing.T) {
	t.Parallel()
	same := map[string][]string{
		"https://rfc.example rfc.example": {"https://rfc.example", "https://rfc.example/", "https://rfc.example//", "HTTPS://RFC.Example", "https://rfc.example:443", "https://rfc.example.:443/",
			"https://rfc.example/./"},
		"https://rfc.example/a/B rfc.example": {"https://rfc.example/a/B", "https://rfc.example:443/a//B/", "https://rfc.example/x/../a/B"},
		"http://rfc.example:8000 rfc.example": {"http://rfc.example:8000", "http://RFC.EXAMPLE:8000/"},
		"http://[2001:db8::1]:81 rfc.example": {"http://[2001:DB8::1]:81"},
		"http://[2001:db8::1] rfc.example":    {"http://[2001:db8::1]:80/"},
	}
	for want, spellings := range same {
		for _, appURL := range spellings {
			style, err := NewStyle(Brand{AppURL: appURL, Domain: "RFC.example"})
			require.NoError(t, err, appURL)
			i := style.Installation()
			assert.Equal(t, want, i.String(), appURL)
			assert.Equal(t, i, ReadInstallation(i.String()))
		}
	}
	assert.Equal(t, installation("https://rfc.example/~a b", "x"), installation("https://rfc.example/%7Ea%20b", "x"))
	assert.Empty(t, Installation{}.String())
	assert.Zero(t, ReadInstallation(""))
}

func TestWhatIsAnotherInstallation(t *testing.T) {
	t.Parallel()
	base := installation("https://rfc.example/app", "mail.example")
	for _, c := range []struct {
		appURL, domain string
		same           bool
	}{
		{"https://rfc.example/app/", "MAIL.example", true},
		{"http://rfc.example/app", "mail.example", true}, // TLS is new, or stripped by whoever stands before
		{"http://rfc.example:80/app", "mail.example.", true},
		{"https://rfc.example", "mail.example", false},
		{"https://rfc.example/App", "mail.example", false},
		{"https://rfc.example/app2", "mail.example", false},
		{"https://rfc.example:8443/app", "mail.example", false},
		{"https://staging.rfc.example/app", "mail.example", false},
		{"https://rfc.example.test/app", "mail.example", false},
		{"https://rfc.example/app", "staging.mail.example", false},
		{"https://rfc.example/app", "localhost", false},
		{"http://localhost:8000", "mail.example", false},
	} {
		o := installation(c.appURL, c.domain)
		assert.Equal(t, c.same, base.Same(o), c)
		assert.Equal(t, c.same, o.Same(base), c)
	}
}

func TestWhichAddressesAreOnAnyMachine(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "LocalHost", "localhost.", "app.localhost", "a.b.localhost.", "localhost.localdomain", "ip6-localhost", "127.0.0.1", "127.0.0.1.", "127.255.255.254",
		"127.1", "127.0.1", "0x7f.1", "0177.0.0.1", "2130706433", "0x7f000001", "0", "0.0", "0.0.0.0", "::1", "::", "0:0:0:0:0:0:0:1", "::1%lo", "::%lo", "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::FFFF:7F00:1"} {
		assert.True(t, IsLocal(host), host)
	}
	for _, host := range []string{"", ".", "rfc.example", "localhost.example", "mylocalhost", "localhost-1", "127.example.com", "127.0.0.1.example", "10.0.0.1", "128.0.0.1", "1.127.0.0", "126.255.255.255",
		"0.0.0.1", "192.168.0.127", "::2", "1::", "1::1", "fe80::1%lo", "2001:db8::127:0:0:1", "::ffff:10.0.0.1", "127.0.0.0.1", "127.0.0.256", "127..1", "256.1", "4294967296", "app.internal", "raspberry.local"} {
		assert.False(t, IsLocal(host), host)
	}
	for appURL, local := range map[string]bool{"http://localhost:8000": true, "https://[::1]/": true, "http://0.0.0.0:80/app": true, "http://[::1%25lo]:8000": true, "https://rfc.example/localhost": false} {
		assert.Equal(t, local, installation(appURL, "x").Local(), appURL)
	}
}
