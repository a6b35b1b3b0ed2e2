package postgres

import "github.com/wiggleverse/rfcdigest/adapters/sqlstore"

// sets are statements about many people. They wait for no row that another transaction has locked, since the app may
// lock the rows of several people in any order: such a row is passed over. They lock rows in the order of their IDs.
//
// Each table is read by the index of its IDs, whatever the statistics say: autovacuum may count the rows while a large
// import is not committed yet, and finds none. So the IDs that are asked for are in a condition on that table alone. All
// other uses of an ID have a plus: an index in that order is of no use to them, and PostgreSQL has no reason to read all
// of it. And coalesce keeps it from reading all rows that are being sent, which have an index too.
var sets = sqlstore.Sets{Settle: settleSet, Reserve: reserveSet, Claim: claimSet, Release: releaseSet}

const (
	// settleSet settles rows that are as they were claimed, of people who have no run of refusals to end. It updates each row
	// once: a second time in the same transaction PostgreSQL would look at the person again, whom the app may have locked.
	settleSet = `WITH rows AS MATERIALIZED (
 SELECT d.id, d.recipient_user_id, d.message_id FROM notification_digests AS d
 WHERE d.id = ANY (CAST(?0 AS bigint[])) AND coalesce(d.status, '') = 'sending' ORDER BY +d.id FOR NO KEY UPDATE SKIP LOCKED
), asked AS MATERIALIZED (
 SELECT asked.id, asked.recipient FROM unnest(CAST(?0 AS bigint[]), CAST(?1 AS bigint[]), CAST(?2 AS text[])) AS asked (id, recipient, message)
 JOIN rows ON rows.id = asked.id AND rows.recipient_user_id = asked.recipient AND rows.message_id = asked.message
 WHERE (SELECT 1 FROM digest_preferences AS p WHERE p.user_id = asked.recipient AND p.failures > 0 LIMIT 1) IS NULL
), listed AS MATERIALIZED (
 SELECT listed.* FROM unnest(CAST(?3 AS bigint[]), CAST(?4 AS bigint[])) AS listed (id, digest)
), free AS MATERIALIZED (
 SELECT n.id, n.recipient_user_id, listed.digest
 FROM listed JOIN asked ON asked.id = listed.digest JOIN notifications AS n ON n.id = listed.id
 WHERE n.id = ANY (CAST(?3 AS bigint[])) AND n.digest_included_at IS NULL AND (+n.recipient_user_id = asked.recipient
  OR EXISTS (SELECT 1 FROM digest_moved AS m WHERE m.user_id = n.recipient_user_id AND m.notification_id = n.id AND m.from_id = asked.recipient))
 ORDER BY n.id FOR NO KEY UPDATE OF n SKIP LOCKED
), missed AS MATERIALIZED (
 SELECT listed.digest FROM listed WHERE (listed.id, listed.digest) NOT IN (SELECT free.id, free.digest FROM free)
), marked AS (
 UPDATE notifications AS n SET digest_included_at = ?5 FROM free
 WHERE n.id = ANY (CAST(?3 AS bigint[])) AND n.id = free.id AND +n.recipient_user_id = free.recipient_user_id
)
UPDATE notification_digests AS d SET status = 'sent', sent_at = ?5, error = NULL,
 lease_until = CASE WHEN d.id IN (SELECT missed.digest FROM missed) THEN CAST(?6 AS timestamptz) END
WHERE d.id = ANY (ARRAY(SELECT asked.id FROM asked))
RETURNING d.id`

	// reserveSet comes first of all, and waits for others who claim for the same people; they go by the same order. Nothing
	// that the app may want is locked then. Until its transaction ends, the people that it returns are not deleted, and are due
	// when they were. It leaves their IDs in a setting for [claimSet], which sees what the others did: a
	// statement sees what was there when it began.
	//
	// FOR KEY SHARE would do for that. But it goes well with an update of a person, and then follows to the row as it
	// will be; if the same transaction has locked that too, it waits, also with SKIP LOCKED.
	reserveSet = `WITH locked AS MATERIALIZED (
 SELECT pg_advisory_xact_lock(hashint8extended(asked.id, CAST(CAST('notification_digests' AS regclass) AS oid)::bigint)) FROM unnest(CAST(?0 AS bigint[])) AS asked (id)
), there AS MATERIALIZED (
 SELECT u.id FROM users AS u WHERE u.id = ANY (CAST(?0 AS bigint[])) AND (SELECT count(*) FROM locked) > 0 ORDER BY +u.id FOR SHARE SKIP LOCKED
), due AS MATERIALIZED (
 SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ANY (CAST(?0 AS bigint[])) AND (SELECT count(*) FROM there) > 0 ORDER BY +due.user_id FOR UPDATE SKIP LOCKED
)
SELECT set_config('rfcdigest.reserved', CAST(coalesce(array_agg(there.id), '{}') AS text), true) FROM there
WHERE there.id IN (SELECT due.user_id FROM due) OR (SELECT 1 FROM digest_due AS due WHERE due.user_id = there.id LIMIT 1) IS NULL`
	reserved = `CAST(current_setting('rfcdigest.reserved') AS bigint[])`

	// claimSet adds the rows of claims that hold, of those whose people are reserved, and says when they are due next. Given are
	// people of whom a notification in the claim is another's by now.
	claimSet = `WITH given AS MATERIALIZED (
 SELECT m.from_id FROM digest_moved AS m WHERE m.from_id = ANY (CAST(?0 AS bigint[]))
  AND (SELECT 1 FROM unnest(CAST(?0 AS bigint[]), CAST(?3 AS text[])) AS asked (recipient, listed)
   WHERE asked.recipient = +m.from_id AND EXISTS (SELECT 1 FROM json_array_elements_text(CAST(asked.listed AS json)) AS item (id) WHERE CAST(item.id AS bigint) = m.notification_id) LIMIT 1) = 1
  AND (SELECT 1 FROM notifications AS n WHERE n.id = m.notification_id AND +n.recipient_user_id = m.user_id LIMIT 1) = 1
), made AS (
 INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id, attempts, lease_until, dated_at, language)
 SELECT asked.recipient, asked.ends, asked.begins, asked.ends, asked.listed, 'sending', asked.message, asked.attempts, asked.lease, asked.dated, asked.language
 FROM unnest(CAST(?0 AS bigint[]), CAST(?1 AS timestamptz[]), CAST(?2 AS timestamptz[]), CAST(?3 AS text[]), CAST(?4 AS text[]), CAST(?5 AS integer[]),
  CAST(?6 AS timestamptz[]), CAST(?7 AS timestamptz[]), CAST(?8 AS text[]), CAST(?9 AS bigint[]), CAST(?10 AS bigint[]))
  AS asked (recipient, ends, begins, listed, message, attempts, lease, dated, language, previous, mark)
 JOIN digest_people AS who ON +who.user_id = asked.recipient
 WHERE who.user_id = ANY (` + reserved + `) AND who.person = asked.mark
  AND (SELECT 1 FROM notification_digests AS busy WHERE busy.status = 'sending' AND busy.recipient_user_id = asked.recipient AND busy.id >= who.first_digest LIMIT 1) IS NULL
  AND coalesce((SELECT max(newest.id) FROM notification_digests AS newest
   WHERE newest.recipient_user_id = asked.recipient AND newest.id >= who.first_digest), 0) = asked.previous
  AND asked.recipient NOT IN (SELECT given.from_id FROM given)
 RETURNING id, recipient_user_id, CAST(extract(epoch FROM period_end) AS bigint) AS ends
), next AS (
 UPDATE digest_due AS due SET due_at = CASE due.has_hour WHEN 0 THEN made.ends + due.period ELSE 0 END, revision = ` + random + `
 FROM made WHERE due.user_id = ANY (` + reserved + `) AND +due.user_id = made.recipient_user_id
), own AS (
 UPDATE digest_people AS who SET first_digest = made.id
 FROM made WHERE who.user_id = ANY (CAST(?11 AS bigint[])) AND +who.user_id = made.recipient_user_id AND who.first_digest > made.id
)
SELECT made.recipient_user_id, made.id FROM made`

	// releaseSet deletes rows that are under the leases with which they were claimed. A trigger says then when their
	// people are due.
	releaseSet = `WITH rows AS MATERIALIZED (
 SELECT d.id FROM notification_digests AS d WHERE d.id = ANY (CAST(?0 AS bigint[])) ORDER BY +d.id FOR UPDATE SKIP LOCKED
), free AS MATERIALIZED (
 SELECT due.user_id FROM digest_due AS due WHERE due.user_id = ANY (CAST(?1 AS bigint[])) ORDER BY +due.user_id FOR UPDATE SKIP LOCKED
), asked AS MATERIALIZED (
 SELECT asked.* FROM unnest(CAST(?0 AS bigint[]), CAST(?1 AS bigint[]), CAST(?2 AS text[]), CAST(?3 AS timestamptz[])) AS asked (id, recipient, message, lease)
 WHERE asked.id IN (SELECT rows.id FROM rows)
  AND (asked.recipient IN (SELECT free.user_id FROM free) OR (SELECT 1 FROM digest_due AS due WHERE due.user_id = asked.recipient LIMIT 1) IS NULL)
)
DELETE FROM notification_digests AS d USING asked
WHERE d.id = ANY (CAST(?0 AS bigint[])) AND +d.id = asked.id AND +d.recipient_user_id = asked.recipient AND coalesce(d.status, '') = 'sending' AND d.message_id = asked.message
 AND d.lease_until = asked.lease
RETURNING d.id`
)
