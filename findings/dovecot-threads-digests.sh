#!/usr/bin/env bash
# Dovecot 2.3.19.1 (Debian 12), THREAD=REFERENCES: mails that name no other mail are one thread if their subjects are alike, "Re:" or not. A prefix in square brackets does not count, so "[RFC 12] Daily digest" and "[RFC 13] Daily digest" are one thread with all of "Daily digest",
# RFC 5256 §3 step 5 wants it so. A webmail that lets the server thread shows a year of digests as one conversation. A number in the subject keeps them apart, and so does THREAD=REFS, Dovecot's own.
# Guessed: REFERENCES goes by References alone, and by the subject only if it begins with "Re:". Seen on 2026-11-30: the table at the end. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download dovecot-imapd=1:2.3.19.1+dfsg1-2.1+deb12u7 dovecot-core=1:2.3.19.1+dfsg1-2.1+deb12u7 libexttextcat-2.0-0=3.4.5-1 libstemmer0d=2.2.0-2 libsodium23=1.0.18-1+deb12u1
for part in *.deb; do dpkg -x "$part" root; done
printf '%s\n' 'mail_location = maildir:/run/box' 'mail_uid = kim' 'mail_gid = kim' 'first_valid_uid = 1' >dovecot.conf
{ cat /etc/passwd; printf '%s\n' 'dovecot:x:7131:7131::/:/bin/false' 'dovenull:x:7132:7132::/:/bin/false' 'kim:x:7000:7000::/run/kim:/bin/sh'; } >passwd
{ cat /etc/group; printf '%s\n' dovecot:x:7131: dovenull:x:7132: kim:x:7000:; } >group
cat >world <<'END'
mount --make-rprivate /
mount --bind passwd /etc/passwd && mount --bind group /etc/group
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 777 /run/usr /run/work /run/kim
[ ! -d root/lib ] || cp -a root/lib root/usr/
mount -t overlay overlay -o "lowerdir=$PWD/root/usr:/usr,upperdir=/run/usr,workdir=/run/work" /usr
mkdir -p /run/box/cur /run/box/new /run/box/tmp
number=0
for subject in "Daily digest" "Daily digest" "[RFC 12] Daily digest" "[RFC 13] Daily digest" "Re: Daily digest" "Daily digest: 3 topics" "Daily digest: 4 topics"; do
	number=$((number + 1))
	printf '%s\n' "From: digest@rfc.example" "Date: $number Nov 2026 08:00:00 +0000" "Message-ID: <$number@rfc.example>" "Subject: $subject" '' x >"/run/box/cur/$number.x:2,"
done
chown -R kim:kim /run/box /run/kim
printf '%s\r\n' '1 SELECT INBOX' '2 THREAD REFERENCES UTF-8 ALL' '3 THREAD REFS UTF-8 ALL' '4 LOGOUT' |
	USER=kim HOME=/run/kim setpriv --reuid=kim --regid=kim --clear-groups /usr/lib/dovecot/imap -c "$PWD/dovecot.conf" 2>/dev/null | tr -d '\r' | grep '^\* THREAD'
END
unshare -m -p -f --kill-child bash world | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
* THREAD ((1)(2)(3)(4)(5))(6)(7)
* THREAD (1)(2)(3)(4)(5)(6)(7)
END
