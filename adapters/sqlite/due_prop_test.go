package sqlite

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
)

// TestNobodyWhoIsDueIsLeftOutWhateverOthersDo has another program do with people, preferences and
// the ledger whatever SQL allows, while ticks come and go, and asks after each step.
func TestNobodyWhoIsDueIsLeftOutWhateverOthersDo(t *testing.T) {
	t.Parallel()
	var databases []shared
	for _, script := range []string{"", "loose.sql"} {
		path := made(t, script)
		_, err := Migrate(t.Context(), path)
		require.NoError(t, err)
		databases = append(databases, shared{connected(t, path), opened(t, path, hasty())})
	}
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.SampledFrom(databases).Draw(r, "database")
		v := &scene{T: r, ctx: t.Context(), shared: d, now: noon}
		v.do("PRAGMA synchronous = OFF")
		v.do("PRAGMA recursive_triggers = " + rapid.SampledFrom([]string{"ON", "OFF"}).Draw(r, "recursive"))
		v.do("DELETE FROM users; DELETE FROM digest_preferences; DELETE FROM notification_digests")
		v.do("INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'a@rfc.example', '', 'daily'), (2, 'a@rfc.example', '', 'weekly'), (3, 'a@rfc.example', '', 'daily')")
		v.do("INSERT INTO digest_preferences (user_id, send_hour) VALUES (3, 8)")
		v.do(`INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included)
VALUES (1, 1, '', '', '2026-03-29 01:00:00', ''), (2, 2, '', '', '2026-03-25 01:00:00', ''), (3, 3, '', '', '2026-03-29 09:00:00', '')`)
		for range rapid.IntRange(1, 14).Draw(r, "steps") {
			if rapid.IntRange(0, 2).Draw(r, "whose") > 0 {
				v.do(anyStatement(r))
			} else {
				v.ours()
			}
			v.nobodyIsLeftOut()
		}
	})
}

// shared is a database that another program and a store have open.
type shared struct {
	other *sql.DB
	store everyPort
}

// do runs a statement of the other program.
func (v *scene) do(statement string) {
	_, err := v.other.ExecContext(v.ctx, statement)
	require.NoError(v, err, statement)
}

// nobodyIsLeftOut asks who is due now, soon, and to the second when each of them is.
func (v *scene) nobodyIsLeftOut() {
	roster, err := v.store.Recipients(v.ctx, -10, 100)
	require.NoError(v, err)
	instants := []time.Time{v.now, v.now.Add(-50 * time.Hour)}
	for _, r := range roster {
		if at := core.Look(r, zoneOf(r), v.now).DueAt; !at.IsZero() {
			instants = append(instants, at, at.Add(time.Second))
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	for _, now := range slices.CompactFunc(instants, time.Time.Equal) {
		due, err := v.store.Due(v.ctx, now, -10, 100)
		require.NoError(v, err)
		for _, r := range roster {
			if !isDue(r, now) {
				continue
			}
			i := slices.IndexFunc(due, func(d core.Recipient) bool { return d.ID == r.ID })
			require.GreaterOrEqual(v, i, 0, "due at %v and left out: %+v", now, r)
			due[i].Revision = 0
			require.Equal(v, r, due[i])
		}
	}
}

// isDue reports whether r has a digest due at now, or will have as soon as the one that is being
// sent is settled.
func isDue(r core.Recipient, now time.Time) bool {
	if r.Latest.Status == core.Sending {
		r.Latest.Status = core.Sent
	}
	return core.Look(r, zoneOf(r), now).Action != core.Skip
}

var (
	zoneNames = []string{"Europe/Berlin", "Pacific/Apia", "America/New_York", "Asia/Kathmandu"}
	zones     = func() map[string]*time.Location {
		loaded := make(map[string]*time.Location)
		for _, name := range zoneNames {
			zone, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			loaded[name] = zone
		}
		return loaded
	}()
)

// zoneOf is as the app has it: what is unknown is UTC.
func zoneOf(r core.Recipient) *time.Location { return zones[r.Preferences.TimeZone] }

// anyOf draws one of texts.
func anyOf(r *rapid.T, texts ...string) string { return rapid.SampledFrom(texts).Draw(r, "one") }

func anyID(r *rapid.T) string { return anyOf(r, "1", "2", "3") }

func anyEnd(r *rapid.T) string {
	at := noon.Add(time.Duration(rapid.SampledFrom([]int{-800, -200, -169, -168, -49, -48, -25, -24, -23, -1, 0, 1, 23, 24, 25, 168}).Draw(r, "hours")) * time.Hour)
	canonical := core.Timestamp(at)
	odd := strings.Replace(canonical, " ", "T", 1)
	return anyOf(r, "'"+canonical+"'", "'"+canonical+"'", "'"+odd+"'", "'"+odd+"Z'", "'"+odd+".750Z'", "'"+canonical+"+13:00'", "'"+odd+"-12:30'",
		"'"+canonical+" '", "'"+canonical+"' || char(0)", "CAST('"+canonical+"' AS BLOB)", "''", "'garbage'", "'2026-02-30 12:00:00'", "'now'",
		"'2461128.25'", "1774720800", "'9999-12-31 23:59:59'", "'0001-01-01 00:00:00'", "'0000-00-00 00:00:00'", "X'00FF'")
}

// anyStatement draws what another program may do to a row, or to all.
func anyStatement(r *rapid.T) string {
	table := rapid.SampledFrom([]struct {
		name, key string
		// columns are those besides the key that matter, with what may be in them.
		columns map[string]func(*rapid.T) string
	}{
		{"users", "id", map[string]func(*rapid.T) string{
			"email": func(r *rapid.T) string {
				return anyOf(r, "'a@rfc.example'", "'a@rfc.example'", "'broken'", "''", "NULL", "X''")
			},
			"display_name":   func(r *rapid.T) string { return "'Ada'" },
			"digest_cadence": func(r *rapid.T) string { return anyOf(r, "'daily'", "'daily'", "'weekly'", "'off'", "'Daily'", "''") },
		}},
		{"digest_preferences", "user_id", map[string]func(*rapid.T) string{
			"time_zone":          func(r *rapid.T) string { return anyOf(r, append(quoted(zoneNames), "NULL", "'Mars/Olympus'")...) },
			"send_hour":          func(r *rapid.T) string { return anyOf(r, "NULL", "0", "8", "23", "24", "-1", "'x'", "'7'", "8.5") },
			"send_weekday":       func(r *rapid.T) string { return anyOf(r, "NULL", "'friday'", "'Sunday'", "'someday'") },
			"quiet_start":        func(r *rapid.T) string { return anyOf(r, "NULL", "'11:00'") },
			"quiet_end":          func(r *rapid.T) string { return anyOf(r, "NULL", "'13:00'") },
			"suppressed_address": func(r *rapid.T) string { return anyOf(r, "NULL", "'a@rfc.example'") },
		}},
		{"notification_digests", "id", map[string]func(*rapid.T) string{
			"recipient_user_id":   anyID,
			"sent_at":             func(*rapid.T) string { return "''" },
			"period_start":        func(*rapid.T) string { return "''" },
			"period_end":          anyEnd,
			"signal_ids_included": func(*rapid.T) string { return "'[]'" },
			"status":              func(r *rapid.T) string { return anyOf(r, "NULL", "'sent'", "'empty'", "''", "X'00'") },
		}},
	}).Draw(r, "table")
	key := func() string {
		if table.name == "notification_digests" {
			return anyOf(r, "NULL", "NULL", "1", "2", "3", "4", "50")
		}
		return anyID(r)
	}
	var names, values, sets []string
	for _, name := range slices.Sorted(maps.Keys(table.columns)) {
		names, values = append(names, name), append(values, table.columns[name](r))
		sets = append(sets, name+" = excluded."+name)
	}
	row := fmt.Sprintf("INTO %s (%s, %s) VALUES (%s, %s)", table.name, table.key, strings.Join(names, ", "), key(), strings.Join(values, ", "))
	which := rapid.IntRange(0, len(names)-1).Draw(r, "column")
	where := " WHERE " + table.key + " = " + anyOf(r, "1", "2", "3", "4", "(SELECT max("+table.key+") FROM "+table.name+")")
	return anyOf(r,
		"INSERT OR IGNORE "+row,
		"INSERT OR REPLACE "+row,
		"INSERT "+row+" ON CONFLICT ("+table.key+") DO UPDATE SET "+strings.Join(sets, ", "),
		"UPDATE "+table.name+" SET "+names[which]+" = "+values[which]+where,
		"UPDATE "+table.name+" SET "+names[which]+" = "+values[which],
		"UPDATE OR IGNORE "+table.name+" SET "+table.key+" = "+anyID(r)+where,
		"UPDATE OR REPLACE "+table.name+" SET "+table.key+" = "+anyID(r)+where,
		"DELETE FROM "+table.name+where,
		"DELETE FROM "+table.name,
	)
}

func quoted(texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, "'"+text+"'")
	}
	return out
}
