#!/usr/bin/env bash
# modernc.org/sqlite 1.62.0: one Exec of two statements with two arguments gives both statements the first one, and says nothing: no error, and the second argument is in neither.
# Guessed: each statement takes the next arguments, as with mattn/go-sqlite3 (whose loop moves on by what each statement wants), or an error, since there are more of them than either wants.
# Numbered ones (?1, ?2) do reach their statements. Seen on 2026-11-29: "one 1, two 1" for ? and "one 1, two 2" for ?1 and ?2. Needs Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' 'module several' '' 'go 1.25' '' 'require modernc.org/sqlite v1.62.0' >go.mod
cat >main.go <<'END'
package main

import (
	"database/sql"
	"fmt"
	"log"

	_ "modernc.org/sqlite"
)

func main() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, marks := range [][2]string{{"?", "?"}, {"?1", "?2"}} {
		if _, err = db.Exec("DROP TABLE IF EXISTS kept; CREATE TABLE kept (name, value)"); err != nil {
			log.Fatal(err)
		}
		_, err = db.Exec("INSERT INTO kept VALUES ('one', "+marks[0]+"); INSERT INTO kept VALUES ('two', "+marks[1]+")", 1, 2)
		var seen string
		if failed := db.QueryRow("SELECT group_concat(name || ' ' || value, ', ') FROM kept").Scan(&seen); failed != nil {
			log.Fatal(failed)
		}
		fmt.Printf("%v: %s; error %v\n", marks, seen, err)
	}
}
END
go mod tidy >/dev/null 2>&1
go run . | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
[? ?]: one 1, two 1; error <nil>
[?1 ?2]: one 1, two 2; error <nil>
END
