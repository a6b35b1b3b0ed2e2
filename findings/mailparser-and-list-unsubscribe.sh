#!/usr/bin/env bash
# npm mailparser 3.14.2, headers.get("list").unsubscribe: a https link with "@" in it (which RFC 3986 lets stand in a path and a query) comes as "mail", not "url"; a link beside a comment, as RFC 2369 §2 has it, comes as "id"; and of two links the last is kept,
# though RFC 2369 wants the leftmost tried first. One would expect that a link is a url by its scheme, that a comment does not matter, and that the first of two is kept (no guess was written down before the run).
# Seen on 2026-11-30: the table at the end. Needs node and npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund mailparser@3.14.2 >/dev/null 2>&1
cat >read.js <<'END'
const { simpleParser } = require('mailparser')
const see = async () => {
	for (const value of [
		'<https://rfc.example/u/1>',
		'<https://rfc.example/u/1?kim=kim%40mail.example>',
		'<https://rfc.example/u/1?kim=kim@mail.example>',
		'<https://rfc.example/u/1> (one click)',
		'<mailto:u1@rfc.example>, <https://rfc.example/u/1>',
		'<https://rfc.example/u/1>, <https://old.example/u/1>',
		'<mailto:u1@rfc.example>, <https://rfc.example/u/@kim>',
	]) {
		const mail = await simpleParser(`Subject: x\nList-Unsubscribe: ${value}\n\nx\n`)
		console.log(`${value}\n  ${JSON.stringify(mail.headers.get('list').unsubscribe)}`)
	}
}
see()
END
node read.js | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
<https://rfc.example/u/1>
  {"url":"https://rfc.example/u/1"}
<https://rfc.example/u/1?kim=kim%40mail.example>
  {"url":"https://rfc.example/u/1?kim=kim%40mail.example"}
<https://rfc.example/u/1?kim=kim@mail.example>
  {"mail":"https://rfc.example/u/1?kim=kim@mail.example"}
<https://rfc.example/u/1> (one click)
  {"name":"one click","id":"https://rfc.example/u/1"}
<mailto:u1@rfc.example>, <https://rfc.example/u/1>
  {"mail":"u1@rfc.example","url":"https://rfc.example/u/1"}
<https://rfc.example/u/1>, <https://old.example/u/1>
  {"url":"https://old.example/u/1"}
<mailto:u1@rfc.example>, <https://rfc.example/u/@kim>
  {"mail":"https://rfc.example/u/@kim"}
END
