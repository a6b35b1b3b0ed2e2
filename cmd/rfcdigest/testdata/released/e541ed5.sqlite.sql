PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE rfcdigest_migrations ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR, "group_id" INTEGER, "migrated_at" TIMESTAMP NOT NULL DEFAULT current_timestamp);
INSERT INTO rfcdigest_migrations VALUES(1,'20260501000000',1,'2026-11-29 03:07:00');
CREATE TABLE rfcdigest_migration_locks ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "table_name" VARCHAR, UNIQUE ("table_name"));
CREATE TABLE users (
 id INTEGER PRIMARY KEY,
 email TEXT,
 display_name TEXT NOT NULL,
 digest_cadence TEXT NOT NULL DEFAULT 'off');
INSERT INTO users VALUES(1,'ada@rfc.example','Ada Lovelace','daily');
INSERT INTO users VALUES(2,'grace@rfc.example','Grace Hopper','weekly');
INSERT INTO users VALUES(3,'alan@rfc.example','Alan Turing','daily');
INSERT INTO users VALUES(4,'edsger@rfc.example','Edsger Dijkstra','off');
INSERT INTO users VALUES(5,'barbara@rfc.example','Barbara Liskov','daily');
INSERT INTO users VALUES(6,'donald@rfc.example','Donald Knuth','daily');
INSERT INTO users VALUES(7,'tony@rfc.example','Tony Hoare','daily');
INSERT INTO users VALUES(8,'frances@rfc.example','Frances Allen','daily');
CREATE TABLE cached_rfcs (
 slug TEXT PRIMARY KEY,
 title TEXT NOT NULL);
INSERT INTO cached_rfcs VALUES('rfc-0001','Trust & Safety');
INSERT INTO cached_rfcs VALUES('rfc-0002','Naming');
CREATE TABLE notifications (
 id INTEGER PRIMARY KEY AUTOINCREMENT,
 recipient_user_id INTEGER NOT NULL REFERENCES users(id),
 event_kind TEXT NOT NULL,
 actor_user_id INTEGER,
 rfc_slug TEXT,
 branch_name TEXT,
 pr_number INTEGER,
 created_at TEXT NOT NULL DEFAULT (datetime('now')),
 payload TEXT,
 read_at TEXT,
 email_sent_at TEXT,
 digest_included_at TEXT);
INSERT INTO notifications VALUES(1,1,'pr_opened',2,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,'2026-03-27 12:00:00');
INSERT INTO notifications VALUES(2,2,'pr_opened',3,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,'2026-03-27 12:00:00');
INSERT INTO notifications VALUES(3,3,'pr_opened',4,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(4,4,'pr_opened',5,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(5,5,'pr_opened',6,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(6,6,'pr_opened',7,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,'2026-03-27 12:00:00');
INSERT INTO notifications VALUES(7,7,'pr_opened',8,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,'2026-03-27 12:00:00');
INSERT INTO notifications VALUES(8,8,'pr_opened',1,'rfc-0001',NULL,12,'2026-03-27 09:00:00','{}',NULL,NULL,'2026-03-27 12:00:00');
INSERT INTO notifications VALUES(9,1,'vote_cast',2,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(10,2,'vote_cast',3,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(11,3,'vote_cast',4,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(12,4,'vote_cast',5,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(13,5,'vote_cast',6,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(14,6,'vote_cast',7,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(15,7,'vote_cast',8,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
INSERT INTO notifications VALUES(16,8,'vote_cast',1,'rfc-0002',NULL,NULL,'2026-03-28 15:00:00','{}',NULL,NULL,NULL);
CREATE TABLE notification_digests (
 id INTEGER PRIMARY KEY AUTOINCREMENT,
 recipient_user_id INTEGER NOT NULL REFERENCES users(id),
 sent_at TEXT NOT NULL,
 period_start TEXT NOT NULL,
 period_end TEXT NOT NULL,
 signal_ids_included TEXT NOT NULL,
 status TEXT,
 message_id TEXT,
 attempts INTEGER,
 lease_until TEXT,
 error TEXT);
INSERT INTO notification_digests VALUES(1,1,'2026-03-27 12:00:00','2026-02-25 12:00:00','2026-03-27 12:00:00','[1]','sent','bad1aec841c216295b56dfa64f9353f2@rfc.example',1,NULL,NULL);
INSERT INTO notification_digests VALUES(2,2,'2026-03-27 12:00:00','2026-02-25 12:00:00','2026-03-27 12:00:00','[2]','sent','fb05065477b977a0991f23d68f5679f3@rfc.example',1,NULL,NULL);
INSERT INTO notification_digests VALUES(3,6,'2026-03-27 12:00:00','2026-02-25 12:00:00','2026-03-27 12:00:00','[6]','sent','a2dbd213b2e66e30f0c69b9f8f7f6c85@rfc.example',1,NULL,NULL);
INSERT INTO notification_digests VALUES(4,7,'2026-03-27 12:00:00','2026-02-25 12:00:00','2026-03-27 12:00:00','[7]','sent','d1a45a7d46ed6825cdf52f9854b3b3d0@rfc.example',1,NULL,NULL);
INSERT INTO notification_digests VALUES(5,8,'2026-03-27 12:00:00','2026-02-25 12:00:00','2026-03-27 12:00:00','[8]','sent','5ee5c394e7c2a672019d8a95571c714b@rfc.example',1,NULL,NULL);
INSERT INTO notification_digests VALUES(6,7,'2026-03-28 15:30:00','2026-03-27 12:00:00','2026-03-28 15:30:00','[15]','sending','doubt@rfc.example',1,'2026-03-28 15:40:00',NULL);
CREATE TABLE watches (
 user_id INTEGER NOT NULL,
 rfc_slug TEXT NOT NULL,
 state TEXT NOT NULL,
 last_participation_at TEXT,
 PRIMARY KEY (user_id, rfc_slug));
INSERT INTO watches VALUES(1,'rfc-0001','dormant','2025-01-01 00:00:00');
INSERT INTO watches VALUES(2,'rfc-0002','watching','2026-03-01 00:00:00');
CREATE TABLE digest_preferences (
 user_id INTEGER PRIMARY KEY,
 time_zone TEXT,
 send_hour INTEGER,
 send_weekday TEXT,
 quiet_start TEXT,
 quiet_end TEXT,
 suppressed_address TEXT,
 suppressed_reason TEXT,
 failures INTEGER);
INSERT INTO digest_preferences VALUES(2,'Europe/Berlin',8,'friday',NULL,NULL,NULL,NULL,NULL);
INSERT INTO digest_preferences VALUES(3,'Asia/Tokyo',NULL,NULL,'20:00','08:00',NULL,NULL,NULL);
INSERT INTO digest_preferences VALUES(5,NULL,NULL,NULL,NULL,NULL,'barbara@rfc.example','RCPT: 550 no such user',3);
INSERT INTO digest_preferences VALUES(6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE digest_due (
 user_id INTEGER PRIMARY KEY,
 period INTEGER NOT NULL,
 has_hour INTEGER NOT NULL,
 due_at INTEGER NOT NULL,
 revision INTEGER NOT NULL);
INSERT INTO digest_due VALUES(1,86400,0,1774699200,2407892206226460112);
INSERT INTO digest_due VALUES(2,604800,1,0,8099735584732736965);
INSERT INTO digest_due VALUES(3,86400,0,0,-8630992590256986538);
INSERT INTO digest_due VALUES(5,86400,0,0,2129914875834773602);
INSERT INTO digest_due VALUES(6,86400,0,1774699200,-531919648281744596);
INSERT INTO digest_due VALUES(7,86400,0,1774699200,-4986394690748547754);
INSERT INTO digest_due VALUES(8,86400,0,1774699200,-7403336058264123827);
CREATE TABLE digest_pace (
 id INTEGER PRIMARY KEY CHECK (id = 1),
 paid INTEGER NOT NULL);
CREATE TABLE digest_rounds (
 instant INTEGER NOT NULL,
 after_id INTEGER NOT NULL,
 through_id INTEGER NOT NULL,
 taken INTEGER NOT NULL,
 PRIMARY KEY (instant, after_id));
CREATE TABLE held_emails (
 id INTEGER PRIMARY KEY AUTOINCREMENT,
 recipient_user_id INTEGER,
 subject TEXT,
 body_text TEXT,
 body_html TEXT,
 notification_ids TEXT,
 created_at TEXT,
 status TEXT,
 message_id TEXT,
 attempts INTEGER,
 lease_until TEXT,
 error TEXT,
 sent_at TEXT);
INSERT INTO held_emails VALUES(1,3,'A review','Dear Alan',NULL,'[3]','2026-03-27 12:00:00','held',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE digest_ticks (
 id INTEGER PRIMARY KEY CHECK (id = 1),
 instant TEXT NOT NULL,
 ended_at TEXT NOT NULL,
 trouble TEXT);
INSERT INTO digest_ticks VALUES(1,'2026-03-27 12:00:00','2026-03-27 12:00:00',NULL);
CREATE TABLE digest_copy (
 id INTEGER PRIMARY KEY CHECK (id = 1),
 source TEXT NOT NULL,
 begun_at TEXT NOT NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('rfcdigest_migration_locks',1);
INSERT INTO sqlite_sequence VALUES('rfcdigest_migrations',1);
INSERT INTO sqlite_sequence VALUES('notifications',16);
INSERT INTO sqlite_sequence VALUES('held_emails',1);
INSERT INTO sqlite_sequence VALUES('notification_digests',6);
CREATE INDEX rfcdigest_created ON notifications (recipient_user_id, created_at);
CREATE INDEX rfcdigest_unreadable ON notifications (recipient_user_id) WHERE NOT (typeof(created_at) = 'text' AND instr(created_at, char(0)) = 0 AND created_at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9][ Tt][0-2][0-9]:[0-5][0-9]:[0-5][0-9]*' AND substr(created_at, 6, 5) BETWEEN '01-01' AND '12-31' AND substr(created_at, 9, 2) BETWEEN '01' AND '31' AND (substr(created_at, 6, 5) NOT IN ('02-29', '02-30', '02-31', '04-31', '06-31', '09-31', '11-31') OR substr(created_at, 6, 5) = '02-29' AND substr(created_at, 3, 2) <> '00' AND (substr(created_at, 3, 2) GLOB '[02468][048]' OR substr(created_at, 3, 2) GLOB '[13579][26]')) AND substr(created_at, 12, 2) <= '23' AND (substr(created_at, 20) IN ('', 'Z', 'z', '+00:00', '-00:00') OR substr(created_at, 20) GLOB '.[0-9]*' AND ltrim(substr(created_at, 21), '0123456789') IN ('', 'Z', 'z', '+00:00', '-00:00')));
CREATE INDEX rfcdigest_newest ON notification_digests (recipient_user_id);
CREATE INDEX rfcdigest_sending ON notification_digests (status, recipient_user_id) WHERE status = 'sending';
CREATE INDEX rfcdigest_waiting ON held_emails (id) WHERE status IN ('held', 'sending');
CREATE INDEX rfcdigest_watching ON watches (last_participation_at) WHERE state = 'watching';
CREATE TRIGGER rfcdigest_user_added AFTER INSERT ON users BEGIN
INSERT INTO digest_due (user_id, period, has_hour, due_at, revision) SELECT NEW.id, 0, EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = NEW.id), 0, 0
WHERE NEW.id = CAST(NEW.id AS INTEGER) AND NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> '' AND NOT EXISTS (SELECT 1 FROM digest_due WHERE user_id = NEW.id);
UPDATE digest_due SET period = CASE NEW.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END, due_at = 0, revision = random() WHERE user_id = NEW.id;
END;
CREATE TRIGGER rfcdigest_user_changed AFTER UPDATE OF id, rowid, oid, _rowid_, email, digest_cadence ON users BEGIN
DELETE FROM digest_due WHERE user_id = OLD.id;
INSERT INTO digest_due (user_id, period, has_hour, due_at, revision) SELECT NEW.id, 0, EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = NEW.id), 0, 0
WHERE NEW.id = CAST(NEW.id AS INTEGER) AND NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> '' AND NOT EXISTS (SELECT 1 FROM digest_due WHERE user_id = NEW.id);
UPDATE digest_due SET period = CASE NEW.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END, due_at = 0, revision = random() WHERE user_id = NEW.id;
END;
CREATE TRIGGER rfcdigest_user_deleted AFTER DELETE ON users BEGIN
DELETE FROM digest_due WHERE user_id = OLD.id;
END;
CREATE TRIGGER rfcdigest_preferences_added AFTER INSERT ON digest_preferences BEGIN
UPDATE digest_due SET has_hour = EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = NEW.user_id), due_at = 0, revision = random() WHERE user_id = NEW.user_id;
END;
CREATE TRIGGER rfcdigest_preferences_changed AFTER UPDATE OF user_id, rowid, oid, _rowid_, time_zone, send_hour, send_weekday ON digest_preferences BEGIN
UPDATE digest_due SET has_hour = EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = OLD.user_id), due_at = 0, revision = random() WHERE user_id = OLD.user_id;
UPDATE digest_due SET has_hour = EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = NEW.user_id), due_at = 0, revision = random() WHERE user_id = NEW.user_id;
END;
CREATE TRIGGER rfcdigest_preferences_deleted AFTER DELETE ON digest_preferences BEGIN
UPDATE digest_due SET has_hour = EXISTS (SELECT 1 FROM digest_preferences WHERE send_hour IS NOT NULL AND user_id = OLD.user_id), due_at = 0, revision = random() WHERE user_id = OLD.user_id;
END;
CREATE TRIGGER rfcdigest_digest_added AFTER INSERT ON notification_digests WHEN NEW.status IS NOT 'sending' BEGIN
UPDATE digest_due SET due_at = CASE WHEN has_hour = 0 AND datetime(NEW.period_end) = NEW.period_end
 THEN strftime('%s', NEW.period_end) + period ELSE 0 END, revision = random()
WHERE user_id = NEW.recipient_user_id AND NOT EXISTS (SELECT 1 FROM notification_digests AS d WHERE d.recipient_user_id = NEW.recipient_user_id AND d.id > NEW.id);
END;
CREATE TRIGGER rfcdigest_digest_ousted BEFORE INSERT ON notification_digests WHEN NEW.status IS NOT 'sending' BEGIN
UPDATE digest_due SET due_at = 0, revision = random()
WHERE user_id = (SELECT d.recipient_user_id FROM notification_digests AS d WHERE d.id = NEW.id);
END;
CREATE TRIGGER rfcdigest_digest_moved BEFORE UPDATE OF id, rowid, oid, _rowid_ ON notification_digests BEGIN
UPDATE digest_due SET due_at = 0, revision = random()
WHERE user_id = (SELECT d.recipient_user_id FROM notification_digests AS d WHERE d.id = NEW.id);
END;
CREATE TRIGGER rfcdigest_digest_changed AFTER UPDATE OF id, rowid, oid, _rowid_, recipient_user_id, period_end ON notification_digests BEGIN
UPDATE digest_due SET due_at = coalesce((SELECT strftime('%s', d.period_end) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND datetime(d.period_end) = d.period_end), 0), revision = random() WHERE user_id = OLD.recipient_user_id;
UPDATE digest_due SET due_at = coalesce((SELECT strftime('%s', d.period_end) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND datetime(d.period_end) = d.period_end), 0), revision = random() WHERE user_id = NEW.recipient_user_id;
END;
CREATE TRIGGER rfcdigest_digest_deleted AFTER DELETE ON notification_digests BEGIN
UPDATE digest_due SET due_at = coalesce((SELECT strftime('%s', d.period_end) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND datetime(d.period_end) = d.period_end), 0), revision = random() WHERE user_id = OLD.recipient_user_id;
END;
COMMIT;
