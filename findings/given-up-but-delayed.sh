#!/usr/bin/env bash
# What six servers of Debian 12 say to the sender of a mail that they give up, for its mailbox was full (452 4.2.2) until their time was over. OpenSMTPD 6.8.0p2 and nullmailer 2.2 drop it and say "Action: delayed", OpenSMTPD under the subject "delayed" too; a second report
# does not follow, so a reader that waits for "failed" never sees a bounce. Exim 4.96 says 5.0.0, which it says of a 550 5.1.1 as well; Postfix 3.7.11 the 4.2.2 of the last try. dma 0.13 sends plain text, for the mail given up without the code of the last try. OpenSMTPD's mail is multipart/mixed.
# Guessed: all send a multipart/report, with 5.4.7 or 4.4.7 (RFC 3463, "delivery time expired") for the mail given up and 5.1.1 for the other; that it says "failed" went without saying. Only sendmail 8.17.1.9 does so.
# Seen on 2026-11-30: the table at the end, for each server first a 550 5.1.1 and then a mail given up. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download exim4-daemon-light=4.96-15+deb12u11 libidn12=1.41-1 postfix=3.7.11-0+deb12u1 libicu72=72.1-3+deb12u1 opensmtpd=6.8.0p2-4+b4 dma=0.13-1+b1 nullmailer=1:2.2-4 \
	sendmail-bin=8.17.1.9-2+deb12u2 sendmail-base=8.17.1.9-2+deb12u2 sendmail-cf=8.17.1.9-2+deb12u2 libmilter1.0.1=8.17.1.9-2+deb12u2 liblockfile1=1.17-1+b1 m4=1.4.19-3
for part in *.deb; do
	case $part in exim* | libidn*) name=exim ;; postfix* | libicu*) name=postfix ;; opensmtpd* | dma* | nullmailer*) name=${part%%_*} ;; *) name=sendmail ;; esac
	dpkg -x "$part" "root-$name"
	mkdir -p "root-$name/var" "root-$name/etc"
	[ ! -d "root-$name/lib" ] || cp -a "root-$name/lib" "root-$name/usr/"
done
cat >sink.py <<'END'
import itertools, socket, threading
listener = socket.create_server(("127.0.0.1", 25))
count = itertools.count(1)
def serve(wire):
    def say(text):
        wire.write(text + b"\r\n")
        wire.flush()
    say(b"220 sink.example ESMTP")
    for line in wire:
        word = line.upper()
        if word.startswith(b"EHLO"):
            say(b"250-sink.example\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME")
        elif word.startswith(b"RCPT") and b"KIM" in word:
            say(b"550 5.1.1 no such user")
        elif word.startswith(b"RCPT") and b"LEE" in word:
            say(b"452 4.2.2 mailbox full")
        elif word.startswith(b"DATA"):
            say(b"354 go on")
            text = b"".join(iter(wire.readline, b".\r\n"))
            with open("/run/got/" + ("kim" if b"kim@mail.example" in text else "lee"), "wb") as mail:
                mail.write(text)
            say(b"250 2.0.0 yes")
        else:
            say(b"250 2.0.0 yes")
while True:
    threading.Thread(target=serve, args=(listener.accept()[0].makefile("rwb"),), daemon=True).start()
END
cat >inject.py <<'END'
import smtplib, sys
for to in "kim", "lee":
    with smtplib.SMTP(sys.argv[1], 2526) as server:
        server.sendmail("digest@rfc.example", [to + "@mail.example"], open("mail-" + to, "rb").read())
END
cat >read.py <<'END'
import email, sys
def of(name):
    try:
        mail = email.message_from_file(open("/run/got/" + name))
    except FileNotFoundError:
        return "nothing"
    report = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = [block for part in report for block in part.get_payload()]
    return " ".join([mail.get_content_type()] + [block[field] for block in blocks for field in ("Action", "Status") if block[field]])
print(sys.argv[1] + ": " + of("kim") + "; " + of("lee"))
END
for to in kim lee; do printf '%s\n' 'From: RFC Digest <digest@rfc.example>' "To: $to@mail.example" 'Subject: Daily digest' 'Date: Mon, 30 Nov 2026 08:00:00 +0000' "Message-ID: <$to@rfc.example>" '' 'Nothing new.' >mail-$to; done
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
begin retry
* * F,1s,1s
END
printf '%s\n' 'queue ttl 2s' 'action "out" relay host smtp://127.0.0.1' 'listen on 127.0.0.1 port 2526' 'match from any for any action "out"' >smtpd.conf
printf '%s\n' 'compatibility_level = 3.6' 'myhostname = mx.example' 'mydestination =' 'inet_interfaces = 127.0.0.2' 'inet_protocols = ipv4' 'mynetworks = 127.0.0.0/8' 'relayhost = [127.0.0.1]:25' 'maximal_queue_lifetime = 0' \
	'bounce_queue_lifetime = 0' 'alias_maps =' 'maillog_file = /dev/stdout' 'smtp_host_lookup = native' >main.cf
echo hosts files >switch
cat >sendmail.mc <<END
OSTYPE(\`linux')
define(\`confDOMAIN_NAME', \`mx.example')
define(\`SMART_HOST', \`relay:[127.0.0.1]')
define(\`confTO_QUEUERETURN', \`1s')
define(\`confSERVICE_SWITCH_FILE', \`$folder/switch')
define(\`QUEUE_DIR', \`/run/spool')
define(\`ALIAS_FILE', \`')
define(\`STATUS_FILE', \`')
FEATURE(\`nocanonify')
FEATURE(\`accept_unresolvable_domains')
MAILER(\`smtp')
END
root-sendmail/usr/bin/m4 -I root-sendmail/usr/share/sendmail/cf/ root-sendmail/usr/share/sendmail/cf/m4/cf.m4 sendmail.mc >sendmail.cf
number=7100
cp /etc/passwd passwd
grep -v '^mail:' /etc/group >group
echo mail:x:8: >>group
for name in Debian-exim postfix postdrop opensmtpd opensmtpq smmta smmsp nullmailer; do
	number=$((number + 1))
	echo "$name:x:$number:$number::/:/bin/false" >>passwd
	echo "$name:x:$number:" >>group
done
cat >world <<'END'
listens() { for i in $(seq 200); do (exec 3<>"/dev/tcp/$1") 2>/dev/null && return; sleep .1; done; }
run_exim() {
	for to in kim lee; do exim4 -C "$PWD/exim.conf" -odq -i -f digest@rfc.example $to@mail.example <mail-$to; done
	exim4 -C "$PWD/exim.conf" -qqf
	sleep 3
	exim4 -C "$PWD/exim.conf" -qqf
}
run_postfix() {
	export LD_LIBRARY_PATH=/usr/lib/postfix
	mkdir -p /etc/postfix
	cp main.cf /etc/postfix/
	sed 's/^smtp      inet.*/2526 inet n - n - - smtpd/; s/^\([a-z]* *unix  *[-n]  *[-n]  *\)y/\1n/' /usr/share/postfix/master.cf.dist >/etc/postfix/master.cf
	mkdir -p /var/spool/postfix /var/lib/postfix
	chown postfix /var/lib/postfix
	postfix start-fg &
	listens 127.0.0.2/2526
	/usr/bin/python3 inject.py 127.0.0.2
}
run_opensmtpd() {
	mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
	smtpd -d -f "$PWD/smtpd.conf" &
	listens 127.0.0.1/2526
	/usr/bin/python3 inject.py 127.0.0.1
	chgrp opensmtpq /usr/sbin/smtpctl
	chmod 2755 /usr/sbin/smtpctl
	for i in 1 2 3; do sleep 3; smtpctl schedule all; done
}
run_dma() {
	printf '%s\n' 'SMARTHOST 127.0.0.1' 'MAILNAME mx.example' DEFER >/etc/dma/dma.conf
	for to in kim lee; do dma -i -f digest@rfc.example $to@mail.example <mail-$to; done
	touch -d '10 days ago' /var/spool/dma/*
	dma -q
}
run_nullmailer() {
	mkdir -p /etc/nullmailer
	for part in queue tmp failed; do mkdir -p /var/spool/nullmailer/$part; done
	mkfifo /var/spool/nullmailer/trigger
	chown -R nullmailer /var/spool/nullmailer
	chown nullmailer /usr/sbin/nullmailer-queue
	chmod 4755 /usr/sbin/nullmailer-queue
	for setting in queuelifetime pausetime; do echo 1 >/etc/nullmailer/$setting; done
	echo 127.0.0.1 smtp >/etc/nullmailer/remotes
	for to in kim lee; do nullmailer-inject -f digest@rfc.example $to@mail.example <mail-$to; done
	setpriv --reuid=nullmailer --clear-groups nullmailer-send &
}
run_sendmail() {
	chmod 700 /run/spool
	for to in kim lee; do /usr/libexec/sendmail/sendmail -C"$PWD/sendmail.cf" -Am -O DeliveryMode=queueonly -i -f digest@rfc.example $to@mail.example <mail-$to; done
	sleep 2
	/usr/libexec/sendmail/sendmail -C"$PWD/sendmail.cf" -Am -q
}
name=$1
mount --make-rprivate /
ip link set lo up
ip address add 127.0.0.2/8 dev lo
hostname mx.example
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 777 /run/spool /run/log /run/got
for part in usr var etc; do
	mkdir /run/$part /run/work-$part
	mount -t overlay overlay -o "lowerdir=$PWD/root-$name/$part:/$part,upperdir=/run/$part,workdir=/run/work-$part" /$part
done
mount --bind passwd /etc/passwd && mount --bind group /etc/group
echo 'postmaster: root' >/etc/aliases
echo mx.example >/etc/mailname
/usr/bin/python3 sink.py >log-sink 2>&1 &
listens 127.0.0.1/25
run_$name >log-$name 2>&1 </dev/null
for i in $(seq 150); do [ -s /run/got/kim ] && [ -s /run/got/lee ] && break; sleep .1; done
sleep 3 # for a second report
/usr/bin/python3 read.py $name
END
for name in postfix sendmail exim opensmtpd nullmailer dma; do unshare -m -p -n -u -f --kill-child bash world $name; done | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
postfix: multipart/report failed 5.1.1; multipart/report failed 4.2.2
sendmail: multipart/report failed 5.1.1; multipart/report failed 4.4.7
exim: multipart/report failed 5.0.0; multipart/report failed 5.0.0
opensmtpd: multipart/mixed failed 5.0.0; multipart/mixed delayed 4.4.7
nullmailer: multipart/report failed 5.1.1; multipart/report delayed 4.2.2
dma: text/plain; text/plain
END
