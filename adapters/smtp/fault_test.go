package smtp

import (
	"fmt"
	"net/textproto"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Replies of real servers, with other names, and whose fault each is.
func TestFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step     string
		code     int
		words    string
		took     bool
		want     ports.Outcome
		personal bool
	}{
		// The connection.
		{"MAIL", 452, "4.5.3 Too many messages sent", true, ports.ConnectionSpent, false}, // OpenSMTPD, from the 101st on
		{"MAIL", 451, "4.7.1 Too many messages, slow down", true, ports.ConnectionSpent, false},
		// Our rate.
		{"MAIL", 452, "4.5.3 Too many messages sent", false, ports.RateRefusal, false},
		{"MAIL", 450, "4.7.1 Error: too much mail from 127.0.0.1", false, ports.RateRefusal, false}, // Postfix anvil
		{"MAIL", 452, "4.3.1 Insufficient system storage", false, ports.RateRefusal, false},
		{"MAIL", 451, "try later", false, ports.RateRefusal, false},
		{"RCPT", 450, "4.7.1 Error: too many recipients from 127.0.0.1", false, ports.RateRefusal, false},
		{"RCPT", 451, "4.3.5 Server configuration error", false, ports.RateRefusal, false},
		{"message", 451, "4.3.0 Error: queue file write error", true, ports.RateRefusal, false},
		// That mailbox, now.
		{"RCPT", 450, "4.2.0 <p1@mail.example>: Recipient address rejected: Greylisted, see https://postgrey.example", false, ports.TemporaryRefusal, true},
		{"RCPT", 451, "4.7.1 Greylisting in action, please come back in 00:05:00", false, ports.TemporaryRefusal, true},
		{"RCPT", 451, "Graylisted, come back later", false, ports.TemporaryRefusal, true},
		{"message", 451, "4.7.1 Greylisted", false, ports.TemporaryRefusal, true},
		{"RCPT", 450, "4.1.1 unverified address", false, ports.TemporaryRefusal, false},
		{"RCPT", 450, "4.4.1 no route", false, ports.TemporaryRefusal, false},
		{"RCPT", 450, "mailbox busy", false, ports.TemporaryRefusal, false},
		{"message", 451, "local error in processing", false, ports.TemporaryRefusal, false},
		{"DATA", 451, "4.5.0 later", false, ports.TemporaryRefusal, false},
		// A full mailbox.
		{"RCPT", 452, "4.2.2 <p1@mail.example> Quota exceeded (mailbox for user is full)", false, ports.TemporaryRefusal, true}, // Dovecot
		{"RCPT", 552, "5.2.2 <p1@mail.example> Quota exceeded (mailbox for user is full)", false, ports.TemporaryRefusal, true},
		{"RCPT", 552, "mailbox full", false, ports.TemporaryRefusal, true},
		{"RCPT", 550, "5.2.2 over quota", false, ports.TemporaryRefusal, true},
		{"message", 554, "5.2.2 mailbox full", false, ports.TemporaryRefusal, true},
		{"RCPT", 552, "5.0.0 mailbox full", false, ports.TemporaryRefusal, true},
		// Us.
		{"RCPT", 554, "5.7.1 <p1@mail.example>: Relay access denied", true, ports.SenderRefusal, false}, // Postfix
		{"RCPT", 554, "5.7.1 Service unavailable; Client host [127.0.0.1] blocked using bl.example", false, ports.SenderRefusal, false},
		{"RCPT", 553, "5.1.8 <digest@rfc.example>... Domain of sender address does not exist", false, ports.SenderRefusal, false}, // Sendmail
		{"RCPT", 550, "5.1.7 bad sender", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.7.1 sender blocked", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.4.5 daily quota exceeded", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.4.1 Recipient address rejected: Access denied", false, ports.SenderRefusal, false},
		{"RCPT", 552, "5.3.4 message too big", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.2.3 message too long", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.3.2 system not accepting", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.5.0 no", false, ports.SenderRefusal, false},
		{"RCPT", 550, "5.6.0 no", false, ports.SenderRefusal, false},
		{"RCPT", 554, "no", false, ports.SenderRefusal, false},
		{"RCPT", 530, "authentication required", false, ports.SenderRefusal, false},
		{"RCPT", 503, "5.5.1 no MAIL", false, ports.SenderRefusal, false},
		{"MAIL", 550, "5.1.1 no such sender", false, ports.SenderRefusal, false},
		{"MAIL", 552, "message size exceeds the limit", false, ports.SenderRefusal, false},
		{"MAIL", 530, "5.7.0 Must issue a STARTTLS command first", false, ports.SenderRefusal, false},
		{"DATA", 554, "5.5.1 no valid recipients", false, ports.SenderRefusal, false},
		{"message", 550, "content rejected", false, ports.SenderRefusal, false},
		{"message", 552, "5.7.0 blocked for its content", false, ports.SenderRefusal, false},
		{"message", 550, "5.1.1 no such user", false, ports.SenderRefusal, false},
		// The address.
		{"RCPT", 550, "5.1.1 <p1@mail.example>: Recipient address rejected: User unknown in local recipient table", false, ports.RecipientRefusal, false},
		{"RCPT", 554, "5.1.1 no such user", false, ports.RecipientRefusal, false},
		{"RCPT", 550, "Invalid recipient: <p1@mail.example>", false, ports.RecipientRefusal, false}, // OpenSMTPD, to both
		{"RCPT", 550, "Unrouteable address", false, ports.RecipientRefusal, false},                  // Exim
		{"RCPT", 550, "relay not permitted", false, ports.RecipientRefusal, false},                  // Exim, about us; the rest of the tick tells
		{"RCPT", 551, "user not local", false, ports.RecipientRefusal, false},
		{"RCPT", 553, "mailbox name not allowed", false, ports.RecipientRefusal, false},
		{"RCPT", 550, "5.0.0 no such user", false, ports.RecipientRefusal, false},
		{"RCPT", 501, "5.1.3 bad recipient address syntax", false, ports.RecipientRefusal, false},
		{"RCPT", 556, "5.1.10 the domain takes no mail", false, ports.RecipientRefusal, false},
		{"RCPT", 550, "5.2.1 mailbox disabled", false, ports.RecipientRefusal, false},
		{"RCPT", 550, "5.2.0 no", false, ports.RecipientRefusal, false},
		// The relay's own limits.
		{"RCPT", 553, "5.6.7 SMTPUTF8 required", false, ports.MessageRefusal, false},
	} {
		a := answerIn(&textproto.Error{Code: c.code, Msg: c.words})
		o, personal := fault(c.step, a, c.took)
		name := fmt.Sprintf("%s: %d %s", c.step, c.code, c.words)
		assert.Equal(t, c.want, o, "%s: %s", name, o)
		assert.Equal(t, c.personal, personal, name)
	}
}

// After many refusals a connection is given up, before the server slows it down or hangs up.
func TestSendGivesUpAConnectionOfErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pipelining bool
		refused    int // messages until then
	}{{true, 4}, {false, 8}} {
		many := make([]string, 20)
		for i := range many {
			many[i] = "550 5.1.1 no such user"
		}
		server := startFake(t, script{"RCPT": many}, fakeSetup{pipelining: c.pipelining})
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		for n := 1; n <= c.refused; n++ {
			e := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
			assert.Equal(t, ports.RecipientRefusal, e.Outcome)
			assert.Equal(t, n == c.refused, e.Broken, "after %d messages", n)
		}
		commands := server.commands()
		assert.Equal(t, "QUIT", commands[len(commands)-1])
	}
}

// An accepted message resets the count of refusals.
func TestSendKeepsAConnectionThatTakesMessages(t *testing.T) {
	t.Parallel()
	mixed := []string{}
	for range 5 {
		mixed = append(mixed, "550 5.1.1 no such user", "550 5.1.1 no such user", "250 ok")
	}
	server := startFake(t, script{"RCPT": mixed}, fakeSetup{pipelining: true})
	conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
	require.NoError(t, err)
	for n := range mixed {
		if err := conn.Send(t.Context(), letter(), nil); err != nil {
			assert.False(t, ports.OutcomeOf(err).Broken, "message %d", n)
		}
	}
	assert.Len(t, server.messages(), 5)
	require.NoError(t, conn.Close())
}

// Exim counts RSETs, and hangs up at the twelfth.
func TestSendGivesUpAConnectionBeforeThereAreTooManyResets(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		var mixed []string
		for range 20 {
			mixed = append(mixed, "550 5.1.1 no such user", "250 ok")
		}
		server := startFake(t, script{"RCPT": mixed}, setup)
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		for n := 1; n <= maxResets; n++ {
			assert.False(t, ports.OutcomeOf(conn.Send(t.Context(), letter(), nil)).Broken)
			require.NoError(t, conn.Send(t.Context(), letter(), nil))
		}
		last := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
		assert.Equal(t, ports.RecipientRefusal, last.Outcome, "what was refused stays refused")
		assert.True(t, last.Broken)
		resets := 0
		for _, verb := range server.commands() {
			if verb == reset {
				resets++
			}
		}
		assert.Equal(t, 10, resets)
	})
}

// If a server takes some messages over a connection and then refuses all others for now, the next go over a new one.
func TestSendLeavesAConnectionThatHasHadItsShare(t *testing.T) {
	bothWays(t, func(t *testing.T, setup fakeSetup) {
		server := startFake(t, script{"MAIL": {"250 ok", "250 ok", "452 4.5.3 Too many messages sent"}}, setup)
		conn, err := testMailer(t, Config{Port: server.port}).Dial(t.Context())
		require.NoError(t, err)
		require.NoError(t, conn.Send(t.Context(), letter(), nil))
		require.NoError(t, conn.Send(t.Context(), letter(), nil))
		e := ports.OutcomeOf(conn.Send(t.Context(), letter(), nil))
		assert.Equal(t, ports.ConnectionSpent, e.Outcome)
		assert.True(t, e.Broken)
		assert.Equal(t, "connection ended (452): MAIL: 452 4.5.3", e.Error())
	})
}
