package smtp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInspectSaysWhatTheServerSaysOfItself(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ehlo string
		want Abilities
	}{
		"nothing": {"250 x", Abilities{}},
		"everything": {"250-x\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250-SIZE 10240000\r\n250 LIMITS MAILMAX=100 RCPTMAX=20 RCPTDOMAINMAX=1",
			Abilities{Size: 10_240_000, MailMax: 100, RcptMax: 20, RcptDomainMax: 1, Pipelining: true, UTF8: true}},
		"no limits":             {"250-x\r\n250-SIZE\r\n250 LIMITS", Abilities{}},
		"SIZE 0 is no limit":    {"250-x\r\n250 SIZE 0", Abilities{}},
		"a limit of tomorrow":   {"250-x\r\n250 LIMITS X=1 mailmax=5 Y", Abilities{MailMax: 5}},
		"what cannot be read":   {"250-x\r\n250-SIZE many\r\n250 LIMITS MAILMAX RCPTMAX= RCPTDOMAINMAX=-1", Abilities{}},
		"more than fits":        {"250-x\r\n250 SIZE 99999999999999999999", Abilities{}},
		"the largest that fits": {"250-x\r\n250 SIZE 9223372036854775807", Abilities{Size: 1<<63 - 1}},
	} {
		server := startFake(t, script{"EHLO": {c.ehlo}}, fakeSetup{})
		a, err := testMailer(t, Config{Port: server.port}).Inspect(t.Context())
		require.NoError(t, err, name)
		assert.Equal(t, c.want, a, name)
		assert.Equal(t, []string{"EHLO", "QUIT"}, server.commands(), name)
	}
}

func TestInspectLooksAtTheCertificate(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	for name, mode := range map[string]TLSMode{"STARTTLS": StartTLS, "implicit TLS": ImplicitTLS} {
		server := startFake(t, script{"EHLO": {"250-x\r\n250-SIZE 1\r\n250 STARTTLS", "250-x\r\n250 SIZE 2"}}, fakeSetup{certificate: certificate, implicit: mode == ImplicitTLS})
		a, err := testMailer(t, Config{Host: "127.0.0.1", Port: server.port, TLS: mode, TLSConfig: trust}).Inspect(t.Context())
		require.NoError(t, err, name)
		require.NotNil(t, a.Certificate, name)
		assert.Equal(t, certificate.Certificates[0].Certificate[0], a.Certificate.Raw, name)
		if mode == StartTLS {
			assert.Equal(t, int64(2), a.Size, "what is said in the clear does not count")
		}
	}
	server := startFake(t, script{greeting: {"554 secret"}}, fakeSetup{})
	_, err := testMailer(t, Config{Port: server.port}).Inspect(t.Context())
	checkUnusable(t, err, 554, "greeting: 554")
}
