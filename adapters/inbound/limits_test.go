package inbound

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// endless repeats a text until n bytes are read, and counts them.
type endless struct {
	text []byte
	n    int64
	read int64
}

func (e *endless) Read(b []byte) (int, error) {
	if e.read >= e.n {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) && e.read+int64(n) < e.n {
		at := (e.read + int64(n)) % int64(len(e.text))
		n += copy(b[n:min(int64(len(b)), int64(n)+e.n-e.read-int64(n))], e.text[at:])
	}
	e.read += int64(n)
	return n, nil
}

// huge are messages of n bytes or of a depth, of which as little is kept as of any other.
func huge(n int64) map[string]func() io.Reader {
	const top = "From: MAILER-DAEMON@relay.example\nTo: digest@rfc.example\n"
	status := top + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@one.example\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
	then := func(begin, text string) func() io.Reader {
		return func() io.Reader { return io.MultiReader(strings.NewReader(begin), &endless{text: []byte(text), n: n}) }
	}
	deep := func() io.Reader {
		var b strings.Builder
		b.WriteString(top)
		for i := range 1000 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		b.WriteString("Content-Type: text/plain\n\n550 5.1.1 User unknown\n")
		return strings.NewReader(b.String())
	}
	return map[string]func() io.Reader{
		"the returned mail":       then(status, "Hello, this is the mail that came back.\n"),
		"a text":                  then(top+"\n", "550 5.1.1 User unknown\n"),
		"one line":                then(top+"\n", "x"),
		"a header without an end": then(top, "X-Field: abc\n"),
		"one field":               then(top+"X: ", " x"),
		"one field of many lines": then(top+"X: y\n", " x\n"),
		"lines of nothing":        then(top+"\n", "\n"),
		"recipients":              then(top+"X-Failed-Recipients: ", "a@one.example, "),
		"addresses":               then(top+"Cc: ", "a@one.example, "),
		"parts":                   then(top+"Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n"),
		"a part's header":         then(top+"Content-Type: multipart/mixed; boundary=b\n\n--b\n", "X-Field: abc\n"),
		"a part's field":          then(top+"Content-Type: multipart/mixed; boundary=b\n\n--b\nX: ", " abc"),
		"boundaries":              then(top+"Content-Type: multipart/mixed; boundary=b\n\n--b\n", "Content-Type: multipart/mixed; boundary=c\n\n--c\n"),
		"groups":                  then(top+"Content-Type: message/delivery-status\n\n", "Final-Recipient: rfc822; a@one.example\nAction: failed\n\n"),
		"tags":                    then(top+"Content-Type: text/html\n\n", "<"),
		"base64":                  then(top+"Content-Transfer-Encoding: base64\n\n", "NTUwIDUuMS4x"),
		"quoted-printable":        then(top+"Content-Transfer-Encoding: quoted-printable\n\n", "=\n"),
		"a thousand parts deep":   deep,
	}
}

// A message of 50 MB costs what one of 3 MB does, since no more of it is read than a part, and what is kept of that is
// bounded.
func TestNoMessageIsTooMuch(t *testing.T) {
	for name, open := range huge(50 << 20) {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			mail, err := Read(open(), Envelope{})
			v := returned.Judge(mail.Report)
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(12*maxRead), "bytes ever allocated")
			bounded(t, mail)
			if name == "the returned mail" {
				assert.Equal(t, returned.Dead, v.Kind)
			}
		})
	}
}

// bounded checks that what is kept of a message is little.
func bounded(t assert.TestingT, m returned.Mail) {
	assert.LessOrEqual(t, len(m.Report.Text), 3*maxText) // a byte that is no UTF-8 becomes three
	assert.LessOrEqual(t, len(m.Report.Recipients), maxGroups)
	assert.LessOrEqual(t, len(m.Report.Failed), maxGroups)
	assert.LessOrEqual(t, len(m.Addresses), maxAddresses)
	assert.LessOrEqual(t, len(m.Report.Subject), 3*maxHeader)
}

func TestAMessageThatBreaksOffCountsAsFarAsItCame(t *testing.T) {
	t.Parallel()
	for _, f := range families(t) {
		broken := errors.New("broken")
		mail, err := Read(io.MultiReader(bytes.NewReader(f.message), iotest.ErrReader(broken)), Envelope{})
		assert.ErrorIs(t, err, broken, "the server is to try again")
		assert.Equal(t, f.cause, string(returned.Judge(mail.Report).Cause), f.name)
		for end := 0; end < len(f.message); end += 9 {
			mail, err = Read(iotest.HalfReader(bytes.NewReader(f.message[:end])), Envelope{})
			require.NoError(t, err)
			if v := returned.Judge(mail.Report); v.Kind == returned.Dead {
				assert.Contains(t, []string{"dead", "delivered"}, f.kind, "%s, cut at %d: %+v", f.name, end, v)
			}
		}
	}
}

func TestTheEnvelopeCounts(t *testing.T) {
	t.Parallel()
	address := "digest+" + ring(t).ReturnToken(about) + "@rfc.example"
	message := "From: Ann <ann@one.example>\nSubject: x\n\nYour mail could not be read.\n"
	mail, err := Read(strings.NewReader(message), Envelope{HasSender: true, Recipient: "<" + address + ">"})
	require.NoError(t, err)
	assert.Equal(t, []string{address}, mail.Addresses)
	assert.True(t, mail.Report.NullSender)
	mail, err = Read(strings.NewReader("Return-Path: <ann@one.example>\n"+message), Envelope{HasSender: true, Sender: "ann@one.example"})
	require.NoError(t, err)
	assert.False(t, mail.Report.NullSender)
	mail, err = Read(strings.NewReader(message), Envelope{})
	require.NoError(t, err)
	assert.False(t, mail.Report.NullSender, "an unknown sender is not the empty one")
}

func TestAnyBytesAreRead(t *testing.T) {
	t.Parallel()
	pieces := []string{"\n", "\r\n", "--b", "--b--", "Content-Type: ", "multipart/mixed; boundary=b", "message/delivery-status", "message/rfc822", "text/html", "<", "=?", "?=", "550 5.1.1", "X: ", " ", ";", "\x00", "\xff", "From "}
	rapid.Check(t, func(t *rapid.T) {
		message := strings.Join(rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String())).Draw(t, "message"), "")
		mail, err := Read(strings.NewReader(message), Envelope{})
		assert.NoError(t, err)
		bounded(t, mail)
		returned.Judge(mail.Report)
	})
}

// FuzzRead looks for messages that panic, or of which too much is kept.
func FuzzRead(f *testing.F) {
	for _, family := range families(f) {
		f.Add(family.message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		mail, err := Read(bytes.NewReader(message), Envelope{})
		require.NoError(t, err)
		bounded(t, mail)
		v := returned.Judge(mail.Report)
		assert.LessOrEqual(t, len(v.Said), 300)
		assert.NotEmpty(t, v.Cause)
		again, _ := Read(iotest.HalfReader(bytes.NewReader(message)), Envelope{})
		assert.Equal(t, mail, again, "however it is read")
	})
}

// BenchmarkRead reads and judges one report after the other.
func BenchmarkRead(b *testing.B) {
	all := families(b)
	for i := 0; b.Loop(); i++ {
		mail, _ := Read(bytes.NewReader(all[i%len(all)].message), Envelope{})
		returned.Judge(mail.Report)
	}
}
