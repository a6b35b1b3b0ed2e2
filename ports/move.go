package ports

import (
	"context"
	"errors"

	"github.com/wiggleverse/rfcdigest/core"
)

// MoveOut reads what is this program's own, to take it to another store. Each method returns at most
// limit rows whose ID (the user's, of preferences) is greater than after, by ascending ID; fewer than
// limit means that there are no more. IDs in a row are in the order in which they are stored. odd names
// what is stored in those rows, cannot be read as what it should be, and is missing from them.
type MoveOut interface {
	// PreferencesAfter reads preferences, also those of people who do not exist. It may leave out a row
	// that says nothing.
	PreferencesAfter(ctx context.Context, after int64, limit int) (rows []core.PreferencesRow, odd []core.Oddity, err error)
	// LedgerAfter reads the ledger, whoever the rows are about.
	LedgerAfter(ctx context.Context, after int64, limit int) (rows []core.LedgerRow, odd []core.Oddity, err error)
	// HeldAfter reads held mail, whatever became of it.
	HeldAfter(ctx context.Context, after int64, limit int) (rows []core.HeldRow, odd []core.Oddity, err error)
}

// MoveIn takes what [MoveOut] read from another store. Each method adds rows, which are as Portable
// returns them, under their own IDs, all or nothing, and is durable on return. A row whose ID is there
// already stays as it is, so that the same rows can be added again without harm. IDs that are chosen
// later are greater.
type MoveIn interface {
	// PutPreferences adds preferences. The people need not exist; whoever comes later has those of
	// their ID.
	PutPreferences(ctx context.Context, rows []core.PreferencesRow) error
	// PutLedger adds rows to the ledger, each of a person who exists.
	PutLedger(ctx context.Context, rows []core.LedgerRow) error
	// PutHeld adds held mail. The people need not exist.
	PutHeld(ctx context.Context, rows []core.HeldRow) error
}

// Inventory tells how much there is to move.
type Inventory interface {
	// Owned counts the rows that [MoveOut] reads.
	Owned(ctx context.Context) (core.Owned, error)
}

// ErrUnfinished: the store has the mark of a copy, and so a part only of what it is to have. Nothing is sent
// from it.
var ErrUnfinished = errors.New("a copy to it has not ended")

// CopyMarks keeps the mark of a copy that is under way, so that one that was cut short can be gone on
// with, nothing else is mistaken for one, and nobody sends anything meanwhile. Only the end of the copy
// takes it away.
type CopyMarks interface {
	// CopyMark returns the mark; its zero value where there is none. It is asked for at the beginning of
	// each tick, and costs no more than reading a row.
	CopyMark(ctx context.Context) (core.CopyMark, error)
	// BeginCopy sets the mark in a store that has nothing of [Inventory], and leaves one of the same
	// source as it is. Where there is another, or none and the store is not empty: ErrConflict. It is
	// durable on return.
	BeginCopy(ctx context.Context, m core.CopyMark) error
	// EndCopy takes the mark of m's source away, where it is there. It is durable on return.
	EndCopy(ctx context.Context, m core.CopyMark) error
}
