#!/usr/bin/env bash
# postgrey 1.37-2 (Debian 12), --auto-whitelist-clients=N: "the minimal count of mails before a client is whitelisted", 5 by default, counts one mail an hour. A client whose mails to a hundred people came through after
# their wait is at 1, and the next person's mail waits again; a sender of one batch a day is known after five days. Guessed: after 5 that came through, the sixth person's mail is let in at once.
# Seen on 2026-11-29 with --delay=1 and N = 2: 6 people are put off, then let in, and the 7th is put off; with N = 1 the 7th is let in. Needs Debian 12 and perl; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || kill "$daemon" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download postgrey=1.37-2 libberkeleydb-perl=0.64-2+b1 libnet-server-perl=2.013-2 libnetaddr-ip-perl=4.079+dfsg-2+b1 libnet-dns-perl=1.36-1+deb12u1 libio-multiplex-perl=1.16-3
for part in *.deb; do dpkg -x "$part" root; done
: >none
ask() { # RECIPIENT: what Postfix would be told
	exec 3<>/dev/tcp/127.0.0.1/$port
	printf '%s\n' request=smtpd_access_policy protocol_state=RCPT protocol_name=ESMTP client_address=192.0.2.7 client_name=client.example \
		helo_name=client.example sender=digest@rfc.example "recipient=$1@mail.example" instance=$RANDOM.$RANDOM '' >&3
	IFS= read -r -t 20 said <&3
	exec 3>&-
	case $said in action=DUNNO | action=PREPEND*) echo in ;; *"4.2.0 "* | *DEFER*) echo off ;; *) echo "$said" ;; esac
}
for n in 2 1; do
	port=$((20000 + RANDOM % 10000))
	mkdir db$n
	chmod 777 . db$n
	perl -T -Iroot/usr/share/perl5 -Iroot/usr/lib/x86_64-linux-gnu/perl5/5.36 root/usr/sbin/postgrey --inet=127.0.0.1:$port --dbdir="$folder/db$n" --pidfile="$folder/pid$n" --user=nobody --group=nogroup \
		--delay=1 --auto-whitelist-clients=$n --whitelist-clients="$folder/none" --whitelist-recipients="$folder/none" >log$n 2>&1 &
	daemon=$!
	for i in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null && break; sleep .1; done
	first=$(for who in 1 2 3 4 5 6; do ask p$who; done | tr '\n' ' ')
	sleep 3
	second=$(for who in 1 2 3 4 5 6; do ask p$who; done | tr '\n' ' ')
	echo "N = $n: first $first- later $second- the 7th $(ask p7)"
	kill "$daemon"
	wait "$daemon" 2>/dev/null || true
	daemon=
done >seen
cat seen
diff - seen <<'END' || { echo "changed"; exit 1; }
N = 2: first off off off off off off - later in in in in in in - the 7th off
N = 1: first off off off off off off - later in in in in in in - the 7th in
END
