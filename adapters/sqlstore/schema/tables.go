package schema

import (
	"slices"
	"strings"
)

// Table is a table that statements need.
type Table struct {
	Name string
	// Columns are the definitions, each starting with the column's name.
	Columns []string
	// Constraint follows the columns when the table is created; empty for most.
	Constraint string
	// Later is how many of the last columns may be added to a table that is there already.
	Later int
	// App says that the table is the app's own: only what was added later is ours.
	App bool
}

// lacking returns the columns, as table.column, that a table of a database should have had from its
// start, and has not.
func (s Schema) lacking(f found) (names []string) {
	for _, t := range s.Tables {
		columns, ok := f.columns[t.Name]
		for i, definition := range t.Columns {
			name := ColumnName(definition)
			if mayAdd := i >= len(t.Columns)-t.Later; ok && !mayAdd && !slices.Contains(columns, name) {
				names = append(names, t.Name+"."+name)
			}
		}
	}
	return names
}

// tableChanges adds the tables and columns that are missing.
func (s Schema) tableChanges(f found) (changes []change) {
	for _, t := range s.Tables {
		columns, ok := f.columns[t.Name]
		if !ok {
			changes = append(changes, change{verb: created, what: "table " + t.Name, statements: []string{t.Create()}})
			continue
		}
		for _, definition := range t.Columns {
			if name := ColumnName(definition); !slices.Contains(columns, name) {
				changes = append(changes, change{verb: added, what: "column " + t.Name + "." + name, table: t.Name, statements: []string{"ALTER TABLE " + t.Name + " ADD COLUMN " + definition}})
			}
		}
	}
	return append(changes, s.recordAdded(changes)...)
}

// recordAdded has it on record which columns of the app's tables are ours. It comes last, when digest_facts is there.
func (s Schema) recordAdded(changes []change) []change {
	record := change{verb: recorded, what: "which columns of the app's tables are not the app's"}
	for _, c := range changes {
		if i := slices.IndexFunc(s.Tables, func(t Table) bool { return t.Name == c.table }); i >= 0 && s.Tables[i].App {
			name := addedFact + strings.TrimPrefix(c.what, "column ")
			record.statements = append(record.statements, "INSERT INTO digest_facts (name, value) VALUES ('"+name+"', '1') ON CONFLICT (name) DO NOTHING")
		}
	}
	if record.statements == nil {
		return nil
	}
	return []change{record}
}

// key returns the columns of the primary key of a table as it is created here.
func (s Schema) key(name string) []string {
	for _, t := range s.Tables {
		if t.Name != name {
			continue
		}
		if columns, ok := strings.CutPrefix(t.Constraint, "PRIMARY KEY ("); ok {
			return strings.Split(strings.TrimSuffix(columns, ")"), ", ")
		}
		for _, definition := range t.Columns {
			if strings.Contains(definition, "PRIMARY KEY") {
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

// Index is an index that statements need. If another one, or the primary key, serves as well, none is made.
type Index struct {
	Name, Table string
	Columns     []string
	// Where makes it one of some rows only, in the words in which the database repeats it.
	Where string
	// Exact says that an index does not serve which goes on with other columns.
	Exact bool
}

// object returns i as one of the things that have a text.
func (i Index) object() Object {
	text := "CREATE INDEX " + i.Name + " ON " + i.Table + " (" + strings.Join(i.Columns, ", ") + ")"
	if i.Where != "" {
		text += " WHERE " + i.Where
	}
	return Object{ID: ID{"index", i.Table, i.Name}, Text: text}
}

// servedBy reports whether an index of all rows on columns does what i is for.
func (i Index) servedBy(columns []string) bool {
	n := len(i.Columns)
	return i.Where == "" && len(columns) >= n && slices.Equal(columns[:n], i.Columns) && (!i.Exact || len(columns) == n)
}

// served reports whether something of another name that is there, or comes with a table that is not, does
// what i is for.
func (s Schema) served(i Index, f found) bool {
	if _, ok := f.columns[i.Table]; !ok && i.servedBy(s.key(i.Table)) {
		return true
	}
	return slices.ContainsFunc(f.indexes, func(there index) bool {
		return there.table == i.Table && !there.partial && i.servedBy(there.columns)
	})
}

// indexChanges makes the indexes that are missing or have another text.
func (s Schema) indexChanges(f found) (changes []change) {
	for _, i := range s.Indexes {
		o := i.object()
		if _, there := f.texts[o.ID]; there || !s.served(i, f) {
			in := indexing
			if _, filled := f.columns[i.Table]; !filled {
				in = building
			}
			changes = append(changes, s.make(o, f, in)...)
		}
	}
	return changes
}
