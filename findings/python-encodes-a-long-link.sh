#!/usr/bin/env bash
# Python's email.message.EmailMessage (3.11.2, Debian 12): a List-Unsubscribe with a link of 76 bytes or more, so 78 with its brackets, goes out as encoded words, although all of it is ASCII. So do a long References and In-Reply-To;
# Message-ID alone does not. RFC 2047 §5 allows encoded words in no such place, and a reader that does not decode there finds no link: npm mailparser 3.14.2 takes it for a name. A mail that was read with policy.default and is passed on gets the same.
# MIMEText, of the old policy, leaves the link alone. Guessed: what has no blank cannot be folded, so it stays as it is on a line of its own, as with 75 bytes.
# Seen on 2026-11-30: the table at the end. Needs Python 3, node and npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund mailparser@3.14.2 >/dev/null 2>&1
cat >write.py <<'END'
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.text import MIMEText

def link(length):
    start = "https://rfc.example/unsubscribe/"
    return "<" + start + "a" * (length - len(start)) + ">"

def say(name, mail):
    raw = mail.as_bytes()
    print(name + ":", "encoded words" if b"=?utf-8?q?" in raw else "as it was")
    open(name, "wb").write(raw)

def mail(field, value, kind=EmailMessage):
    made = kind() if kind is EmailMessage else kind("x")
    made["Subject"] = "Daily digest"
    made[field] = value
    return made

say("link of 75", mail("List-Unsubscribe", link(75)))
say("link of 76", mail("List-Unsubscribe", link(76)))
say("link of 76 in MIMEText", mail("List-Unsubscribe", link(76), MIMEText))
given = mail("List-Unsubscribe", link(76), MIMEText).as_bytes()
say("link of 76 passed on", message_from_bytes(given, policy=policy.default))
for field in "Message-ID", "In-Reply-To", "References":
    say(field, mail(field, "<" + "a" * 78 + "@rfc.example>"))
END
cat >read.js <<'END'
const { simpleParser } = require('mailparser')
const see = async () => {
	for (const name of ['link of 75', 'link of 76']) {
		const list = (await simpleParser(require('fs').readFileSync(name))).headers.get('list')
		console.log(`${name}, read by mailparser: ${Object.keys(list.unsubscribe)}`)
	}
}
see()
END
{ /usr/bin/python3 write.py; node read.js; } | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
link of 75: as it was
link of 76: encoded words
link of 76 in MIMEText: as it was
link of 76 passed on: encoded words
Message-ID: as it was
In-Reply-To: encoded words
References: encoded words
link of 75, read by mailparser: url
link of 76, read by mailparser: name
END
