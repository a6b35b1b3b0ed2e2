package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// refusedWorld has n people: of every four, one's address is suppressed, one's entered as such, one's refused
// lately, and one's has nothing against it but what was held against the address before. The last has no digests.
func refusedWorld(n int64) core.World {
	w := people(n)
	for i := range w.Users {
		u := &w.Users[i]
		u.Preferences.SuppressedAddress = u.Address
		switch u.ID % 4 {
		case 0:
			u.Preferences.SuppressedAddress, u.Preferences.Failures = "old@rfc.example", 3
		case 1:
			u.Preferences.Failures, u.Preferences.RetryAt = 3, noon.AddDate(0, 0, 30)
		case 3:
			u.Preferences.Failures, u.Preferences.RetryAt = 1, noon.AddDate(0, 0, 1)
		}
	}
	w.Users[n-1].Cadence = core.Off
	return w
}

func (s *stage) refused() (ids []int64) {
	s.Helper()
	for r, err := range s.ticker.Planner().Refused(context.Background(), noon) {
		require.NoError(s, err)
		ids = append(ids, r.ID)
	}
	return ids
}

func TestPeopleWhoseAddressWasRefusedAreListedPageByPageAndLifted(t *testing.T) {
	t.Parallel()
	const n = 2003 // several pages, some of whose people have nothing against them
	s := newStage(t, refusedWorld(n))
	listed := s.refused()
	assert.Len(t, listed, n-n/4)
	assert.Equal(t, []int64{1, 2, 3, 5}, listed[:4])
	for range s.ticker.Planner().Refused(t.Context(), noon) {
		break // which is no trouble
	}
	lifted, err := app.Lift(t.Context(), s.faulty, noon, []int64{6, 1, 6})
	require.NoError(t, err)
	require.Len(t, lifted, 2)
	assert.Equal(t, []int64{1, 6}, []int64{lifted[0].ID, lifted[1].ID})
	assert.Equal(t, 3, lifted[0].Preferences.Failures, "as it was")
	assert.Equal(t, []int64{2, 3, 5, 7}, s.refused()[:4])
	count, err := app.LiftAll(t.Context(), s.ticker.Planner(), s.faulty, noon)
	require.NoError(t, err)
	assert.Equal(t, n-n/4-2, count)
	assert.Empty(t, s.refused())
	assert.Equal(t, n-1, s.tick().DigestsSent, "all but the one without digests")
	count, err = app.LiftAll(t.Context(), s.ticker.Planner(), s.faulty, noon)
	require.NoError(t, err)
	assert.Zero(t, count)
}

func TestNothingIsLiftedWhereOneOfThemCannotBe(t *testing.T) {
	t.Parallel()
	s := newStage(t, refusedWorld(8))
	for id, says := range map[int64]string{404: "no user has the ID 404", -1: "no user has the ID -1", 4: "nothing is held against the address of user 4"} {
		before := s.dump()
		_, err := app.Lift(t.Context(), s.faulty, noon, []int64{1, id})
		require.ErrorContains(t, err, says)
		assert.Equal(t, before, s.dump())
	}
}

func TestEachCallThatListsOrLiftsMayFail(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	for _, call := range []string{"People refused", "Lookup", "Lift"} {
		s := newStage(t, refusedWorld(8))
		s.faulty.Fault = func(name string) (bool, error) {
			if name == call {
				return false, full
			}
			return true, nil
		}
		if call == "People refused" {
			var errs []error
			for _, err := range s.ticker.Planner().Refused(t.Context(), noon) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 1)
			require.ErrorIs(t, errs[0], full)
		} else {
			_, err := app.Lift(t.Context(), s.faulty, noon, []int64{1})
			require.ErrorIs(t, err, full)
		}
		if call != "Lookup" {
			_, err := app.LiftAll(t.Context(), s.ticker.Planner(), s.faulty, noon)
			require.ErrorIs(t, err, full)
		}
	}
}
