package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// timeColumn is a column of the app's, and how times are written in it.
type timeColumn struct {
	table, column string
	// like is another column, which says how this one is written if it is empty.
	like string
	// decides says that each row has a time, and that it decides what goes out. Of the others, marks are the same whatever is
	// in them, and a watch that nobody can tell the age of does not lapse.
	decides bool

	kind  string // in the words of SQLite's rules for affinity: integer, text, none, real or numeric; empty if there is no such column
	form  texts.Form
	found bool   // the form is that of a row
	odd   string // one that cannot be read, if that is so of most; empty if not
}

// times are the time columns of a database.
type times []timeColumn

func (t times) find(name string) *timeColumn {
	for i := range t {
		if t[i].name() == name {
			return &t[i]
		}
	}
	return &timeColumn{}
}

func (t times) form(name string) texts.Form { return t.find(name).form.ToTheSecond() }

// told says what is not written as it usually is, and what mostly cannot be read, a line for each column.
func (t times) told() (lines, odd []string) {
	for _, c := range t {
		switch {
		case c.odd != "":
			odd = append(odd, fmt.Sprintf("times in %s: most cannot be read, like %s", c.name(), c.odd))
		case c.found && c.form != (texts.Form{}):
			lines = append(lines, fmt.Sprintf("times in %s: %s", c.name(), c.form))
		}
	}
	return lines, odd
}

func (c *timeColumn) name() string { return c.table + "." + c.column }

// lookAtTimes finds out how times are written. It returns a [ports.Trouble] if most times of a column that decides
// cannot be read.
func lookAtTimes(ctx context.Context, db bun.IDB) (times, error) {
	all := times{
		{table: "notifications", column: "created_at", decides: true}, {table: "notifications", column: "read_at", like: "notifications.created_at"},
		{table: "notifications", column: "email_sent_at", like: "notifications.created_at"}, {table: "notifications", column: "digest_included_at", like: "notifications.created_at"},
		{table: "notification_digests", column: "period_end", like: "notifications.created_at", decides: true}, {table: "notification_digests", column: "period_start", like: "notification_digests.period_end"},
		{table: "notification_digests", column: "sent_at", like: "notification_digests.period_end"}, {table: "watches", column: "last_participation_at", like: "notifications.created_at"},
	}
	for i := range all {
		c := &all[i]
		var sortable bool
		err := db.NewRaw("SELECT coalesce(max(CASE lower(name) WHEN ? THEN upper(type) END), '-'), coalesce(max(lower(name) = 'id'), 0) FROM pragma_table_xinfo(?)", c.column, c.table).Scan(ctx, &c.kind, &sortable)
		if c.kind = affinity(c.kind); err == nil && c.kind != "" {
			err = c.look(ctx, db, sortable)
		}
		if err != nil {
			return all, err
		}
		if c.odd != "" && c.decides {
			return all, &ports.Trouble{What: fmt.Sprintf("most times in %s cannot be read, like %s", c.name(), c.odd), Kinds: []error{ports.ErrUnavailable},
				Remedy: "nothing is sent until the app writes them like 2026-03-29 12:00:00 (in UTC), or as seconds or milliseconds since 1970"}
		}
		if !c.found {
			c.follow(all.find(c.like))
		}
	}
	return all, nil
}

// affinity is that of a declared type, in upper case.
func affinity(declared string) string {
	for _, a := range [][]string{{"integer", "INT"}, {"text", "CHAR", "CLOB", "TEXT"}, {"none", "BLOB"}, {"real", "REAL", "FLOA", "DOUB"}} {
		for _, part := range a[1:] {
			if strings.Contains(declared, part) {
				return a[0]
			}
		}
	}
	switch declared {
	case "-":
		return ""
	case "":
		return "none"
	}
	return "numeric"
}

// numbers reports whether only numbers are to be written to the column.
func (c *timeColumn) numbers() bool { return c.kind == "integer" || c.kind == "real" }

// newest are how many rows, the newest, say how a column is written. A few that cannot be read are told as they are, unless all
// look alike: then a program wrote them.
const (
	newest = 200
	few    = 9
)

// look takes the form that most of the newest rows have; of any rows, if there is no ID to sort them by.
func (c *timeColumn) look(ctx context.Context, db bun.IDB, sortable bool) error {
	order := ""
	if sortable {
		order = " ORDER BY id DESC"
	}
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT CAST(%[1]s AS TEXT) FROM (SELECT %[1]s FROM %[2]s%[3]s LIMIT %[4]d)", c.column, c.table, order, newest))
	if err != nil {
		return err
	}
	defer rows.Close()
	forms := make(map[texts.Form]int)
	shapes := make(map[string]int) // of what cannot be read
	unread, read := 0, 0
	for rows.Next() {
		var content sql.NullString
		if err := rows.Scan(&content); err != nil {
			return err
		}
		f, _, ok := texts.FormOf(content.String)
		unset := texts.IsUnset(content.String)
		switch {
		case unset && !c.decides:
		case unset || !ok:
			if unread++; !unset || c.odd == "" {
				c.odd = fmt.Sprintf("%.40q", content.String)
			}
			shapes[shape(content.String)]++
		default:
			read++
			if c.numbers() && f.Unit == "" {
				continue
			}
			if forms[f]++; !c.found || forms[f] > forms[c.form] {
				c.form, c.found = f, true
			}
		}
	}
	alike := c.decides && read == 0 && len(shapes) == 1 && shapes[""] == 0 && unread > 1
	if unread <= read || unread <= few && !alike {
		c.odd = ""
	}
	return rows.Err()
}

// shape returns text with all numbers alike; nothing of what is no time.
func shape(text string) string {
	if texts.IsUnset(text) {
		return ""
	}
	return "0" + strings.Join(strings.FieldsFunc(text, unicode.IsDigit), "0")
}

// follow takes the form of another column, if it suits.
func (c *timeColumn) follow(like *timeColumn) {
	switch {
	case like.kind == c.kind, c.kind == "numeric", c.kind == "none", c.numbers() == (like.form.Unit != ""):
		c.form = like.form
	}
	if c.numbers() && c.form.Unit == "" {
		c.form = texts.Form{Unit: texts.Units()[0].Name}
	}
}
