package smtp

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

func testMailer(t *testing.T, c Config) *Mailer {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "digest@rfc.example", BoundaryKey: []byte("k")})
	require.NoError(t, err)
	if c.Host == "" {
		c.Host, c.TLS = "127.0.0.1", NoTLS
	}
	m, err := New(c, format)
	require.NoError(t, err)
	return m
}

func letter() core.Message {
	return core.Message{
		ID: "id@rfc.example", To: core.Address{Name: "Ada", Mailbox: "secret@people.example"},
		Date: time.Unix(0, 0), Subject: "s", Text: "t\n.\n", HTML: "<p>h</p>\n",
	}
}

// sendCase is what a server says, and what becomes of the message.
type sendCase struct {
	name    string
	script  script
	outcome ports.Outcome // 0: accepted
	code    int
	broken  bool
	whole   bool // the server has the message up to its final dot
	text    string
}

// sendCases has a row for each thing that can become of a message, whether or not the commands go
// out together.
var sendCases = []sendCase{
	{"yes", nil, 0, 0, false, true, ""},
	{"yes with other codes of the 200s", script{"MAIL": {"251 ok"}, "RCPT": {"220 ok"}, dot: {"252 ok"}}, 0, 0, false, true, ""},
	{"yes in several lines", script{dot: {"250-2.0.0\r\n250-taken\r\n250 as 1234"}}, 0, 0, false, true, ""},

	{"MAIL for now", script{"MAIL": {"451 secret@people.example later"}}, ports.TemporaryRefusal, 451, false, false, "MAIL: 451"},
	{"RCPT for now", script{"RCPT": {"450 4.2.0 <secret@people.example> greylisted"}}, ports.TemporaryRefusal, 450, false, false, "RCPT: 450 4.2.0"},
	{"DATA for now", script{"DATA": {"452 full"}}, ports.TemporaryRefusal, 452, false, false, "DATA: 452"},
	{"message for now", script{dot: {"451 4.3.0 secret@people.example later"}}, ports.TemporaryRefusal, 451, false, true, "message: 451 4.3.0"},

	{"MAIL for good", script{"MAIL": {"550 sender secret@people.example"}}, ports.MessageRefusal, 550, false, false, "MAIL: 550"},
	{"RCPT for good", script{"RCPT": {"550-5.1.1 <secret@people.example>\r\n550 5.1.1 unknown"}}, ports.RecipientRefusal, 550, false, false, "RCPT: 550 5.1.1"},
	{"DATA for good", script{"DATA": {"554 no secret@people.example"}}, ports.MessageRefusal, 554, false, false, "DATA: 554"},
	{"message for good", script{dot: {"554 5.7.1 spam for secret@people.example"}}, ports.MessageRefusal, 554, false, true, "message: 554 5.7.1"},

	{"MAIL 421", script{"MAIL": {"421 closing"}}, ports.ServerRefusal, 421, true, false, "MAIL: 421"},
	{"RCPT 421", script{"RCPT": {"421 4.7.0 closing"}}, ports.ServerRefusal, 421, true, false, "RCPT: 421 4.7.0"},
	{"DATA 421", script{"DATA": {"421 closing"}}, ports.ServerRefusal, 421, true, false, "DATA: 421"},
	{"message 421", script{dot: {"421 closing"}}, ports.ServerRefusal, 421, true, true, "message: 421"},

	{"hangs up at MAIL", script{"MAIL": {hangUp}}, ports.TemporaryRefusal, 0, true, false, "MAIL: the server closed the connection"},
	{"hangs up at RCPT", script{"RCPT": {hangUp}}, ports.TemporaryRefusal, 0, true, false, "RCPT: the server closed"},
	{"hangs up at DATA", script{"DATA": {hangUp}}, ports.TemporaryRefusal, 0, true, false, "DATA: the server closed"},
	{"hangs up after the dot", script{dot: {hangUp}}, ports.Doubtful, 0, true, true, "answer to the message: the server closed"},

	{"silent at MAIL", script{"MAIL": {silence}}, ports.TemporaryRefusal, 0, true, false, "no answer in time"},
	{"silent at RCPT", script{"RCPT": {silence}}, ports.TemporaryRefusal, 0, true, false, "no answer in time"},
	{"silent at DATA", script{"DATA": {silence}}, ports.TemporaryRefusal, 0, true, false, "no answer in time"},
	{"silent after the dot", script{dot: {silence}}, ports.Doubtful, 0, true, true, "answer to the message: no answer in time"},

	{"nonsense at MAIL", script{"MAIL": {"secret@people.example"}}, ports.TemporaryRefusal, 0, true, false, "not SMTP"},
	{"nonsense at RCPT", script{"RCPT": {"2x0 ok"}}, ports.TemporaryRefusal, 0, true, false, "not SMTP"},
	{"no 354 at DATA", script{"DATA": {"250 ok"}}, ports.TemporaryRefusal, 0, true, false, "DATA: unexpected reply 250"},
	{"nonsense after the dot", script{dot: {"secret@people.example"}}, ports.Doubtful, 0, true, true, "not SMTP"},
	{"another 354 after the dot", script{dot: {"354 go on"}}, ports.Doubtful, 0, true, true, "unexpected reply 354"},
	{"half a list after the dot", script{dot: {"250-taken\r\n550 no\r\n"}}, ports.Doubtful, 0, true, true, "no answer in time"},

	// Under TLS, where no buffer ends just there, the end of what is heard is taken for the end of the line.
	{"endless line at MAIL", script{"MAIL": {endlessLine}}, ports.TemporaryRefusal, 0, true, false, "more than 65536 bytes|not SMTP"},
	{"endless list at RCPT", script{"RCPT": {endlessList}}, ports.TemporaryRefusal, 0, true, false, "more than 65536 bytes"},
	{"endless line after the dot", script{dot: {endlessLine}}, ports.Doubtful, 0, true, true, "more than 65536 bytes|not SMTP"},
	{"endless list after the dot", script{dot: {endlessList}}, ports.Doubtful, 0, true, true, "more than 65536 bytes"},

	// Where the commands go out together, the second reply is taken for the one to DATA, and cannot be it.
	{"answers RCPT twice", script{"RCPT": {"250 ok\r\n250 ok"}}, ports.TemporaryRefusal, 0, true, false, "a reply that nothing was asked for|DATA: unexpected reply 250"},
	{"answers the dot before it", script{"DATA": {"354 go on\r\n250 taken"}}, ports.TemporaryRefusal, 0, true, false, "nothing was asked for"},
	{"closes in the middle of the message", script{"DATA": {"354 go on\r\n421 closing"}}, ports.ServerRefusal, 421, true, false, "message: 421"},
}

// sendWays are the ways to speak in which the outcomes are the same.
var sendWays = map[string]struct {
	setup fakeSetup
	tls   bool
}{
	"one by one":           {fakeSetup{}, false},
	"together":             {fakeSetup{pipelining: true}, false},
	"together, under TLS":  {fakeSetup{pipelining: true}, true},
	"replies in one piece": {fakeSetup{pipelining: true, manner: inOnePacket}, false},
	"replies in bytes":     {fakeSetup{pipelining: true, manner: byteByByte}, false},
}

func TestSend(t *testing.T) {
	t.Parallel()
	certificate, trust := certify(t, "127.0.0.1")
	for way, w := range sendWays {
		for _, c := range sendCases {
			if w.setup.manner == byteByByte && c.ahead() {
				continue // whether the server is ahead of us, or behind the next, depends on who is faster
			}
			t.Run(c.name+"/"+way, func(t *testing.T) {
				t.Parallel()
				setup, config := w.setup, Config{}
				if w.tls {
					setup.certificate, setup.implicit = certificate, true
					config = Config{Host: "127.0.0.1", TLS: ImplicitTLS, TLSConfig: trust}
				}
				c.check(t, config, setup)
			})
		}
	}
}

// ahead reports whether the server says more than it was asked for.
func (c sendCase) ahead() bool {
	return strings.Contains(c.text, "asked for") || c.text == "message: 421" && !c.whole
}

// check sends a message to such a server, and then another.
func (c sendCase) check(t *testing.T, config Config, setup fakeSetup) {
	server := startFake(t, c.script, setup)
	config.Port, config.ReplyTimeout = server.port, 5*time.Second
	if strings.Contains(c.text, "in time") {
		config.ReplyTimeout = 100 * time.Millisecond
		if c.outcome != ports.Doubtful {
			config.CommandTimeout = 100 * time.Millisecond
		}
	}
	conn, err := testMailer(t, config).Dial(t.Context())
	require.NoError(t, err)
	err = conn.Send(t.Context(), letter())
	if c.outcome == 0 {
		require.NoError(t, err)
	} else {
		require.Error(t, err)
		e := ports.OutcomeOf(err)
		assert.Equal(t, c.outcome, e.Outcome, "%v", err)
		assert.Equal(t, c.code, e.Code)
		assert.Equal(t, c.broken, e.Broken)
		// Until MAIL is answered the message has not begun.
		assert.Equal(t, c.outcome == ports.TemporaryRefusal && c.broken && strings.Contains(err.Error(), " MAIL: "), e.Unheard, "%v", err)
		assert.Regexp(t, c.text, err.Error())
		assert.NotContains(t, err.Error(), "secret")
		assert.NotContains(t, err.Error(), "\n")
	}
	assert.Len(t, server.messages(), map[bool]int{true: 1}[c.whole])
	checkNext(t, conn, c.broken, server)
	for _, void := range server.voids() {
		assert.Empty(t, void, "no message goes to nobody")
	}
	require.NoError(t, conn.Close())
	require.NoError(t, conn.Close())
}

// checkNext sends one more message, which must arrive, or not where the connection is broken.
func checkNext(t *testing.T, conn ports.MailConn, broken bool, server *fakeServer) {
	t.Helper()
	before := len(server.messages())
	next := letter()
	next.To.Mailbox = "next@people.example"
	err := conn.Send(t.Context(), next)
	if broken {
		require.Error(t, err)
		assert.Equal(t, ports.TemporaryRefusal, ports.OutcomeOf(err).Outcome)
		assert.True(t, ports.OutcomeOf(err).Broken)
		assert.Len(t, server.messages(), before)
		return
	}
	require.NoError(t, err)
	messages := server.messages()
	require.Len(t, messages, before+1)
	assert.Contains(t, messages[before], "<next@people.example>")
}

func TestSendResetsBetween(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		server := startFake(t, script{"RCPT": {"550 no"}, "DATA": {"451 later"}, dot: {"554 no"}}, setup)
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		for _, want := range []ports.Outcome{ports.RecipientRefusal, ports.TemporaryRefusal, ports.MessageRefusal} {
			assert.Equal(t, want, ports.OutcomeOf(conn.Send(t.Context(), letter())).Outcome)
		}
		require.NoError(t, conn.Send(t.Context(), letter()))
		require.NoError(t, conn.Close())
		want := "EHLO MAIL RCPT RSET MAIL RCPT DATA RSET MAIL RCPT DATA MAIL RCPT DATA QUIT"
		if setup.pipelining {
			want = "EHLO MAIL RCPT DATA RSET MAIL RCPT DATA RSET MAIL RCPT DATA MAIL RCPT DATA QUIT"
		}
		assert.Equal(t, want, strings.Join(server.commands(), " "))
	})
}

func TestSendAfterRefusedReset(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		for reply, want := range map[string]ports.Outcome{"500 no": ports.TemporaryRefusal, "451 no": ports.TemporaryRefusal, "421 bye": ports.ServerRefusal, hangUp: ports.TemporaryRefusal} {
			server := startFake(t, script{"RCPT": {"550 no"}, "RSET": {reply}}, setup)
			conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
			require.NoError(t, err)
			require.Error(t, conn.Send(t.Context(), letter()))
			e := ports.OutcomeOf(conn.Send(t.Context(), letter()))
			assert.Equal(t, want, e.Outcome)
			assert.True(t, e.Broken)
			assert.Equal(t, want == ports.TemporaryRefusal, e.Unheard)
			assert.Empty(t, server.messages())
		}
	})
}

func TestSendWhenTheContextEnds(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		for verb, want := range map[string]ports.Outcome{
			"MAIL": ports.TemporaryRefusal, "RCPT": ports.TemporaryRefusal, "DATA": ports.TemporaryRefusal, dot: ports.Doubtful,
		} {
			t.Run(verb, func(t *testing.T) {
				t.Parallel()
				server := startFake(t, script{verb: {silence}}, setup)
				conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
				require.NoError(t, err)
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					for t.Context().Err() == nil && len(server.messages()) == 0 && (verb == dot || !strings.Contains(strings.Join(server.commands(), " "), verb)) {
						time.Sleep(time.Millisecond)
					}
					cancel()
				}()
				err = conn.Send(ctx, letter())
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, want, ports.OutcomeOf(err).Outcome)
				assert.True(t, ports.OutcomeOf(err).Broken)
			})
		}
	})
}

func TestCloseDoesNotWaitForManners(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{silence, hangUp, endlessList, "500 no"} {
		server := startFake(t, script{"QUIT": {answer}}, fakeSetup{})
		conn, err := testMailer(t, Config{Port: server.port, CommandTimeout: 100 * time.Millisecond}).Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}
