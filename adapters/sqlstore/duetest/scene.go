package duetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// noon is the instant that all is built around.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// Database is a database that another program and a store have open.
type Database struct {
	Store ports.Store
	// Do runs a statement of the other program. One that the database does not take is no error.
	Do func(statement string) error
	// Begin draws how the other program's connection is set up, and returns the statements.
	Begin func(*rapid.T) []string
}

// Run has another program do with people, preferences and the ledger whatever SQL allows, while ticks
// come and go, and asks after each step who is due.
func Run(t *testing.T, s SQL, databases ...Database) {
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.SampledFrom(databases).Draw(r, "database")
		v := &scene{T: r, ctx: t.Context(), Database: d, now: noon}
		for _, statement := range d.Begin(r) {
			v.do(statement)
		}
		for _, statement := range s.start() {
			v.do(statement)
		}
		for range rapid.IntRange(1, 14).Draw(r, "steps") {
			if rapid.IntRange(0, 2).Draw(r, "whose") > 0 {
				v.do(s.anyStatement(r))
				if v.refuses() {
					v.do("DELETE FROM notification_digests WHERE id = 404")
					v.do(s.window("404", s.end(0)))
				}
			} else {
				v.ours()
			}
			v.nobodyIsLeftOut()
		}
	})
}

// scene is what a scheduler, or two of them, do to a database while another program changes it.
type scene struct {
	*rapid.T
	Database
	ctx context.Context
	now time.Time
	// late are the rests of a tick that took its time over noting them.
	late []core.Rest
	// claims are those in hand.
	claims []core.Claim
}

// do runs a statement of the other program.
func (v *scene) do(statement string) { require.NoError(v, v.Do(statement), statement) }

// refuses reports whether ticks send nothing, since no window has an end that can be read.
func (v *scene) refuses() bool {
	_, err := porttest.On(v.Store).Due(v.ctx, v.now, -10, 1)
	return err != nil && strings.Contains(err.Error(), "cannot be read")
}

// nobodyIsLeftOut asks who is due now, soon, and to the second when each of them is.
func (v *scene) nobodyIsLeftOut() {
	roster, err := porttest.On(v.Store).Recipients(v.ctx, -10, 100)
	require.NoError(v, err)
	instants := []time.Time{v.now, v.now.Add(-50 * time.Hour)}
	for _, r := range roster {
		if at := (core.Schedule{}).Look(r, zoneOf(r), v.now).DueAt; !at.IsZero() {
			instants = append(instants, at, at.Add(time.Second))
		}
	}
	slices.SortFunc(instants, time.Time.Compare)
	for _, now := range slices.CompactFunc(instants, time.Time.Equal) {
		due, err := porttest.On(v.Store).Due(v.ctx, now, -10, 100)
		require.NoError(v, err)
		for _, r := range roster {
			if !isDue(r, now) {
				continue
			}
			i := slices.IndexFunc(due, func(d core.Recipient) bool { return d.ID == r.ID })
			require.GreaterOrEqual(v, i, 0, "due at %v and left out: %+v", now, r)
			due[i].Revision = 0
			require.Equal(v, r, due[i])
		}
	}
}

// isDue reports whether r has a digest due at now, or will have as soon as the one that is being
// sent is settled.
func isDue(r core.Recipient, now time.Time) bool {
	if r.Latest.Status == core.Sending {
		r.Latest.Status = core.Sent
	}
	return core.Schedule{}.Look(r, zoneOf(r), now).Action != core.Skip
}

var (
	zoneNames = []string{"Europe/Berlin", "Pacific/Apia", "America/New_York", "Asia/Kathmandu"}
	zones     = func() map[string]*time.Location {
		loaded := make(map[string]*time.Location)
		for _, name := range zoneNames {
			zone, err := time.LoadLocation(name)
			if err != nil {
				panic(err)
			}
			loaded[name] = zone
		}
		return loaded
	}()
)

// zoneOf is as the app has it: what is unknown is UTC.
func zoneOf(r core.Recipient) *time.Location { return zones[r.Preferences.TimeZone] }
