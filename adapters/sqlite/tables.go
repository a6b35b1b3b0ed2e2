package sqlite

import "github.com/wiggleverse/rfcdigest/adapters/sqlstore"

// tables are all that statements need. The app's are as the app makes them, so that a database may
// begin here and be taken over by the app. Of ours nothing refers to the app's by a foreign key,
// which would keep the app from deleting.
var tables = sqlstore.Tables{
	{Name: "users", Columns: []string{
		"id INTEGER PRIMARY KEY", "email TEXT", "display_name TEXT NOT NULL", "digest_cadence TEXT NOT NULL DEFAULT 'off'"}},
	{Name: "cached_rfcs", Columns: []string{"slug TEXT PRIMARY KEY", "title TEXT NOT NULL"}},
	{Name: "notifications", Columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER NOT NULL REFERENCES users(id)", "event_kind TEXT NOT NULL",
		"actor_user_id INTEGER", "rfc_slug TEXT", "branch_name TEXT", "pr_number INTEGER",
		"created_at TEXT NOT NULL DEFAULT (datetime('now'))", "payload TEXT", "read_at TEXT", "email_sent_at TEXT", "digest_included_at TEXT"}},
	{Name: "notification_digests", Later: 5, Columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER NOT NULL REFERENCES users(id)", "sent_at TEXT NOT NULL",
		"period_start TEXT NOT NULL", "period_end TEXT NOT NULL", "signal_ids_included TEXT NOT NULL",
		"status TEXT", "message_id TEXT", "attempts INTEGER", "lease_until TEXT", "error TEXT"}},
	{Name: "watches", Constraint: "PRIMARY KEY (user_id, rfc_slug)", Columns: []string{
		"user_id INTEGER NOT NULL", "rfc_slug TEXT NOT NULL", "state TEXT NOT NULL", "last_participation_at TEXT"}},
	{Name: "digest_preferences", Later: 8, Columns: []string{
		"user_id INTEGER PRIMARY KEY", "time_zone TEXT", "send_hour INTEGER", "send_weekday TEXT", "quiet_start TEXT", "quiet_end TEXT",
		"suppressed_address TEXT", "suppressed_reason TEXT", "failures INTEGER"}},
	{Name: "digest_due", Columns: []string{
		"user_id INTEGER PRIMARY KEY", "period INTEGER NOT NULL", "has_hour INTEGER NOT NULL", "due_at INTEGER NOT NULL",
		"revision INTEGER NOT NULL"}},
	{Name: "digest_pace", Columns: []string{"id INTEGER PRIMARY KEY CHECK (id = 1)", "paid INTEGER NOT NULL"}},
	{Name: "digest_rounds", Constraint: "PRIMARY KEY (instant, after_id)", Columns: []string{
		"instant INTEGER NOT NULL", "after_id INTEGER NOT NULL", "through_id INTEGER NOT NULL", "taken INTEGER NOT NULL"}},
	{Name: "held_emails", Later: 12, Columns: []string{
		"id INTEGER PRIMARY KEY AUTOINCREMENT", "recipient_user_id INTEGER", "subject TEXT", "body_text TEXT", "body_html TEXT",
		"notification_ids TEXT", "created_at TEXT", "status TEXT", "message_id TEXT", "attempts INTEGER", "lease_until TEXT", "error TEXT",
		"sent_at TEXT"}},
	{Name: "digest_ticks", Columns: []string{
		"id INTEGER PRIMARY KEY CHECK (id = 1)", "instant TEXT NOT NULL", "ended_at TEXT NOT NULL", "trouble TEXT"}},
	{Name: "digest_copy", Columns: []string{
		"id INTEGER PRIMARY KEY CHECK (id = 1)", "source TEXT NOT NULL", "begun_at TEXT NOT NULL"}},
}

// indexes are all that statements need.
var indexes = []sqlstore.Index{
	{Name: "rfcdigest_users", Table: "users", Columns: []string{"id"}},
	{Name: "rfcdigest_slugs", Table: "cached_rfcs", Columns: []string{"slug"}},
	{Name: "rfcdigest_notifications", Table: "notifications", Columns: []string{"id"}},
	{Name: "rfcdigest_created", Table: "notifications", Columns: []string{"recipient_user_id", "created_at"}},
	{Name: sqlstore.IndexUnreadable, Table: "notifications", Columns: []string{"recipient_user_id"}, Where: sqlstore.Dialect{Readable: readable}.Unreadable("")},
	{Name: "rfcdigest_digests", Table: "notification_digests", Columns: []string{"id"}},
	// The newest row of a person is the last entry of theirs, if the row's ID comes next.
	{Name: "rfcdigest_newest", Table: "notification_digests", Columns: []string{"recipient_user_id"}, Exact: true},
	{Name: sqlstore.IndexSending, Table: "notification_digests", Columns: []string{"status", "recipient_user_id"}, Where: "status = 'sending'"},
	{Name: sqlstore.IndexWaiting, Table: "held_emails", Columns: []string{"id"}, Where: "status IN ('held', 'sending')"},
	{Name: "rfcdigest_preferences", Table: "digest_preferences", Columns: []string{"user_id"}},
	{Name: "rfcdigest_watching", Table: "watches", Columns: []string{"last_participation_at"}, Where: "state = 'watching'"},
}
