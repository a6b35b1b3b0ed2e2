#!/usr/bin/env bash
# github.com/wneessen/go-mail 0.8.1: EMLToMsgFromString, which reads a message to be sent again, keeps From, To, Subject, Date, Message-ID, Precedence, List-Unsubscribe(-Post) and little else. It drops Reply-To, Sender,
# List-Id, List-Help, Auto-Submitted, Feedback-ID, any X- field, and of a text part format=flowed and Content-Language, with no error. Guessed: what it has no method for is kept as a generic header, as SetGenHeader could.
# Seen on 2026-11-29: of 15 fields 8 come back, and format=flowed does not. Needs Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' 'module again' '' 'go 1.25' '' 'require github.com/wneessen/go-mail v0.8.1' >go.mod
cat >main.go <<'END'
package main

import (
	"bytes"
	"fmt"
	"log"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"
)

const sent = `From: "RFC Digest" <digest@rfc.example>
Sender: <bounces@rfc.example>
Reply-To: <help@rfc.example>
To: "Kim" <kim@mail.example>
Subject: Three topics
Date: Sun, 29 Nov 2026 08:00:00 +0100
Message-ID: <1@rfc.example>
List-Id: RFC Digest <digest.rfc.example>
List-Help: <mailto:help@rfc.example>
List-Unsubscribe: <https://rfc.example/u/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Auto-Submitted: auto-generated
Precedence: bulk
Feedback-ID: 1:digest:rfc:example
X-Digest: 7
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="between"

--between
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable
Content-Language: en

three topics
--between
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>three topics</p>
--between--
`

func main() {
	crlf := strings.ReplaceAll(sent, "\n", "\r\n")
	msg, err := mail.EMLToMsgFromString(crlf)
	if err != nil {
		log.Fatal(err)
	}
	var again bytes.Buffer
	if _, err := msg.WriteTo(&again); err != nil {
		log.Fatal(err)
	}
	got, err := netmail.ReadMessage(bytes.NewReader(again.Bytes()))
	if err != nil {
		log.Fatal(err)
	}
	var kept, lost []string
	head, _, _ := strings.Cut(sent, "MIME-Version")
	for _, line := range strings.Split(strings.TrimSpace(head), "\n") {
		name, _, _ := strings.Cut(line, ":")
		if got.Header.Get(name) != "" {
			kept = append(kept, name)
		} else {
			lost = append(lost, name)
		}
	}
	fmt.Println("kept", strings.Join(kept, " "))
	fmt.Println("lost", strings.Join(lost, " "))
	fmt.Println("flowed", strings.Contains(again.String(), "flowed"), "language", strings.Contains(again.String(), "Content-Language"))
}
END
go mod tidy >/dev/null 2>&1
go run . | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
kept From To Subject Date Message-ID List-Unsubscribe List-Unsubscribe-Post Precedence
lost Sender Reply-To List-Id List-Help Auto-Submitted Feedback-ID X-Digest
flowed false language false
END
