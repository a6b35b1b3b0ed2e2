-- A database whose columns have no types, so that a number may be stored as one or as text.
CREATE TABLE users (id PRIMARY KEY, email, display_name, digest_cadence);
CREATE TABLE notification_digests (
 id INTEGER PRIMARY KEY, recipient_user_id, sent_at, period_start, period_end, signal_ids_included);
INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily'), ('2', 'grace@rfc.example', 'Grace', 'daily'), ('nobody', 'x@rfc.example', 'X', 'daily'),
 (NULL, 'y@rfc.example', 'Y', 'daily'), (4.5, 'z@rfc.example', 'Z', 'daily');
INSERT INTO notification_digests VALUES (1, 1, '', '', '2026-03-28 13:00:00', '[]'), (2, '2', '', '', '2026-03-28 13:00:00', '[]');
