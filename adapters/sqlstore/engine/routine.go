package engine

import "context"

// Statement is one of a change, with what it nearly always comes to.
type Statement struct {
	// Query is the statement, in which ? stands for the next of Args and ?0 for the first.
	Query string
	Args  []any
	// Rows is how many rows it changes, or finds, if all is as it should be; [AnyRows] if any number is.
	Rows int
	// ID, if not nil, says that the statement adds a row, whose ID goes there.
	ID *int64
}

// AnyRows is the number of rows of a step from which nothing follows.
const AnyRows = -1

// Routine is a change that is nearly always the same few statements. So if each of them is a journey
// to the database, all can be sent at once, see [Config].
type Routine struct {
	Steps []Statement
	// Odd goes on if a step did not come to the number of rows that it should have; the steps behind it
	// were not made.
	Odd func(ctx context.Context, tx Tx, step int) error
	// Whole is all of a change that has no steps.
	Whole Change
}

// Run makes one step after another.
func (r Routine) Run(ctx context.Context, tx Tx) error {
	if r.Whole != nil {
		return r.Whole(ctx, tx)
	}
	for i, step := range r.Steps {
		n, err := tx.Step(ctx, step)
		if err != nil {
			return err
		}
		if step.Rows != AnyRows && n != step.Rows {
			return r.Odd(ctx, tx, i)
		}
	}
	return nil
}
