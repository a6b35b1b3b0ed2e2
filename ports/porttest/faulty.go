package porttest

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Faulty is a store whose calls can fail, before they did what they were asked to, or after.
type Faulty struct {
	ports.Store
	// Fault, where it is set, is asked at every call, by the method's name. Where apply is false the
	// call does nothing; where err is not nil the call returns it, whether or not it was applied. It
	// may be called from any goroutine.
	Fault func(method string) (apply bool, err error)
}

var _ ports.Store = (*Faulty)(nil)

// do runs one call with the fault that it is told to have. A call whose context has ended fails by
// itself.
func (f *Faulty) do(ctx context.Context, method string, call func() error) error {
	if f.Fault == nil || ctx.Err() != nil {
		return call()
	}
	apply, fault := f.Fault(method)
	if apply {
		if err := call(); err != nil {
			return err
		}
	}
	return fault
}

// Recipients implements [ports.Store].
func (f *Faulty) Recipients(ctx context.Context, after int64, limit int) (page []core.Recipient, err error) {
	err = f.do(ctx, "Recipients", func() error {
		page, err = f.Store.Recipients(ctx, after, limit)
		return err
	})
	return page, err
}

// Due implements [ports.Store].
func (f *Faulty) Due(ctx context.Context, now time.Time, after int64, limit int) (page []core.Recipient, err error) {
	err = f.do(ctx, "Due", func() error {
		page, err = f.Store.Due(ctx, now, after, limit)
		return err
	})
	return page, err
}

// Rest implements [ports.Store].
func (f *Faulty) Rest(ctx context.Context, rs []core.Rest) error {
	return f.do(ctx, "Rest", func() error { return f.Store.Rest(ctx, rs) })
}

// Lookup implements [ports.Store].
func (f *Faulty) Lookup(ctx context.Context, ids []int64) (found []core.Recipient, err error) {
	err = f.do(ctx, "Lookup", func() error {
		found, err = f.Store.Lookup(ctx, ids)
		return err
	})
	return found, err
}

// Since implements [ports.Store].
func (f *Faulty) Since(ctx context.Context, spans []core.Span) (found []core.Notification, err error) {
	err = f.do(ctx, "Since", func() error {
		found, err = f.Store.Since(ctx, spans)
		return err
	})
	return found, err
}

// ByID implements [ports.Store].
func (f *Faulty) ByID(ctx context.Context, ids []int64) (found []core.Notification, err error) {
	err = f.do(ctx, "ByID", func() error {
		found, err = f.Store.ByID(ctx, ids)
		return err
	})
	return found, err
}

// Claim implements [ports.Store].
func (f *Faulty) Claim(ctx context.Context, c core.Claim) (id int64, err error) {
	err = f.do(ctx, "Claim", func() error {
		id, err = f.Store.Claim(ctx, c)
		return err
	})
	return id, err
}

// Settle implements [ports.Store].
func (f *Faulty) Settle(ctx context.Context, c core.Claim, at time.Time) error {
	return f.do(ctx, "Settle", func() error { return f.Store.Settle(ctx, c, at) })
}

// SettleAndClaim implements [ports.Store].
func (f *Faulty) SettleAndClaim(ctx context.Context, done core.Claim, at time.Time, next core.Claim) (id int64, settled, claimed error) {
	err := f.do(ctx, "SettleAndClaim", func() error {
		id, settled, claimed = f.Store.SettleAndClaim(ctx, done, at, next)
		return nil
	})
	if err != nil {
		return id, err, err
	}
	return id, settled, claimed
}

// Release implements [ports.Store].
func (f *Faulty) Release(ctx context.Context, c core.Claim, r core.Refusal) error {
	return f.do(ctx, "Release", func() error { return f.Store.Release(ctx, c, r) })
}

// Roll implements [ports.Store].
func (f *Faulty) Roll(ctx context.Context, cs []core.Claim) (held int, err error) {
	err = f.do(ctx, "Roll", func() error {
		held, err = f.Store.Roll(ctx, cs)
		return err
	})
	return held, err
}

// InDoubt implements [ports.Store].
func (f *Faulty) InDoubt(ctx context.Context, now time.Time, after int64, limit int) (claims []core.Claim, err error) {
	err = f.do(ctx, "InDoubt", func() error {
		claims, err = f.Store.InDoubt(ctx, now, after, limit)
		return err
	})
	return claims, err
}

// Reclaim implements [ports.Store].
func (f *Faulty) Reclaim(ctx context.Context, c core.Claim, lease time.Time) error {
	return f.do(ctx, "Reclaim", func() error { return f.Store.Reclaim(ctx, c, lease) })
}

// Hold implements [ports.Store].
func (f *Faulty) Hold(ctx context.Context, m core.HeldMail) (id int64, err error) {
	err = f.do(ctx, "Hold", func() error {
		id, err = f.Store.Hold(ctx, m)
		return err
	})
	return id, err
}

// Waiting implements [ports.Store].
func (f *Faulty) Waiting(ctx context.Context, now time.Time, after int64, limit int) (mails []core.HeldMail, err error) {
	err = f.do(ctx, "Waiting", func() error {
		mails, err = f.Store.Waiting(ctx, now, after, limit)
		return err
	})
	return mails, err
}

// ClaimHeld implements [ports.Store].
func (f *Faulty) ClaimHeld(ctx context.Context, m core.HeldMail, lease time.Time) error {
	return f.do(ctx, "ClaimHeld", func() error { return f.Store.ClaimHeld(ctx, m, lease) })
}

// SettleHeld implements [ports.Store].
func (f *Faulty) SettleHeld(ctx context.Context, m core.HeldMail, at time.Time) error {
	return f.do(ctx, "SettleHeld", func() error { return f.Store.SettleHeld(ctx, m, at) })
}

// ReturnHeld implements [ports.Store].
func (f *Faulty) ReturnHeld(ctx context.Context, m core.HeldMail, status core.Status, why string, r core.Refusal) error {
	return f.do(ctx, "ReturnHeld", func() error { return f.Store.ReturnHeld(ctx, m, status, why, r) })
}

// Stale implements [ports.Store].
func (f *Faulty) Stale(ctx context.Context, then time.Time) (stale int, err error) {
	err = f.do(ctx, "Stale", func() error {
		stale, err = f.Store.Stale(ctx, then)
		return err
	})
	return stale, err
}

// Decay implements [ports.Store].
func (f *Faulty) Decay(ctx context.Context, then time.Time) (decayed int, err error) {
	err = f.do(ctx, "Decay", func() error {
		decayed, err = f.Store.Decay(ctx, then)
		return err
	})
	return decayed, err
}

// Unsubscribe implements [ports.Store].
func (f *Faulty) Unsubscribe(ctx context.Context, recipient int64) error {
	return f.do(ctx, "Unsubscribe", func() error { return f.Store.Unsubscribe(ctx, recipient) })
}

// Find implements [ports.Store].
func (f *Faulty) Find(ctx context.Context, text string, after int64, limit int) (found []core.Recipient, err error) {
	err = f.do(ctx, "Find", func() error {
		found, err = f.Store.Find(ctx, text, after, limit)
		return err
	})
	return found, err
}

// Windows implements [ports.Store].
func (f *Faulty) Windows(ctx context.Context, recipient, before int64, limit int) (rows []core.LedgerRow, err error) {
	err = f.do(ctx, "Windows", func() error {
		rows, err = f.Store.Windows(ctx, recipient, before, limit)
		return err
	})
	return rows, err
}

// Window implements [ports.Store].
func (f *Faulty) Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error) {
	err = f.do(ctx, "Window", func() error {
		row, found, err = f.Store.Window(ctx, id)
		return err
	})
	return row, found, err
}

// Backlog implements [ports.Store].
func (f *Faulty) Backlog(ctx context.Context, now time.Time) (b core.Backlog, err error) {
	err = f.do(ctx, "Backlog", func() error {
		b, err = f.Store.Backlog(ctx, now)
		return err
	})
	return b, err
}

// Ticked implements [ports.Store].
func (f *Faulty) Ticked(ctx context.Context, m core.TickMark) error {
	return f.do(ctx, "Ticked", func() error { return f.Store.Ticked(ctx, m) })
}

// LastTick implements [ports.Store].
func (f *Faulty) LastTick(ctx context.Context) (m core.TickMark, err error) {
	err = f.do(ctx, "LastTick", func() error {
		m, err = f.Store.LastTick(ctx)
		return err
	})
	return m, err
}

// Ranges implements [ports.Store].
func (f *Faulty) Ranges(ctx context.Context, now time.Time, size int) (ranges []core.Range, err error) {
	err = f.do(ctx, "Ranges", func() error {
		ranges, err = f.Store.Ranges(ctx, now, size)
		return err
	})
	return ranges, err
}

// Open implements [ports.Store].
func (f *Faulty) Open(ctx context.Context, now time.Time, size int) error {
	return f.do(ctx, "Open", func() error { return f.Store.Open(ctx, now, size) })
}

// Take implements [ports.Store].
func (f *Faulty) Take(ctx context.Context, now time.Time) (r core.Range, ok bool, err error) {
	err = f.do(ctx, "Take", func() error {
		r, ok, err = f.Store.Take(ctx, now)
		return err
	})
	return r, ok, err
}

// Leave implements [ports.Store].
func (f *Faulty) Leave(ctx context.Context, p core.Pace, now time.Time) (leave time.Time, err error) {
	err = f.do(ctx, "Leave", func() error {
		leave, err = f.Store.Leave(ctx, p, now)
		return err
	})
	return leave, err
}

// PreferencesAfter implements [ports.Store].
func (f *Faulty) PreferencesAfter(ctx context.Context, after int64, limit int) (rows []core.PreferencesRow, odd []core.Oddity, err error) {
	err = f.do(ctx, "PreferencesAfter", func() error {
		rows, odd, err = f.Store.PreferencesAfter(ctx, after, limit)
		return err
	})
	return rows, odd, err
}

// LedgerAfter implements [ports.Store].
func (f *Faulty) LedgerAfter(ctx context.Context, after int64, limit int) (rows []core.LedgerRow, odd []core.Oddity, err error) {
	err = f.do(ctx, "LedgerAfter", func() error {
		rows, odd, err = f.Store.LedgerAfter(ctx, after, limit)
		return err
	})
	return rows, odd, err
}

// HeldAfter implements [ports.Store].
func (f *Faulty) HeldAfter(ctx context.Context, after int64, limit int) (rows []core.HeldRow, odd []core.Oddity, err error) {
	err = f.do(ctx, "HeldAfter", func() error {
		rows, odd, err = f.Store.HeldAfter(ctx, after, limit)
		return err
	})
	return rows, odd, err
}

// PutPreferences implements [ports.Store].
func (f *Faulty) PutPreferences(ctx context.Context, rows []core.PreferencesRow) error {
	return f.do(ctx, "PutPreferences", func() error { return f.Store.PutPreferences(ctx, rows) })
}

// PutLedger implements [ports.Store].
func (f *Faulty) PutLedger(ctx context.Context, rows []core.LedgerRow) error {
	return f.do(ctx, "PutLedger", func() error { return f.Store.PutLedger(ctx, rows) })
}

// PutHeld implements [ports.Store].
func (f *Faulty) PutHeld(ctx context.Context, rows []core.HeldRow) error {
	return f.do(ctx, "PutHeld", func() error { return f.Store.PutHeld(ctx, rows) })
}

// Owned implements [ports.Store].
func (f *Faulty) Owned(ctx context.Context) (o core.Owned, err error) {
	err = f.do(ctx, "Owned", func() error {
		o, err = f.Store.Owned(ctx)
		return err
	})
	return o, err
}

// CopyMark implements [ports.Store].
func (f *Faulty) CopyMark(ctx context.Context) (m core.CopyMark, err error) {
	err = f.do(ctx, "CopyMark", func() error {
		m, err = f.Store.CopyMark(ctx)
		return err
	})
	return m, err
}

// BeginCopy implements [ports.Store].
func (f *Faulty) BeginCopy(ctx context.Context, m core.CopyMark) error {
	return f.do(ctx, "BeginCopy", func() error { return f.Store.BeginCopy(ctx, m) })
}

// EndCopy implements [ports.Store].
func (f *Faulty) EndCopy(ctx context.Context, m core.CopyMark) error {
	return f.do(ctx, "EndCopy", func() error { return f.Store.EndCopy(ctx, m) })
}
