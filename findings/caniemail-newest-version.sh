#!/usr/bin/env bash
# npm caniemail 2.0.2 judges a client by the version that is last as text, so Thunderbird 68.7 is newer than 102.6: text-decoration-thickness, which 102.6 has, is told as not supported. And a feature without an entry for a client ends it: color-scheme in a style throws a RangeError if
# Thunderbird on Windows is asked for, which "thunderbird.*" does. One would expect the newest version by number, and no word about what was not tried (no guess was written down before the run). Seen on 2026-11-29: the lines at the end.
# To ask for one platform of a client at a time, and to look into the data for what is told, is what helps. Needs npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund caniemail@2.0.2
cat >ask.mjs <<'END'
import { caniemail, rawData } from 'caniemail';
const stats = (title) => JSON.stringify(rawData.data.find((f) => f.title === title).stats.thunderbird);
const told = (clients, css) => {
	try {
		return [...caniemail({ clients, css }).issues.errors.values()].flat().map((i) => i.title).join() || 'nothing';
	} catch (e) {
		return String(e);
	}
};
console.log(stats('text-decoration-thickness'), told(['thunderbird.macos'], 'p { text-decoration-thickness: 2px }'));
console.log(stats('color-scheme CSS property'), told(['thunderbird.*'], 'p { color-scheme: dark }'));
console.log(stats('color-scheme CSS property'), told(['thunderbird.macos'], 'p { color-scheme: dark }'));
END
node ask.mjs | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
{"macos":{"68.7":"n","102.6":"y"}} text-decoration-thickness
{"macos":{"102.11":"y"}} RangeError: Feature "color-scheme CSS property" not found on "thunderbird.windows".
{"macos":{"102.11":"y"}} nothing
END
