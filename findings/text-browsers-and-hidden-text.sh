#!/usr/bin/env bash
# The text browsers that mutt's users have for HTML mail (Debian 12): w3m 0.5.3+git20230121-2, lynx 2.9.0dev.12-1, links 2.28-1+b2, html2text 1.3.2a-28. links heeds an inline display:none, though neither a class with it nor the attribute hidden; the others heed
# none of the three. Of alt="" w3m makes the file's name ([pixel] for /i/pixel.gif), which is what it does without alt; the others write nothing. Guessed: all four show all hidden text, and alt="" is silent in all.
# Seen on 2026-11-29: the table at the end. An element's own style is all that hides a preheader from any of them. Needs Debian 12; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download w3m=0.5.3+git20230121-2 lynx=2.9.0dev.12-1 lynx-common=2.9.0dev.12-1 links=2.28-1+b2 html2text=1.3.2a-28 \
	libgc1=1:8.2.2-3 liblz1=1.13-5 libev4=1:4.33-1 libidn12=1.41-1 libgpm2=1.20.7-10+b1
for part in *.deb; do dpkg -x "$part" root; done
export LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu HOME=$folder LC_ALL=C.UTF-8 TERM=dumb
cat >mail.html <<'END'
<!DOCTYPE html>
<html><head><title>Digest</title><style>.preheader { display: none }</style></head><body>
<div style="display:none">INLINE</div>
<div class="preheader">CLASS</div>
<div hidden>ATTRIBUTE</div>
<p>Three topics</p>
<p><img src="https://rfc.example/i/pixel.gif" alt=""></p>
</body></html>
END
w3m() { root/usr/bin/w3m -dump -T text/html mail.html; }
lynx() { root/usr/bin/lynx -cfg="$folder/root/etc/lynx/lynx.cfg" -dump -force_html mail.html; }
links() { root/usr/bin/links -dump mail.html; }
html2text() { root/usr/bin/html2text mail.html; }
for browser in w3m lynx links html2text; do
	text=$($browser)
	grep -q 'Three topics' <<<"$text"
	printf '%s:' $browser
	for word in INLINE CLASS ATTRIBUTE pixel; do if grep -q $word <<<"$text"; then printf ' %s' $word; fi; done
	echo
done | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
w3m: INLINE CLASS ATTRIBUTE pixel
lynx: INLINE CLASS ATTRIBUTE
links: CLASS ATTRIBUTE
html2text: INLINE CLASS ATTRIBUTE
END
