#!/usr/bin/env bash
# github.com/wneessen/go-mail 0.8.1 (its smtp package) and Go's own net/smtp (1.26): a server may write the keywords of its EHLO answer in any case (RFC 5321 §2.4), and Extension takes its argument in any case, but neither finds "250-starttls" or "250-Size 1000" by any spelling.
# Seen: "false false" on each line but that of 8BITMIME, which the server writes in capitals, so that such a server "does not offer STARTTLS". Guessed: true true, since Extension upper-cases what it is asked for.
set -euo pipefail
D=$(mktemp -d); trap 'chmod -R u+w "$D"; rm -rf "$D"' EXIT; cd "$D"
cat > go.mod <<'MOD'
module ehlo
go 1.26
require github.com/wneessen/go-mail v0.8.1
MOD
cat > main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"net"
	netsmtp "net/smtp"

	gomail "github.com/wneessen/go-mail/smtp"
)

// server greets, and answers EHLO with keywords of which only one is in capitals.
func server() net.Conn {
	client, server := net.Pipe()
	go func() {
		fmt.Fprint(server, "220 mail.example\r\n")
		bufio.NewReader(server).ReadString('\n')
		fmt.Fprint(server, "250-mail.example\r\n250-starttls\r\n250-Size 1000\r\n250-Pipelining\r\n250 8BITMIME\r\n")
	}()
	return client
}

func main() {
	a, err := gomail.NewClient(server(), "mail.example")
	if err == nil {
		err = a.Hello("here.example")
	}
	b, err2 := netsmtp.NewClient(server(), "mail.example")
	if err2 == nil {
		err2 = b.Hello("here.example")
	}
	if err != nil || err2 != nil {
		panic(fmt.Sprint(err, err2))
	}
	for _, keyword := range []string{"STARTTLS", "starttls", "SIZE", "Size", "PIPELINING", "8bitmime"} {
		inGoMail, _ := a.Extension(keyword)
		inNetSMTP, _ := b.Extension(keyword)
		fmt.Println(keyword, inGoMail, inNetSMTP)
	}
}
GO
go mod tidy >/dev/null 2>&1
go run . > seen
cat seen
diff seen - <<'WANT' || exit 1
STARTTLS false false
starttls false false
SIZE false false
Size false false
PIPELINING false false
8bitmime true true
WANT
