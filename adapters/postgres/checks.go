package postgres

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// checks refuse what core would ignore, see [sqlstore.Checks].
func checks() []schema.Object {
	objects := []schema.Object{function("rfcdigest_refuse", "", "\n RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation';")}
	for _, c := range sqlstore.Checks(right) {
		name, refuse := "rfcdigest_wrong_"+c.Name, "refuse('"+c.Says+"')"
		objects = append(objects, trigger(name+"_added", "INSERT", c.Table, "ROW WHEN ("+c.Wrong+")", refuse),
			trigger(name+"_changed", "UPDATE", c.Table, "ROW WHEN (("+changes(c.Columns)+") AND "+c.Wrong+")", refuse))
	}
	return objects
}

// right has regular expressions. To core ſ is an s.
var right = sqlstore.Right{
	Hour:    matches(blank + "(0*([01]?[0-9]|2[0-3]))?" + blank),
	Weekday: matches(blank + `((mon|tue[s\u017f]|wedne[s\u017f]|thur[s\u017f]|fri|[s\u017f]atur|[s\u017f]un)day)?` + blank),
	Date:    matches(blank + "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9])))?" + blank),
	Clock:   matches(blank + "(([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)" + blank),
	Blank:   matches(blank),
	List:    matches(strings.NewReplacer("ID", "(null|-?(0|[1-9][0-9]*))", " ", `[ \t\n\r]*`).Replace(` (null|\[ (ID (, ID )*)?\])? `)),
}

// blank is blanks of any script.
const blank = `[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*`

// matches returns what has the SQL of the condition that a column's text has a pattern. The case of ASCII letters does not matter.
func matches(pattern string) func(column string) string {
	return func(column string) string {
		return "coalesce(" + column + "::text, '') COLLATE \"C\" ~* '^" + pattern + "$'"
	}
}
