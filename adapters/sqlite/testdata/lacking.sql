-- Not the app's database, though some of its tables have the same names.
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
CREATE TABLE notifications (id INTEGER PRIMARY KEY, recipient_user_id INTEGER, event_kind TEXT, actor_user_id INTEGER, rfc_slug TEXT,
 branch_name TEXT, pr_number INTEGER, payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT);
CREATE TABLE held_emails (subject TEXT);
