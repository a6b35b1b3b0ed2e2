package postgres

import (
	"regexp"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// here is the schema in which tables are looked for first; ours are the tables in it. The placeholder is
// for their names.
const (
	here = `(SELECT oid FROM pg_namespace WHERE nspname = current_schema())`
	ours = `(SELECT * FROM pg_class WHERE relname IN (?0) AND relnamespace = ` + here + `) AS t`
)

// wanted is what statements need of a database.
var wanted = schema.Schema{
	Tables: sqlstore.Tables(strings.NewReplacer(" AUTOINCREMENT", ""), false), Steps: sqlstore.Steps("now() + interval '30 days'"),
	Keepers: append(functions(), triggers()...), Checks: checks(), Forget: "TRUNCATE digest_due", Filled: sqlstore.RestsForgotten,
	Passes: []schema.Pass{{What: "who everybody is", Table: "digest_people", Statements: fillPeople}, {What: "who can be due", Table: "digest_due", Statements: fillRows},
		{What: "when everybody is due", Table: "digest_due", Statements: fillDue}},
	Indexes: sqlstore.Indexes(readable, schema.Index{Columns: []string{"recipient_user_id", "id"}},
		[]string{"recipient_user_id"}, "status = ANY (ARRAY['held', 'sending'])",
		"(status IS NULL) OR (status <> ALL (ARRAY['held', 'sending', 'sent', 'dropped', 'redirected']))",
		schema.Index{Name: "rfcdigest_due", Table: "digest_due", Columns: []string{"due_at"}}),
	Catalogue: schema.Catalogue{
		Unfit: unfit,
		Columns: `SELECT t.relname AS table_name, c.attname AS column_name FROM ` + ours + `, pg_attribute AS c
WHERE t.relkind IN ('r', 'p', 'v', 'f') AND c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped`,
		Indexes: `SELECT t.relname AS table_name, i.relname AS name, x.indpred IS NOT NULL OR NOT x.indisvalid AS partial, coalesce(c.attname, '') AS column_name,
 CASE WHEN x.indisvalid THEN pg_get_indexdef(i.oid) ELSE '' END AS text
FROM ` + ours + ` JOIN pg_index AS x ON x.indrelid = t.oid
JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS method ON method.oid = i.relam AND method.amname = 'btree'
CROSS JOIN unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS key (number, place)
LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = key.number
WHERE key.place <= x.indnkeyatts ORDER BY t.relname, i.relname, key.place`,
		Foreign: `SELECT count(*) FROM pg_class AS t WHERE t.relnamespace = to_regnamespace(quote_ident(current_schema())) AND t.relkind IN ('r', 'p', 'v', 'f') AND t.relname NOT IN (?)`,
		// A function has its text only if it works by the rights, and in the schema, that it was given.
		Keepers: `SELECT 'trigger' AS kind, t.relname AS table_name, g.tgname AS name, pg_get_triggerdef(g.oid) AS text
FROM ` + ours + ` JOIN pg_trigger AS g ON g.tgrelid = t.oid WHERE g.tgenabled IN ('O', 'A') AND NOT g.tgisinternal
UNION ALL SELECT 'function', '', f.proname, CASE WHEN f.prosecdef AND l.lanname = 'plpgsql'
 AND f.proconfig = ARRAY['search_path=' || quote_ident(current_schema()) || ', pg_temp'] THEN f.prosrc ELSE '' END
FROM pg_proc AS f JOIN pg_language AS l ON l.oid = f.prolang
WHERE f.pronamespace = ` + here + ` AND f.proname LIKE 'rfcdigest%' AND f.pronargs = 0`,
	},
	Same: func(kind, there, wanted string) bool {
		return there == wanted || kind != "function" && plain(there) == plain(wanted)
	},
	DropOn: true,
}

var (
	// place is the schema that PostgreSQL puts before the name of a table or function.
	place = regexp.MustCompile(`\b(on|function) (?:only )?(?:"[^"]+"|\w+)\.`)
	// noise is what PostgreSQL adds when it repeats a definition, and what differs with its version and the
	// types of the app's columns: casts, midnight, settings and defaults, brackets.
	noise = regexp.MustCompile(`::(?:"[^"]+"|[a-z_.]+)(?: varying| precision| with(?:out)? time zone)?(?:\(\d+\))?(?:\[\])*` +
		`| 00:00:00(?:\+00)?| using btree| with \([^)]*\)|[()"\s]`)
)

// plain returns the definition of an index or a trigger without any of that.
func plain(definition string) string {
	return noise.ReplaceAllString(place.ReplaceAllString(strings.ToLower(definition), "$1 "), "")
}

// unfit says what is wrong with the app's tables, or with the rights of this user, see [schema.Catalogue]. A policy that lets
// this user see and change all rows hides none.
const unfit = `WITH named AS (SELECT * FROM ` + ours + `),
named_columns AS (SELECT t.oid, t.relname, t.relname || '.' || c.attname AS name, c.*, CAST(y.oid AS regtype) AS kind, y.typcategory
 FROM named AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND NOT c.attisdropped JOIN pg_type AS y ON y.oid = c.atttypid WHERE t.relkind IN ('r', 'p'))
SELECT '' AS kind, relname || ' is a ' || CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END ||
 ', which cannot have our triggers and indexes: have a plain table of that name' AS text
FROM named WHERE relkind IN ('v', 'm', 'f')
UNION ALL SELECT '', 'user ' || quote_ident(current_user) || ' may not read ' || relname || ': GRANT SELECT ON ' || relname || ' TO ' || quote_ident(current_user)
FROM named WHERE NOT has_any_column_privilege(oid, 'SELECT')
UNION ALL SELECT '', 'row level security hides rows of ' || relname || ' from user ' || quote_ident(current_user) || ': ALTER ROLE ' || quote_ident(current_user) ||
 ' BYPASSRLS, or have a policy FOR ALL with USING (true) for that user'
FROM named AS t WHERE row_security_active(t.oid) AND (EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = t.oid AND NOT p.polpermissive)
 OR NOT EXISTS (SELECT 1 FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polcmd = '*' AND pg_get_expr(p.polqual, t.oid) = 'true'
 AND coalesce(pg_get_expr(p.polwithcheck, t.oid), 'true') = 'true'
 AND EXISTS (SELECT 1 FROM unnest(p.polroles) AS role WHERE role = 0 OR pg_has_role(role, 'USAGE'))))
UNION ALL SELECT '', name || ' is ' || kind || ', and must be a whole number: have a bigint key, and what is there now in another column'
FROM named_columns WHERE name IN ('users.id', 'notifications.id', 'notifications.recipient_user_id', 'notification_digests.id', 'notification_digests.recipient_user_id')
 AND typcategory <> 'N'
UNION ALL SELECT '', name || ' does not number new rows by itself: ALTER TABLE ' || relname || ' ALTER id ADD GENERATED BY DEFAULT AS IDENTITY'
FROM named_columns AS c WHERE name IN ('notification_digests.id', 'held_emails.id') AND typcategory = 'N' AND attidentity = '' AND NOT atthasdef
 AND NOT EXISTS (SELECT 1 FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND g.tgtype & 7 = 7)
UNION ALL SELECT CASE relname WHEN 'users' THEN 'warning' ELSE '' END, name || ' is generated, and ' || CASE relname WHEN 'users'
 THEN 'so nobody can unsubscribe or choose when digests come: have a plain column' ELSE 'must be written to: have a plain column' END
FROM named_columns WHERE attgenerated = 's' AND name IN (` + sqlstore.Written + `)
UNION ALL SELECT '', name || ' is generated when it is read, of which triggers know nothing: have it STORED'
FROM named_columns WHERE attgenerated = 'v' AND relname IN ('users', 'notifications', 'notification_digests')
UNION ALL SELECT '', name || ' is ' || kind || ', and must be text: ALTER TABLE ' || relname || ' ALTER ' || attname || ' TYPE text'
FROM named_columns WHERE name IN ('notification_digests.signal_ids_included', 'notification_digests.status') AND typcategory <> 'S'
UNION ALL SELECT 'warning', name || ' holds ' || atttypmod - 4 || ' characters, and so no digest goes out whose list of notifications is longer: ALTER TABLE ' || relname || ' ALTER ' || attname || ' TYPE text'
FROM named_columns WHERE name = 'notification_digests.signal_ids_included' AND typcategory = 'S' AND atttypmod > 4
UNION ALL SELECT CASE relname WHEN 'watches' THEN 'warning' ELSE '' END, name || ' ` + sqlstore.Needed + `
FROM named_columns AS c WHERE relname IN ('notification_digests', 'watches') AND attnum > 0 AND attnotnull AND NOT atthasdef AND attidentity = '' AND attname <> 'id'
 AND name NOT IN (` + sqlstore.Written + `, 'watches.user_id', 'watches.rfc_slug')
 AND NOT EXISTS (SELECT 1 FROM pg_trigger AS g WHERE g.tgrelid = c.oid AND g.tgtype & 7 = 7)
UNION ALL SELECT 'warning', name || ' cannot be ' || needs.value || ', and so ' || needs.what || ': ALTER TYPE ' || kind || ' ADD VALUE ''' || needs.value || ''''
FROM named_columns JOIN (VALUES ('users.digest_cadence', 'off', 'nobody can unsubscribe'), ('watches.state', 'dormant', 'no watch lapses'),
 ('watches.state', 'muted', 'nobody can mute an RFC')) AS needs (of, value, what) ON needs.of = name
WHERE typcategory = 'E' AND NOT EXISTS (SELECT 1 FROM pg_enum AS e WHERE e.enumtypid = atttypid AND e.enumlabel = needs.value)`
