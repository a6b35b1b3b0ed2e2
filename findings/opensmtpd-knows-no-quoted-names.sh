#!/usr/bin/env bash
# OpenSMTPD 6.8.0p2-4+b4 (Debian 12) refuses any address with a quoted local part, as a recipient (501 5.1.3) and as a sender (553 5.1.0), even where the quotes change nothing: <"kim"@mail.example> is a syntax error, <kim@mail.example> is taken.
# So an address that needs quotes ("kim lee", "kim.", "k..lee") can neither be written to nor from there, and 5.1.3 blames the address. Guessed: taken, as RFC 5321 §4.1.2 has it and as Postfix, Exim, Sendmail and Dovecot do.
# Seen on 2026-11-29: the five replies at the end. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download opensmtpd=6.8.0p2-4+b4
dpkg -x ./*.deb root
port=$((20000 + RANDOM % 10000))
cat >smtpd.conf <<END
listen on 127.0.0.1 port $port hostname mx.example
action "keep" maildir "/run/box"
match from any for domain "mail.example" action "keep"
END
{ cat /etc/passwd; printf '%s\n' 'opensmtpd:x:7121:7121::/var/lib/opensmtpd/empty:/usr/sbin/nologin' 'opensmtpq:x:7122:7122::/var/lib/opensmtpd/empty:/usr/sbin/nologin' 'kim:x:7000:7000::/run/box:/bin/sh'; } >passwd
{ cat /etc/group; printf '%s\n' opensmtpd:x:7121: opensmtpq:x:7122: kim:x:7000:; } >group
export port
cat >world <<'END'
mount --make-rprivate /
mount --bind passwd /etc/passwd && mount --bind group /etc/group
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/opensmtpd /run/usr /run/work /run/var /run/varwork /run/box
chmod 711 /run/opensmtpd
mount -t overlay overlay -o lowerdir=$PWD/root/usr:/usr,upperdir=/run/usr,workdir=/run/work /usr
mount -t overlay overlay -o lowerdir=$PWD/root/var:/var,upperdir=/run/var,workdir=/run/varwork /var
mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
smtpd -d -f "$PWD/smtpd.conf" >daemon 2>&1 &
for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep .1; done
exec 3<>/dev/tcp/127.0.0.1/$port
say() { printf '%s\r\n' "$1" >&3; IFS= read -r -t 20 line <&3; echo "$1: $line"; }
IFS= read -r -t 20 line <&3
say "HELO client.example" >/dev/null
say 'MAIL FROM:<"digest"@rfc.example>'
say 'MAIL FROM:<digest@rfc.example>'
say 'RCPT TO:<"kim"@mail.example>'
say 'RCPT TO:<"kim lee"@mail.example>'
say 'RCPT TO:<kim@mail.example>'
END
unshare -m -p -f --kill-child bash world | tr -d '\r' | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
MAIL FROM:<"digest"@rfc.example>: 553 5.1.0 Sender address syntax error
MAIL FROM:<digest@rfc.example>: 250 2.0.0 Ok
RCPT TO:<"kim"@mail.example>: 501 5.1.3 Recipient address syntax error
RCPT TO:<"kim lee"@mail.example>: 501 5.1.3 Recipient address syntax error
RCPT TO:<kim@mail.example>: 250 2.1.5 Destination address valid: Recipient ok
END
