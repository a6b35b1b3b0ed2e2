#!/usr/bin/env bash
# SpamAssassin 4.0.1-1~deb12u1 (Debian 12), local rules only: what it costs a mail that its Date is hours before its Received. Three to six hours cost 2.4 of the 5 points that make spam, 12 to 24 hours and two to four days nothing, and only four days and more cost as much again.
# One would expect nothing within a day, and then the more, the later (no guess was written down before the run). A program that dates its mails by their plan, and sends them four hours later, has them nearly half way to spam; eighteen hours later it does them no harm.
# Seen on 2026-11-29: the table at the end. Needs Debian 12; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download spamassassin=4.0.1-1~deb12u1 libhtml-parser-perl libhtml-tagset-perl libhttp-date-perl libtimedate-perl \
	liburi-perl libsocket6-perl libsys-hostname-long-perl libnet-dns-perl libnetaddr-ip-perl libio-string-perl
for part in *.deb; do dpkg -x "$part" root; done
mkdir mails
touch preferences
for hours in 0 2 4 8 18 36 72 120; do
	cat >"mails/$(printf %03d $hours)" <<END
Received: from mail.rfc.example.org (mail.rfc.example.org [192.0.43.8])
	by mx.example.net (Postfix) with ESMTPS id 4F1B72C0D9
	for <$hours@example.net>; $(LC_ALL=C date -u -d "2026-11-24 12:00:30 $hours hours" '+%a, %d %b %Y %T +0000')
Date: Tue, 24 Nov 2026 12:00:00 +0000
From: Digest <digest@rfc.example.org>
To: <$hours@example.net>
Subject: Three topics
Message-ID: <4f1b72c0d9e84a31b2c5.$hours@rfc.example.org>

There is news on three topics that you watch.
END
done
LC_ALL=C HOME=$folder perl -T -I root/usr/share/perl5 -I root/usr/lib/x86_64-linux-gnu/perl5/5.36 root/usr/bin/spamassassin --local --configpath root/usr/share/spamassassin --siteconfigpath root/etc/spamassassin --prefspath preferences \
	--cf 'fold_headers 0' --cf 'report_safe 0' --cf 'add_header all Hours _HEADER(To:addr)_ _TESTSSCORES( )_' mails 2>log | sed -n 's/^X-Spam-Hours: \([0-9]*\)@example.net \(.*\)/\1 hours: \2/p' | sort -n | tee seen
diff - seen <<'END' || { cat log; echo "changed"; exit 1; }
0 hours: none
2 hours: none
4 hours: DATE_IN_PAST_03_06=2.399
8 hours: DATE_IN_PAST_06_12=1.699
18 hours: DATE_IN_PAST_12_24=0.001
36 hours: DATE_IN_PAST_24_48=1.109
72 hours: none
120 hours: DATE_IN_PAST_96_XX=2.6
END
