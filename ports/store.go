package ports

import (
	"context"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// The errors of a store that app acts on.
var (
	// ErrConflict: the world is no longer the one that the plan was made from; somebody else was first.
	ErrConflict = errors.New("changed since it was read")
	// ErrUnknown: the store said no, but may have done it. What settles or returns a claim can be
	// asked for again, and does nothing where it was done; a claim cannot, since nobody could say
	// whose it is: it is left until its lease has ended.
	ErrUnknown = errors.New("outcome unknown")
	// ErrUnavailable: the store as a whole does not answer, so there is no point in trying the next row.
	ErrUnavailable = errors.New("store unavailable")
)

// Roster lists recipients a page at a time; it may return some who are not due, never leave out one who is.
type Roster interface {
	// Recipients returns at most limit people whose ID is greater than after, by ascending ID.
	// Fewer than limit, if only none, means that there are no more.
	Recipients(ctx context.Context, after int64, limit int) ([]core.Recipient, error)
	// Due is as Recipients, but may leave out those who surely have no digest due at now.
	Due(ctx context.Context, now time.Time, after int64, limit int) ([]core.Recipient, error)
	// Lookup returns the people with the given IDs, whatever their cadence or address, in any
	// order. Those who do not exist are left out.
	Lookup(ctx context.Context, ids []int64) ([]core.Recipient, error)
}

// Rests keeps a tick from looking again at people who are found not to be due.
type Rests interface {
	// Rest says that the people in rs, as Due returned them, need not be returned by it before
	// their time, unless anything has changed since that says when they are due: cadence, address,
	// preferences, or the ledger, whoever changed it. A store may forget it at any time.
	Rest(ctx context.Context, rs []core.Rest) error
}

// Activity returns at least the notifications of the given windows, for a page of recipients in one query; it may return more, never fewer.
type Activity interface {
	// Since returns the notifications in spans, in any order, and at least those others of the
	// same people whose created_at cannot be read and that no digest has included.
	Since(ctx context.Context, spans []core.Span) ([]core.Notification, error)
	// ByID returns the notifications with the given IDs, in any order. Those that do not exist are left out.
	ByID(ctx context.Context, ids []int64) ([]core.Notification, error)
}

// Ledger makes, settles and releases claims; each is durable on return.
type Ledger interface {
	// Claim adds a ledger row with status sending and returns its ID. It holds, and else returns
	// ErrConflict, only if c.Recipient has no row whose status is sending and their newest row is
	// still c.Previous; of two at once, one wins.
	Claim(ctx context.Context, c core.Claim) (int64, error)
	// Settle marks the row of c as sent, sets digest_included_at to at on those of its
	// notifications that have none, and ends the recipient's run of refusals, all or nothing.
	// It does so whoever holds the lease, and again without harm.
	Settle(ctx context.Context, c core.Claim, at time.Time) error
	// Release deletes the row of c, so that the next tick plans afresh, and counts r, all or
	// nothing. It does nothing where the row is gone, settled, or held under another lease.
	Release(ctx context.Context, c core.Claim, r core.Refusal) error
}

// Turnover is what a connection that sends one message after another needs between two of them.
type Turnover interface {
	// SettleAndClaim does what [Ledger.Settle] does for done, and then what [Ledger.Claim] does for
	// next, in one transaction. Either may be a conflict and leave the other be; any other error is
	// that of both.
	SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error)
}

// Rolls closes windows that have nothing to ship.
type Rolls interface {
	// Roll adds a ledger row with status empty for each of cs on the terms of [Ledger.Claim],
	// all in one transaction. Those that do not hold are left out; it returns how many held.
	Roll(ctx context.Context, cs []core.Claim) (int, error)
}

// Doubts finds the digests whose sending was cut short.
type Doubts interface {
	// InDoubt returns at most limit claims whose ledger row has status sending, whose lease ended
	// at or before now (or cannot be read), and whose ID is greater than after, by ascending ID.
	InDoubt(ctx context.Context, now time.Time, after int64, limit int) ([]core.Claim, error)
	// Reclaim sets the lease of the row of c, which was read before, to lease, and adds an
	// attempt. Where the row is gone, settled, or under another lease than c.Lease: ErrConflict.
	Reclaim(ctx context.Context, c core.Claim, lease time.Time) error
}

// HeldMails keeps the individual e-mails that wait for the end of quiet hours.
type HeldMails interface {
	// Hold adds m with status held and returns its ID; m's own ID, Status, MessageID, Attempts
	// and Lease are ignored. It is durable on return.
	Hold(ctx context.Context, m core.HeldMail) (int64, error)
	// Waiting returns at most limit e-mails whose ID is greater than after, by ascending ID: those
	// with status held, and those with status sending whose lease ended at or before now.
	Waiting(ctx context.Context, now time.Time, after int64, limit int) ([]core.HeldMail, error)
}

// HeldLedger makes and settles the claims on held e-mails; each is durable on return.
type HeldLedger interface {
	// ClaimHeld marks m as sending under m.MessageID until lease. Where its row no longer has the
	// status and lease of m: ErrConflict.
	ClaimHeld(ctx context.Context, m core.HeldMail, lease time.Time) error
	// SettleHeld marks m as sent at at, sets email_sent_at to it on those of the recipient's
	// notifications named in m that have none, and ends the recipient's run of refusals, all or
	// nothing. It does so whoever holds the lease, and again without harm.
	SettleHeld(ctx context.Context, m core.HeldMail, at time.Time) error
	// ReturnHeld sets m's row to status (Held, Dropped or Failed), m.Attempts and the reason why,
	// and counts r, all or nothing. It does nothing where the row no longer has the status and
	// lease of m.
	ReturnHeld(ctx context.Context, m core.HeldMail, status core.Status, why string, r core.Refusal) error
}

// Watches follows RFCs on people's behalf.
type Watches interface {
	// Stale returns how many watches Decay would turn.
	Stale(ctx context.Context, then time.Time) (int, error)
	// Decay turns every watch that is watching and whose owner last took part before then to
	// dormant, in one statement, and returns how many it were. One that nobody ever took part
	// in, or whose time cannot be read, is left alone.
	Decay(ctx context.Context, then time.Time) (int, error)
}

// Subscriptions ends digests at their recipients' word.
type Subscriptions interface {
	// Unsubscribe sets the recipient's cadence to off. Nothing happens where it is off, or where
	// there is no such person. It is durable on return.
	Unsubscribe(ctx context.Context, recipient int64) error
}

// Store is all that app needs of a database.
type Store interface {
	Roster
	Rests
	Activity
	Ledger
	Turnover
	Rolls
	Doubts
	HeldMails
	HeldLedger
	Watches
	Subscriptions
	Directory
	History
	Backlog
	Rounds
	Paces
	Ticks
	MoveOut
	MoveIn
	Inventory
	CopyMarks
}
