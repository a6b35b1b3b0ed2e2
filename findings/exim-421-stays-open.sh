#!/usr/bin/env bash
# Exim 4.96-15+deb12u11 (Debian 12): after smtp_accept_max_per_connection messages (1,000 by default) MAIL is answered by 421, the code
# that announces the end of a connection, but the connection stays open. Seen: "421 too many messages in this connection", "250 OK" to NOOP.
#
# Guessed before: it hangs up, as with its other 421s ("Too many concurrent SMTP connections") and as RFC 5321 §3.8 has it. So a client that
# waits to be hung up on waits for smtp_receive_timeout, 5 minutes. Needs Debian 12 and root; exits 1 if it behaves otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download exim4-daemon-light=4.96-15+deb12u11 exim4-base=4.96-15+deb12u11 libidn12=1.41-1
for part in *.deb; do dpkg -x "$part" root; done
port=$((20000 + RANDOM % 10000))
cat >exim.conf <<END
primary_hostname = mx.example
exim_user = nobody
exim_group = nogroup
spool_directory = $folder/spool
log_file_path = $folder/log-%slog
pid_file_path = $folder/pid
daemon_smtp_ports = $port
local_interfaces = 127.0.0.1
smtp_accept_max_per_connection = 2
queue_only
acl_smtp_rcpt = accept
tls_advertise_hosts =
host_lookup =
END
mkdir spool
chmod 755 . && chown nobody .
chown nobody spool
cat /etc/passwd >passwd
echo 'Debian-exim:x:7111:7111::/nonexistent:/usr/sbin/nologin' >>passwd
cat /etc/group >group
echo 'Debian-exim:x:7111:' >>group
export port
said=$(unshare -m -p -f --kill-child bash -c '
mount --make-rprivate / && mount --bind passwd /etc/passwd && mount --bind group /etc/group
LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/sbin/exim4 -C "$PWD/exim.conf" -bdf >daemon 2>&1 &
for i in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep .1; done
exec 3<>/dev/tcp/127.0.0.1/$port
say() { printf "%s\r\n" "$1" >&3; IFS= read -r -t 20 line <&3; printf "%s\n" "$line"; }
IFS= read -r -t 20 line <&3
say "HELO client.example"
for i in 1 2; do
	say "MAIL FROM:<a@example.org>"; say "RCPT TO:<b@example.org>"; say DATA
	say "Subject: x

x
."
done
say "MAIL FROM:<a@example.org>"
say NOOP
say QUIT' | tr -d '\r')
printf '%s\n' "$said"
if [ "$(printf '%s\n' "$said" | tail -n 3 | head -n 2)" != "421 too many messages in this connection
250 OK" ]; then exit 1; fi
