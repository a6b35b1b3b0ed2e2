package postgres

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// schema is what a database has of what statements need.
type schema struct {
	// columns are those of each table that is there.
	columns map[string][]string
	// indexes are those of the tables, by name, with those of primary keys.
	indexes map[string]found
	// triggers are those of the tables that are on, each as table.trigger.
	triggers []string
}

// found is an index that is there.
type found struct {
	table   string
	partial bool
	// columns are the indexed ones, in order; empty for an expression.
	columns []string
}

// ours are the tables of the schema in which tables are looked for first. The placeholder is for
// their names.
const ours = `pg_class AS t WHERE t.relname IN (?) AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())`

// inspect reads the schema of db. It changes nothing.
func inspect(ctx context.Context, db bun.IDB) (schema, error) {
	s := schema{columns: map[string][]string{}, indexes: map[string]found{}}
	names := tables.Names()
	err := visit(ctx, db, func(row *sql.Rows) error {
		var table, column string
		err := row.Scan(&table, &column)
		s.columns[table] = append(s.columns[table], column)
		return err
	}, `SELECT t.relname, c.attname FROM (SELECT * FROM `+ours+`) AS t, pg_attribute AS c
WHERE t.relkind IN ('r', 'p', 'v', 'f') AND c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped`, bun.List(names))
	if err != nil {
		return s, err
	}
	err = visit(ctx, db, func(row *sql.Rows) error {
		var table, name, column string
		var partial bool
		err := row.Scan(&table, &name, &partial, &column)
		s.indexes[name] = found{table, partial, append(s.indexes[name].columns, column)}
		return err
	}, `SELECT t.relname, i.relname, x.indpred IS NOT NULL, coalesce(c.attname, '')
FROM (SELECT * FROM `+ours+`) AS t JOIN pg_index AS x ON x.indrelid = t.oid AND x.indisvalid
JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_am AS method ON method.oid = i.relam AND method.amname = 'btree'
CROSS JOIN unnest(CAST(x.indkey AS int2[])) WITH ORDINALITY AS key (number, place)
LEFT JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = key.number
WHERE key.place <= x.indnkeyatts ORDER BY i.relname, key.place`, bun.List(names))
	if err != nil {
		return s, err
	}
	s.triggers, err = keptBy(ctx, db)
	return s, err
}

// keptBy returns the triggers of db that are on, each as table.trigger.
func keptBy(ctx context.Context, db bun.IDB) (names []string, err error) {
	watched := []string{"users", "digest_preferences", "notification_digests"}
	err = visit(ctx, db, func(row *sql.Rows) error {
		var name string
		err := row.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT t.relname || '.' || g.tgname FROM (SELECT * FROM `+ours+`) AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid
WHERE g.tgenabled IN ('O', 'A') AND NOT g.tgisinternal`, bun.List(watched))
	return names, err
}

// visit calls row for each row of a query.
func visit(ctx context.Context, db bun.IDB, row func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lacking returns the columns, as table.column, that a table of the database should have had from
// its start, and has not.
func (s schema) lacking() []string { return tables.Lacking(s.columns) }

// additions returns what a database that lacks nothing of the app's needs, in order.
func (s schema) additions() []sqlstore.Addition {
	needed := tables.Additions(s.columns)
	for _, i := range indexes {
		if !s.serves(i) {
			needed = append(needed, i.Addition())
		}
	}
	return append(needed, s.due()...)
}

// due returns what is needed for digest_due to be kept. Where a trigger was missing, what has changed
// since is unknown, so that all of it is made again.
func (s schema) due() (needed []sqlstore.Addition) {
	absent := missing(s.triggers)
	if _, there := s.columns["digest_due"]; len(absent) == 0 && there {
		return nil
	}
	needed = append(needed, sqlstore.Addition{What: "added what triggers do", Statement: strings.Join(functions(), ";\n")})
	for _, t := range absent {
		needed = append(needed, sqlstore.Addition{What: "added trigger " + t.name, Statement: t.create()})
	}
	return append(needed, sqlstore.Addition{What: "noted when everybody is due", Statement: fillDue})
}

// missing returns the triggers that are not among those that are there.
func missing(there []string) (absent []trigger) {
	for _, t := range triggers {
		if !slices.Contains(there, t.table+"."+t.name) {
			absent = append(absent, t)
		}
	}
	return absent
}

// serves reports whether something that is there, or comes with a table that is not, does what i is for.
func (s schema) serves(i sqlstore.Index) bool {
	if there, ok := s.indexes[i.Name]; ok && there.table == i.Table {
		return true
	}
	if _, ok := s.columns[i.Table]; !ok && i.ServedBy(tables.Key(i.Table)) {
		return true
	}
	for _, there := range s.indexes {
		if there.table == i.Table && !there.partial && i.ServedBy(there.columns) {
			return true
		}
	}
	return false
}
