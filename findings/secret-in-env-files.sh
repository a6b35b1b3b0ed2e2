#!/usr/bin/env bash
# One env file, four readers: npm dotenv 18.0.10, Node's own util.parseEnv (20.20), Go godotenv 1.5.1, compose-go 2.16.2 (what docker compose reads with).
# "01\"23" is 01\"23, 01\, 01"23, 01"23; 01#23 without quotes is 01, 01, 01#23, 01#23; "01$x23" is 01$x23, 01$x23, 01$x23, 01; "01$X23" is the same but for godotenv: 01. Guessed: 01"23, 01#23 and, in Go, 01 everywhere.
set -euo pipefail
D=$(mktemp -d); trap 'chmod -R u+w "$D"; rm -rf "$D"' EXIT; cd "$D"
cat > secret.env <<'ENV'
ESCAPED="01\"23"
HASH=01#23
LOWER="01$x23"
UPPER="01$X23"
ENV
npm init -y >/dev/null; npm install --silent dotenv@18.0.10 >/dev/null
cat > read.mjs <<'JS'
import fs from "fs"; import util from "util"; import dotenv from "dotenv";
const text = fs.readFileSync("secret.env", "utf8");
for (const [reader, read] of [["dotenv", dotenv.parse], ["node", util.parseEnv]])
  for (const [name, value] of Object.entries(read(text)).sort()) console.log(reader, name, value);
JS
cat > go.mod <<'MOD'
module read
go 1.24
require (
	github.com/compose-spec/compose-go/v2 v2.16.2
	github.com/joho/godotenv v1.5.1
)
MOD
cat > main.go <<'GO'
package main

import (
	"fmt"
	"sort"

	compose "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/joho/godotenv"
)

func main() {
	for _, reader := range []struct {
		name string
		read func(...string) (map[string]string, error)
	}{{"godotenv", godotenv.Read}, {"compose", compose.Read}} {
		values, err := reader.read("secret.env")
		if err != nil {
			panic(err)
		}
		var names []string
		for name := range values {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(reader.name, name, values[name])
		}
	}
}
GO
go mod tidy >/dev/null 2>&1
{ node read.mjs; go run . 2>/dev/null; } | tee seen
diff - seen <<'WANT' || { echo "changed"; exit 1; }
dotenv ESCAPED 01\"23
dotenv HASH 01
dotenv LOWER 01$x23
dotenv UPPER 01$X23
node ESCAPED 01\
node HASH 01
node LOWER 01$x23
node UPPER 01$X23
godotenv ESCAPED 01"23
godotenv HASH 01#23
godotenv LOWER 01$x23
godotenv UPPER 01
compose ESCAPED 01"23
compose HASH 01#23
compose LOWER 01
compose UPPER 01
WANT
echo "as seen before"
