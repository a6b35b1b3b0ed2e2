package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

var removed = verb{"removing", "removed"}

// Remove takes out of db what migrate made: triggers, functions and indexes and, if data is true, also our tables and the
// columns that we added to the app's. It returns a line for each thing, and what of ours stays. The app goes on meanwhile:
// each table, column and index is removed in a transaction of its own, all triggers in one. If it returns an error, what was
// done stays done, and another call goes on.
func (s Schema) Remove(ctx context.Context, db Database, data bool, progress func(Progress)) (done, stays []string, err error) {
	for {
		f, err := s.inspect(ctx, db.Read)
		if err == nil {
			err = s.mayRemove(ctx, db.Read, f, data)
		}
		if err != nil {
			return done, stays, err
		}
		changes, kept := s.removals(f, data)
		if len(kept) > 0 { // with the last table goes what says so
			stays = kept
		}
		if len(changes) == 0 {
			return done, stays, nil
		}
		some := changes[:1]
		if changes[0].stage == keeping {
			some = changes[:max(1, slices.IndexFunc(append(changes, change{}), func(c change) bool { return c.stage != keeping }))]
		}
		progress(Progress{Done: len(done), Of: len(done) + len(changes), What: some[0].doing + " " + some[0].what})
		began := time.Now()
		if err := s.remove(ctx, db, some); err != nil {
			return done, stays, err
		}
		for _, c := range some {
			done = append(done, c.String())
		}
		db.Rest(ctx, time.Since(began))
	}
}

// remove makes changes in one transaction, or, of an index, as it is made.
func (s Schema) remove(ctx context.Context, db Database, changes []change) error {
	if c := changes[0]; c.stage == indexing && db.Index != nil {
		return db.Index(ctx, c.table, c.statements)
	}
	return db.Write(ctx, func(ctx context.Context, tx bun.IDB) error {
		for _, c := range changes {
			if err := run(ctx, tx, c.statements); err != nil {
				return err
			}
		}
		return nil
	})
}

// mayRemove returns an error if f was migrated by a newer release, or if mail is under way and its rows would not say
// what became of it.
func (s Schema) mayRemove(ctx context.Context, db bun.IDB, f found, data bool) error {
	if newer := s.newer(f); newer != "" {
		return fmt.Errorf("it was %s; %s; nothing was removed", newer, useThat)
	}
	if data || !slices.Contains(f.columns["notification_digests"], "lease_until") || !slices.Contains(f.columns["held_emails"], "status") {
		return nil
	}
	var open int
	err := db.NewRaw("SELECT (SELECT count(*) FROM notification_digests WHERE status = 'sending' OR status = 'sent' AND lease_until IS NOT NULL) +"+
		" (SELECT count(*) FROM held_emails WHERE status = 'sending')").Scan(ctx, &open)
	if err == nil && open > 0 {
		err = fmt.Errorf("%w: of %d it is not on record whether they arrived; stop serve and run \"rfcdigest tick\" first, or use --with-data, which forgets them", errOpen, open)
	}
	return err
}

var errOpen = errors.New("digests or held e-mails are still being sent")

// removals returns what is to be removed, in order: first what the app's writes run, and last what says that we were here.
// Kept are our tables, and our columns of the app's, that stay.
func (s Schema) removals(f found, data bool) (changes []change, kept []string) {
	for i, kind := range []string{"trigger", "function", "index"} {
		for id := range f.texts {
			if id.Kind == kind && strings.HasPrefix(id.Name, "rfcdigest_") {
				statement := s.drop(id)
				if kind == "function" {
					statement += " CASCADE" // with triggers that are off, which the catalogue does not have
				}
				changes = append(changes, change{[]stage{keeping, keeping, indexing}[i], removed, kind + " " + id.Name, id.Table, []string{statement}})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(b.stage, a.stage), -strings.Compare(a.what[:5], b.what[:5]), strings.Compare(a.what, b.what))
	})
	ours, unsure := s.ours(f)
	if data {
		return append(changes, ours...), unsure
	}
	for _, c := range ours {
		kept = append(kept, c.what)
	}
	return changes, append(kept, unsure...)
}

// ours removes the tables and columns that hold data of ours, if it was us who made them. Unsure are columns of which that is
// not on record.
func (s Schema) ours(f found) (changes []change, unsure []string) {
	const last = "digest_schema"
	if _, migrated := f.columns[last]; !migrated {
		return nil, nil
	}
	apps := make(map[string]bool)
	for _, t := range s.Tables {
		apps[t.Name] = t.App
		for _, definition := range t.Columns[len(t.Columns)-t.Later:] {
			switch name := t.Name + "." + ColumnName(definition); {
			case !t.App || !slices.Contains(f.columns[t.Name], ColumnName(definition)):
			case slices.Contains(f.added, name):
				changes = append(changes, change{building, removed, "column " + name, t.Name, []string{"ALTER TABLE " + t.Name + " DROP COLUMN " + ColumnName(definition)}})
			default:
				unsure = append(unsure, "column "+name)
			}
		}
	}
	for _, name := range append(slices.DeleteFunc(slices.Sorted(maps.Keys(f.columns)), func(name string) bool { return apps[name] || name == last }), last) {
		changes = append(changes, change{building, removed, "table " + name, name, []string{"DROP TABLE " + name}})
	}
	return changes, unsure
}
