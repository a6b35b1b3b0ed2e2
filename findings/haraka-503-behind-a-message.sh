#!/usr/bin/env bash
# Haraka 3.3.4 offers PIPELINING, takes MAIL, RCPT and DATA in one write, and answers 503 to each of them if they come in one write with the end of the message before. RFC 2920 §3.1 names DATA as what must be last in a group of
# commands, and lets the next group follow the end of the message. Haraka does so against smuggling, and that message itself is taken. Guessed: a server that offers PIPELINING takes what follows a message, as Postfix does.
# Seen on 2026-11-29. Needs node and npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; fi; rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund Haraka@3.3.4 >/dev/null 2>&1
mkdir -p h/config h/plugins h/queue
cp -n node_modules/Haraka/config/* h/config/ 2>/dev/null || true
ln -s ../node_modules h/node_modules
port=$((20000 + $$ % 20000))
printf 'listen=127.0.0.1:%d\n' "$port" >h/config/smtp.ini
echo mx.mail.example >h/config/me
echo mail.example >h/config/host_list
printf 'takes\nrcpt_to.in_host_list\n' >h/config/plugins
echo 'exports.hook_queue = (next) => next(OK)' >h/plugins/takes.js
node node_modules/Haraka/bin/haraka -c h >log 2>&1 &
server=$!
cat >talk.mjs <<'END'
import net from "node:net"
const port = Number(process.argv[2]), wait = (ms) => new Promise((done) => setTimeout(done, ms))
let socket, got = ""
for (let tries = 0; !socket && tries < 100; tries++) {
  socket = await new Promise((done) => { const s = net.connect(port, "127.0.0.1", () => done(s)).on("error", () => done(null)) })
  if (!socket) await wait(200)
}
socket.on("data", (d) => { got += d })
const say = async (what, text) => {
  got = ""
  if (text) socket.write(text)
  for (let quiet = 0, last = -1; quiet < 8; quiet = got.length === last ? quiet + 1 : 0, last = got.length, await wait(100)) ;
  console.log(`${what}: ${got.trim().split("\r\n").filter((l) => l[3] === " ").map((l) => l.slice(0, 3)).join(" ")}`)
}
const envelope = (n) => `MAIL FROM:<a@mail.example>\r\nRCPT TO:<b${n}@mail.example>\r\nDATA\r\n`, message = "Subject: x\r\n\r\nx\r\n.\r\n"
await say("greeting", "")
await say("EHLO", "EHLO client.example\r\n")
await say("envelope in one write", envelope(1))
await say("message and the next envelope in one write", message + envelope(2))
await say("the same envelope after the answer", envelope(2))
await say("message alone", message)
socket.end("QUIT\r\n")
END
node talk.mjs "$port" | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
greeting: 220
EHLO: 250
envelope in one write: 250 250 354
message and the next envelope in one write: 250 503 503 503
the same envelope after the answer: 250 250 354
message alone: 250
END
