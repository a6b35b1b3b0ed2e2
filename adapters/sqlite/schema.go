package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
)

// schema is what a database has of what statements need. Names are in lower case.
type schema struct {
	// columns are those of each table that is there.
	columns map[string][]string
	// keys are the columns of each table's primary key.
	keys map[string][]string
	// indexes are those of the tables, by name.
	indexes map[string]found
	// triggers are those of the tables, each as table.trigger.
	triggers []string
}

// found is an index that is there.
type found struct {
	table   string
	partial bool
	// columns are the indexed ones, in order; empty for an expression, or for one that is sorted
	// in a way of its own.
	columns []string
}

// inspect reads the schema of db. It changes nothing.
func inspect(ctx context.Context, db bun.IDB) (schema, error) {
	s := schema{columns: map[string][]string{}, keys: map[string][]string{}, indexes: map[string]found{}}
	names := tables.Names()
	err := visit(ctx, db, func(row *sql.Rows) error {
		var table, column string
		var key int
		if err := row.Scan(&table, &column, &key); err != nil {
			return err
		}
		s.columns[table] = append(s.columns[table], column)
		if key > 0 {
			s.keys[table] = append(s.keys[table], column)
		}
		return nil
	}, `SELECT lower(t.name), lower(c.name), c.pk FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c
WHERE t.type IN ('table', 'view') AND lower(t.name) IN (?) ORDER BY t.name, c.pk, c.cid`, bun.List(names))
	if err != nil {
		return s, err
	}
	err = visit(ctx, db, func(row *sql.Rows) error {
		var table, name, column string
		var partial bool
		if err := row.Scan(&table, &name, &partial, &column); err != nil {
			return err
		}
		i := s.indexes[name]
		s.indexes[name] = found{table, partial, append(i.columns, column)}
		return nil
	}, `SELECT lower(t.name), lower(i.name), i.partial, CASE c.coll WHEN 'BINARY' THEN lower(coalesce(c.name, '')) ELSE '' END
FROM sqlite_master AS t, pragma_index_list(t.name) AS i, pragma_index_xinfo(i.name) AS c
WHERE t.type = 'table' AND lower(t.name) IN (?) AND c.key ORDER BY i.name, c.seqno`, bun.List(names))
	if err != nil {
		return s, err
	}
	err = visit(ctx, db, func(row *sql.Rows) error {
		var name string
		err := row.Scan(&name)
		s.triggers = append(s.triggers, name)
		return err
	}, "SELECT lower(tbl_name || '.' || name) FROM sqlite_master WHERE type = 'trigger'")
	return s, err
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
	for _, t := range triggers {
		if !slices.Contains(s.triggers, t.table+"."+t.name) {
			needed = append(needed, sqlstore.Addition{What: "added trigger " + t.name, Statement: t.create()})
		}
	}
	if _, there := s.columns["digest_due"]; len(needed) > 0 || !there {
		needed = append(needed, sqlstore.Addition{What: "noted when everybody is due", Statement: strings.Join(fillDue(), ";\n")})
	}
	return needed
}

// serves reports whether something that is there, or comes with a table that is not, does what i is for.
func (s schema) serves(i sqlstore.Index) bool {
	if there, ok := s.indexes[i.Name]; ok && there.table == i.Table {
		return true
	}
	keys := s.keys[i.Table]
	if _, ok := s.columns[i.Table]; !ok {
		keys = tables.Key(i.Table)
	}
	if i.ServedBy(keys) {
		return true
	}
	for _, there := range s.indexes {
		if there.table == i.Table && !there.partial && i.ServedBy(there.columns) {
			return true
		}
	}
	return false
}
