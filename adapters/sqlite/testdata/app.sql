-- A database as the app makes it, before the scheduler ever saw it.
CREATE TABLE users (
 id INTEGER PRIMARY KEY, email TEXT, display_name TEXT NOT NULL, digest_cadence TEXT NOT NULL DEFAULT 'off', password_hash BLOB);
CREATE TABLE cached_rfcs (slug TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT);
CREATE TABLE notifications (
 id INTEGER PRIMARY KEY AUTOINCREMENT, recipient_user_id INTEGER NOT NULL REFERENCES users(id), event_kind TEXT NOT NULL,
 actor_user_id INTEGER, rfc_slug TEXT, branch_name TEXT, pr_number INTEGER, created_at TEXT NOT NULL DEFAULT (datetime('now')),
 payload TEXT, read_at TEXT, email_sent_at TEXT, digest_included_at TEXT);
CREATE INDEX idx_notifications_recipient ON notifications(recipient_user_id, created_at);
CREATE TABLE notification_digests (
 id INTEGER PRIMARY KEY AUTOINCREMENT, recipient_user_id INTEGER NOT NULL REFERENCES users(id), sent_at TEXT NOT NULL,
 period_start TEXT NOT NULL, period_end TEXT NOT NULL, signal_ids_included TEXT NOT NULL);
INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada Lovelace', 'daily', X'00FF'), (2, NULL, 'Grace Hopper', 'off', NULL);
INSERT INTO cached_rfcs VALUES ('rfc-0001', 'Trust & Safety', '…');
INSERT INTO notifications VALUES
 (1, 1, 'pr_opened', 2, 'rfc-0001', NULL, 12, '2026-03-29 11:00:00', '{}', NULL, '', NULL),
 (2, 1, 'vote_cast', NULL, NULL, NULL, NULL, '2026-03-28 11:00:00', NULL, NULL, NULL, '2026-03-28 12:00:00');
INSERT INTO notification_digests VALUES (1, 1, '2026-03-28 12:00:00', '2026-03-27 12:00:00', '2026-03-28 12:00:00', '[2]');
