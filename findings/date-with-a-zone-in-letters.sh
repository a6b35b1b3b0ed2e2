#!/usr/bin/env bash
# A Date field whose zone is no four digits. Go's time.RFC1123, which looks right for mail, writes -03 for America/Sao_Paulo, since that zone has no letters in tzdata. Python 3.11.2 (Debian 12) reads -03 as three minutes. Go's net/mail.ParseDate (1.26) reads it as +0000, without an error,
# and EST too, which RFC 5322 §4.3 says is -0500, unless the machine itself is in such a zone. npm mailparser 3.14.2 reads both as one means them. Guessed: -03 is three hours or an error. One would also expect that all know the ten zones that RFC 5322 names (no guess was written down before the run).
# Seen on 2026-11-30: the table at the end, each mail of 08:00 in its zone. Needs Debian 12, Go, node and npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund mailparser@3.14.2 >/dev/null 2>&1
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"net/mail"
	"os"
	"time"
	_ "time/tzdata"
)

func main() {
	if len(os.Args) > 1 {
		date, err := mail.ParseDate(os.Args[1])
		fmt.Println("  Go:", date.UTC().Format("15:04"), err)
		return
	}
	for _, name := range []string{"America/Sao_Paulo", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(time.Date(2026, 11, 29, 8, 0, 0, 0, zone).Format(time.RFC1123))
	}
}
END
go mod init dates >/dev/null 2>&1
go build -o dates .
cat >read.js <<'END'
require('mailparser').simpleParser(`Date: ${process.argv[2]}\n\nx`).then((mail) => console.log('  mailparser:', mail.date.toISOString().slice(11, 16)))
END
export TZ=UTC
{ ./dates; echo 'Sun, 29 Nov 2026 08:00:00 -0300'; } | while read -r date; do
	echo "$date"
	./dates "$date"
	/usr/bin/python3 -c 'import sys, email.utils as u; print("  Python:", u.parsedate_to_datetime(sys.argv[1]).astimezone().strftime("%H:%M"))' "$date"
	node read.js "$date"
done | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
Sun, 29 Nov 2026 08:00:00 -03
  Go: 08:00 <nil>
  Python: 08:03
  mailparser: 11:00
Sun, 29 Nov 2026 08:00:00 EST
  Go: 08:00 <nil>
  Python: 13:00
  mailparser: 13:00
Sun, 29 Nov 2026 08:00:00 -0300
  Go: 11:00 <nil>
  Python: 11:00
  mailparser: 11:00
END
