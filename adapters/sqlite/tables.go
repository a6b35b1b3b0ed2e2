package sqlite

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// table is a table that statements need.
type table struct {
	name string
	// columns are the definitions, each starting with the column's name.
	columns []string
	// constraint follows the columns where the table is created; empty for most.
	constraint string
	// later is how many of the last columns may be added to a table that is there already.
	later int
}

// tables are all that statements need. The app's are as the app makes them, so that a database may
// begin here and be taken over by the app. Of ours nothing refers to the app's by a foreign key,
// which would keep the app from deleting.
var tables = []table{
	{name: "users", columns: []string{
		"id INTEGER PRIMARY KEY", "email TEXT", "display_name TEXT NOT NULL", "digest_cadence TEXT NOT NULL DEFAULT 'off'"}},
	{name: "cached_rfcs", columns: []string{"slug TEXT PRIMARY KEY", "title TEXT NOT NULL"}},
	{name: "notifications", columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER NOT NULL REFERENCES users(id)", "event_kind TEXT NOT NULL",
		"actor_user_id INTEGER", "rfc_slug TEXT", "branch_name TEXT", "pr_number INTEGER",
		"created_at TEXT NOT NULL DEFAULT (datetime('now'))", "payload TEXT", "read_at TEXT", "email_sent_at TEXT", "digest_included_at TEXT"}},
	{name: "notification_digests", later: 5, columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER NOT NULL REFERENCES users(id)", "sent_at TEXT NOT NULL",
		"period_start TEXT NOT NULL", "period_end TEXT NOT NULL", "signal_ids_included TEXT NOT NULL",
		"status TEXT", "message_id TEXT", "attempts INTEGER", "lease_until TEXT", "error TEXT"}},
	{name: "watches", constraint: "PRIMARY KEY (user_id, rfc_slug)", columns: []string{
		"user_id INTEGER NOT NULL", "rfc_slug TEXT NOT NULL", "state TEXT NOT NULL", "last_participation_at TEXT"}},
	{name: "digest_preferences", later: 8, columns: []string{
		"user_id INTEGER PRIMARY KEY", "time_zone TEXT", "send_hour INTEGER", "send_weekday TEXT", "quiet_start TEXT", "quiet_end TEXT",
		"suppressed_address TEXT", "suppressed_reason TEXT", "failures INTEGER"}},
	{name: "digest_due", columns: []string{
		"user_id INTEGER PRIMARY KEY", "period INTEGER NOT NULL", "has_hour INTEGER NOT NULL", "due_at INTEGER NOT NULL",
		"revision INTEGER NOT NULL"}},
	{name: "digest_pace", columns: []string{"id INTEGER PRIMARY KEY CHECK (id = 1)", "paid INTEGER NOT NULL"}},
	{name: "digest_rounds", constraint: "PRIMARY KEY (instant, after_id)", columns: []string{
		"instant INTEGER NOT NULL", "after_id INTEGER NOT NULL", "through_id INTEGER NOT NULL", "taken INTEGER NOT NULL"}},
	{name: "held_emails", later: 12, columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER", "subject TEXT", "body_text TEXT", "body_html TEXT",
		"notification_ids TEXT", "created_at TEXT", "status TEXT", "message_id TEXT", "attempts INTEGER", "lease_until TEXT", "error TEXT",
		"sent_at TEXT"}},
	{name: "digest_ticks", columns: []string{
		"id INTEGER PRIMARY KEY CHECK (id = 1)", "instant TEXT NOT NULL", "ended_at TEXT NOT NULL", "trouble TEXT"}},
	{name: "digest_copy", columns: []string{
		"id INTEGER PRIMARY KEY CHECK (id = 1)", "source TEXT NOT NULL", "begun_at TEXT NOT NULL"}},
}

// create returns the statement that makes the table.
func (t table) create() string {
	lines := t.columns
	if t.constraint != "" {
		lines = append(lines[:len(lines):len(lines)], t.constraint)
	}
	return "CREATE TABLE " + t.name + " (\n " + strings.Join(lines, ",\n ") + ")"
}

// mayAdd reports whether the column with that index may be added to a table that is there.
func (t table) mayAdd(column int) bool { return column >= len(t.columns)-t.later }

func columnName(definition string) string {
	name, _, _ := strings.Cut(definition, " ")
	return name
}

// index is an index that statements need.
type index struct {
	name, table string
	columns     []string
	// where makes it one of some rows only. Statements then ask for it by name, and so its columns
	// and its condition must not change under that name.
	where string
	// prefix says that an index serves as well which goes on with other columns.
	prefix bool
}

// indexes are all that statements need. Where another index, or the primary key, serves as well,
// none is made.
var indexes = []index{
	{name: "rfcdigest_users", table: "users", columns: []string{"id"}, prefix: true},
	{name: "rfcdigest_slugs", table: "cached_rfcs", columns: []string{"slug"}, prefix: true},
	{name: "rfcdigest_notifications", table: "notifications", columns: []string{"id"}, prefix: true},
	{name: "rfcdigest_created", table: "notifications", columns: []string{"recipient_user_id", "created_at"}, prefix: true},
	{name: sqlstore.IndexUnreadable, table: "notifications", columns: []string{"recipient_user_id"}, where: sqlstore.Dialect{Readable: readable}.Unreadable("")},
	{name: "rfcdigest_digests", table: "notification_digests", columns: []string{"id"}, prefix: true},
	// The newest row of a person is the last entry of theirs, if the row's ID comes next.
	{name: "rfcdigest_newest", table: "notification_digests", columns: []string{"recipient_user_id"}},
	{name: sqlstore.IndexSending, table: "notification_digests", columns: []string{"status", "recipient_user_id"}, where: "status = 'sending'"},
	{name: sqlstore.IndexWaiting, table: "held_emails", columns: []string{"id"}, where: "status IN ('held', 'sending')"},
	{name: "rfcdigest_preferences", table: "digest_preferences", columns: []string{"user_id"}, prefix: true},
	{name: "rfcdigest_watching", table: "watches", columns: []string{"last_participation_at"}, where: "state = 'watching'"},
}

// create returns the statement that makes the index. One of that name may be there on a table that
// the app has put aside under another name.
func (i index) create() string {
	statement := "DROP INDEX IF EXISTS " + i.name + ";\nCREATE INDEX " + i.name + " ON " + i.table + " (" + strings.Join(i.columns, ", ") + ")"
	if i.where != "" {
		statement += " WHERE " + i.where
	}
	return statement
}
