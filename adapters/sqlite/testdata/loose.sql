-- A database of the same tables from another hand: other types, names in capitals, its own indexes.
CREATE TABLE Users (ID INTEGER PRIMARY KEY, Email VARCHAR(200), Display_Name VARCHAR(200), Digest_Cadence VARCHAR(20));
CREATE TABLE cached_rfcs (id INTEGER PRIMARY KEY, slug, title);
CREATE TABLE notifications (
 id INTEGER PRIMARY KEY, recipient_user_id INT, event_kind, actor_user_id INT, rfc_slug, branch_name, pr_number,
 created_at DATETIME, payload JSON, read_at DATETIME, email_sent_at TIMESTAMP, digest_included_at DATE);
CREATE INDEX by_recipient ON notifications(recipient_user_id, created_at DESC, id);
CREATE TABLE notification_digests (
 id INTEGER PRIMARY KEY, recipient_user_id INT, sent_at DATETIME, period_start DATETIME, period_end DATETIME, signal_ids_included JSON,
 status TEXT, error TEXT);
CREATE INDEX digests_by_recipient ON notification_digests(recipient_user_id);
CREATE TABLE watches (user_id INT, rfc_slug TEXT, state TEXT, last_participation_at DATETIME, since DATETIME);
CREATE VIEW people AS SELECT * FROM users;
