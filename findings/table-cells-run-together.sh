#!/usr/bin/env bash
# npm html-to-text 10.0.1, npm mailparser 3.14.2 (the "text" of a mail that has HTML alone) and Go's k3a/html2text 1.3.0 set nothing between two cells of a table, nor between two rows, if the HTML has no blank there, as minified mails have none. So "RFC 12" and "3 comments" become
# "RFC 123 comments". With line breaks in the HTML, they set a blank between all cells, and a row is not told from the next. Guessed: a blank keeps cells apart in any case. One would also expect a line for each row, as w3m and lynx have it.
# Go's jaytaylor/html2text, which hermes uses, keeps cells apart, with all rows in one line unless PrettyTables is on. Seen on 2026-11-30: the table at the end. Needs node, npm and Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund html-to-text@10.0.1 mailparser@3.14.2 >/dev/null 2>&1
cat >go.mod <<'END'
module cells

go 1.25

require (
	github.com/jaytaylor/html2text v0.0.0-20230321000545-74c2419ad056
	github.com/k3a/html2text v1.3.0
	github.com/olekukonko/tablewriter v0.0.5
)
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"os"

	jaytaylor "github.com/jaytaylor/html2text"
	k3a "github.com/k3a/html2text"
)

func main() {
	for _, name := range os.Args[1:] {
		html, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		text, err := jaytaylor.FromString(string(html))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s, k3a/html2text: %q\n", name, k3a.HTML2Text(string(html)))
		fmt.Printf("%s, jaytaylor/html2text: %q\n", name, text)
	}
}
END
cat >read.js <<'END'
const fs = require('fs')
const see = async () => {
	for (const name of process.argv.slice(2)) {
		const html = fs.readFileSync(name, 'utf8')
		console.log(`${name}, html-to-text: ${JSON.stringify(require('html-to-text').convert(html))}`)
		const mail = await require('mailparser').simpleParser(`Content-Type: text/html\n\n${html}`)
		console.log(`${name}, mailparser: ${JSON.stringify(mail.text)}`)
	}
}
see()
END
cells='<td>RFC 12</td> <td>3 comments</td></tr> <tr><td>RFC 13</td> <td>1 comment</td>'
printf '<table><tr>%s</tr></table>' "${cells//> </><}" >tight
printf '<table><tr>%s</tr></table>' "${cells//> </$'>\n<'}" >loose
go mod tidy >/dev/null 2>&1
{ node read.js tight loose; go run . tight loose; } | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
tight, html-to-text: "RFC 123 commentsRFC 131 comment"
tight, mailparser: "RFC 123 commentsRFC 131 comment"
loose, html-to-text: "RFC 12 3 comments RFC 13 1 comment"
loose, mailparser: "RFC 12 3 comments RFC 13 1 comment"
tight, k3a/html2text: "RFC 123 commentsRFC 131 comment"
tight, jaytaylor/html2text: "RFC 12 3 comments RFC 13 1 comment"
loose, k3a/html2text: "RFC 12 3 comments RFC 13 1 comment"
loose, jaytaylor/html2text: "RFC 12 3 comments RFC 13 1 comment"
END
