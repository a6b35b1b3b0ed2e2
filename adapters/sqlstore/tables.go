package sqlstore

import (
	"slices"
	"strings"
)

// Tables are all that statements need, as one database has them.
type Tables []Table

// Table is a table that statements need.
type Table struct {
	Name string
	// Columns are the definitions, each starting with the column's name.
	Columns []string
	// Constraint follows the columns where the table is created; empty for most.
	Constraint string
	// Later is how many of the last columns may be added to a table that is there already.
	Later int
}

// Names returns the names of the tables.
func (ts Tables) Names() []string {
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.Name
	}
	return names
}

// Lacking returns the columns, as table.column, that a table of a database should have had from its
// start, and has not. there are the columns of each table that is there.
func (ts Tables) Lacking(there map[string][]string) (names []string) {
	for _, t := range ts {
		columns, ok := there[t.Name]
		for i, definition := range t.Columns {
			name := ColumnName(definition)
			if mayAdd := i >= len(t.Columns)-t.Later; ok && !mayAdd && !slices.Contains(columns, name) {
				names = append(names, t.Name+"."+name)
			}
		}
	}
	return names
}

// Additions returns the tables and columns that a database needs which lacks nothing of the app's, in
// order. there is as in Lacking.
func (ts Tables) Additions(there map[string][]string) (needed []Addition) {
	for _, t := range ts {
		columns, ok := there[t.Name]
		if !ok {
			needed = append(needed, Addition{"created table " + t.Name, t.Create()})
			continue
		}
		for _, definition := range t.Columns {
			if name := ColumnName(definition); !slices.Contains(columns, name) {
				needed = append(needed, Addition{"added column " + t.Name + "." + name, "ALTER TABLE " + t.Name + " ADD COLUMN " + definition})
			}
		}
	}
	return needed
}

// Key returns the column that is the primary key of a table as it is created here, if one is.
func (ts Tables) Key(name string) []string {
	for _, t := range ts {
		for _, definition := range t.Columns {
			if t.Name == name && strings.Contains(definition, "PRIMARY KEY") {
				return []string{ColumnName(definition)}
			}
		}
	}
	return nil
}

// Create returns the statement that makes the table.
func (t Table) Create() string {
	lines := t.Columns
	if t.Constraint != "" {
		lines = append(lines[:len(lines):len(lines)], t.Constraint)
	}
	return "CREATE TABLE " + t.Name + " (\n " + strings.Join(lines, ",\n ") + ")"
}

// ColumnName returns the name of the column that is defined.
func ColumnName(definition string) string {
	name, _, _ := strings.Cut(definition, " ")
	return name
}

// Index is an index that statements need. Where another one, or the primary key, serves as well, none
// is made.
type Index struct {
	Name, Table string
	Columns     []string
	// Where makes it one of some rows only. Its columns and its condition must not change under that
	// name.
	Where string
	// Exact says that an index does not serve which goes on with other columns.
	Exact bool
}

// ServedBy reports whether an index of all rows on columns does what i is for.
func (i Index) ServedBy(columns []string) bool {
	n := len(i.Columns)
	return i.Where == "" && len(columns) >= n && slices.Equal(columns[:n], i.Columns) && (!i.Exact || len(columns) == n)
}

// Addition returns what makes the index. One of that name may be there on a table that the app has put
// aside under another name.
func (i Index) Addition() Addition {
	statement := "DROP INDEX IF EXISTS " + i.Name + ";\nCREATE INDEX " + i.Name + " ON " + i.Table + " (" + strings.Join(i.Columns, ", ") + ")"
	if i.Where != "" {
		statement += " WHERE " + i.Where
	}
	return Addition{"added index " + i.Name, statement}
}
