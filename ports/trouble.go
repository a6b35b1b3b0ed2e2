package ports

import (
	"errors"
	"strings"
)

// Trouble is an error that an operator can mend.
type Trouble struct {
	// What happened, in one line.
	What string
	// Remedy is what to do about it; empty if nothing is known to help.
	Remedy string
	// Kinds are the errors that [errors.Is] finds in it.
	Kinds []error
}

// Error says what happened and what to do about it.
func (t *Trouble) Error() string { return t.What + t.tail() }

// Unwrap returns the kinds of t.
func (t *Trouble) Unwrap() []error { return t.Kinds }

func (t *Trouble) tail() string {
	if t.Remedy == "" {
		return ""
	}
	return "; " + t.Remedy
}

// Parts returns the text of err without the remedy, and the remedy of the [Trouble] that it is or wraps.
func Parts(err error) (what, remedy string) {
	var t *Trouble
	if errors.As(err, &t) {
		return strings.TrimSuffix(err.Error(), t.tail()), t.Remedy
	}
	return err.Error(), ""
}
