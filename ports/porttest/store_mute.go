package porttest

import (
	"strings"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// watched fills the store with people 1 and 2, who both have a watch in each of these states, and returns the watches.
func (s *storeTest) watched(states ...string) []core.Watch {
	s.Helper()
	w := pair()
	for _, u := range w.Users {
		for i, state := range states {
			w.Watches = append(w.Watches, core.Watch{User: u.ID, Slug: slugOf(i), State: state, Participation: core.At(noon.Add(-time.Hour))})
		}
	}
	s.fill(w)
	return w.Watches
}

// slugOf is the slug of the i-th RFC.
func slugOf(i int) string { return "rfc-" + string(rune('a'+i)) }

// mute mutes an RFC for the person who has the number 1, and returns the state before.
func (s *storeTest) mute(slug string) string {
	s.Helper()
	before, err := s.Mute(s.ctx, 1, s.user(1).Person.Mark, slug)
	require.NoError(s, err)
	return before
}

// unmute undoes that, and reports whether there was something to undo.
func (s *storeTest) unmute(slug, state string) bool {
	s.Helper()
	undone, err := s.Unmute(s.ctx, 1, s.user(1).Person.Mark, slug, state)
	require.NoError(s, err)
	return undone
}

var muteCases = []storeCase{
	{"who mutes an RFC mutes their own watch on it alone, and may undo that", func(s *storeTest) {
		states := []string{core.Watching, core.Dormant, "of the app's own"}
		before := s.watched(states...)
		for i, state := range states {
			want := append([]core.Watch{}, before...)
			want[i].State = core.Muted
			assert.Equal(s, state, s.mute(slugOf(i)))
			assert.Equal(s, want, s.dump().Watches)
			assert.Equal(s, core.Muted, s.mute(slugOf(i)), "a second time changes nothing")
			assert.Equal(s, want, s.dump().Watches)
			assert.True(s, s.unmute(slugOf(i), state))
			assert.Equal(s, before, s.dump().Watches)
		}
	}},

	{"who has no watch on an RFC gets one that is muted, and an undo takes it away", func(s *storeTest) {
		before := s.watched(core.Watching)
		assert.Empty(s, s.mute("rfc-z"))
		want := []core.Watch{before[0], {User: 1, Slug: "rfc-z", State: core.Muted}, before[1]}
		assert.Equal(s, want, s.dump().Watches)
		assert.Equal(s, core.Muted, s.mute("rfc-z"))
		assert.Equal(s, want, s.dump().Watches)
		assert.True(s, s.unmute("rfc-z", ""))
		assert.Equal(s, before, s.dump().Watches)
	}},

	{"what is not muted any more is not undone", func(s *storeTest) {
		before := s.watched(core.Watching, core.Dormant)
		for _, state := range []string{core.Watching, ""} {
			for _, slug := range []string{slugOf(0), slugOf(1), "rfc-z"} {
				assert.False(s, s.unmute(slug, state))
			}
		}
		assert.Equal(s, before, s.dump().Watches)
	}},

	{"a link mutes for the person that it was sent to", func(s *storeTest) {
		s.watched(core.Watching, core.Muted)
		first, second := s.succeeded()
		before := s.dump().Watches
		for _, dead := range []struct{ id, mark int64 }{{1, first.Person.Mark}, {1, second.Person.Mark + 1}, {404, 0}, {2, second.Person.Mark}} {
			for i := range 3 {
				_, err := s.Mute(s.ctx, dead.id, dead.mark, slugOf(i))
				require.ErrorIs(s, err, ports.ErrConflict)
				undone, err := s.Unmute(s.ctx, dead.id, dead.mark, slugOf(i), core.Watching)
				require.ErrorIs(s, err, ports.ErrConflict)
				assert.False(s, undone)
			}
		}
		assert.Equal(s, before, s.dump().Watches)
		assert.Equal(s, core.Watching, s.mute(slugOf(0)))
	}},

	{"an RFC is the one with that slug, to the letter", func(s *storeTest) {
		s.watched(core.Watching)
		for _, slug := range []string{"RFC-A", "rfc-a ", " rfc-a", "rfc_a", "%", "rfc-a' OR '1'='1", `rfc-a"; --`, "?0", "$1", "rfc\\-a", "ü", "日本語", "\u202e", strings.Repeat("x", 200)} {
			assert.Empty(s, s.mute(slug), slug)
			assert.Equal(s, core.Muted, s.mute(slug), slug)
			assert.True(s, s.unmute(slug, ""), slug)
		}
		for _, w := range s.dump().Watches {
			assert.Equal(s, core.Watching, w.State)
		}
	}},

	{"what is muted does not lapse", func(s *storeTest) {
		s.watched(core.Watching)
		s.mute(slugOf(0))
		n, err := s.Lapse(s.ctx, noon)
		require.NoError(s, err)
		assert.Equal(s, 1, n)
		assert.Equal(s, core.Muted, s.mute(slugOf(0)))
	}},

	{"an RFC has the title that is cached", func(s *storeTest) {
		s.fill(core.World{RFCs: []core.RFC{{Slug: "rfc-a", Title: "Payments & <Hosts>\n"}, {Slug: "empty"}, {Slug: "日本", Title: "題"}}})
		for slug, want := range map[string]string{"rfc-a": "Payments & <Hosts>\n", "empty": "", "日本": "題", "RFC-A": "", "none": "", "": "", "a\x00b": ""} {
			title, err := s.Title(s.ctx, slug)
			require.NoError(s, err)
			assert.Equal(s, want, title, slug)
		}
	}},
}
