#!/usr/bin/env bash
# What comes of a mail with CRLF line ends, as RFC 5322 has them and as Python's policy.SMTP and Go's libraries write them, if it is piped into /usr/sbin/sendmail of Debian 12. Postfix 3.7.11, Exim 4.96 and OpenSMTPD 6.8.0p2
# take a CR away. dma 0.13 and nullmailer 2.2 add one instead: each line goes out with CR CR LF, in dma's mail the empty line behind the header too, so that a server that takes only CRLF for a line end finds no body. nullmailer mends From and To, and that empty line.
# Guessed: all of them send the lines with one CRLF each, as they do if LF comes in. Seen on 2026-11-30: the table at the end. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download exim4-daemon-light=4.96-15+deb12u11 libidn12=1.41-1 postfix=3.7.11-0+deb12u1 libicu72=72.1-3+deb12u1 opensmtpd=6.8.0p2-4+b4 dma=0.13-1+b1 nullmailer=1:2.2-4
for part in *.deb; do
	case $part in exim* | libidn*) name=exim ;; postfix* | libicu*) name=postfix ;; *) name=${part%%_*} ;; esac
	dpkg -x "$part" "root-$name"
	mkdir -p "root-$name/var" "root-$name/etc"
	[ ! -d "root-$name/lib" ] || cp -a "root-$name/lib" "root-$name/usr/"
done
cat >sink.py <<'END'
import socket, threading
listener = socket.create_server(("127.0.0.1", 25))
def serve(wire):
    def say(text):
        wire.write(text + b"\r\n")
        wire.flush()
    say(b"220 sink.example ESMTP")
    for line in wire:
        if line.upper().startswith(b"EHLO"):
            say(b"250-sink.example\r\n250 8BITMIME")
        elif line.upper().startswith(b"DATA"):
            say(b"354 go on")
            text = b"".join(iter(wire.readline, b".\r\n"))
            with open("/run/got", "wb") as mail:
                mail.write(text)
            say(b"250 yes")
        else:
            say(b"250 yes")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0].makefile("rwb"),), daemon=True).start()
END
cat >read.py <<'END'
import sys
said = []
for line in open("/run/got", "rb").read().split(b"\n"):
    for name, start in ("From", b"From:"), ("Subject", b"Subject:"), ("empty line", b"\r"), ("body", b"Nothing"):
        if line.startswith(start):
            said.append(name + (" CR CR LF" if line.endswith(b"\r\r") else " CR LF"))
print(sys.argv[1] + ": " + ", ".join(said))
END
printf '%s\r\n' 'From: RFC Digest <digest@rfc.example>' 'To: kim@mail.example' 'Date: Mon, 30 Nov 2026 08:00:00 +0000' 'Message-ID: <1@rfc.example>' 'Subject: Daily digest' '' 'Nothing new.' >mail
cat >exim.conf <<'END'
primary_hostname = mx.example
exim_user = nobody
exim_group = nogroup
spool_directory = /run/spool
log_file_path = /run/log/%slog
keep_environment =
begin routers
on:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = on
begin transports
on:
  driver = smtp
END
printf '%s\n' 'action "out" relay host smtp://127.0.0.1' 'listen on socket' 'match from any for any action "out"' >smtpd.conf
printf '%s\n' 'compatibility_level = 3.6' 'myhostname = mx.example' 'mydestination =' 'inet_interfaces = 127.0.0.2' 'inet_protocols = ipv4' 'relayhost = [127.0.0.1]:25' 'alias_maps =' 'maillog_file = /dev/stdout' 'smtp_host_lookup = native' >main.cf
number=7100
cp /etc/passwd passwd
grep -v '^mail:' /etc/group >group
echo mail:x:8: >>group
for name in Debian-exim postfix postdrop opensmtpd opensmtpq nullmailer; do
	number=$((number + 1))
	echo "$name:x:$number:$number::/:/bin/false" >>passwd
	echo "$name:x:$number:" >>group
done
cat >world <<'END'
listens() { for i in $(seq 200); do (exec 3<>"/dev/tcp/$1") 2>/dev/null && return; sleep .1; done; }
send() { "$@" -i -f digest@rfc.example kim@mail.example <mail; }
run_exim() { send exim4 -C "$PWD/exim.conf" -odf; }
run_postfix() {
	export LD_LIBRARY_PATH=/usr/lib/postfix
	mkdir -p /etc/postfix
	cp main.cf /etc/postfix/
	sed 's/^smtp      inet.*/2526 inet n - n - - smtpd/; s/^\([a-z]* *unix  *[-n]  *[-n]  *\)y/\1n/' /usr/share/postfix/master.cf.dist >/etc/postfix/master.cf
	mkdir -p /var/spool/postfix /var/lib/postfix
	chown postfix /var/lib/postfix
	postfix start-fg &
	listens 127.0.0.2/2526
	send sendmail
}
run_opensmtpd() {
	mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
	chgrp opensmtpq /usr/sbin/smtpctl
	chmod 2755 /usr/sbin/smtpctl
	smtpd -d -f "$PWD/smtpd.conf" &
	for i in $(seq 100); do [ -S /run/smtpd.sock ] && break; sleep .1; done
	send sendmail
}
run_dma() {
	printf '%s\n' 'SMARTHOST 127.0.0.1' 'MAILNAME mx.example' DEFER >/etc/dma/dma.conf
	send dma
	dma -q
}
run_nullmailer() {
	mkdir -p /etc/nullmailer
	for part in queue tmp failed; do mkdir -p /var/spool/nullmailer/$part; done
	mkfifo /var/spool/nullmailer/trigger
	chown -R nullmailer /var/spool/nullmailer
	chown nullmailer /usr/sbin/nullmailer-queue
	chmod 4755 /usr/sbin/nullmailer-queue
	echo 127.0.0.1 smtp >/etc/nullmailer/remotes
	send sendmail
	setpriv --reuid=nullmailer --clear-groups nullmailer-send &
}
name=$1
mount --make-rprivate /
ip link set lo up
ip address add 127.0.0.2/8 dev lo
hostname mx.example
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 777 /run/spool /run/log
for part in usr var etc; do
	mkdir /run/$part /run/work-$part
	mount -t overlay overlay -o "lowerdir=$PWD/root-$name/$part:/$part,upperdir=/run/$part,workdir=/run/work-$part" /$part
done
mount --bind passwd /etc/passwd && mount --bind group /etc/group
echo 'postmaster: root' >/etc/aliases
echo mx.example >/etc/mailname
/usr/bin/python3 sink.py >log-sink 2>&1 &
listens 127.0.0.1/25
run_$name >log-$name 2>&1
for i in $(seq 150); do [ -s /run/got ] && break; sleep .1; done
[ -s /run/got ] || cat log-$name
/usr/bin/python3 read.py $name
END
for name in postfix exim opensmtpd dma nullmailer; do unshare -m -p -n -u -f --kill-child bash world $name; done | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
postfix: From CR LF, Subject CR LF, empty line CR LF, body CR LF
exim: From CR LF, Subject CR LF, empty line CR LF, body CR LF
opensmtpd: From CR LF, Subject CR LF, empty line CR LF, body CR LF
dma: From CR CR LF, Subject CR CR LF, empty line CR CR LF, body CR CR LF
nullmailer: From CR LF, Subject CR CR LF, empty line CR LF, body CR CR LF
END
