#!/usr/bin/env bash
# CLDR's table of Windows time zones (npm cldr-core 48.2.0) names zones of which Debian 13 (tzdata 2026f-0+deb13u1) has no file: 7 of 139,
# among them India Standard Time = Asia/Calcutta. They are in tzdata-legacy, which nothing installs. Seen: "7 of 139 are missing: America/Buenos_Aires …"
# One would expect what holds of Debian 12: that a system with tzdata has every zone that the table leads to.
# Needs bash, curl, xz, dpkg, npm and jq or node; the newest tzdata of Debian 13 stands in where the one named is no longer served.
set -eu
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
npm pack --silent cldr-core@48.2.0 >/dev/null
tar xzf cldr-core-48.2.0.tgz package/supplemental/windowsZones.json
node -e 'for (const {mapZone: z} of require("./package/supplemental/windowsZones.json").supplemental.windowsZones.mapTimezones) if (z._territory === "001") console.log(z._type)' | sort -u >names
mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1) # the archive that this machine is set up for
missing_in() { # SUITE FALLBACK-PATH: prints the names that have no file in the suite's tzdata
	path=$2
	if ! curl -sfL "$mirror/$path" -o tzdata.deb; then
		path=$(curl -sfL "$mirror/dists/$1/main/binary-amd64/Packages.xz" | xz -dc | awk '/^Package: tzdata$/ {f = 1} f && /^Filename: / {print $2; exit}')
		curl -sfL "$mirror/$path" -o tzdata.deb
	fi
	rm -rf root; dpkg -x tzdata.deb root
	echo "$1: $path" >&2
	while read -r name; do [ -e "root/usr/share/zoneinfo/$name" ] || echo "$name"; done <names
}
missing_in bookworm pool/main/t/tzdata/tzdata_2026b-0+deb12u1_all.deb >twelve
missing_in trixie pool/main/t/tzdata/tzdata_2026f-0+deb13u1_all.deb >thirteen
echo "Debian 12: $(wc -l <twelve) of $(wc -l <names) are missing"
echo "Debian 13: $(wc -l <thirteen) of $(wc -l <names) are missing: $(tr '\n' ' ' <thirteen)"
if [ -s twelve ] || ! grep -qx Asia/Calcutta thirteen; then exit 1; fi
