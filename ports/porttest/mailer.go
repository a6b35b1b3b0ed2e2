package porttest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// MailWorld is a fresh mailer, with a way to read what it sent.
type MailWorld struct {
	Mailer ports.Mailer
	// Accepted returns what was accepted so far, in order, as read back from where the mailer put it;
	// [ReadMail] reads a mail. nil means that the mailer keeps nothing.
	Accepted func(t *testing.T) []core.Message
}

// MailerContract runs the suite that every [ports.Mailer] passes; open returns a fresh one.
func MailerContract(t *testing.T, open func(t *testing.T) MailWorld) {
	for _, c := range mailCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			conn, err := w.Mailer.Dial(t.Context())
			require.NoError(t, err)
			m := &mailTest{T: t, world: w, conn: conn}
			c.run(m)
			require.NoError(t, m.conn.Close())
		})
	}
}

// mailTest is what a case works with.
type mailTest struct {
	*testing.T
	world MailWorld
	conn  ports.MailConn
}

func (m *mailTest) send(message core.Message) {
	m.Helper()
	require.NoError(m, m.conn.Send(m.Context(), message, nil))
}

// sendBefore sends message, and announces next.
func (m *mailTest) sendBefore(message, next core.Message) {
	m.Helper()
	require.NoError(m, m.conn.Send(m.Context(), message, &next))
}

// refused requires err to be a *ports.SendError with that outcome and one line of text without secrets.
func (m *mailTest) refused(err error, outcome ports.Outcome, secrets ...string) *ports.SendError {
	m.Helper()
	var e *ports.SendError
	require.True(m, errors.As(err, &e), "want a *ports.SendError, got %#v", err)
	require.Equal(m, outcome, e.Outcome, "%v", err)
	for _, secret := range append(secrets, "\n", "\r") {
		assert.NotContains(m, err.Error(), secret)
	}
	return e
}

// arrived requires that want, and nothing else, was accepted, each once and in this order.
func (m *mailTest) arrived(want ...core.Message) {
	m.Helper()
	if m.world.Accepted == nil {
		return
	}
	got := m.world.Accepted(m.T)
	require.Len(m, got, len(want))
	for i := range want {
		assert.True(m, want[i].Date.Equal(got[i].Date), "date %v", got[i].Date)
		assert.Equal(m, words(want[i].Subject), words(got[i].Subject))
		assert.Equal(m, words(want[i].To.Name), words(got[i].To.Name))
		assert.Equal(m, want[i].To.Mailbox, got[i].To.Mailbox)
		assert.Equal(m, want[i].ID, got[i].ID)
		assert.Equal(m, want[i].Kind, got[i].Kind)
		assert.Equal(m, want[i].Text, got[i].Text)
		assert.Equal(m, want[i].HTML, got[i].HTML)
	}
}

// words returns what is left of a line when its control characters are gone.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || unicode.IsControl(r) })
}

// letter returns the n-th message of a case.
func letter(n int) core.Message {
	return core.Message{
		ID:      "message-" + strconv.Itoa(n) + "@rfc.example",
		To:      core.Address{Name: "Ada Lovelace", Mailbox: "ada" + strconv.Itoa(n) + "@people.example"},
		Date:    time.Date(2026, time.March, 9, 8, 0, n, 0, time.UTC),
		Subject: "Digest number " + strconv.Itoa(n),
		Text:    "Text " + strconv.Itoa(n) + "\n",
		HTML:    "<p>HTML " + strconv.Itoa(n) + "</p>\n",
	}
}

var mailCases = []struct {
	name string
	run  func(m *mailTest)
}{
	{"accepted once, whole", func(m *mailTest) {
		m.send(letter(1))
		m.arrived(letter(1))
	}},
	{"each kind of mail as what it is", func(m *mailTest) {
		var want []core.Message
		for kind := core.SomeDigest; kind <= core.PersonalMail; kind++ {
			one := letter(int(kind))
			one.Kind = kind
			m.send(one)
			want = append(want, one)
		}
		m.arrived(want...)
	}},
	{"several messages on one connection, in order", func(m *mailTest) {
		m.send(letter(1))
		m.send(letter(2))
		m.send(letter(3))
		m.arrived(letter(1), letter(2), letter(3))
	}},
	{"the same message twice is two messages", func(m *mailTest) {
		m.send(letter(1))
		m.send(letter(1))
		m.arrived(letter(1), letter(1))
	}},
	{"what was accepted stays accepted when another connection ends", func(m *mailTest) {
		m.send(letter(1))
		other, err := m.world.Mailer.Dial(m.Context())
		require.NoError(m, err)
		require.NoError(m, other.Send(m.Context(), letter(2), nil))
		require.NoError(m, other.Close())
		m.send(letter(3))
		m.arrived(letter(1), letter(2), letter(3))
	}},
	{"any script in subject, name and body", func(m *mailTest) {
		l := letter(1)
		l.Subject = "[Größe] Täglich — 5 событий 漢字 👩‍💻 " + strings.Repeat("ü", 300)
		l.To.Name = `Jörg "Jo" Müller, Jr. (漢字)`
		l.Text, l.HTML = "größer — 漢字 👩‍💻\n", "<p>größer — 漢字 👩‍💻</p>\n"
		m.send(l)
		m.arrived(l)
	}},
	{"text alone", func(m *mailTest) {
		l := letter(1)
		l.HTML = ""
		m.send(l)
		m.arrived(l)
	}},
	{"HTML alone", func(m *mailTest) {
		l := letter(1)
		l.Text = ""
		m.send(l)
		m.arrived(l)
	}},
	{"long lines and many of them", func(m *mailTest) {
		l := letter(1)
		l.Subject = strings.Repeat("longsubject", 200)
		l.Text = strings.Repeat("x", 100_000) + "\n" + strings.Repeat("line\n", 10_000)
		l.HTML = strings.Repeat("é", 50_000) + "\n"
		m.send(l)
		m.arrived(l)
	}},
	{"dots, separators and spaces at the ends of lines", func(m *mailTest) {
		l := letter(1)
		l.Text = ".\n..\n.leading\n\n\n--\n--boundary--\nFrom here\n trailing \t \n.\n"
		l.HTML = ".\n.<p>\n.\n"
		m.send(l)
		m.send(letter(2))
		m.arrived(l, letter(2))
	}},
	{"line breaks in subject and name start no header", func(m *mailTest) {
		l := letter(1)
		l.Subject = "Hello\r\nBcc: eve@evil.example\r\n\r\n<p>body</p>\r\n.\r\nMAIL FROM:<x@evil.example>"
		l.To.Name = "Ada\nBcc: eve@evil.example\r\rX: " + strings.Repeat(" ", 100) + "y"
		m.send(l)
		m.send(letter(2))
		m.arrived(l, letter(2))
	}},
	{"an address that cannot be used costs only its message", func(m *mailTest) {
		for _, mailbox := range []string{"", "nobody", "@people.example", "secret@people.example\r\nRCPT TO:<eve@evil.example>", "secret> <eve@evil.example", "a b@people.example"} {
			l := letter(1)
			l.To.Mailbox = mailbox
			e := m.refused(m.conn.Send(m.Context(), l, nil), ports.MessageRefusal, "secret", "nobody")
			assert.False(m, e.Broken)
		}
		m.send(letter(2))
		m.arrived(letter(2))
	}},
	{"a message without a body costs only itself", func(m *mailTest) {
		l := letter(1)
		l.Text, l.HTML = "", ""
		assert.False(m, m.refused(m.conn.Send(m.Context(), l, nil), ports.MessageRefusal).Broken)
		m.send(letter(2))
		m.arrived(letter(2))
	}},
	{"messages that are announced arrive once, in order", func(m *mailTest) {
		for n := 1; n < 5; n++ {
			m.sendBefore(letter(n), letter(n+1))
		}
		m.send(letter(5))
		m.arrived(letter(1), letter(2), letter(3), letter(4), letter(5))
	}},
	{"a message that is announced and not sent does not arrive", func(m *mailTest) {
		m.sendBefore(letter(1), letter(2))
		require.NoError(m, m.conn.Close())
		m.arrived(letter(1))
	}},
	{"another message than the announced one arrives, or finds the connection ended", func(m *mailTest) {
		m.sendBefore(letter(1), letter(2))
		if err := m.conn.Send(m.Context(), letter(3), nil); err != nil {
			assert.True(m, m.refused(err, ports.ConnectionSpent).Broken)
			require.NoError(m, m.conn.Close())
			m.conn, err = m.world.Mailer.Dial(m.Context())
			require.NoError(m, err)
			m.send(letter(3))
		}
		m.arrived(letter(1), letter(3))
	}},
	{"an announced message that cannot be sent costs only itself", func(m *mailTest) {
		bad := letter(2)
		bad.Text, bad.HTML = "", ""
		m.sendBefore(letter(1), bad)
		next := letter(3)
		assert.False(m, m.refused(m.conn.Send(m.Context(), bad, &next), ports.MessageRefusal).Broken)
		m.send(next)
		m.arrived(letter(1), letter(3))
	}},
	{"an announced message does not arrive after its context has ended", func(m *mailTest) {
		m.sendBefore(letter(1), letter(2))
		ctx, cancel := context.WithCancel(m.Context())
		cancel()
		assert.True(m, m.refused(m.conn.Send(ctx, letter(2), nil), ports.TemporaryRefusal).Broken)
		m.arrived(letter(1))
	}},
	{"a context that has ended accepts nothing and breaks the connection", func(m *mailTest) {
		m.send(letter(1))
		ctx, cancel := context.WithCancel(m.Context())
		cancel()
		assert.True(m, m.refused(m.conn.Send(ctx, letter(2), nil), ports.TemporaryRefusal).Broken)
		assert.True(m, m.refused(m.conn.Send(m.Context(), letter(3), nil), ports.ConnectionSpent).Broken)
		_, err := m.world.Mailer.Dial(ctx)
		m.refused(err, ports.ServerRefusal)
		m.arrived(letter(1))
	}},
	{"closing twice is closing once, and nothing is accepted after", func(m *mailTest) {
		m.send(letter(1))
		require.NoError(m, m.conn.Close())
		require.NoError(m, m.conn.Close())
		assert.True(m, m.refused(m.conn.Send(m.Context(), letter(2), nil), ports.ConnectionSpent).Broken)
		m.arrived(letter(1))
	}},
}
