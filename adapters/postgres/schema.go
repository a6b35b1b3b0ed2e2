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
	Keepers: append(functions(), triggers()...), Forget: "TRUNCATE digest_due", Filled: sqlstore.RestsForgotten,
	Passes: []schema.Pass{{What: "who everybody is", Table: "digest_people", Statements: fillPeople}, {What: "who can be due", Table: "digest_due", Statements: fillRows},
		{What: "when everybody is due", Table: "digest_due", Statements: fillDue}},
	Indexes: sqlstore.Indexes(readable, schema.Index{Columns: []string{"recipient_user_id", "id"}},
		[]string{"recipient_user_id"}, "status = ANY (ARRAY['held', 'sending'])",
		"(status IS NULL) OR (status <> ALL (ARRAY['held', 'sending', 'sent', 'dropped', 'redirected']))",
		schema.Index{Name: "rfcdigest_due", Table: "digest_due", Columns: []string{"due_at"}}),
	Catalogue: schema.Catalogue{
		Columns: `SELECT t.relname AS table_name, c.attname AS column_name FROM ` + ours + `, pg_attribute AS c
WHERE t.relkind IN ('r', 'p', 'v', 'f') AND c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped`,
		Indexes: `SELECT t.relname AS table_name, i.relname AS name, x.indpred IS NOT NULL AS partial, coalesce(c.attname, '') AS column_name,
 pg_get_indexdef(i.oid) AS text
FROM ` + ours + ` JOIN pg_index AS x ON x.indrelid = t.oid AND x.indisvalid
JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS method ON method.oid = i.relam AND method.amname = 'btree'
CROSS JOIN unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS key (number, place)
LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = key.number
WHERE key.place <= x.indnkeyatts ORDER BY t.relname, i.relname, key.place`,
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
