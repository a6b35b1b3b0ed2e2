#!/usr/bin/env bash
# OpenSMTPD 6.8.0p2-4+b4 (Debian 12): the Received field that it writes names, behind "for", the last recipient that the client said,
# even if that one was refused. Seen: RCPT <kim@mail.example> taken, <lee@else.example> 550, and in Kim's mail "for <lee@else.example>;".
#
# Guessed before: the recipient that was taken, since there is just one. Needs Debian 12 and root; exits 1 if it behaves otherwise.
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
{ cat /etc/passwd; echo 'opensmtpd:x:7121:7121::/var/lib/opensmtpd/empty:/usr/sbin/nologin'; echo 'opensmtpq:x:7122:7122::/var/lib/opensmtpd/empty:/usr/sbin/nologin'
	echo 'kim:x:7000:7000::/run/box:/bin/sh'; } >passwd
{ cat /etc/group; echo 'opensmtpd:x:7121:'; echo 'opensmtpq:x:7122:'; echo 'kim:x:7000:'; } >group
export port
said=$(unshare -m -p -f --kill-child bash -c '
mount --make-rprivate /
mount --bind passwd /etc/passwd && mount --bind group /etc/group
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/opensmtpd/empty /run/usr /run/work /run/var /run/varwork /run/box
chmod 777 /run/box
chmod 711 /run/opensmtpd /run/opensmtpd/empty
mount -t overlay overlay -o lowerdir=$PWD/root/usr:/usr,upperdir=/run/usr,workdir=/run/work /usr
mount -t overlay overlay -o lowerdir=$PWD/root/var:/var,upperdir=/run/var,workdir=/run/varwork /var
mkdir -p -m 711 /var/spool/smtpd /var/lib/opensmtpd/empty
smtpd -d -f "$PWD/smtpd.conf" >daemon 2>&1 &
for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep .1; done
exec 3<>/dev/tcp/127.0.0.1/$port
say() { printf "%s\r\n" "$1" >&3; IFS= read -r -t 20 line <&3; printf "%s\n" "$line"; }
IFS= read -r -t 20 line <&3
say "HELO client.example"
say "MAIL FROM:<a@example.org>"; say "RCPT TO:<kim@mail.example>"; say "RCPT TO:<lee@else.example>"; say DATA
printf "Subject: x\r\n\r\nx\r\n" >&3
say .
for i in $(seq 100); do ls /run/box/new/* >/dev/null 2>&1 && break; sleep .1; done
cat /run/box/new/*' | tr -d '\r')
printf '%s\n' "$said"
if ! grep -q '^550 .*lee' <<<"$said" || ! grep -q '^	for <lee@else.example>;' <<<"$said"; then exit 1; fi
