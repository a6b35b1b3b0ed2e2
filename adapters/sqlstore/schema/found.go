package schema

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// Catalogue are queries by which a database tells what it has. Their one argument is a list of names of
// tables; a name of its own has each column of what they return.
type Catalogue struct {
	// Unfit returns as text, in words, why a table cannot be used as it is, or by this user. What may be left as it is has
	// the kind warning.
	Unfit string
	// Columns returns table_name and column_name, of the tables that have one of the names.
	Columns string
	// Indexes returns table_name, name, partial, text, and column_name: a row for each column of an index or
	// a primary key, in order. The last is empty for what is not simply a column.
	Indexes string
	// Keepers returns kind, table_name, name and text of functions, and of triggers that are on. It also returns columns that
	// are generated, as the kind generated, if there are objects that depend on it.
	Keepers string
	// Foreign counts the tables and views that have none of the names.
	Foreign string
}

// row is a row of any of these.
type row struct {
	Kind, TableName, Name, Text, ColumnName string
	Partial                                 bool
}

// found is what a database has.
type found struct {
	unfit   []string // if there is any, nothing else is looked at
	warned  []string
	columns map[string][]string // of each table that is there
	indexes []index
	texts   map[ID]string // of all that has one; empty for tables
	version int           // how many steps were made; 0 also if that is not known
	madeBy  string        // the release that made the last of them; empty if that is not known
	fill    fill          // what an earlier migration left to be done
	added   []string      // columns of the app's tables that migrate added, as table.column, as far as that is on record
}

// index is an index or a primary key.
type index struct {
	table, name string
	partial     bool
	columns     []string
}

// generated is the kind of a generated column.
const generated = "generated"

// addedFact begins the names of facts that say which columns migrate added to the app's tables.
const addedFact = "added "

// inspect looks at db and changes nothing.
func (s Schema) inspect(ctx context.Context, db bun.IDB) (f found, err error) {
	unfit, warned, err := s.fitness(ctx, db)
	if err != nil || len(unfit) > 0 {
		return found{unfit: unfit}, err
	}
	if f, err = s.keepers(ctx, db); err != nil {
		return f, err
	}
	f.warned = warned
	f.columns = make(map[string][]string)
	rows, err := s.ask(ctx, db, s.Catalogue.Columns)
	if err != nil {
		return f, err
	}
	for _, r := range rows {
		f.columns[r.TableName] = append(f.columns[r.TableName], r.ColumnName)
		f.texts[ID{"table", "", r.TableName}] = ""
	}
	if rows, err = s.ask(ctx, db, s.Catalogue.Indexes); err != nil {
		return f, err
	}
	for _, r := range rows {
		n := len(f.indexes)
		if n == 0 || f.indexes[n-1].table != r.TableName || f.indexes[n-1].name != r.Name {
			f.indexes, n = append(f.indexes, index{r.TableName, r.Name, r.Partial, nil}), n+1
		}
		f.indexes[n-1].columns = append(f.indexes[n-1].columns, r.ColumnName)
		f.texts[ID{"index", r.TableName, r.Name}] = r.Text
	}
	columns, ok := f.columns["digest_schema"]
	if ok {
		err = db.NewRaw("SELECT coalesce(max(version), 0) FROM digest_schema").Scan(ctx, &f.version)
	}
	if err == nil && slices.Contains(columns, "unfilled") {
		f.fill, err = fillOf(ctx, db)
	}
	if _, ok := f.columns["digest_facts"]; ok && err == nil {
		err = db.NewRaw("SELECT substr(name, ?) FROM digest_facts WHERE name LIKE ?", len(addedFact)+1, addedFact+"%").Scan(ctx, &f.added)
	}
	if err == nil && slices.Contains(columns, "made_by") {
		err = db.NewRaw("SELECT coalesce(max(made_by), '') FROM digest_schema").Scan(ctx, &f.madeBy)
	}
	return f, err
}

// fitness says why tables cannot be used as they are, and what does not work with them.
func (s Schema) fitness(ctx context.Context, db bun.IDB) (unfit, warned []string, err error) {
	rows, err := s.ask(ctx, db, s.Catalogue.Unfit)
	for _, r := range rows {
		if r.Kind == "warning" {
			warned = append(warned, r.Text)
		} else {
			unfit = append(unfit, r.Text)
		}
	}
	return unfit, warned, err
}

// keepers looks at the functions and triggers of db.
func (s Schema) keepers(ctx context.Context, db bun.IDB) (found, error) {
	f := found{texts: make(map[ID]string)}
	rows, err := s.ask(ctx, db, s.Catalogue.Keepers)
	for _, r := range rows {
		f.texts[ID{r.Kind, r.TableName, r.Name}] = r.Text
	}
	return f, err
}

// ask asks one of the catalogue's queries.
func (s Schema) ask(ctx context.Context, db bun.IDB, query string) (rows []row, err error) {
	err = s.query(ctx, db, &rows, query)
	return rows, err
}

// query scans what a query about the names of our tables and the app's returns.
func (s Schema) query(ctx context.Context, db bun.IDB, dest any, query string) error {
	var names []string
	for _, t := range s.Tables {
		names = append(names, t.Name)
	}
	for _, id := range retired {
		if id.Kind == "table" {
			names = append(names, id.Name)
		}
	}
	return db.NewRaw(query, bun.List(names)).Scan(ctx, dest)
}

// Kept reports whether all functions and triggers of db, which was migrated, are there and as they are wanted, and no
// migration is under way that has to make what they keep anew.
func (s Schema) Kept(ctx context.Context, db bun.IDB) (bool, error) {
	f, err := s.keepers(ctx, db)
	if err != nil || len(s.keeperChanges(f)) > 0 {
		return false, err
	}
	fill, err := fillOf(ctx, db)
	return fill == filled, err
}
