package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Copy takes what is this program's own from one store to another: preferences, the ledger, held mail.
// What is the app's, it moves itself, and first.
//
// What is about ticks stays behind: the mark of the last one, rounds, and what left at which pace. They say
// what was done on that store. The mark above all: whoever asks when a tick last ended wants to know whether
// the store that is asked has somebody to tick on it, and right after a move it has nobody yet. With the old
// mark, a doctor would find a tick that is late or had trouble, though none was to be there, and a fleet would
// look as if it had hung for as long as the move took. Without it, all say that no tick has ended here, which is
// true, and no longer once the first has; serve makes that at its start.
type Copy struct {
	From, To ports.Store
	// Source is what From is called in the mark that To has meanwhile, without secrets. A copy that was
	// cut short is gone on with under the same name.
	Source string
	// Now decides what is being sent.
	Now time.Time
	// Progress, where it is set, is called after every page.
	Progress func(CopyStage)
}

// CopyStage is how far a copy has come: so many rows are done Of all in this pass of three.
type CopyStage struct {
	Pass     CopyPass
	Table    string
	Done, Of int64
}

// CopyPass is one way through all rows.
type CopyPass string

// The passes of a copy, in order. Each reads the source from its start to its end; Checking reads the
// target as well, and counts both.
const (
	Looking  CopyPass = "looking at"
	Copying  CopyPass = "copying"
	Checking CopyPass = "checking"
)

// CopyReport is what a copy came to.
type CopyReport struct {
	// Already says that the target had all of it before, so that nothing was written.
	Already bool          `json:"already"`
	Tables  []CopiedTable `json:"tables"`
	// InDoubt counts the digests and held mails whose sending was cut short; a tick on the target sends them again.
	InDoubt int64 `json:"in_doubt"`
	// Changed counts the values that are not in the target as they are in the source; Changes names
	// the first of them.
	Changed int64        `json:"changed"`
	Changes []CopyChange `json:"changes"`
	// LeftOut counts the ledger rows of Strangers, people who are in neither store.
	LeftOut   int64  `json:"left_out"`
	Strangers string `json:"strangers"`
}

// CopiedTable says that a table has as many rows in the target as in the source, with the same hash:
// SHA-256 over all of them by ascending ID, each as a line of JSON.
type CopiedTable struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// CopyChange names a value that is not in the target as it is in the source.
type CopyChange struct {
	Table  string         `json:"table"`
	ID     int64          `json:"id"`
	Column string         `json:"column"`
	Reason core.OddReason `json:"reason"`
}

// changesNamed is how many changed values, and how many people, are named at the most.
const changesNamed = 10

// Run copies, and checks by reading both stores again. Whatever stops it, the same Run later goes on,
// and comes to the same end; after the end, it finds that there is nothing to do. An error of a refusal
// says what to do about it; nothing was written then.
func (c Copy) Run(ctx context.Context) (CopyReport, error) {
	c.Now = c.Now.UTC().Truncate(time.Second)
	w := &copying{Copy: c, report: CopyReport{Tables: []CopiedTable{}, Changes: []CopyChange{}}, missing: make(map[int64]bool), strangers: make(map[int64]bool)}
	w.tables = w.all()
	err := w.run(ctx)
	w.report.Strangers = named(w.strangers)
	return w.report, err
}

// copying is a copy under way.
type copying struct {
	Copy
	tables []copiedTable
	owned  core.Owned // by the source
	stage  CopyStage
	report CopyReport
	// missing are people who have digests and are not in the target; strangers are in neither store.
	missing, strangers map[int64]bool
}

// run goes through a copy in its order.
func (c *copying) run(ctx context.Context) error {
	used, err := c.compare(ctx)
	if err != nil {
		return err
	}
	if err := c.each(ctx, Looking, c.owned.Total(), copiedTable.look); err != nil {
		return err
	}
	if len(c.missing) > 0 {
		return fmt.Errorf("the target has no users %s, who have digests: let the app move its tables first", named(c.missing))
	}
	if used {
		return c.already(ctx)
	}
	mark := core.CopyMark{Source: c.Source, Begun: c.Now}
	if err := c.To.BeginCopy(ctx, mark); errors.Is(err, ports.ErrConflict) {
		return errors.New("somebody else has just written to the target: see who, and run this again")
	} else if err != nil {
		return fmt.Errorf("marking the target: %w", err)
	}
	if err := c.each(ctx, Copying, c.owned.Total(), copiedTable.copy); err != nil {
		return err
	}
	if err := c.each(ctx, Checking, 2*c.owned.Total(), copiedTable.check); err != nil {
		return err
	}
	return wrap(c.To.EndCopy(ctx, mark), "ending the copy")
}

// compare looks at what both stores say of themselves. used is true where the target has rows and no
// mark, and could be one that was filled by this very copy to its end.
func (c *copying) compare(ctx context.Context) (used bool, err error) {
	mark, err := c.From.CopyMark(ctx)
	if err != nil {
		return false, wrap(err, "reading the source")
	}
	if mark != (core.CopyMark{}) {
		return false, fmt.Errorf("the source has only a part of %s: a copy that was begun at %s UTC has not ended; end that one first", mark.Source, core.Timestamp(mark.Begun))
	}
	if c.owned, err = c.From.Owned(ctx); err != nil {
		return false, wrap(err, "reading the source")
	}
	if mark, err = c.To.CopyMark(ctx); err != nil {
		return false, wrap(err, "reading the target")
	}
	there, err := c.To.Owned(ctx)
	switch {
	case err != nil:
		return false, wrap(err, "reading the target")
	case mark.Source == c.Source, mark == core.CopyMark{} && there == core.Owned{}:
		return false, nil
	case mark != core.CopyMark{}:
		return false, fmt.Errorf("the target has a part of %s: a copy that was begun at %s UTC has not ended; end that one first, take another target, or %s", mark.Source, core.Timestamp(mark.Begun), emptied)
	case there.Preferences != c.owned.Preferences, there.Held != c.owned.Held, there.Ledger > c.owned.Ledger:
		return false, notEmpty(there)
	}
	return true, nil
}

// emptied is what makes a target one that a copy can begin with, whatever became of another.
const emptied = "delete what is in digest_preferences, notification_digests, held_emails and digest_copy of the target"

func notEmpty(there core.Owned) error {
	return fmt.Errorf("the target is not empty (rows in digest_preferences: %d, in notification_digests: %d, in held_emails: %d), and what is there is no part of this copy: take another target",
		there.Preferences, there.Ledger, there.Held)
}

// already ends a copy into a store that has rows and no mark: it has all of the source, or it is none of
// this copy's business.
func (c *copying) already(ctx context.Context) error {
	there, err := c.To.Owned(ctx)
	if err != nil {
		return wrap(err, "reading the target")
	}
	err = c.each(ctx, Checking, 2*c.owned.Total(), copiedTable.check)
	if errors.Is(err, errDiffers) {
		return notEmpty(there)
	}
	c.report.Already = err == nil
	return err
}

// errDiffers says that what was read is not what it should be.
var errDiffers = errors.New("run this again")

// each makes a pass over all tables, in which there are so many rows to read.
func (c *copying) each(ctx context.Context, pass CopyPass, rows int64, do func(copiedTable, context.Context) error) error {
	c.stage = CopyStage{Pass: pass, Of: rows}
	for _, t := range c.tables {
		if err := do(t, ctx); err != nil {
			return err
		}
	}
	return nil
}

// did tells how far it is after so many rows more.
func (c *copying) did(table string, rows int) {
	c.stage.Table = table
	c.stage.Done += int64(rows)
	if c.Progress != nil {
		c.Progress(c.stage)
	}
}

// change notes values that the target cannot have as they are.
func (c *copying) change(table string, odd []core.Oddity) {
	c.report.Changed += int64(len(odd))
	for _, o := range odd[:min(len(odd), changesNamed-len(c.report.Changes))] {
		c.report.Changes = append(c.report.Changes, CopyChange{Table: table, ID: o.ID, Column: o.Column, Reason: o.Reason})
	}
}
