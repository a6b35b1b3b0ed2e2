#!/usr/bin/env bash
# "Every day at 02:30" in Europe/Berlin, on the days in 2027 when clocks change. At the gap systemd 252 (Debian 12), robfig/cron 3.0.1, hashicorp/cronexpr 1.1.3 and gronx 1.20.4 have no run at all on that day;
# gorhill/cronexpr and npm cron-parser 5.10.6 run at 03:30, croner 11.0.1 and cron 4.4.0 at 03:00. At the overlap robfig and hashicorp run twice, the others once: gronx and gorhill the second time, the rest the first.
# Guessed: systemd and gronx move the run behind the gap, robfig (whose text names only the gap) and hashicorp run once at the overlap. Seen on 2026-11-29; needs Debian 12, Go and npm; exits 1 if it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'END'
module next

go 1.24

require (
	github.com/adhocore/gronx v1.20.4
	github.com/gorhill/cronexpr v0.0.0-20180427100037-88b0669f7d75
	github.com/hashicorp/cronexpr v1.1.3
	github.com/robfig/cron/v3 v3.0.1
)
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"time"
	_ "time/tzdata"

	"github.com/adhocore/gronx"
	gorhill "github.com/gorhill/cronexpr"
	hashicorp "github.com/hashicorp/cronexpr"
	"github.com/robfig/cron/v3"
)

const daily = "30 2 * * *"

func main() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	robfig, err := cron.ParseStandard(daily)
	if err != nil {
		panic(err)
	}
	for _, reader := range []struct {
		name string
		next func(time.Time) time.Time
	}{
		{"robfig", robfig.Next},
		{"hashicorp", hashicorp.MustParse(daily).Next},
		{"gronx", func(t time.Time) time.Time {
			next, err := gronx.NextTickAfter(daily, t, false)
			if err != nil {
				panic(err)
			}
			return next
		}},
		{"gorhill", gorhill.MustParse(daily).Next},
	} {
		for _, day := range []string{"2027-03-28", "2027-10-31"} {
			end, _ := time.ParseInLocation(time.DateOnly, day, berlin)
			end = end.AddDate(0, 0, 1)
			fmt.Print(reader.name, " ", day)
			for t := reader.next(end.AddDate(0, 0, -1)); t.Before(end); t = reader.next(t) {
				fmt.Print(" ", t.In(berlin).Format("15:04-07"))
			}
			fmt.Println()
		}
	}
}
END
go mod tidy >/dev/null 2>&1
cat >package.json <<'END'
{"dependencies": {"cron": "4.4.0", "cron-parser": "5.10.6", "croner": "11.0.1", "luxon": "3.7.2"}}
END
npm install --silent --no-audit --no-fund >/dev/null
cat >next.mjs <<'END'
import { CronTime } from "cron";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { DateTime } from "luxon";
const daily = "30 2 * * *", zone = "Europe/Berlin";
const readers = {
  "cron-parser": (t) => CronExpressionParser.parse(daily, { currentDate: t, tz: zone }).next().toDate(),
  croner: (t) => new Cron(daily, { timezone: zone }).nextRun(t),
  cron: (t) => new CronTime(daily, zone).getNextDateFrom(t, zone).toJSDate(),
};
for (const [name, next] of Object.entries(readers))
  for (const day of ["2027-03-28", "2027-10-31"]) {
    const start = DateTime.fromISO(day, { zone }), end = start.plus({ days: 1 }).toJSDate();
    let line = `${name} ${day}`;
    for (let t = next(start.toJSDate()); t < end; t = next(t)) line += DateTime.fromJSDate(t, { zone }).toFormat(" HH:mmZZZ").slice(0, -2);
    console.log(line);
  }
END
apt-get -qq -o APT::Sandbox::User=root download systemd=252.39-1~deb12u2 libsystemd-shared=252.39-1~deb12u2
for part in *.deb; do dpkg -x "$part" root; done
{
	go run .
	node next.mjs
	for day in 2027-03-28 2027-10-31; do
		printf 'systemd %s' $day
		LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu/systemd:root/lib/x86_64-linux-gnu/systemd TZ=UTC root/usr/bin/systemd-analyze calendar --iterations=3 \
			--base-time="$(date -u -d "$day yesterday 23:00" '+%F %T') UTC" '*-*-* 02:30:00 Europe/Berlin' |
			sed -n 's/^ *\(Next elapse\|Iter[^:]*\): ... \(.* UTC\)$/\2/p' | while read -r at; do TZ=Europe/Berlin date -d "$at" '+%F %H:%M%z'; done |
			sed -n "s/^$day \(.*\)00$/ \1/p" | tr -d '\n'
		echo
	done
} | tee seen
diff - seen <<'END' || { echo "changed"; exit 1; }
robfig 2027-03-28
robfig 2027-10-31 02:30+02 02:30+01
hashicorp 2027-03-28
hashicorp 2027-10-31 02:30+02 02:30+01
gronx 2027-03-28
gronx 2027-10-31 02:30+01
gorhill 2027-03-28 03:30+02
gorhill 2027-10-31 02:30+01
cron-parser 2027-03-28 03:30+02
cron-parser 2027-10-31 02:30+02
croner 2027-03-28 03:00+02
croner 2027-10-31 02:30+02
cron 2027-03-28 03:00+02
cron 2027-10-31 02:30+02
systemd 2027-03-28
systemd 2027-10-31 02:30+02
END
