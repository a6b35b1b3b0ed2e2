package smtp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
)

// digestLetter is as large as most digests, about 12 KB.
func digestLetter() core.Message {
	m := letter()
	m.Text = strings.Repeat("Ada opened a pull request on something or other, and waits for you\n", 60)
	m.HTML = strings.Repeat("<p>Ada opened a <a href=\"https://rfc.example/rfcs/1/prs/2\">pull request</a> on something</p>\n", 80)
	return m
}

// answerAtOnce is a mail server that costs very little: it answers yes to each line, and to each message.
func answerAtOnce(c net.Conn, ehlo string) {
	defer func() { _ = c.Close() }()
	_, _ = io.WriteString(c, "220 bench.example\r\n")
	in, have, inMessage := make([]byte, 128<<10), 0, false
	for {
		n, err := c.Read(in[have:])
		if err != nil {
			return
		}
		have += n
		text := in[:have]
		var out []byte
		if inMessage {
			if !bytes.HasSuffix(text, []byte("\r\n.\r\n")) {
				continue
			}
			out, inMessage, text = append(out, "250 2.0.0 taken\r\n"...), false, nil
		}
		for {
			line, rest, whole := bytes.Cut(text, []byte("\r\n"))
			if !whole {
				break
			}
			switch text = rest; {
			case bytes.HasPrefix(line, []byte("EHLO")):
				out = append(out, ehlo...)
			case bytes.HasPrefix(line, []byte("DATA")):
				out, inMessage = append(out, "354 go on\r\n"...), true
			default:
				out = append(out, "250 2.0.0 ok\r\n"...)
			}
		}
		have = copy(in, text)
		_, _ = c.Write(out)
	}
}

// benchServer starts such a server and returns its address.
func benchServer(b *testing.B, ehlo string) *net.TCPAddr {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	b.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go answerAtOnce(c, ehlo)
		}
	}()
	return listener.Addr().(*net.TCPAddr)
}

const (
	benchTogether = "250-bench.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
	benchOneByOne = "250-bench.example\r\n250 8BITMIME\r\n"
)

// BenchmarkSend compares the cost of a mail with and without PIPELINING, and with a client that has
// every byte ready and reads no reply. The cost of rendering is shown apart.
func BenchmarkSend(b *testing.B) {
	format, err := mailfmt.New(mailfmt.Config{From: "digest@rfc.example", BoundaryKey: []byte("k")})
	require.NoError(b, err)
	m := digestLetter()
	mail, err := format.Render(m, nil)
	require.NoError(b, err)
	b.Logf("%d bytes", len(mail.Data))
	b.Run("pipelined", func(b *testing.B) { benchSend(b, format, m, mail, benchTogether) })
	b.Run("one-by-one", func(b *testing.B) { benchSend(b, format, m, mail, benchOneByOne) })
	steps := [][]byte{[]byte("MAIL FROM:<" + mail.Sender + "> BODY=8BITMIME\r\n"), []byte("RCPT TO:<" + mail.Recipient + ">\r\n"), []byte("DATA\r\n")}
	message := appendMessage(nil, mail.Data)
	b.Run("bare-one-by-one", func(b *testing.B) { benchBare(b, steps[0], steps[1], steps[2], message) })
	b.Run("bare-pipelined", func(b *testing.B) { benchBare(b, bytes.Join(steps, nil), message) })
	b.Run("rendering", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = format.Render(m, nil)
		}
	})
}

// benchSend sends m with and without its rendering.
func benchSend(b *testing.B, format *mailfmt.Format, m core.Message, mail mailfmt.Mail, ehlo string) {
	address := benchServer(b, ehlo)
	mailer, err := New(Config{Host: "127.0.0.1", Port: address.Port, TLS: NoTLS}, format)
	require.NoError(b, err)
	opened, err := mailer.Dial(b.Context())
	require.NoError(b, err)
	ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
	defer cancel()
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := opened.Send(ctx, m, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rendered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := opened.(*conn).deliver(ctx, mail, false, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchBare writes one piece after another, and waits for any answer to each.
func benchBare(b *testing.B, pieces ...[]byte) {
	c, err := net.DialTCP("tcp", nil, benchServer(b, benchTogether))
	require.NoError(b, err)
	defer func() { _ = c.Close() }()
	answer := make([]byte, 4<<10)
	for _, hello := range []string{"", "EHLO b\r\n"} {
		_, err = fmt.Fprint(c, hello)
		require.NoError(b, err)
		_, err = c.Read(answer)
		require.NoError(b, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range pieces {
			if _, err := c.Write(p); err != nil {
				b.Fatal(err)
			}
			if _, err := c.Read(answer); err != nil {
				b.Fatal(err)
			}
		}
	}
}
