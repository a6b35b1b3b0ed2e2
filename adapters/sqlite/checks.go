package sqlite

import (
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// checks are the triggers that refuse what core would ignore, see [sqlstore.Checks].
func checks() (objects []schema.Object) {
	for _, c := range sqlstore.Checks(right) {
		added := trigger{name: "rfcdigest_wrong_" + c.Name + "_added", table: c.Table, event: "AFTER INSERT", when: c.Wrong, new: "SELECT RAISE(ABORT, '" + c.Says + "');"}
		changed := added
		changed.name, changed.event, changed.of = "rfcdigest_wrong_"+c.Name+"_changed", "AFTER UPDATE", c.Columns
		objects = append(objects, added.object(), changed.object())
	}
	return objects
}

// right has the words of an old SQLite, see [Oldest], in which GLOB is the only pattern.
var right = sqlstore.Right{
	Hour: trimmed("t NOT GLOB '*[^0-9]*' AND CAST(t AS INTEGER) < 24"),
	// To core ſ is an s.
	Weekday: trimmed("replace(lower(t), 'ſ', 's') IN ('', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')"),
	// Without a modifier, old releases take the 31st of any month for a day.
	Date:  trimmed("coalesce(date(t, '+0 days'), '') = t"),
	Blank: trimmed("t = ''"),
	Clock: trimmed(`t IN ('24:00', '24:00:00') OR t GLOB '[0-9]:[0-5][0-9]' OR t GLOB '[01][0-9]:[0-5][0-9]' OR t GLOB '2[0-3]:[0-5][0-9]'
 OR t GLOB '[0-9]:[0-5][0-9]:[0-5][0-9]' OR t GLOB '[01][0-9]:[0-5][0-9]:[0-5][0-9]' OR t GLOB '2[0-3]:[0-5][0-9]:[0-5][0-9]'`),
	List: func(column string) string {
		return `(SELECT raw = '' OR list IN ('null', '[]') OR list GLOB '[[]*]' AND items NOT GLOB '*[^-0-9,]*' AND items NOT GLOB '*,,*'
 AND items NOT GLOB '*[0-9]-*' AND items NOT GLOB '*-,*' AND raw NOT GLOB '*[0-9] [0-9]*'
 FROM (SELECT raw, list, ',' || replace(substr(list, 2, length(list) - 2), 'null', '0') || ',' AS items
 FROM (SELECT raw, replace(replace(replace(replace(raw, char(9), ''), char(10), ''), char(13), ''), ' ', '') AS list
 FROM (SELECT coalesce(CAST(` + column + ` AS TEXT), '') AS raw))))`
	},
}

// trimmed returns what has the SQL of a condition on t, which is the text of a column without blanks around it, of any script.
func trimmed(condition string) func(column string) string {
	return func(column string) string {
		return "(SELECT " + condition + " FROM (SELECT trim(coalesce(CAST(" + column + " AS TEXT), ''), char(9, 10, 11, 12, 13, 32, 133, 160, 5760," +
			" 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288)) AS t))"
	}
}
