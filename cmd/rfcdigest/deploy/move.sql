-- Makes moving.db, a copy of the app's SQLite database, ready for pgloader. docs/fleet.md says when: "Moving from SQLite".
BEGIN;

-- A time that cannot be read becomes one that cannot be read in PostgreSQL either, and an empty one becomes none.
CREATE TEMP TABLE unreadable AS SELECT at FROM (
 SELECT created_at AS at FROM notifications UNION SELECT read_at FROM notifications
 UNION SELECT email_sent_at FROM notifications UNION SELECT digest_included_at FROM notifications
 UNION SELECT sent_at FROM notification_digests UNION SELECT period_start FROM notification_digests
 UNION SELECT period_end FROM notification_digests UNION SELECT lease_until FROM notification_digests
 UNION SELECT dated_at FROM notification_digests UNION SELECT dated_at FROM held_emails
 UNION SELECT last_participation_at FROM watches UNION SELECT retry_at FROM digest_preferences
 UNION SELECT created_at FROM held_emails UNION SELECT lease_until FROM held_emails UNION SELECT sent_at FROM held_emails)
WHERE at NOT GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9][ Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]*'
 OR date(substr(at, 1, 10), '+0 days') IS NOT substr(at, 1, 10) OR datetime(replace(at, 't', 'T')) IS NULL;
-- But for numbers, and days or minutes, which are times after all.
CREATE TEMP TABLE mended AS SELECT was, becomes FROM (SELECT at AS was, CASE
 WHEN at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND date(at, '+0 days') IS at THEN at || ' 00:00:00'
 WHEN at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]' THEN datetime(at)
 WHEN at GLOB '*[^0-9.]*' OR at = '' THEN NULL
 WHEN at + 0 BETWEEN 2452161 AND 2600000 THEN datetime(at + 0)
 WHEN at + 0 BETWEEN 1e9 AND 1e10 - 1 THEN datetime(at + 0, 'unixepoch')
 WHEN at + 0 BETWEEN 1e12 AND 1e13 - 1 THEN datetime(at / 1000, 'unixepoch')
 WHEN at + 0 BETWEEN 1e15 AND 1e16 - 1 THEN datetime(at / 1000000, 'unixepoch')
 WHEN at + 0 BETWEEN 1e18 AND 9.2e18 THEN datetime(at / 1000000000, 'unixepoch') END AS becomes FROM unreadable) WHERE becomes IS NOT NULL;
UPDATE notifications SET created_at = coalesce((SELECT becomes FROM mended WHERE was = created_at), 'infinity') WHERE created_at IN unreadable;
UPDATE notifications SET read_at = iif(read_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = read_at), 'infinity')) WHERE read_at IN unreadable;
UPDATE notifications SET email_sent_at = iif(email_sent_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = email_sent_at), 'infinity')) WHERE email_sent_at IN unreadable;
UPDATE notifications SET digest_included_at = iif(digest_included_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = digest_included_at), 'infinity')) WHERE digest_included_at IN unreadable;
UPDATE notification_digests SET sent_at = coalesce((SELECT becomes FROM mended WHERE was = sent_at), 'infinity') WHERE sent_at IN unreadable;
UPDATE notification_digests SET period_start = coalesce((SELECT becomes FROM mended WHERE was = period_start), 'infinity') WHERE period_start IN unreadable;
UPDATE notification_digests SET period_end = coalesce((SELECT becomes FROM mended WHERE was = period_end), 'infinity') WHERE period_end IN unreadable;
UPDATE notification_digests SET lease_until = iif(lease_until IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = lease_until), 'infinity')) WHERE lease_until IN unreadable;
UPDATE notification_digests SET dated_at = NULL WHERE dated_at IN unreadable;
UPDATE watches SET last_participation_at = iif(last_participation_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = last_participation_at), 'infinity')) WHERE last_participation_at IN unreadable;
UPDATE digest_preferences SET retry_at = iif(retry_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = retry_at), 'infinity')) WHERE retry_at IN unreadable;
UPDATE held_emails SET created_at = iif(created_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = created_at), 'infinity')) WHERE created_at IN unreadable;
UPDATE held_emails SET lease_until = iif(lease_until IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = lease_until), 'infinity')) WHERE lease_until IN unreadable;
UPDATE held_emails SET dated_at = NULL WHERE dated_at IN unreadable;
UPDATE held_emails SET sent_at = iif(sent_at IN ('', 0, '0'), NULL, coalesce((SELECT becomes FROM mended WHERE was = sent_at), 'infinity')) WHERE sent_at IN unreadable;

-- PostgreSQL takes no rows of people who do not exist.
DELETE FROM notifications WHERE recipient_user_id NOT IN (SELECT id FROM users);
DELETE FROM notification_digests WHERE recipient_user_id NOT IN (SELECT id FROM users);

-- If a number has a new person, SQLite learns from their first row where their rows begin. PostgreSQL knows it from the start.
UPDATE digest_people SET first_digest = (SELECT coalesce(max(id) + 1, 0) FROM notification_digests WHERE recipient_user_id = user_id)
WHERE gone = 0 AND first_digest = 9223372036854775807;
UPDATE digest_people SET first_notification = (SELECT coalesce(max(id) + 1, 0) FROM notifications WHERE recipient_user_id = user_id)
WHERE gone = 0 AND first_notification = 9223372036854775807;

-- These follow from the rest, or are about ticks on the old database.
DROP TABLE IF EXISTS digest_copy;
DROP TABLE IF EXISTS digest_due;
DROP TABLE IF EXISTS digest_pace;
DROP TABLE IF EXISTS digest_rounds;
DROP TABLE IF EXISTS digest_schema;
DROP TABLE IF EXISTS digest_ticks;
DROP TABLE IF EXISTS digest_unreadable;
DROP TABLE IF EXISTS rfcdigest_migrations;
DROP TABLE IF EXISTS rfcdigest_migration_locks;

-- How many rows each table has, and the last ID of those that choose no ID twice.
ANALYZE;
CREATE TABLE moving (name TEXT, rows INTEGER, last_id INTEGER);
INSERT INTO moving SELECT lower(m.name), coalesce((SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = m.name), 0),
 coalesce((SELECT seq FROM sqlite_sequence AS s WHERE s.name = m.name), 0)
FROM sqlite_master AS m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND m.name <> 'moving';
DROP TABLE sqlite_stat1;
COMMIT;
