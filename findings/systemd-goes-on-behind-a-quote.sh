#!/usr/bin/env bash
# systemd 252.39-1~deb12u2 (Debian 12), the reader of its environment files, as its environment.d generator runs it. Text behind a closing quote joins the value, quote or comment as it may be, with the blank between taken away: A="a" # c is "a# c", and C=a"b" keeps its quotes,
# while D='x'y is xy and F="p"'q' is pq, as in a shell. A line that begins with "export " is dropped with a word on stderr. Guessed: what a shell makes of the same lines, a and ab, since the manual names quotes and says that they are taken off.
# Seen on 2026-11-30: A=a# c, B=b # c, C=a"b", D=xy, F=pq, no E; sh has a, b, ab, xy, pq and E=1. So a comment belongs on a line of its own. Needs Debian 12 and root; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2
for part in *.deb; do dpkg -x "$part" root; done
mkdir -p home/environment.d
cat > home/environment.d/all.conf <<'END'
A="a" # c
B=b # c
C=a"b"
D='x'y
export E=1
F="p"'q'
END
seen=$(env -i XDG_CONFIG_HOME="$PWD/home" HOME="$PWD" LD_LIBRARY_PATH="$(dirname "$(find "$PWD/root" -name 'libsystemd-shared-*.so')")" \
	"$(find "$PWD/root" -name 30-systemd-environment-d-generator)" 2>/dev/null | grep -E '^[A-F]=')
shell=$(env -i sh -c '. ./home/environment.d/all.conf; printf "%s\n" "$A" "$B" "$C" "$D" "${E-none}" "$F"')
printf 'systemd:\n%s\nsh:\n%s\n' "$seen" "$shell"
if [ "$seen" != 'A="a# c"
B="b # c"
C="a\"b\""
D=xy
F=pq' ] || [ "$shell" != $'a\nb\nab\nxy\n1\npq' ]; then
	echo 'It is otherwise now.'
	exit 1
fi
