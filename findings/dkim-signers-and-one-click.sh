#!/usr/bin/env bash
# What DKIM signers leave unsigned by default of a mail that has List-Unsubscribe-Post. RFC 8058 §4 wants a signature that covers it, or no program may offer one click. OpenDKIM 2.11.0~beta2-8 and dkimpy 1.1.4 (Debian 12), Exim 4.96-15 and npm mailauth 7.1.0
# sign List-Unsubscribe and not List-Unsubscribe-Post, and OpenDKIM leaves Message-ID open besides; npm nodemailer 10.6.1 signs both. Guessed: all sign both with the other List fields, mailauth what nodemailer by the same author signs, and Message-ID too (of these, RFC 6376 §5.4.1 names List-Unsubscribe alone).
# Seen on 2026-11-29: the table at the end. Needs Debian 12, root, npm and Python; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download opendkim=2.11.0~beta2-8+deb12u1 libopendkim11=2.11.0~beta2-8+deb12u1 librbl1=2.11.0~beta2-8+deb12u1 libvbr2=2.11.0~beta2-8+deb12u1 \
	libmilter1.0.1=8.17.1.9-2+deb12u2 libmemcached11=1.1.4-1 libhashkit2=1.1.4-1 libopendbx1=1.4.6-16+b1 liblua5.3-0=5.3.6-2 python3-dkim=1.1.4-1 python3-dns=3.2.1-2 \
	exim4-daemon-light=4.96-15+deb12u11 libidn12=1.41-1
for part in *.deb; do dpkg -x "$part" root; done
echo '{"dependencies": {"mailauth": "7.1.0", "nodemailer": "10.6.1"}}' >package.json
npm install --silent --no-audit --no-fund >/dev/null
openssl genrsa -out key.pem 2048 2>/dev/null
chmod 644 key.pem
cat >mail <<'END'
From: RFC Digest <digest@rfc.example>
To: Kim <kim@mail.example>
Subject: Daily digest
Date: Sun, 29 Nov 2026 08:00:00 +0000
Message-ID: <1@rfc.example>
List-Id: RFC Digest <digest.rfc.example>
List-Unsubscribe: <https://rfc.example/unsubscribe/1>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8

Nothing new.
END
printf '%s\n' 'Domain rfc.example' 'Selector s' "KeyFile $folder/key.pem" 'Mode s' 'Socket inet:1@127.0.0.1' 'RequireSafeKeys no' >opendkim.conf
cat >exim.conf <<END
primary_hostname = mx.example
exim_user = nobody
exim_group = nogroup
spool_directory = /run/spool
log_file_path = /run/log/%slog
begin routers
on:
  driver = manualroute
  route_list = * 127.0.0.1::2525
  self = send
  transport = on
begin transports
on:
  driver = smtp
  dkim_domain = rfc.example
  dkim_selector = s
  dkim_private_key = $folder/key.pem
END
cat >sink.py <<'END'
import socket
listener = socket.create_server(("127.0.0.1", 2525))
wire = listener.accept()[0].makefile("rwb")
def say(text):
    wire.write(text + b"\r\n")
    wire.flush()
say(b"220 sink.example")
for line in wire:
    if line.upper().startswith(b"DATA"):
        say(b"354 go on")
        with open("by-exim", "wb") as mail:
            for line in wire:
                if line == b".\r\n":
                    break
                mail.write(line)
    say(b"250 yes")
END
{ cat /etc/passwd; echo 'Debian-exim:x:7111:7111::/:/bin/false'; } >passwd
{ cat /etc/group; echo Debian-exim:x:7111:; } >group
cat >world <<'END'
mount --make-rprivate /
ip link set lo up
mount --bind passwd /etc/passwd && mount --bind group /etc/group
mount -t tmpfs -o mode=777 tmpfs /run
mkdir -m 777 /run/usr /run/work /run/spool /run/log
[ ! -d root/lib ] || cp -a root/lib root/usr/
mount -t overlay overlay -o lowerdir=$PWD/root/usr:/usr,upperdir=/run/usr,workdir=/run/work /usr
opendkim -x opendkim.conf -t mail -vvv 2>&1 | sed -n "s/.*hname='DKIM-Signature' hvalue='/DKIM-Signature: /; /^DKIM/,\$p" >by-opendkim
/usr/bin/python3 /usr/bin/dkimsign s rfc.example key.pem <mail >by-dkimpy
timeout 60 /usr/bin/python3 sink.py &
for i in $(seq 100); do grep -q :09DD /proc/net/tcp && break; sleep .1; done
exim4 -C "$PWD/exim.conf" -odf -i -f digest@rfc.example kim@mail.example <mail >log-exim 2>&1 || cat log-exim
for i in $(seq 100); do grep -q Nothing by-exim 2>/dev/null && break; sleep .1; done
END
unshare -m -p -n -f --kill-child bash world
cat >sign.js <<'END'
const fs = require('fs')
const mail = fs.readFileSync('mail')
const privateKey = fs.readFileSync('key.pem', 'utf8')
require('mailauth/lib/dkim/sign').dkimSign(mail, { signatureData: [{ signingDomain: 'rfc.example', selector: 's', privateKey }] })
	.then((signed) => fs.writeFileSync('by-mailauth', signed.signatures))
require('nodemailer').createTransport({ streamTransport: true, buffer: true, dkim: { domainName: 'rfc.example', keySelector: 's', privateKey } })
	.sendMail({ envelope: { from: 'digest@rfc.example', to: 'kim@mail.example' }, raw: mail })
	.then((sent) => fs.writeFileSync('by-nodemailer', sent.message))
END
node sign.js
for signer in opendkim dkimpy exim mailauth nodemailer; do
	signed=$(tr -d '\r' <"by-$signer" | sed -n '/^DKIM-Signature:/,/^[^ \t]/p' | tr -d ' \t\n' | tr 'A-Z' 'a-z' | sed 's/.*;h=\([^;]*\);.*/:\1:/')
	printf '%s:' "$signer"
	for name in From To Subject Date Message-ID List-Unsubscribe List-Unsubscribe-Post; do
		case $signed in *:"${name,,}":*) ;; *) printf ' %s' "$name" ;; esac
	done
	echo
done | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
opendkim: Message-ID List-Unsubscribe-Post
dkimpy: List-Unsubscribe-Post
exim: List-Unsubscribe-Post
mailauth: List-Unsubscribe-Post
nodemailer:
END
