package schema

import (
	"slices"
	"strings"
)

// ID is what an index, function, trigger or table is found by.
type ID struct {
	Kind string // in lower case, as after DROP
	// Table is what it is on; empty for functions and tables.
	Table, Name string
}

// Object is an index, function or trigger that this release wants.
type Object struct {
	ID
	// Text is what the database repeats of its definition. It also makes the object.
	Text string
	// Narrow makes it instead of Text, if none of the columns Watched of its table is generated.
	Narrow  string
	Watched []string
	// Replace makes it in place of an earlier one; if it is empty, that one is dropped first.
	Replace string
}

// retired are what earlier releases made and this one wants no more. migrate drops them, but what a store
// has a use for under that name.
var retired = []ID{
	{"table", "", "digest_copy"},
	{"table", "", "digest_rounds"},
	{"table", "", "rfcdigest_migrations"},
	{"table", "", "rfcdigest_migration_locks"},
	{"index", "notifications", "rfcdigest_unreadable"},
	{"trigger", "notification_digests", "rfcdigest_digest_added"},
	{"trigger", "notification_digests", "rfcdigest_digest_changed"},
	{"trigger", "notification_digests", "rfcdigest_digest_deleted"},
}

// retiredChanges drops what is retired.
func (s Schema) retiredChanges(f found) (changes []change) {
	wanted := make(map[ID]bool)
	for _, o := range s.Keepers {
		wanted[o.ID] = true
	}
	for _, i := range s.Indexes {
		wanted[i.object().ID] = true
	}
	for _, id := range retired {
		if _, there := f.texts[id]; there && !wanted[id] {
			changes = append(changes, change{verb: dropped, what: id.Kind + " " + id.Name, statements: []string{s.drop(id)}})
		}
	}
	return changes
}

func (s Schema) keeperChanges(f found) []change { return s.remaking(s.Keepers, f) }

// remaking makes the functions and triggers that are missing or have another text.
func (s Schema) remaking(objects []Object, f found) (changes []change) {
	for _, o := range objects {
		changes = append(changes, s.make(o, f, keeping)...)
	}
	return changes
}

// suited returns o with the text that suits the columns of its table.
func (o Object) suited(f found) Object {
	follows := func(column string) bool { _, ok := f.texts[ID{generated, o.Table, column}]; return ok }
	if o.Narrow != "" && !slices.ContainsFunc(o.Watched, follows) {
		o.Text = o.Narrow
	}
	return o
}

// make makes an object, unless it is there with the text that is wanted.
func (s Schema) make(o Object, f found, in stage) []change {
	o = o.suited(f)
	c := change{stage: in, verb: added, what: o.Kind + " " + o.Name, table: o.Table, statements: s.making(o)}
	there, ok := f.texts[o.ID]
	switch {
	case !ok, o.Kind == "index" && there == "": // or left half made
		return []change{c}
	case s.Same(o.Kind, there, o.Text):
		return nil
	}
	c.verb, c.what = remade, c.what+": its text was another one"
	return []change{c}
}

// making returns the statements that make an object.
func (s Schema) making(o Object) []string {
	if o.Replace != "" {
		return []string{o.Replace}
	}
	return []string{s.drop(o.ID), o.Text} // One of that name may be elsewhere, or turned off.
}

func (s Schema) drop(id ID) string {
	statement := "DROP " + strings.ToUpper(id.Kind) + " IF EXISTS " + id.Name
	if id.Kind == "trigger" && s.DropOn {
		statement += " ON " + id.Table
	}
	return statement
}
