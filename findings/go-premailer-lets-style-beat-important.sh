#!/usr/bin/env bash
# github.com/vanng822/go-premailer, of hermes' version (2019-12-14) and 1.38.0: a rule with !important loses to the element's own style, @font-face loses its name and so its sense, and @supports goes away whole. What it cannot put in an
# attribute, @media and :hover and :root, gets !important on every declaration. Guessed: CSS's order (important rules beat an element's own style, so the text is green), and that every rule with @ stays as it is.
# Seen on 2026-11-29: style="color:black" and "{ font-family: …". Needs Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"strings"

	"github.com/vanng822/go-premailer/premailer"
)

func main() {
	log.SetFlags(0)
	p, err := premailer.NewPremailerFromString(`<html><head><style>
p { color: green !important; }
@font-face { font-family: Serious; src: url(https://rfc.example/serious.woff); }
@supports (display: grid) { p { margin: 0; } }
@media (max-width: 600px) { p { margin: 1px; } }
</style></head><body><p style="color: black">topics</p></body></html>`, premailer.NewOptions())
	if err != nil {
		log.Fatal(err)
	}
	out, err := p.Transform()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Join(strings.Fields(out), " "))
}
END
inlined() { # PREMAILER-VERSION OTHER-REQUIREMENT...
	{
		printf '%s\n' 'module order' '' 'go 1.25' '' "require github.com/vanng822/go-premailer $1"
		shift
		printf 'require %s\n' "$@"
	} >go.mod
	rm -f go.sum
	go mod tidy >/dev/null 2>&1
	go run . 2>/dev/null | sed 's/^Skip unsupported atrule: @supports//'
}
{
	inlined v0.0.0-20191214114701-be27abe028fe "github.com/vanng822/css v0.0.0-20190504095207-a21e860bcd04" "github.com/PuerkitoBio/goquery v1.5.0" "golang.org/x/net v0.62.0"
	inlined v1.38.0 "golang.org/x/net v0.62.0"
} | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
<html><head><style type="text/css"> { font-family: Serious !important; src: url(https://rfc.example/serious.woff) !important }@media (max-width: 600px){ p { margin: 1px !important } } </style></head><body><p style="color:black">topics</p></body></html>
<html><head><style type="text/css"> { font-family: Serious !important; src: url(https://rfc.example/serious.woff) !important }@media (max-width: 600px){ p { margin: 1px !important } } </style></head><body><p style="color:black">topics</p></body></html>
END
