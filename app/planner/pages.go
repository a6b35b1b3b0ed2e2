package planner

import (
	"fmt"
	"iter"
)

// paged loads rows a page at a time, those after the last row's ID next, until there are none. It
// ends after the first error.
func paged[R any](load func(after int64) ([]R, error), id func(R) int64) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for after := int64(0); ; {
			rows, err := load(after)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(rows) == 0 {
				return
			}
			after = id(rows[len(rows)-1])
			if !yield(rows, nil) {
				return
			}
		}
	}
}

// planned returns what plan makes of each page. It ends after the first error.
func planned[R, P any](pages iter.Seq2[[]R, error], plan func([]R) (P, error)) iter.Seq2[P, error] {
	return func(yield func(P, error) bool) {
		for rows, err := range pages {
			var plans P
			if err == nil {
				plans, err = plan(rows)
			}
			if !yield(plans, err) || err != nil {
				return
			}
		}
	}
}

// each returns the elements of pages one by one. It ends after the first error.
func each[T any](pages iter.Seq2[[]T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range pages {
			for _, one := range page {
				if !yield(one, nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
		}
	}
}

// wrap says what was attempted when err happened; nil stays nil.
func wrap(err error, attempt string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", attempt, err)
}
