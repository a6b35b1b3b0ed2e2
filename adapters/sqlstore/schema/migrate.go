package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Schema is what this release wants a database to have, and how that database speaks.
type Schema struct {
	Tables  []Table
	Indexes []Index
	// Keepers are the functions and triggers that keep digest_people and digest_due, in the order in which
	// they are made.
	Keepers []Object
	// Checks are the functions and triggers that refuse wrong values in our tables.
	Checks []Object
	// Forget empties digest_due, before the passes. Filled is what is noted with the last of them.
	Forget, Filled string
	// Meanwhile are triggers that are there until the passes are made. beginning is as in [Pass].
	Meanwhile func(beginning bool) []Object
	// Passes bring digest_people and digest_due up to date, after a keeper was missing or wrong. They are made in order.
	Passes []Pass
	// Steps are what was ever to be done once to the data. A change of the schema that needs nothing done
	// gets a step without a statement, so that earlier releases know that the database is beyond them.
	Steps []Step
	// Catalogue is how the database tells what it has.
	Catalogue Catalogue
	// Same reports whether the text of an object, as the database has it, is the one that is wanted.
	Same func(kind, there, wanted string) bool
	// DropOn says that a trigger is dropped ON its table.
	DropOn bool
}

// Step is a change of the data that was there before a release. It is made once.
type Step struct {
	// What says what it did, after "made step N: ".
	What string
	// Table is what it is about. If that is new, there is nothing to do, nor if Statement is empty.
	Table, Statement string
}

// Progress is how far a migration has come: Done changes Of all, with What is being done now. What is done stays, if
// the rest fails.
type Progress struct {
	Done, Of int
	What     string
}

// verb is what is done, while it is done and after.
type verb struct{ doing, done string }

var (
	created  = verb{"creating", "created"}
	added    = verb{"adding", "added"}
	remade   = verb{"remaking", "remade"}
	dropped  = verb{"dropping", "dropped"}
	noted    = verb{"noting", "noted"}
	made     = verb{"making", "made"}
	recorded = verb{"recording", "recorded"}
)

// stage is a part of a migration. They come in order.
type stage int

const (
	// building makes tables, columns and what was never anything but empty, in one transaction.
	building stage = iota
	// indexing makes indexes of tables that have rows, each by itself.
	indexing
	// keeping makes the keepers, in one transaction.
	keeping
	// filling makes the passes, in many transactions.
	filling
)

// change is a thing that a migration does, in words and in SQL. One of the stage filling is done when its pass is.
type change struct {
	stage
	verb
	what string
	// table is what an index is on, or has a column added.
	table      string
	statements []string
}

func (c change) String() string { return c.done + " " + c.what }

// State is how a database differs from what this release wants of it.
type State struct {
	// Unfit says in words why a table cannot be used as it is, and what to do. If it does, the rest is not known.
	Unfit []string
	// Warned says what does not work, though all else does.
	Warned []string
	// Lacking are columns of the app's own, as table.column, that migrate does not add: without them it
	// is another program's database.
	Lacking []string
	// Missing is what migrate would do, a line for each thing.
	Missing []string
	// Newer says which newer release migrated the database; empty if none did.
	Newer string
	// Foreign says that there are only tables that are none of the app's, and none of ours.
	Foreign bool
}

// State looks at db and changes nothing.
func (s Schema) State(ctx context.Context, db bun.IDB) (State, error) {
	f, err := s.inspect(ctx, db)
	if err != nil || len(f.unfit) > 0 {
		return State{Unfit: f.unfit}, err
	}
	state := State{Warned: f.warned, Lacking: s.lacking(f), Newer: s.newer(f)}
	if len(f.columns) == 0 {
		var others int
		err = s.query(ctx, db, &others, s.Catalogue.Foreign)
		state.Foreign = others > 0
	}
	for _, c := range s.changes(f) {
		state.Missing = append(state.Missing, c.String())
	}
	return state, err
}

const useThat = "use that release, or a later one"

// ErrUnmigrated says that a database lacks what migrate adds.
var ErrUnmigrated = errors.New("database is not migrated")

// Check returns an error, in words and of the kind [ErrUnmigrated], if this release cannot work on db. name is
// the database's, and command what migrates it.
func (s Schema) Check(ctx context.Context, db bun.IDB, name, command string) error {
	state, err := s.State(ctx, db)
	trouble := Unmigrated(name, command)
	switch {
	case err != nil:
		return err
	case len(state.Unfit) > 0:
		trouble.What, trouble.Remedy = "database "+name+" cannot be used as it is", strings.Join(state.Unfit, "; ")
	case state.Newer != "":
		trouble.What, trouble.Remedy = "database "+name+" was "+state.Newer, useThat
	case len(state.Lacking)+len(state.Missing) == 0:
		return nil
	}
	return trouble
}

// Unmigrated is the error of a database that lacks what migrate adds. name is the database's, and command what migrates it.
func Unmigrated(name, command string) *ports.Trouble {
	return &ports.Trouble{What: "database " + name + " is not migrated", Remedy: "run " + command, Kinds: []error{ErrUnmigrated, ports.ErrUnavailable}}
}

// Release returns the version that the program was built as; (devel) if it was built from a folder.
func Release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// newer says that a newer release migrated the database; empty if none did.
func (s Schema) newer(f found) string {
	if f.version <= len(s.Steps) {
		return ""
	}
	name := ""
	if f.madeBy != "" {
		name = ", " + f.madeBy
	}
	return fmt.Sprintf("migrated by a newer rfcdigest%s (its schema is version %d, this one's is %d)", name, f.version, len(s.Steps))
}

// refusal returns an error if f is not to be migrated.
func (s Schema) refusal(f found) error {
	if len(f.unfit) > 0 {
		return fmt.Errorf("%s; nothing was changed", strings.Join(f.unfit, "; "))
	}
	if newer := s.newer(f); newer != "" {
		return fmt.Errorf("it was %s; %s; nothing was changed", newer, useThat)
	}
	if lacking := s.lacking(f); len(lacking) > 0 {
		return fmt.Errorf("the app's tables lack %s: is this the RFC app's database? nothing was changed", strings.Join(lacking, ", "))
	}
	return nil
}

// changes returns what is to be done to a database, in order.
func (s Schema) changes(f found) []change {
	changes := append(s.tableChanges(f), s.stepChanges(f)...)
	if n := len(s.Steps); f.version != n {
		changes = append(changes, change{verb: recorded, what: fmt.Sprintf("schema version %d", n),
			statements: []string{"DELETE FROM digest_schema", fmt.Sprintf("INSERT INTO digest_schema (version, made_by) VALUES (%d, '%s')", n, Release())}})
	}
	changes = append(changes, s.retiredChanges(f)...)
	changes = append(changes, s.indexChanges(f)...)
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(a.stage, b.stage) })
	changes = append(append(changes, s.keeperChanges(f)...), s.remaking(s.Checks, f)...)
	if s.unfilled(f) != filled {
		for _, p := range s.Passes {
			changes = append(changes, change{stage: filling, verb: noted, what: p.What})
		}
	}
	return changes
}

// stepChanges makes the steps that were not made.
func (s Schema) stepChanges(f found) (changes []change) {
	for i, step := range s.Steps {
		if _, there := f.columns[step.Table]; there && i >= f.version && step.Statement != "" {
			changes = append(changes, change{verb: made, what: fmt.Sprintf("step %d: %s", i+1, step.What), statements: []string{step.Statement}})
		}
	}
	return changes
}
