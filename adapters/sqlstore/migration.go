package sqlstore

import "strings"

// Addition is a statement that a database needs, and what it does in words.
type Addition struct{ What, Statement string }

// Step is how far a migration has come: Done steps Of all, with What is being done now. Nothing of it is kept
// before all are done.
type Step struct {
	Done, Of int
	What     string
}

// Add has run make each of the additions, and calls progress before each and after the last; not at all, where
// there are none.
func Add(additions []Addition, progress func(Step), run func(statement string) error) error {
	for i, a := range additions {
		progress(Step{Done: i, Of: len(additions), What: a.inHand()})
		if err := run(a.Statement); err != nil {
			return err
		}
	}
	if n := len(additions); n > 0 {
		progress(Step{Done: n, Of: n})
	}
	return nil
}

// inHand returns what a is about while it is made.
func (a Addition) inHand() string {
	verb, rest, _ := strings.Cut(a.What, " ")
	return strings.TrimSuffix(strings.TrimSuffix(verb, "d"), "e") + "ing " + rest
}
