package schema

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Pass brings a table of ours up to date with the app's, a range of people at a time.
type Pass struct {
	// What it notes, and in which table.
	What, Table string
	// Statements return what does it for the people whose numbers are in a range. in returns the condition that a
	// column is in it. What is right already stays: a pass may be made again, and the keepers are at work besides.
	// beginning says that nothing was known of anybody before.
	Statements func(in func(column string) string, beginning bool) []string
}

// fill says whether passes are to be made. It is stored as a number until they are.
type fill int

const (
	filled fill = iota
	// refill says that something may have changed which no keeper saw.
	refill
	// firstFill says that nothing was known of anybody before.
	firstFill
)

func fillOf(ctx context.Context, db bun.IDB) (f fill, err error) {
	err = db.NewRaw("SELECT coalesce(max(unfilled), 0) FROM digest_schema").Scan(ctx, &f)
	return f, err
}

// unfilled says which passes a database needs.
func (s Schema) unfilled(f found) fill {
	missing := func(table string) bool { _, there := f.columns[table]; return !there }
	switch {
	case missing("digest_people"):
		return firstFill
	case len(s.keeperChanges(f)) > 0, slices.ContainsFunc(s.Passes, func(p Pass) bool { return missing(p.Table) }):
		return max(f.fill, refill)
	}
	return f.fill
}

// mark notes in tx that passes are to be made, before anything is done after which that could not be told. digest_schema
// has a row by now.
func mark(ctx context.Context, tx bun.IDB, f fill) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE digest_schema SET unfilled = %d", f))
	return err
}

const (
	// atFirst is how many people the first range has. After that a range is as large as can be done in about inTime.
	atFirst = 200
	inTime  = 10 * time.Millisecond
	// The least and the most people of a range.
	fewest, most = 20, 20_000
)

// filler makes passes. It goes from the highest number down: a number that is given to a newcomer is most likely one
// of the highest, and what it was before should be known by then.
type filler struct {
	beginning bool
	pass      int
	// through is the highest number that is yet to be done, and size how many people are done next.
	through int64
	size    int
}

func newFiller(f fill) *filler {
	return &filler{beginning: f == firstFill, through: math.MaxInt64, size: atFirst}
}

// some makes a range in tx, and reports whether it was the last of a pass.
func (f *filler) some(ctx context.Context, tx bun.IDB, p Pass) (last bool, next int64, err error) {
	after := int64(math.MinInt64)
	const before = "SELECT coalesce(min(id), ?) FROM (SELECT id FROM users WHERE id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?) AS those"
	if err := tx.NewRaw(before, after, f.through, f.size).Scan(ctx, &after); err != nil {
		return false, 0, err
	}
	err = run(ctx, tx, p.Statements(within(after, f.through), f.beginning))
	return after == math.MinInt64, after, err
}

// within returns the condition that a column is above after, and not above through. The first range has no upper limit,
// and the last no lower one: they take what is no number along.
func within(after, through int64) func(column string) string {
	return func(column string) string {
		above, below := fmt.Sprintf("%s > %d", column, after), fmt.Sprintf("%s <= %d", column, through)
		switch {
		case after == math.MinInt64 && through == math.MaxInt64:
			return "1 = 1"
		case after == math.MinInt64:
			return below
		case through == math.MaxInt64:
			return above
		}
		return above + " AND " + below
	}
}

// took has the next range be as large as can be done in about [inTime].
func (f *filler) took(d time.Duration) {
	size := float64(f.size) * float64(inTime) / float64(max(d, time.Millisecond))
	f.size = min(max(int(size), f.size/4, fewest), 2*f.size, most)
}
