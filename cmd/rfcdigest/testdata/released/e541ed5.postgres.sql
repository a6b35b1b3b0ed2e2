CREATE FUNCTION $SCHEMA.rfcdigest_digest() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$SCHEMA', 'pg_temp'
    AS $$
DECLARE person bigint;
BEGIN
 FOREACH person IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.recipient_user_id] WHEN 'DELETE' THEN ARRAY[OLD.recipient_user_id]
   ELSE ARRAY[OLD.recipient_user_id, NEW.recipient_user_id] END LOOP
  PERFORM 1 FROM digest_due WHERE user_id = person FOR UPDATE;
  UPDATE digest_due SET due_at = coalesce((SELECT CAST(floor(extract(epoch FROM d.period_end)) AS bigint) + digest_due.period FROM notification_digests AS d
 WHERE d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = digest_due.user_id)
 AND digest_due.has_hour = 0 AND coalesce(isfinite(d.period_end) AND d.period_end >= '0001-01-02 00:00:00+00' AND d.period_end < '9999-12-31 00:00:00+00', false)), 0), revision = CAST(random() * 9223372036854775807 AS bigint) WHERE user_id = person;
 END LOOP;
 RETURN NULL;
END
$$;
CREATE FUNCTION $SCHEMA.rfcdigest_emptied() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$SCHEMA', 'pg_temp'
    AS $$
BEGIN
 IF TG_ARGV[0] = 'users' THEN
  DELETE FROM digest_due;
 ELSE
  UPDATE digest_due SET has_hour = (SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND p.send_hour IS NOT NULL), due_at = 0, revision = CAST(random() * 9223372036854775807 AS bigint);
 END IF;
 RETURN NULL;
END
$$;
CREATE FUNCTION $SCHEMA.rfcdigest_preferences() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$SCHEMA', 'pg_temp'
    AS $$
DECLARE person bigint;
BEGIN
 FOREACH person IN ARRAY CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.user_id] WHEN 'DELETE' THEN ARRAY[OLD.user_id] ELSE ARRAY[OLD.user_id, NEW.user_id] END LOOP
  UPDATE digest_due SET due_at = 0, revision = CAST(random() * 9223372036854775807 AS bigint) WHERE user_id = person;
  IF NOT FOUND THEN
   PERFORM 1 FROM users WHERE id = person FOR SHARE;
  END IF;
  UPDATE digest_due SET has_hour = (SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND p.send_hour IS NOT NULL), due_at = 0, revision = CAST(random() * 9223372036854775807 AS bigint) WHERE user_id = person;
 END LOOP;
 RETURN NULL;
END
$$;
CREATE FUNCTION $SCHEMA.rfcdigest_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO '$SCHEMA', 'pg_temp'
    AS $$
BEGIN
 IF TG_OP <> 'INSERT' THEN
  IF TG_OP = 'DELETE' THEN
   DELETE FROM digest_due WHERE user_id = OLD.id;
   RETURN NULL;
  END IF;
  DELETE FROM digest_due WHERE user_id = OLD.id AND (OLD.id <> NEW.id OR (NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> '') IS NOT TRUE);
 END IF;
 IF NEW.digest_cadence IN ('daily', 'weekly') AND NEW.email <> '' THEN
  INSERT INTO digest_due AS due (user_id, period, has_hour, due_at, revision)
  VALUES (NEW.id, CASE NEW.digest_cadence WHEN 'weekly' THEN 604800 ELSE 86400 END, 0, 0, CAST(random() * 9223372036854775807 AS bigint))
  ON CONFLICT (user_id) DO UPDATE SET period = excluded.period, due_at = 0, revision = excluded.revision;
  UPDATE digest_due SET has_hour = (SELECT count(*) FROM digest_preferences AS p WHERE p.user_id = digest_due.user_id AND p.send_hour IS NOT NULL) WHERE user_id = NEW.id;
 END IF;
 RETURN NULL;
END
$$;
CREATE TABLE $SCHEMA.cached_rfcs (
    slug text NOT NULL,
    title text NOT NULL
);
CREATE TABLE $SCHEMA.digest_copy (
    id integer NOT NULL,
    source text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    CONSTRAINT digest_copy_id_check CHECK ((id = 1))
);
CREATE TABLE $SCHEMA.digest_due (
    user_id bigint NOT NULL,
    period bigint NOT NULL,
    has_hour integer NOT NULL,
    due_at bigint NOT NULL,
    revision bigint NOT NULL
);
CREATE TABLE $SCHEMA.digest_pace (
    id integer NOT NULL,
    paid bigint NOT NULL,
    CONSTRAINT digest_pace_id_check CHECK ((id = 1))
);
CREATE TABLE $SCHEMA.digest_preferences (
    user_id bigint NOT NULL,
    time_zone text,
    send_hour integer,
    send_weekday text,
    quiet_start text,
    quiet_end text,
    suppressed_address text,
    suppressed_reason text,
    failures integer
);
CREATE TABLE $SCHEMA.digest_rounds (
    instant bigint NOT NULL,
    after_id bigint NOT NULL,
    through_id bigint NOT NULL,
    taken integer NOT NULL
);
CREATE TABLE $SCHEMA.digest_ticks (
    id integer NOT NULL,
    instant timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    trouble text,
    CONSTRAINT digest_ticks_id_check CHECK ((id = 1))
);
CREATE TABLE $SCHEMA.held_emails (
    id bigint NOT NULL,
    recipient_user_id bigint,
    subject text,
    body_text text,
    body_html text,
    notification_ids text,
    created_at timestamp with time zone,
    status text,
    message_id text,
    attempts integer,
    lease_until timestamp with time zone,
    error text,
    sent_at timestamp with time zone
);
ALTER TABLE $SCHEMA.held_emails ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME $SCHEMA.held_emails_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE $SCHEMA.notification_digests (
    id bigint NOT NULL,
    recipient_user_id bigint NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    period_start timestamp with time zone NOT NULL,
    period_end timestamp with time zone NOT NULL,
    signal_ids_included text NOT NULL,
    status text,
    message_id text,
    attempts integer,
    lease_until timestamp with time zone,
    error text
);
ALTER TABLE $SCHEMA.notification_digests ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME $SCHEMA.notification_digests_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE $SCHEMA.notifications (
    id bigint NOT NULL,
    recipient_user_id bigint NOT NULL,
    event_kind text NOT NULL,
    actor_user_id bigint,
    rfc_slug text,
    branch_name text,
    pr_number bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text,
    read_at timestamp with time zone,
    email_sent_at timestamp with time zone,
    digest_included_at timestamp with time zone
);
ALTER TABLE $SCHEMA.notifications ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME $SCHEMA.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE $SCHEMA.users (
    id bigint NOT NULL,
    email text,
    display_name text NOT NULL,
    digest_cadence text DEFAULT 'off'::text NOT NULL
);
ALTER TABLE $SCHEMA.users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME $SCHEMA.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE $SCHEMA.watches (
    user_id bigint NOT NULL,
    rfc_slug text NOT NULL,
    state text NOT NULL,
    last_participation_at timestamp with time zone
);
INSERT INTO $SCHEMA.cached_rfcs VALUES ('rfc-0001', 'Trust & Safety');
INSERT INTO $SCHEMA.cached_rfcs VALUES ('rfc-0002', 'Naming');
INSERT INTO $SCHEMA.digest_due VALUES (3, 86400, 0, 0, 4018838641476898816);
INSERT INTO $SCHEMA.digest_due VALUES (5, 86400, 0, 0, 5317002473992591360);
INSERT INTO $SCHEMA.digest_due VALUES (1, 86400, 0, 1774699200, 3445680676256710656);
INSERT INTO $SCHEMA.digest_due VALUES (2, 604800, 1, 0, 5756923107086213120);
INSERT INTO $SCHEMA.digest_due VALUES (6, 86400, 0, 1774699200, 639426535914842112);
INSERT INTO $SCHEMA.digest_due VALUES (7, 86400, 0, 1774699200, 2748237497803655168);
INSERT INTO $SCHEMA.digest_due VALUES (8, 86400, 0, 1774699200, 728450738435354624);
INSERT INTO $SCHEMA.digest_preferences VALUES (2, 'Europe/Berlin', 8, 'friday', NULL, NULL, NULL, NULL, NULL);
INSERT INTO $SCHEMA.digest_preferences VALUES (3, 'Asia/Tokyo', NULL, NULL, '20:00', '08:00', NULL, NULL, NULL);
INSERT INTO $SCHEMA.digest_preferences VALUES (5, NULL, NULL, NULL, NULL, NULL, 'barbara@rfc.example', 'RCPT: 550 no such user', 3);
INSERT INTO $SCHEMA.digest_preferences VALUES (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO $SCHEMA.digest_ticks VALUES (1, '2026-03-27 12:00:00+00', '2026-03-27 12:00:01+00', NULL);
INSERT INTO $SCHEMA.held_emails VALUES (1, 3, 'A review', 'Dear Alan', NULL, '[3]', '2026-03-27 12:00:00+00', 'held', NULL, NULL, NULL, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (1, 1, '2026-03-27 12:00:00+00', '2026-02-25 12:00:00+00', '2026-03-27 12:00:00+00', '[1]', 'sent', 'bad1aec841c216295b56dfa64f9353f2@rfc.example', 1, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (2, 2, '2026-03-27 12:00:00+00', '2026-02-25 12:00:00+00', '2026-03-27 12:00:00+00', '[2]', 'sent', 'fb05065477b977a0991f23d68f5679f3@rfc.example', 1, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (4, 7, '2026-03-27 12:00:00+00', '2026-02-25 12:00:00+00', '2026-03-27 12:00:00+00', '[7]', 'sent', 'd1a45a7d46ed6825cdf52f9854b3b3d0@rfc.example', 1, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (3, 6, '2026-03-27 12:00:00+00', '2026-02-25 12:00:00+00', '2026-03-27 12:00:00+00', '[6]', 'sent', 'a2dbd213b2e66e30f0c69b9f8f7f6c85@rfc.example', 1, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (5, 8, '2026-03-27 12:00:00+00', '2026-02-25 12:00:00+00', '2026-03-27 12:00:00+00', '[8]', 'sent', '5ee5c394e7c2a672019d8a95571c714b@rfc.example', 1, NULL, NULL);
INSERT INTO $SCHEMA.notification_digests VALUES (6, 7, '2026-03-28 15:30:00+00', '2026-03-27 12:00:00+00', '2026-03-28 15:30:00+00', '[15]', 'sending', 'doubt@rfc.example', 1, '2026-03-28 15:40:00+00', NULL);
INSERT INTO $SCHEMA.notifications VALUES (3, 3, 'pr_opened', 4, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (4, 4, 'pr_opened', 5, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (5, 5, 'pr_opened', 6, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (1, 1, 'pr_opened', 2, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, '2026-03-27 12:00:00+00');
INSERT INTO $SCHEMA.notifications VALUES (2, 2, 'pr_opened', 3, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, '2026-03-27 12:00:00+00');
INSERT INTO $SCHEMA.notifications VALUES (6, 6, 'pr_opened', 7, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, '2026-03-27 12:00:00+00');
INSERT INTO $SCHEMA.notifications VALUES (7, 7, 'pr_opened', 8, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, '2026-03-27 12:00:00+00');
INSERT INTO $SCHEMA.notifications VALUES (8, 8, 'pr_opened', 1, 'rfc-0001', NULL, 12, '2026-03-27 09:00:00+00', '{}', NULL, NULL, '2026-03-27 12:00:00+00');
INSERT INTO $SCHEMA.notifications VALUES (9, 1, 'vote_cast', 2, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (10, 2, 'vote_cast', 3, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (11, 3, 'vote_cast', 4, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (12, 4, 'vote_cast', 5, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (13, 5, 'vote_cast', 6, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (14, 6, 'vote_cast', 7, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (15, 7, 'vote_cast', 8, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.notifications VALUES (16, 8, 'vote_cast', 1, 'rfc-0002', NULL, NULL, '2026-03-28 15:00:00+00', '{}', NULL, NULL, NULL);
INSERT INTO $SCHEMA.users VALUES (1, 'ada@rfc.example', 'Ada Lovelace', 'daily');
INSERT INTO $SCHEMA.users VALUES (2, 'grace@rfc.example', 'Grace Hopper', 'weekly');
INSERT INTO $SCHEMA.users VALUES (3, 'alan@rfc.example', 'Alan Turing', 'daily');
INSERT INTO $SCHEMA.users VALUES (4, 'edsger@rfc.example', 'Edsger Dijkstra', 'off');
INSERT INTO $SCHEMA.users VALUES (5, 'barbara@rfc.example', 'Barbara Liskov', 'daily');
INSERT INTO $SCHEMA.users VALUES (6, 'donald@rfc.example', 'Donald Knuth', 'daily');
INSERT INTO $SCHEMA.users VALUES (7, 'tony@rfc.example', 'Tony Hoare', 'daily');
INSERT INTO $SCHEMA.users VALUES (8, 'frances@rfc.example', 'Frances Allen', 'daily');
INSERT INTO $SCHEMA.watches VALUES (2, 'rfc-0002', 'watching', '2026-03-01 00:00:00+00');
INSERT INTO $SCHEMA.watches VALUES (1, 'rfc-0001', 'dormant', '2025-01-01 00:00:00+00');
SELECT pg_catalog.setval('$SCHEMA.held_emails_id_seq', 1, true);
SELECT pg_catalog.setval('$SCHEMA.notification_digests_id_seq', 6, true);
SELECT pg_catalog.setval('$SCHEMA.notifications_id_seq', 16, true);
SELECT pg_catalog.setval('$SCHEMA.users_id_seq', 1, false);
ALTER TABLE ONLY $SCHEMA.cached_rfcs
    ADD CONSTRAINT cached_rfcs_pkey PRIMARY KEY (slug);
ALTER TABLE ONLY $SCHEMA.digest_copy
    ADD CONSTRAINT digest_copy_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.digest_due
    ADD CONSTRAINT digest_due_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY $SCHEMA.digest_pace
    ADD CONSTRAINT digest_pace_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.digest_preferences
    ADD CONSTRAINT digest_preferences_pkey PRIMARY KEY (user_id);
ALTER TABLE ONLY $SCHEMA.digest_rounds
    ADD CONSTRAINT digest_rounds_pkey PRIMARY KEY (instant, after_id);
ALTER TABLE ONLY $SCHEMA.digest_ticks
    ADD CONSTRAINT digest_ticks_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.held_emails
    ADD CONSTRAINT held_emails_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.notification_digests
    ADD CONSTRAINT notification_digests_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE ONLY $SCHEMA.watches
    ADD CONSTRAINT watches_pkey PRIMARY KEY (user_id, rfc_slug);
CREATE INDEX rfcdigest_created ON $SCHEMA.notifications USING btree (recipient_user_id, created_at);
CREATE INDEX rfcdigest_due ON $SCHEMA.digest_due USING btree (due_at);
CREATE INDEX rfcdigest_newest ON $SCHEMA.notification_digests USING btree (recipient_user_id, id);
CREATE INDEX rfcdigest_sending ON $SCHEMA.notification_digests USING btree (recipient_user_id) WHERE (status = 'sending'::text);
CREATE INDEX rfcdigest_unreadable ON $SCHEMA.notifications USING btree (recipient_user_id) WHERE (NOT COALESCE((isfinite(created_at) AND (created_at >= '0001-01-02 00:00:00+00'::timestamp with time zone) AND (created_at < '9999-12-31 00:00:00+00'::timestamp with time zone)), false));
CREATE INDEX rfcdigest_waiting ON $SCHEMA.held_emails USING btree (id) WHERE (status = ANY (ARRAY['held'::text, 'sending'::text]));
CREATE INDEX rfcdigest_watching ON $SCHEMA.watches USING btree (last_participation_at) WHERE (state = 'watching'::text);
CREATE TRIGGER rfcdigest_digest_added AFTER INSERT ON $SCHEMA.notification_digests FOR EACH ROW WHEN ((new.status IS DISTINCT FROM 'sending'::text)) EXECUTE FUNCTION $SCHEMA.rfcdigest_digest();
CREATE TRIGGER rfcdigest_digest_changed AFTER UPDATE OF id, recipient_user_id, period_end ON $SCHEMA.notification_digests FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_digest();
CREATE TRIGGER rfcdigest_digest_deleted AFTER DELETE ON $SCHEMA.notification_digests FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_digest();
CREATE TRIGGER rfcdigest_digests_emptied AFTER TRUNCATE ON $SCHEMA.notification_digests FOR EACH STATEMENT EXECUTE FUNCTION $SCHEMA.rfcdigest_emptied('notification_digests');
CREATE TRIGGER rfcdigest_preferences_added AFTER INSERT ON $SCHEMA.digest_preferences FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_preferences();
CREATE TRIGGER rfcdigest_preferences_changed AFTER UPDATE OF user_id, time_zone, send_hour, send_weekday ON $SCHEMA.digest_preferences FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_preferences();
CREATE TRIGGER rfcdigest_preferences_deleted AFTER DELETE ON $SCHEMA.digest_preferences FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_preferences();
CREATE TRIGGER rfcdigest_preferences_emptied AFTER TRUNCATE ON $SCHEMA.digest_preferences FOR EACH STATEMENT EXECUTE FUNCTION $SCHEMA.rfcdigest_emptied('digest_preferences');
CREATE TRIGGER rfcdigest_user_added AFTER INSERT ON $SCHEMA.users FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_user();
CREATE TRIGGER rfcdigest_user_changed AFTER UPDATE OF id, email, digest_cadence ON $SCHEMA.users FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_user();
CREATE TRIGGER rfcdigest_user_deleted AFTER DELETE ON $SCHEMA.users FOR EACH ROW EXECUTE FUNCTION $SCHEMA.rfcdigest_user();
CREATE TRIGGER rfcdigest_users_emptied AFTER TRUNCATE ON $SCHEMA.users FOR EACH STATEMENT EXECUTE FUNCTION $SCHEMA.rfcdigest_emptied('users');
ALTER TABLE ONLY $SCHEMA.notification_digests
    ADD CONSTRAINT notification_digests_recipient_user_id_fkey FOREIGN KEY (recipient_user_id) REFERENCES $SCHEMA.users(id);
ALTER TABLE ONLY $SCHEMA.notifications
    ADD CONSTRAINT notifications_recipient_user_id_fkey FOREIGN KEY (recipient_user_id) REFERENCES $SCHEMA.users(id);
REVOKE ALL ON FUNCTION $SCHEMA.rfcdigest_digest() FROM PUBLIC;
REVOKE ALL ON FUNCTION $SCHEMA.rfcdigest_emptied() FROM PUBLIC;
REVOKE ALL ON FUNCTION $SCHEMA.rfcdigest_preferences() FROM PUBLIC;
REVOKE ALL ON FUNCTION $SCHEMA.rfcdigest_user() FROM PUBLIC;
