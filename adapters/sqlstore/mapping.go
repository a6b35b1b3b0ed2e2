package sqlstore

import (
	"database/sql"
	"database/sql/driver"
	"reflect"
	"strings"
	"time"

	bunschema "github.com/uptrace/bun/schema"
)

// tables are bun's, of a dialect of no database: only names and tags count.
var tables = bunschema.NewNopQueryGen().Dialect().Tables()

// tableOf returns what bun knows of the table that row is a row of, of which it is given a pointer.
func tableOf(row any) *bunschema.Table { return tables.Get(reflect.TypeOf(row).Elem()) }

// fields returns the columns of those names, or all of them.
func fields(t *bunschema.Table, names []string) []*bunschema.Field {
	if len(names) == 0 {
		return t.Fields
	}
	some := make([]*bunschema.Field, len(names))
	for i, name := range names {
		some[i] = t.FieldMap[name]
	}
	return some
}

func names(fields []*bunschema.Field) (all []string) {
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}

// columns returns the select list of the columns of those names, or of all, of the table of row. Text and times
// come as text, so that no driver takes them for something else.
func (d Dialect) columns(row any, names ...string) string {
	t := tableOf(row)
	var list []string
	for _, f := range fields(t, names) {
		column := t.Alias + "." + f.Name
		switch reflect.Zero(f.StructField.Type).Interface().(type) {
		case stamp:
			column = d.StampText(column)
		case text, idList, enteredIDs:
			column = asText(column)
		}
		list = append(list, column)
	}
	return strings.Join(list, ", ")
}

// into returns pointers to the columns of those names, or to all, in row.
func into(row any, names ...string) []any {
	var list []any
	for _, f := range fields(tableOf(row), names) {
		list = append(list, f.Value(reflect.ValueOf(row).Elem()).Addr().Interface())
	}
	return list
}

// gather returns a visitor that appends to out what each row comes to, if it comes to anything. It reads into
// row, by way of dest; without any, into all its columns.
func gather[C any](out *[]C, row interface{ core() (C, bool) }, dest ...any) func(*sql.Rows) (bool, error) {
	if dest == nil {
		dest = into(row)
	}
	return func(rows *sql.Rows) (bool, error) {
		if err := rows.Scan(dest...); err != nil {
			return false, err
		}
		if c, ok := row.core(); ok {
			*out = append(*out, c)
		}
		return true, nil
	}
}

// Form is how a database is given rows.
type Form struct {
	// Text returns s as a column can hold it.
	Text func(s string) string
	// Stamp returns t as a time column holds it; the zero time is one that cannot be read.
	Stamp func(t time.Time) any
}

// value returns v, which is of the column that f is.
func (form Form) value(f *bunschema.Field, v any) any {
	switch v := v.(type) {
	case text:
		if v != "" || f.NotNull {
			return form.Text(string(v))
		}
	case stamp:
		if v.Set || f.NotNull {
			return form.Stamp(v.At)
		}
	}
	value, _ := v.(driver.Valuer).Value() // of ours, none fails
	return value
}

// Rows are rows for one table.
type Rows struct {
	Table   string
	Columns []string
	N       int
	// Row returns the values of the i-th.
	Row func(i int) []any
}

// rows returns rows of what of makes of each in all.
func rows[C, R any](form Form, all []C, of func(C) R) Rows {
	t := tableOf(new(R))
	return Rows{t.Name, names(t.Fields), len(all), func(i int) []any {
		row := reflect.ValueOf(of(all[i]))
		values := make([]any, len(t.Fields))
		for i, f := range t.Fields {
			values[i] = form.value(f, f.Value(row).Interface())
		}
		return values
	}}
}

// insertion returns the statement that adds row, but for what is null, and its arguments.
func insertion(row any) (query string, args []any) {
	t := tableOf(row)
	var set []string
	for _, f := range t.Fields {
		value, _ := f.Value(reflect.ValueOf(row).Elem()).Interface().(driver.Valuer).Value() // of ours, none fails
		if value != nil {
			set, args = append(set, f.Name), append(args, value)
		}
	}
	return "INSERT INTO " + t.Name + " (" + strings.Join(set, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(set)-1) + ")", args
}
