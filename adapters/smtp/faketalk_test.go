package smtp

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"time"
)

// talk is one conversation.
type talk struct {
	*fakeServer
	conn              net.Conn
	in                *bufio.Reader
	held              string // replies that wait for the next
	sender, recipient bool   // were taken
}

// serve holds one conversation.
func (f *fakeServer) serve(c net.Conn) {
	if f.implicit {
		c = tls.Server(c, f.certificate)
	}
	t := &talk{fakeServer: f, conn: c, in: bufio.NewReader(c)}
	defer func() { _ = t.conn.Close() }()
	if t.answer(greeting) == "" {
		return
	}
	for {
		line, err := t.in.ReadString('\n')
		if err != nil {
			return
		}
		if f.manner == forgetful {
			_, _ = t.in.Discard(t.in.Buffered())
		}
		f.mu.Lock()
		f.said = append(f.said, strings.TrimSpace(line))
		f.mu.Unlock()
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !t.command(verb) {
			return
		}
	}
}

// command answers a command and does what it asks for. It reports whether another may come.
func (t *talk) command(verb string) bool {
	if verb == "MAIL" || verb == "RCPT" || verb == "DATA" {
		time.Sleep(t.pause)
	}
	reply := t.answer(t.orEarly(verb))
	good := strings.HasPrefix(reply, "2")
	switch {
	case reply == "" || verb == "QUIT":
		return false
	case verb == "RSET" && good:
		t.sender, t.recipient = false, false
	case verb == "MAIL" && good:
		t.sender = true
	case verb == "RCPT" && good:
		t.recipient = true
	case verb == "STARTTLS" && good:
		t.conn = tls.Server(t.conn, t.certificate)
		t.in = bufio.NewReader(t.conn)
	case verb == "DATA" && strings.HasPrefix(reply, "354"):
		if !t.message() || t.answer(dot) == "" {
			return false
		}
		t.sender, t.recipient = false, false
	}
	return true
}

// orEarly returns the key of the script for verb.
func (t *talk) orEarly(verb string) string {
	switch {
	case verb == "MAIL" && t.sender:
		return earlyMAIL
	case verb == "RCPT" && !t.sender:
		return earlyRCPT
	case verb == "DATA" && !t.recipient:
		return earlyDATA
	}
	return verb
}

// message reads to the final dot, and reports whether it came.
func (t *talk) message() bool {
	var b strings.Builder
	if t.deaf {
		<-t.ended
	}
	for {
		line, err := t.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(line)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.recipient {
		t.whole = append(t.whole, b.String())
	} else {
		t.voided = append(t.voided, b.String())
	}
	return true
}

// answer gives the script's next answer to key. It returns "" if the conversation is over.
func (t *talk) answer(key string) string {
	t.mu.Lock()
	reply := usual[key]
	if rest := t.script[key]; len(rest) > 0 {
		reply, t.script[key] = rest[0], rest[1:]
	}
	t.mu.Unlock()
	if key == "EHLO" && t.pipelining && strings.HasPrefix(reply, "250-") {
		name, rest, _ := strings.Cut(reply, "\r\n")
		reply = name + "\r\n250-PIPELINING\r\n" + rest
	}
	repeat := ""
	switch reply {
	case lost:
		if t.in.Buffered() == 0 {
			_ = t.say("")
		}
		return usual[key]
	case hangUp:
		_ = t.say("")
		return ""
	case silence:
		_ = t.say("")
		_, _ = io.Copy(io.Discard, t.in)
		return ""
	case endlessLine:
		repeat = strings.Repeat("2", 1000)
	case endlessList:
		repeat = strings.Repeat("250-more\r\n", 100)
	case "":
		reply = "502 what?"
	}
	if repeat != "" {
		_ = t.say("")
	}
	for repeat != "" {
		if _, err := io.WriteString(t.conn, repeat); err != nil {
			return ""
		}
	}
	if t.say(reply+"\r\n") != nil {
		return ""
	}
	return reply
}

// say says text, or all replies that were held back if text is empty.
func (t *talk) say(text string) error {
	all := t.held + text
	t.held = ""
	switch {
	case t.manner == inOnePacket && text != "" && t.in.Buffered() > 0:
		t.held = all
		return nil
	case t.manner == byteByByte:
		for i := range len(all) - 1 {
			if _, err := io.WriteString(t.conn, all[i:i+1]); err != nil {
				return err
			}
		}
		all = all[max(0, len(all)-1):]
	}
	_, err := io.WriteString(t.conn, all)
	return err
}
