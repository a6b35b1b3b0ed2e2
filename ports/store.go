package ports

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
)

// The errors of a store that app acts on.
var (
	// ErrConflict: the rows are no longer those that the plan was made from; another process was first.
	ErrConflict = errors.New("changed since it was read")
	// ErrBusy: the change was not made, since it takes more than others that were asked for together with it, perhaps to
	// wait for another program. Alone it is made, unless that program keeps its locks for long.
	ErrBusy = errors.New("busy")
	// ErrUnknown: the call failed, but the store may have made the change. To settle or return a claim can
	// be tried again, and does nothing if it was done. To claim cannot be tried again, since the row
	// could be another process's: it is left until its lease has ended.
	ErrUnknown = errors.New("outcome unknown")
	// ErrRejected: a constraint, a type or a trigger of the app's tables does not let the row be as it is to be.
	ErrRejected = errors.New("the table does not allow it")
	// ErrReplaced: the database is no longer the one that was opened, so nothing that this process writes is of use.
	ErrReplaced = errors.New("database replaced")
	// ErrUnavailable: the store as a whole does not answer, so there is no point in trying the next row.
	ErrUnavailable = errors.New("store unavailable")
)

// Who says which people [Roster.People] lists. Its zero value is everybody on the roster: all people whose cadence
// and address let them have digests.
type Who struct {
	kind whoKind
	due  time.Time
	text string
}

type whoKind string

const (
	onRoster whoKind = ""
	isDue    whoKind = "due"
	refused  whoKind = "refused"
	matching whoKind = "matching"
)

// Due are the people on the roster. A store may leave out those who certainly have no digest due at now.
func Due(now time.Time) Who { return Who{kind: isDue, due: now} }

// Refused are the people with a SuppressedAddress, of any cadence.
func Refused() Who { return Who{kind: refused} }

// Matching are the people whose name or address contains text (A to Z in either case), and the one whose ID it is, of
// any cadence. Empty text finds everybody.
func Matching(text string) Who { return Who{kind: matching, text: text} }

// Due returns the instant of [Due]; ok is false for other people.
func (w Who) Due() (now time.Time, ok bool) { return w.due, w.kind == isDue }

// Refused reports whether w are those of [Refused].
func (w Who) Refused() bool { return w.kind == refused }

// Matching returns the text of [Matching]; ok is false for other people.
func (w Who) Matching() (text string, ok bool) { return w.text, w.kind == matching }

// String returns w in a word or two.
func (w Who) String() string { return cmp.Or(string(w.kind), "on the roster") }

// Roster lists recipients a page at a time. Each comes with their Person, and with ledger rows of that person only.
// Addresses, suppressed ones too, are as [texts.Mailbox] returns them.
type Roster interface {
	// People returns at most limit people of who, whose ID is greater than after, by ascending ID. If there are
	// fewer than limit, they are the last.
	People(ctx context.Context, who Who, after int64, limit int) ([]core.Recipient, error)
	// Lookup returns the people with the given IDs, with any cadence or address, in any
	// order. IDs that do not exist are left out.
	Lookup(ctx context.Context, ids []int64) ([]core.Recipient, error)
	// Ranges divides the people who are due at now into ranges of about size people each, ascending and without
	// overlap; none if no one is due.
	Ranges(ctx context.Context, now time.Time, size int) ([]core.Range, error)
	// Rest says that [Due] need not return the people in rs, as it returned them, before their time. If what
	// decides when they are due (cadence, address, preferences, ledger) has changed since, the rest does not
	// count. A store may forget it at any time.
	Rest(ctx context.Context, rs []core.Rest) error
	// Wake ends all rests. A later Rest of people whom [Due] returned before Wake does not count either. With many
	// people it may take several transactions; on return all are done.
	Wake(ctx context.Context) error
}

// Activity reads notifications, for a page of recipients in one query.
type Activity interface {
	// Since returns the notifications in spans, in any order. It also returns those of the same people whose
	// created_at cannot be read and that no digest has included, and those that are [core.Moved], however old they are. It may
	// return more, but only notifications of the span's Person.
	Since(ctx context.Context, spans []core.Span) ([]core.Notification, error)
	// ByID returns the notifications with the given IDs, in any order. Those that do not exist are left out.
	ByID(ctx context.Context, ids []int64) ([]core.Notification, error)
}

// Ledger keeps which digests and held e-mails were sent or are being sent, and which windows had nothing to send.
type Ledger interface {
	// Record makes changes, in their order, in one transaction, and is durable on return. There is a result for
	// each change. A change that does not hold is left out, and its result says so. So is one that cannot be made
	// together with the others. Any other error is about all of them.
	Record(ctx context.Context, changes ...Change) ([]Result, error)
	// Mark sets digest_included_at for the digests that [Settle] left to it. To readers of notifications it counts
	// as set before that. Mark may take several transactions, and is durable on return.
	Mark(ctx context.Context) error
	// InDoubt returns at most limit claims whose ledger row has status sending, whose lease ended
	// at or before now (or cannot be read), and whose ID is greater than after, by ascending ID.
	InDoubt(ctx context.Context, now time.Time, after int64, limit int) ([]core.Claim, error)
	// Windows returns at most limit ledger rows of the person who has the ID recipient now. Their own IDs are
	// less than before, and descend. If before is 0, they start with the newest.
	Windows(ctx context.Context, recipient, before int64, limit int) ([]core.LedgerRow, error)
	// Window returns the ledger row with the given ID; found is false if there is none.
	Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error)
	// Unredirect deletes the ledger rows whose status is redirected, and has held e-mails of that status wait
	// again, as if no tick had seen them. It returns how many there were, and is durable on return.
	Unredirect(ctx context.Context) (int, error)
}

// Retention deletes what is no longer needed.
type Retention interface {
	// Prune looks at the next few hundred rows of what, above the ID after, and deletes those that are older than before
	// and of no more use, in one short transaction. Never deleted are windows that may still follow from something or
	// something from them: the newest one of a person that stays as it is, and those that are being sent, not marked yet, or
	// redirected; nor held e-mail that waits or is being sent. next is where to go on; 0 at the end, which is where no row of those few hundred was
	// older. deleted is how many rows went. It is durable on return.
	Prune(ctx context.Context, what core.Prunable, before time.Time, after int64) (deleted int, next int64, err error)
}

// HeldMails keeps the individual e-mails that wait for the end of quiet hours. They are deleted with
// their recipient. [Ledger.Record] writes what becomes of them.
type HeldMails interface {
	// Hold adds m with status held and returns its ID; m's own ID, Status, MessageID, Attempts,
	// Lease and Dated are ignored. It is durable on return.
	Hold(ctx context.Context, m core.HeldMail) (int64, error)
	// Waiting returns at most limit e-mails whose ID is greater than after, by ascending ID: those
	// with status held, and those with status sending whose lease ended at or before now.
	Waiting(ctx context.Context, now time.Time, after int64, limit int) ([]core.HeldMail, error)
	// HeldOf returns at most limit e-mails of the recipient, whatever has become of them, by descending ID.
	HeldOf(ctx context.Context, recipient int64, limit int) ([]core.HeldRow, error)
}

// Refusals keeps what is held against addresses that mail servers refused for good. [Refused] lists them.
type Refusals interface {
	// CountRefusals counts rs, at most a few hundred, as [core.CountRefusal] does, all or nothing. It leaves out
	// a refusal if its person is gone, or the ID is another person's by now. It is durable on return.
	CountRefusals(ctx context.Context, rs []core.Refusal) error
	// Lift does what [core.Lift] does for the people with the given IDs, and returns how many had a
	// SuppressedAddress. It is durable on return.
	Lift(ctx context.Context, ids []int64) (int, error)
}

// Returns keeps what came back of mail.
type Returns interface {
	// NoteReturn notes what came back of a digest or of a held e-mail, and does what follows: if the address is dead, it
	// counts it, as [core.CountReturn] does with [core.DeadDays]; if the reader wants no more, it sets their cadence to off.
	// Neither follows if the recipient has another address by now than r.To is the mark of. news is false, and nothing is changed, if the mail was not
	// sent, if its recipient is not the one whose [core.Person] has the mark, or if it is not [core.Return.After]
	// what is known. It is durable on return.
	NoteReturn(ctx context.Context, about links.Return, r core.Return, suppressFor time.Duration) (news bool, err error)
}

// Watches are the RFCs that people follow.
type Watches interface {
	// Stale returns how many watches Lapse would make dormant.
	Stale(ctx context.Context, then time.Time) (int, error)
	// Lapse makes dormant every watch that is watching and whose owner last took part before then, and returns how many
	// there were. It may take several transactions; if it fails, those that are done stay. It leaves a watch alone if its
	// owner never took part, or if the time cannot be read.
	Lapse(ctx context.Context, then time.Time) (int, error)
	// Title returns the cached title of the RFC with that slug; empty if there is none.
	Title(ctx context.Context, slug string) (string, error)
	// Mute makes every watch of the recipient on the RFC [core.Muted], and adds one if there is none. before is the state
	// that there was: empty if there was no watch, and core.Muted if it had none. Of several, [core.Watching] counts first.
	// It returns ErrConflict if the recipient is not the one whose [core.Person] has the mark, or ErrRejected, and then
	// changes nothing. It is durable on return.
	Mute(ctx context.Context, recipient, mark int64, slug string) (before string, err error)
	// Unmute gives every watch of the recipient on the RFC that is muted the state; if that is empty, it deletes them.
	// undone is false, and nothing is changed, if none is. Errors are as in Mute. It is durable on return.
	Unmute(ctx context.Context, recipient, mark int64, slug, state string) (undone bool, err error)
}

// Subscriptions changes what recipients ask for.
type Subscriptions interface {
	// Choose makes the recipient what [core.Choose] makes of them. It returns ErrConflict, and changes nothing, if
	// the recipient is not the one whose [core.Person] has the mark. It is durable on return.
	Choose(ctx context.Context, recipient, mark int64, c core.Choice) error
	// Unsubscribe sets the cadence of the recipient whose [core.Person] has the mark to off. It does
	// nothing if it is off already, if there is no such recipient, or if the ID is another
	// person's by now. It is durable on return.
	Unsubscribe(ctx context.Context, recipient, mark int64) error
}

// Marks keeps what is true of the whole installation, not of a person or a message. Writes are durable on return.
type Marks interface {
	// Facts returns the facts that are not empty, by name. core has the names. A fact that was never set is empty.
	Facts(ctx context.Context) (map[string]string, error)
	// PutFact sets a fact.
	PutFact(ctx context.Context, name, value string) error
	// SwapFact sets a fact if its value is still before, and else returns ErrConflict. Of several calls at
	// once with the same before, one wins.
	SwapFact(ctx context.Context, name, before, value string) error
	// Ticked keeps m, the mark of a tick that ended, to the second, in place of the one before.
	Ticked(ctx context.Context, m core.TickMark) error
	// LastTick returns the last mark; the zero value if there never was one.
	LastTick(ctx context.Context) (core.TickMark, error)
	// NextSend returns when the next message may leave, at now or later, by [core.RateLimit.Next]. It counts the
	// messages of all processes, this one from now on too.
	NextSend(ctx context.Context, p core.RateLimit, now time.Time) (time.Time, error)
	// Backlog counts what a tick at now would find. It reads no more than it must: like [Due] it may count
	// people who are not due, but never leaves out one who is.
	Backlog(ctx context.Context, now time.Time) (core.Backlog, error)
}

// Store is all that app needs of a database. If a person is deleted, so is what is kept for them: preferences, held
// mail, and their mark. If their ID is used again, that is another [core.Person].
type Store interface {
	Roster
	Activity
	Ledger
	Retention
	HeldMails
	Refusals
	Returns
	Watches
	Subscriptions
	Marks
}
