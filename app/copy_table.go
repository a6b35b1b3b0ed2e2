package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"math"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

const (
	// rowsPage is how many rows are read, and written in one transaction.
	rowsPage = 1000
	// mailsPage is the same for mails, of which one can be large.
	mailsPage = 100
)

// copiedTable is a table that is copied. Its methods are the passes.
type copiedTable interface {
	look(ctx context.Context) error
	copy(ctx context.Context) error
	check(ctx context.Context) error
}

// rowsOf is a table whose rows are R.
type rowsOf[R any] struct {
	*copying
	name     string
	page     int
	from, to reader[R]
	put      func(context.Context, []R) error
	id       func(R) int64
	portable func(R) (R, []core.Oddity)
	// judge looks at rows before anything is written.
	judge func(context.Context, []R) error
	// stays says that a row cannot be in the target.
	stays func(R) bool

	looked fingerprint
}

// reader returns a page of rows.
type reader[R any] func(ctx context.Context, after int64, limit int) ([]R, []core.Oddity, error)

// all returns the tables, in the order in which they are copied.
func (c *copying) all() []copiedTable {
	return []copiedTable{
		&rowsOf[core.PreferencesRow]{
			copying: c, name: "digest_preferences", page: rowsPage, from: c.From.PreferencesAfter, to: c.To.PreferencesAfter, put: c.To.PutPreferences,
			id: func(r core.PreferencesRow) int64 { return r.User }, portable: core.PreferencesRow.Portable,
			judge: func(context.Context, []core.PreferencesRow) error { return nil },
			stays: func(core.PreferencesRow) bool { return false },
		},
		&rowsOf[core.LedgerRow]{
			copying: c, name: "notification_digests", page: rowsPage, from: c.From.LedgerAfter, to: c.To.LedgerAfter, put: c.To.PutLedger,
			id: func(r core.LedgerRow) int64 { return r.ID }, portable: core.LedgerRow.Portable,
			judge: c.judgeLedger,
			stays: func(r core.LedgerRow) bool { return c.strangers[r.Recipient] },
		},
		&rowsOf[core.HeldRow]{
			copying: c, name: "held_emails", page: mailsPage, from: c.From.HeldAfter, to: c.To.HeldAfter, put: c.To.PutHeld,
			id: func(r core.HeldRow) int64 { return r.ID }, portable: core.HeldRow.Portable,
			judge: c.judgeHeld,
			stays: func(core.HeldRow) bool { return false },
		},
	}
}

func (c *copying) judgeLedger(ctx context.Context, rows []core.LedgerRow) error {
	for _, r := range rows {
		if err := c.judgeSending(fmt.Sprintf("digest %d", r.ID), r.Status, r.Lease); err != nil {
			return err
		}
	}
	if err := c.meet(ctx, rows); err != nil {
		return err
	}
	for _, r := range rows {
		if c.strangers[r.Recipient] {
			c.report.LeftOut++
		}
	}
	return nil
}

func (c *copying) judgeHeld(_ context.Context, rows []core.HeldRow) error {
	for _, r := range rows {
		if err := c.judgeSending(fmt.Sprintf("held mail %d", r.ID), r.Status, r.Lease); err != nil {
			return err
		}
	}
	return nil
}

// judgeSending refuses what is being sent while its lease runs: what becomes of it would be written to
// the source, and the target would send it again. What is in doubt is copied as it is.
func (c *copying) judgeSending(what string, status core.Status, lease time.Time) error {
	if status != core.Sending {
		return nil
	}
	if lease.After(c.Now) {
		return fmt.Errorf("stop all schedulers first: %s is being sent until %s UTC; after that it can be copied", what, core.Timestamp(lease))
	}
	c.report.InDoubt++
	return nil
}

// look reads all of the source, for what could be in the way.
func (t *rowsOf[R]) look(ctx context.Context) error {
	t.looked = newFingerprint()
	return t.source(ctx, func(rows []R, odd []core.Oddity) error {
		t.change(t.name, odd)
		return take(&t.looked, rows)
	}, t.judge)
}

// copy puts all of the source into the target. Where a part of it is there already, that does no harm.
func (t *rowsOf[R]) copy(ctx context.Context) error {
	return t.source(ctx, func(rows []R, _ []core.Oddity) error {
		return wrap(t.put(ctx, rows), "writing to the target")
	}, nil)
}

// check reads all of both.
func (t *rowsOf[R]) check(ctx context.Context) error {
	source, target := newFingerprint(), newFingerprint()
	err := t.source(ctx, func(rows []R, _ []core.Oddity) error {
		return take(&source, rows)
	}, nil)
	if err != nil {
		return err
	}
	err = t.pages(ctx, "target", t.to, func(rows []R, _ []core.Oddity) error { return take(&target, rows) })
	switch {
	case err != nil:
		return err
	case source.String() != t.looked.String():
		return t.differs("changed in the source while it was copied", "before", &t.looked, "now", &source)
	case target.String() != source.String():
		return t.differs("is not in the target as it is in the source", "source", &source, "target", &target)
	}
	t.report.Tables = append(t.report.Tables, CopiedTable{Table: t.name, Rows: target.rows, SHA256: target.hex()})
	return nil
}

func (t *rowsOf[R]) differs(how, one string, a *fingerprint, other string, b *fingerprint) error {
	return fmt.Errorf("%s %s (%s: %s; %s: %s): somebody else wrote to it. Stop everybody who does, %s, and %w", t.name, how, one, a, other, b, emptied, errDiffers)
}

// source calls visit on each page of the source, as the target can have it; judge, where there is one,
// before that, on all of its rows.
func (t *rowsOf[R]) source(ctx context.Context, visit func([]R, []core.Oddity) error, judge func(context.Context, []R) error) error {
	return t.pages(ctx, "source", t.from, func(rows []R, odd []core.Oddity) error {
		if judge != nil {
			if err := judge(ctx, rows); err != nil {
				return err
			}
		}
		var going []R
		for _, r := range rows {
			if t.stays(r) {
				odd = slices.DeleteFunc(odd, func(o core.Oddity) bool { return o.ID == t.id(r) })
				continue
			}
			row, unclean := t.portable(r)
			going, odd = append(going, row), append(odd, unclean...)
		}
		return visit(going, odd)
	})
}

// pages calls visit on each page of the table on one side.
func (t *rowsOf[R]) pages(ctx context.Context, side string, read reader[R], visit func([]R, []core.Oddity) error) error {
	for after := int64(math.MinInt64); ; {
		rows, odd, err := read(ctx, after, t.page)
		if err != nil {
			return wrap(err, string(t.stage.Pass)+" the "+side)
		}
		if len(rows) > 0 {
			after = t.id(rows[len(rows)-1])
			if err := visit(rows, odd); err != nil {
				return err
			}
			t.did(t.name, len(rows))
		}
		if len(rows) < t.page {
			return nil
		}
	}
}

// fingerprint is what rows come to.
type fingerprint struct {
	rows int64
	hash hash.Hash
	into *json.Encoder
}

func newFingerprint() fingerprint {
	h := sha256.New()
	return fingerprint{hash: h, into: json.NewEncoder(h)}
}

// take adds rows to f.
func take[R any](f *fingerprint, rows []R) error {
	for _, r := range rows {
		if err := f.into.Encode(r); err != nil {
			return fmt.Errorf("writing a row as JSON: %w", err)
		}
	}
	f.rows += int64(len(rows))
	return nil
}

func (f *fingerprint) hex() string { return hex.EncodeToString(f.hash.Sum(nil)) }

// String returns the count and the beginning of the hash.
func (f *fingerprint) String() string { return fmt.Sprintf("%d rows, %.12s", f.rows, f.hex()) }
