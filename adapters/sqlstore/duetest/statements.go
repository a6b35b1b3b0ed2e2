package duetest

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// SQL is what the statements of another program are made of. All texts are literals of the database's.
type SQL struct {
	// Ends are what may stand for the end of a window at an instant, and what stands for none.
	Ends func(at time.Time) []string
	// Any is what else may stand where any time may.
	Any string
	// Emails, Hours and Statuses are what may be in such a column.
	Emails, Hours, Statuses []string
	// Forms returns the statements that can be made of the words.
	Forms func(Words) []string
}

// Words are those of one statement, about a row, or about all of a table.
type Words struct {
	Table, Key string
	// KeyValue is one for the row, and OtherKey another.
	KeyValue, OtherKey string
	// Names are the columns besides the key, and Values what may be in them.
	Names, Values []string
	// Column and Value are one of them.
	Column, Value string
	// Where picks a row, or none.
	Where string
}

// end is an instant so many hours after noon.
func (s SQL) end(hours int) string {
	return "'" + texts.Timestamp(noon.Add(time.Duration(hours)*time.Hour)) + "'"
}

// window returns the statement that adds a window of a person.
func (s SQL) window(id, end string) string {
	return "INSERT INTO notification_digests (id, recipient_user_id, sent_at, period_start, period_end, signal_ids_included)\nVALUES (" +
		id + ", " + id + ", " + s.Any + ", " + s.Any + ", " + end + ", '')"
}

// start returns the statements that make a world to start from.
func (s SQL) start() []string {
	return []string{
		"DELETE FROM notification_digests", "DELETE FROM digest_preferences", "DELETE FROM users",
		"INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'a@rfc.example', '', 'daily'), (2, 'a@rfc.example', '', 'weekly'), (3, 'a@rfc.example', '', 'daily')",
		"INSERT INTO digest_preferences (user_id, send_hour) VALUES (3, 8)",
		s.window("1", s.end(-11)), s.window("2", s.end(-107)), s.window("3", s.end(-3)),
	}
}

// anyOf draws one of texts.
func anyOf(r *rapid.T, texts ...string) string { return rapid.SampledFrom(texts).Draw(r, "one") }

func anyID(r *rapid.T) string { return anyOf(r, "1", "2", "3") }

func (s SQL) anyEnd(r *rapid.T) string {
	at := noon.Add(time.Duration(rapid.SampledFrom([]int{-800, -200, -169, -168, -49, -48, -25, -24, -23, -1, 0, 1, 23, 24, 25, 168}).Draw(r, "hours")) * time.Hour)
	return anyOf(r, s.Ends(at)...)
}

// columnsOf returns those of a table besides its key that matter, with what may be in them.
func (s SQL) columnsOf(table string) map[string]func(*rapid.T) string {
	one := func(texts ...string) func(*rapid.T) string {
		return func(r *rapid.T) string { return anyOf(r, texts...) }
	}
	switch table {
	case "users":
		return map[string]func(*rapid.T) string{
			"email":          one(s.Emails...),
			"display_name":   one("'Ada'"),
			"digest_cadence": one("'daily'", "'daily'", "'weekly'", "'off'", "'Daily'", "''"),
		}
	case "digest_preferences":
		return map[string]func(*rapid.T) string{
			"time_zone":          one(append(quoted(zoneNames), "NULL", "'Mars/Olympus'")...),
			"send_hour":          one(s.Hours...),
			"send_weekday":       one("NULL", "'friday'", "'Sunday'", "'someday'"),
			"rhythm":             one("NULL", "NULL", "''", "'workdays at 9'", "'monthly on 31'", "'every two weeks on friday at 0, 23'", "'at times'"),
			"paused_until":       one("NULL", "NULL", "''", "'2026-03-31'", "'2026-02-01'", "'soon'"),
			"quiet_start":        one("NULL", "'11:00'"),
			"quiet_end":          one("NULL", "'13:00'"),
			"suppressed_address": one("NULL", "'a@rfc.example'"),
		}
	}
	return map[string]func(*rapid.T) string{
		"recipient_user_id":   anyID,
		"sent_at":             one(s.Any),
		"period_start":        one(s.Any),
		"period_end":          s.anyEnd,
		"signal_ids_included": one("'[]'"),
		"status":              one(s.Statuses...),
	}
}

// anyStatement draws what another program may do to a row, or to all.
func (s SQL) anyStatement(r *rapid.T) string {
	w := Words{Table: anyOf(r, "users", "digest_preferences", "notification_digests"), Key: "id", OtherKey: anyID(r)}
	if w.Table == "digest_preferences" {
		w.Key = "user_id"
	}
	w.KeyValue = anyID(r)
	if w.Table == "notification_digests" {
		w.KeyValue = anyOf(r, "NULL", "NULL", "1", "2", "3", "4", "50")
	}
	columns := s.columnsOf(w.Table)
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		w.Names, w.Values = append(w.Names, name), append(w.Values, columns[name](r))
	}
	which := rapid.IntRange(0, len(w.Names)-1).Draw(r, "column")
	w.Column, w.Value = w.Names[which], w.Values[which]
	w.Where = " WHERE " + w.Key + " = " + anyOf(r, "1", "2", "3", "4", "(SELECT max("+w.Key+") FROM "+w.Table+")")
	return anyOf(r, s.Forms(w)...)
}

func quoted(texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, "'"+text+"'")
	}
	return out
}
