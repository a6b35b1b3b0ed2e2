#!/usr/bin/env bash
# bun 1.3.0 on SQLite: an INSERT of a slice has only the columns that its first element needs. If that one's ID (autoincrement) is 0, or its field with "notnull,default:" is empty, what the others have there is dropped without an error: they get new IDs and the default. bun also
# writes these back into the slice, so it looks as if they had been so. With the other order, or on PostgreSQL (DEFAULT for each row), all is kept. One would expect that on SQLite too, each row keeps what it has (no guess was written down before the run).
# Seen on 2026-11-30: the lines at the end. Needs Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'END'
module first

go 1.25

require (
	github.com/uptrace/bun v1.3.0
	github.com/uptrace/bun/dialect/pgdialect v1.3.0
	github.com/uptrace/bun/dialect/sqlitedialect v1.3.0
	modernc.org/sqlite v1.62.0
)
END
cat >main.go <<'END'
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite"
)

type person struct {
	bun.BaseModel `bun:"people"`
	ID            int64  `bun:",pk,autoincrement"`
	Name          string
	Zone          string `bun:",notnull,default:'UTC'"`
}

func main() {
	lite, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	lite.SetMaxOpenConns(1)
	db := bun.NewDB(lite, sqlitedialect.New())
	for _, people := range [][]person{{{Name: "Kim"}, {ID: 9, Name: "Lee", Zone: "Asia/Tokyo"}}, {{ID: 9, Name: "Lee", Zone: "Asia/Tokyo"}, {Name: "Kim"}}} {
		if err := db.ResetModel(context.Background(), (*person)(nil)); err != nil {
			log.Fatal(err)
		}
		fmt.Println("PostgreSQL:", bun.NewDB(lite, pgdialect.New()).NewInsert().Model(&people))
		fmt.Println("SQLite:", db.NewInsert().Model(&people))
		_, err := db.NewInsert().Model(&people).Exec(context.Background())
		for _, one := range people {
			fmt.Println(" ", one.ID, one.Name, one.Zone, err)
		}
	}
}
END
go mod tidy >/dev/null 2>&1
go run . | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
PostgreSQL: INSERT INTO "people" ("id", "name", "zone") VALUES (DEFAULT, 'Kim', DEFAULT), (9, 'Lee', 'Asia/Tokyo') RETURNING "id", "zone"
SQLite: INSERT INTO "people" ("name") VALUES ('Kim'), ('Lee') RETURNING "id", "zone"
  1 Kim UTC <nil>
  2 Lee UTC <nil>
PostgreSQL: INSERT INTO "people" ("id", "name", "zone") VALUES (9, 'Lee', 'Asia/Tokyo'), (DEFAULT, 'Kim', DEFAULT) RETURNING "id", "zone"
SQLite: INSERT INTO "people" ("id", "name", "zone") VALUES (9, 'Lee', 'Asia/Tokyo'), (NULL, 'Kim', 'UTC') RETURNING "id", "zone"
  9 Lee Asia/Tokyo <nil>
  10 Kim UTC <nil>
END
