package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// CountRefusals implements [ports.Refusals]. It goes by ascending ID, so that two at once wait for one another.
func (s *Store) CountRefusals(ctx context.Context, rs []core.Refusal) error {
	if len(rs) == 0 {
		return ctx.Err()
	}
	rs = slices.Clone(rs)
	slices.SortStableFunc(rs, func(a, b core.Refusal) int { return cmp.Compare(a.Recipient, b.Recipient) })
	return s.db.Write(ctx, "count "+texts.Plural(len(rs), "refusal"), func(ctx context.Context, tx engine.Tx) error {
		for _, r := range rs {
			if err := s.refused(ctx, tx, r); err != nil {
				return fmt.Errorf("recipient %d: %w", r.Recipient, err)
			}
		}
		return nil
	})
}

// refused counts r among the preferences of its recipient, who may have had none.
func (s *Store) refused(ctx context.Context, tx engine.Tx, r core.Refusal) error {
	if still, err := s.still(ctx, tx, r.Recipient, r.Mark); err != nil || !still {
		return err
	}
	r.Address, r.Reason = Plain(r.Address), Plain(r.Reason)
	p, there, err := s.preferences(ctx, tx, r.Recipient)
	if err != nil {
		return err
	}
	p = core.CountRefusal(p, r)
	if there {
		return s.putRefusals(ctx, tx, r.Recipient, p)
	}
	row := preferencesOf(r.Recipient, p)
	query, args := insertion(&row)
	_, err = tx.Change(ctx, query, args...)
	return err
}

// Lift implements [ports.Refusals].
func (s *Store) Lift(ctx context.Context, ids []int64) (lifted int, err error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	err = s.db.Write(ctx, "lift the suppression of "+texts.Plural(len(ids), "address"), func(ctx context.Context, tx engine.Tx) error {
		lifted = 0
		for _, id := range ids {
			p, there, err := s.preferences(ctx, tx, id)
			if err != nil {
				return err
			}
			if !there || p.SuppressedAddress == "" {
				continue
			}
			if err := s.putRefusals(ctx, tx, id, core.Lift(p)); err != nil {
				return err
			}
			lifted++
		}
		return nil
	})
	return lifted, err
}

// accepted ends the user's run of refusals.
func (s *Store) accepted(ctx context.Context, tx engine.Tx, user int64) error {
	p, _, err := s.preferences(ctx, tx, user)
	if err != nil || p.Failures <= 0 {
		return err
	}
	return s.putRefusals(ctx, tx, user, core.CountAcceptance(p))
}

func (s *Store) preferences(ctx context.Context, tx engine.Tx, user int64) (p core.Preferences, there bool, err error) {
	var row preferenceRow
	err = tx.One(ctx, into(&row), "SELECT "+s.dialect.columns(&row)+" FROM digest_preferences AS p WHERE p.user_id = ?"+s.dialect.Keep, user)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, false, nil
	case err != nil:
		return p, false, fmt.Errorf("read the preferences: %w", err)
	}
	return row.core(), true, nil
}

// putRefusals writes what p says of refusals; the rest of the row is the person's own.
func (s *Store) putRefusals(ctx context.Context, tx engine.Tx, user int64, p core.Preferences) error {
	row := preferencesOf(user, p)
	_, err := tx.Change(ctx, "UPDATE digest_preferences SET suppressed_address = ?, suppressed_reason = ?, failures = ?, retry_at = ? WHERE user_id = ?",
		row.SuppressedAddress, row.SuppressedReason, row.Failures, row.RetryAt, user)
	if err != nil {
		return fmt.Errorf("count refusals: %w", err)
	}
	return nil
}

// Choose implements [ports.Subscriptions].
func (s *Store) Choose(ctx context.Context, recipient, mark int64, c core.Choice) error {
	return s.db.Write(ctx, fmt.Sprintf("save the preferences of recipient %d", recipient), func(ctx context.Context, tx engine.Tx) error {
		still, err := s.still(ctx, tx, recipient, mark)
		if err != nil {
			return err
		}
		if !still {
			return ports.ErrConflict
		}
		var cadence text
		if err := tx.One(ctx, []any{&cadence}, "SELECT u.digest_cadence FROM users AS u WHERE u.id = ?"+s.dialect.Keep, recipient); err != nil {
			return fmt.Errorf("read the cadence: %w", err)
		}
		p, there, err := s.preferences(ctx, tx, recipient)
		if err != nil {
			return err
		}
		chosen := core.Choose(core.Recipient{ID: recipient, Cadence: core.Cadence(cadence), Preferences: p}, c)
		if chosen.Cadence != core.Cadence(cadence) {
			if _, err := tx.Change(ctx, "UPDATE users SET digest_cadence = ? WHERE id = ?", string(chosen.Cadence), recipient); err != nil {
				return fmt.Errorf("set the cadence: %w", err)
			}
		}
		row := preferencesOf(recipient, chosen.Preferences)
		query, args := insertion(&row)
		if there {
			query = "UPDATE digest_preferences SET time_zone = ?, rhythm = ?, paused_until = ?, quiet_start = ?, quiet_end = ?, language = ?, links_since = ? WHERE user_id = ?"
			args = []any{row.TimeZone, row.Rhythm, row.PausedUntil, row.QuietStart, row.QuietEnd, row.Language, row.LinksSince, recipient}
		}
		_, err = tx.Change(ctx, query, args...)
		return err
	})
}
