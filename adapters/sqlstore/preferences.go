package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
)

// refused counts r, if it charges anybody, among the preferences of the user, who may have had none.
func (s *Store) refused(ctx context.Context, tx transaction, user int64, r core.Refusal) error {
	r.Address, r.Reason = Plain(r.Address), Plain(r.Reason)
	if r.Address == "" {
		return nil
	}
	p, there, err := s.preferences(ctx, tx, user)
	if err != nil {
		return err
	}
	p = core.CountRefusal(p, r)
	if there {
		return s.putRefusals(ctx, tx, user, p)
	}
	_, err = tx.change(ctx, "INSERT INTO digest_preferences (user_id, suppressed_address, suppressed_reason, failures) VALUES (?, ?, ?, ?)",
		user, orNull(p.SuppressedAddress), orNull(p.SuppressedReason), numberOrNull(p.Failures))
	if err != nil {
		return fmt.Errorf("count a refusal: %w", err)
	}
	return nil
}

// accepted ends the user's run of refusals.
func (s *Store) accepted(ctx context.Context, tx transaction, user int64) error {
	p, _, err := s.preferences(ctx, tx, user)
	if err != nil || p.Failures <= 0 {
		return err
	}
	return s.putRefusals(ctx, tx, user, core.CountAcceptance(p))
}

func (s *Store) preferences(ctx context.Context, tx transaction, user int64) (p core.Preferences, there bool, err error) {
	var row preferenceRow
	err = tx.one(ctx, row.columns(), "SELECT "+preferenceColumns("p")+" FROM digest_preferences AS p WHERE p.user_id = ?"+s.dialect.Keep, user)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, false, nil
	case err != nil:
		return p, false, fmt.Errorf("read the preferences: %w", err)
	}
	return row.core(), true, nil
}

// putRefusals writes what p says of refusals; the rest of the row is the person's own.
func (s *Store) putRefusals(ctx context.Context, tx transaction, user int64, p core.Preferences) error {
	_, err := tx.change(ctx, "UPDATE digest_preferences SET suppressed_address = ?, suppressed_reason = ?, failures = ? WHERE user_id = ?",
		orNull(p.SuppressedAddress), orNull(p.SuppressedReason), numberOrNull(p.Failures), user)
	if err != nil {
		return fmt.Errorf("count refusals: %w", err)
	}
	return nil
}
