package porttest

import (
	"context"
	"errors"
	"slices"

	"github.com/wiggleverse/rfcdigest/ports"
)

// Faulty is a store whose calls can fail, before or after they did their work.
type Faulty struct {
	ports.Store
	// Fault, if it is set, is called at every call, with the method's name. For People and Record it also has what
	// they are about, such as "People due" and "Record settle, claim". If apply is false the call does nothing; if
	// err is not nil the call returns it, applied or not. Fault may be called from any goroutine.
	Fault func(call string) (apply bool, err error)
}

var _ ports.Store = (*Faulty)(nil)

// do runs one call with its fault, if any. A call whose context has ended fails by itself.
func (f *Faulty) do(ctx context.Context, name string, call func() error) error {
	if f.Fault == nil || ctx.Err() != nil {
		return call()
	}
	apply, fault := f.Fault(name)
	if apply {
		if err := call(); err != nil {
			return err
		}
	}
	return fault
}

// Record implements [ports.Store]. A fault that is a conflict becomes one of each change.
func (f *Faulty) Record(ctx context.Context, changes ...ports.Change) (results []ports.Result, err error) {
	err = f.do(ctx, "Record "+ports.Changes(changes), func() error {
		results, err = f.Store.Record(ctx, changes...)
		return err
	})
	if errors.Is(err, ports.ErrConflict) {
		return slices.Repeat([]ports.Result{{Err: ports.ErrConflict}}, len(changes)), nil
	}
	return results, err
}
