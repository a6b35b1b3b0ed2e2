package porttest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// facts returns the facts that were put.
func (s *storeTest) facts() map[string]string {
	s.Helper()
	all, err := s.Facts(s.ctx)
	require.NoError(s, err)
	if all[core.FactZones] == core.NoZones { // a store may say so from the beginning
		delete(all, core.FactZones)
	}
	return all
}

var factCases = []storeCase{
	{"a fact is what it was last set to, and about nobody", func(s *storeTest) {
		s.fill(pair())
		before := s.dump()
		assert.Empty(s, s.facts())
		long := "https://rfc.example/größe « ' \"\n" + strings.Repeat("x", 5000)
		for _, value := range []string{"one", long, "two"} {
			require.NoError(s, s.PutFact(s.ctx, "a", value))
			assert.Equal(s, map[string]string{"a": value}, s.facts())
		}
		require.NoError(s, s.PutFact(s.ctx, "b", "three"))
		assert.Equal(s, map[string]string{"a": "two", "b": "three"}, s.facts())
		assert.Equal(s, before, s.dump())
	}},

	{"an empty fact is none", func(s *storeTest) {
		require.NoError(s, s.PutFact(s.ctx, "a", "one"))
		require.NoError(s, s.PutFact(s.ctx, "a", ""))
		require.NoError(s, s.PutFact(s.ctx, "b", ""))
		assert.Empty(s, s.facts())
		for _, name := range []string{"a", "b", "c"} {
			require.NoError(s, s.SwapFact(s.ctx, name, "", "again"), "of one that was emptied as of one that never was")
			require.NoError(s, s.SwapFact(s.ctx, name, "again", ""))
		}
		assert.Empty(s, s.facts())
	}},

	{"a fact is swapped only if it is still what it was", func(s *storeTest) {
		assert.ErrorIs(s, s.SwapFact(s.ctx, "a", "one", "two"), ports.ErrConflict, "there is none")
		assert.Empty(s, s.facts())
		require.NoError(s, s.SwapFact(s.ctx, "a", "", "one"))
		for _, before := range []string{"", "One", "one ", "other"} {
			assert.ErrorIs(s, s.SwapFact(s.ctx, "a", before, "two"), ports.ErrConflict, before)
		}
		assert.Equal(s, map[string]string{"a": "one"}, s.facts())
		require.NoError(s, s.SwapFact(s.ctx, "a", "one", "one"))
		require.NoError(s, s.SwapFact(s.ctx, "a", "one", "two"))
		assert.Equal(s, map[string]string{"a": "two"}, s.facts())
	}},

	{"of those who swap a fact at once one wins", func(s *storeTest) {
		for _, before := range []string{"", "start"} {
			name := "of " + before
			require.NoError(s, s.PutFact(s.ctx, name, before))
			var all sync.WaitGroup
			var won atomic.Int32
			for i := range 8 {
				all.Go(func() {
					if err := s.SwapFact(s.ctx, name, before, fmt.Sprint("by ", i)); err == nil {
						won.Add(1)
					} else {
						assert.ErrorIs(s, err, ports.ErrConflict)
					}
				})
			}
			all.Wait()
			assert.EqualValues(s, 1, won.Load(), name)
		}
	}},

	{"facts after their context has ended are an error", func(s *storeTest) {
		ended, end := context.WithCancel(s.ctx)
		end()
		_, err := s.Facts(ended)
		assert.ErrorIs(s, err, context.Canceled)
		assert.ErrorIs(s, s.PutFact(ended, "a", "one"), context.Canceled)
		assert.ErrorIs(s, s.SwapFact(ended, "a", "", "one"), context.Canceled)
		assert.Empty(s, s.facts())
	}},
}
