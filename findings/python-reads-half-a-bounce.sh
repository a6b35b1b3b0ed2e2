#!/usr/bin/env bash
# Python's EmailMessage.get_content() (3.11.2, Debian 12) of a bounce's message/delivery-status is its first block alone, which names the server. The blocks of the recipients, with Action and Status, are missing, without an error.
# Of a message/global-delivery-status (RFC 6533), which has the same form, it is the whole text. So a bounce reader that is tried with an address beyond ASCII works, and finds nobody in any other bounce. Guessed: the whole text of both.
# The recipients are in get_payload(): a list of messages with a block each for the first type, a list of one for the other. Seen on 2026-11-30: the table at the end. Needs Debian 12's Python 3; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >read.py <<'END'
from email import message_from_string, policy

bounce = """\
From: MAILER-DAEMON@mx.example
To: digest@rfc.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=KIND; boundary="b"

--b
Content-Type: text/plain

Nobody has the mailbox kim.

--b
Content-Type: message/KIND

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; kim@mail.example
Action: failed
Status: 5.1.1

Final-Recipient: rfc822; lee@mail.example
Action: failed
Status: 5.2.2

--b--
"""
for kind in "delivery-status", "global-delivery-status":
    mail = message_from_string(bounce.replace("KIND", kind), policy=policy.default)
    report = list(mail.iter_parts())[1]
    text = report.get_content().decode()
    names = [line.split(":")[0] for line in text.splitlines() if line]
    print(f"{kind}: {' '.join(names)}; {len(report.get_payload())} in the payload")
END
/usr/bin/python3 read.py | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
delivery-status: Reporting-MTA; 3 in the payload
global-delivery-status: Reporting-MTA Final-Recipient Action Status Final-Recipient Action Status; 1 in the payload
END
