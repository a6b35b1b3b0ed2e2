#!/usr/bin/env bash
# bun 1.3.0 (its dialects for SQLite and PostgreSQL): an empty or nil slice in bun.List, bun.Tuple or bun.In becomes (NULL). "id NOT IN (NULL)" is true of no row, so a filter that excludes nobody finds nobody, without an error.
# Guessed: an error, or () as SQLite has it, of which "NOT IN" is true for everybody.
# Seen on 2026-11-29 with two people: 0 found where nobody is excluded, 1 where one is; "NOT IN ()" written by hand finds 2. Needs Go; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'END'
module empty

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
	ID            int64 `bun:",pk"`
}

func main() {
	lite, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	lite.SetMaxOpenConns(1)
	if _, err := lite.Exec("CREATE TABLE people (id INTEGER PRIMARY KEY); INSERT INTO people VALUES (1), (2)"); err != nil {
		log.Fatal(err)
	}
	db, written := bun.NewDB(lite, sqlitedialect.New()), bun.NewDB(lite, pgdialect.New())
	for _, ids := range [][]int64{{2}, {}, nil} {
		for _, query := range []struct {
			where string
			list  any
		}{{"id NOT IN (?)", bun.List(ids)}, {"id NOT IN ?", bun.Tuple(ids)}, {"id NOT IN (?)", bun.In(ids)}} {
			n, err := db.NewSelect().Model((*person)(nil)).Where(query.where, query.list).Count(context.Background())
			fmt.Println(written.NewRaw(query.where, query.list), "finds", n, err)
		}
	}
	n, err := db.NewSelect().Model((*person)(nil)).Where("id NOT IN ()").Count(context.Background())
	fmt.Println("id NOT IN () finds", n, err)
}
END
go mod tidy >/dev/null 2>&1
go run . | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
id NOT IN (2) finds 1 <nil>
id NOT IN (2) finds 1 <nil>
id NOT IN (2) finds 1 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN (NULL) finds 0 <nil>
id NOT IN () finds 2 <nil>
END
