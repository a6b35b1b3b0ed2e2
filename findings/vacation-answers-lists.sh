#!/usr/bin/env bash
# Whom an automatic reply spares. vacation 3.3.3 (Debian 12) heeds Precedence and Auto-Submitted, but no List field at all: a mail with List-Id, List-Help and List-Unsubscribe is answered. Pigeonhole 0.5.19 (Dovecot's Sieve) and Exim 4.96's "personal" heed each of these,
# not List-Unsubscribe-Post; Pigeonhole heeds Microsoft's X-Auto-Response-Suppress too (All, OOF), the other two do not. Guessed: List-Id silences all three, as RFC 3834 and RFC 5230 have it, and Microsoft's field none.
# Seen on 2026-11-29: the table at the end. Only Auto-Submitted and Precedence silence all. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download vacation=3.3.3 dovecot-sieve=1:2.3.19.1+dfsg1-2.1+deb12u7 dovecot-core=1:2.3.19.1+dfsg1-2.1+deb12u7 \
	exim4-daemon-light=4.96-15+deb12u11 libidn12=1.41-1 libexttextcat-2.0-0=3.4.5-1 libstemmer0d=2.2.0-2 libsodium23=1.0.18-1+deb12u1
for part in *.deb; do dpkg -x "$part" root; done
printf '%s\n' 'mail_location = maildir:/run/box' 'mail_uid = kim' 'mail_gid = kim' 'first_valid_uid = 1' >dovecot.conf
printf '%s\n' 'require ["vacation"];' 'vacation :addresses ["kim@mail.example"] "away";' >away.sieve
printf '%s\n' '# Exim filter' 'if personal then mail subject away text away endif' >away.filter
cat >exim.conf <<END
primary_hostname = mail.example
qualify_domain = mail.example
exim_user = nobody
exim_group = nogroup
spool_directory = $folder/spool
log_file_path = $folder/log-%slog
END
{ cat /etc/passwd; printf '%s\n' 'dovecot:x:7131:7131::/:/bin/false' 'dovenull:x:7132:7132::/:/bin/false' 'Debian-exim:x:7111:7111::/:/bin/false' 'kim:x:7000:7000::/run/kim:/bin/sh'; } >passwd
{ cat /etc/group; printf '%s\n' dovecot:x:7131: dovenull:x:7132: Debian-exim:x:7111: kim:x:7000:; } >group
cat >world <<'END'
mount --make-rprivate /
mount --bind passwd /etc/passwd && mount --bind group /etc/group
mount -t tmpfs -o mode=777 tmpfs /run
mkdir -m 777 /run/usr /run/work /run/box /run/kim
[ ! -d root/lib ] || cp -a root/lib root/usr/
mount -t overlay overlay -o lowerdir=$PWD/root/usr:/usr,upperdir=/run/usr,workdir=/run/work /usr
rm -f /usr/sbin/sendmail # a link to exim4
printf '%s\n' '#!/bin/sh' 'cat >/run/sent' >/usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail
ln -sf ../sbin/sendmail /usr/lib/sendmail
printf '%s\n' 'Subject: away' '' away >/run/kim/.vacation.msg
cp away.sieve /run/
answer() { if "$@"; then printf ' answers'; else printf ' silent'; fi; }
for field in "X-Digest: 1" "Auto-Submitted: auto-generated" "Precedence: bulk" "List-Id: RFC Digest <digest.rfc.example>" "List-Help: <mailto:help@rfc.example>" \
	"List-Unsubscribe: <https://rfc.example/u/1>" "List-Unsubscribe-Post: List-Unsubscribe=One-Click" "X-Auto-Response-Suppress: All" "X-Auto-Response-Suppress: OOF"; do
	printf '%s\n' "From: RFC Digest <digest@rfc.example>" "To: Kim <kim@mail.example>" "Subject: x" "Message-Id: <1@rfc.example>" "Date: Sun, 29 Nov 2026 08:00:00 +0100" "$field" "" x >mail
	printf '%s:' "$field"
	rm -f /run/sent /run/kim/.vacation.db
	{ echo "From digest@rfc.example Sun Nov 29 08:00:00 2026"; cat mail; } | setpriv --reuid=7000 --clear-groups env HOME=/run/kim vacation -d -r 0 kim 2>log-vacation || true
	for i in 1 2 3 4 5; do [ -s /run/sent ] || sleep .1; done
	answer test -s /run/sent
	rm -f /run/kim/.dovecot* /run/.dovecot*
	sieve-test -e -l maildir:/run/box -c "$PWD/dovecot.conf" -r kim@mail.example -f digest@rfc.example -a kim@mail.example /run/away.sieve mail >log-sieve 2>&1
	grep -q 'final result: success' log-sieve || cat log-sieve
	answer grep -q 'sent vacation response' log-sieve
	exim4 -C "$PWD/exim.conf" -bf away.filter -f digest@rfc.example -bfl kim -bfd mail.example <mail >log-exim 2>&1 || cat log-exim
	answer grep -q '^Mail to' log-exim
	echo
done
END
unshare -m -p -f --kill-child bash world | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
X-Digest: 1: answers answers answers
Auto-Submitted: auto-generated: silent silent silent
Precedence: bulk: silent silent silent
List-Id: RFC Digest <digest.rfc.example>: answers silent silent
List-Help: <mailto:help@rfc.example>: answers silent silent
List-Unsubscribe: <https://rfc.example/u/1>: answers silent silent
List-Unsubscribe-Post: List-Unsubscribe=One-Click: answers answers answers
X-Auto-Response-Suppress: All: answers silent answers
X-Auto-Response-Suppress: OOF: answers silent answers
END
