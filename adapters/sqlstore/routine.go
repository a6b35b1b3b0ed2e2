package sqlstore

import "context"

// Statement is one of a change, with what it nearly always comes to.
type Statement struct {
	// Query is the statement, in which ? stands for the next of Args and ?1 for the first.
	Query string
	Args  []any
	// Rows is how many rows it changes, or finds, where all is as it should be; negative where any
	// number is.
	Rows int
	// ID, where it is not nil, says that the statement adds a row, and is given the row's ID.
	ID *int64
}

// anyRows is the number of rows of a step from which nothing follows.
const anyRows = -1

// routine is a change that is nearly always the same few statements. So where each of them is a journey
// to the database, all can be sent at once, see [Dialect.Together].
type routine struct {
	steps []Statement
	// odd goes on where a step did not come to the number of rows that it should have, and those behind
	// it were not made.
	odd func(ctx context.Context, tx transaction, step int) error
}

// run makes one step after another.
func (r routine) run(ctx context.Context, tx transaction) error {
	for i, step := range r.steps {
		n, err := tx.step(ctx, step)
		if err != nil {
			return err
		}
		if step.Rows != anyRows && n != step.Rows {
			return r.odd(ctx, tx, i)
		}
	}
	return nil
}
