package memory

import (
	"context"
	"slices"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
)

// contains reports whether part is in whole, with A to Z in either case.
func contains(whole, part string) bool { return strings.Contains(lower(whole), lower(part)) }

func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// Windows implements [ports.Ledger].
func (s *Store) Windows(ctx context.Context, recipient, before int64, limit int) (rows []core.LedgerRow, err error) {
	err = s.do(ctx, func() error {
		for _, id := range slices.Backward(s.windowsOf(recipient)) {
			if (before == 0 || id < before) && len(rows) < limit {
				rows = append(rows, s.window(id))
			}
		}
		return nil
	})
	return rows, err
}

// Window implements [ports.Ledger].
func (s *Store) Window(ctx context.Context, id int64) (row core.LedgerRow, found bool, err error) {
	err = s.do(ctx, func() error {
		if _, found = s.ledger[id]; found {
			row = s.window(id)
		}
		return nil
	})
	return row, found, err
}

func (s *Store) window(id int64) core.LedgerRow {
	row := s.ledger[id]
	row.Notifications = slices.Clone(row.Notifications)
	return row
}
