package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/core"
)

// crowd is a database as large as one likes, to time ticks on: everybody's digest is due at its
// instant, and nobody's a second before.
type crowd struct {
	demoMaker
	people, each int64
}

const (
	// crowdChunk is how many rows are made and stored at a time, so that memory does not grow with the crowd.
	crowdChunk = 20_000
	// crowdRFCs is how many RFCs there are; everybody watches three of them.
	crowdRFCs = 500
)

// crowdZones know no summer time, so that a local hour comes exactly a day after it came last.
var crowdZones = []struct {
	name   string
	offset int // hours
}{{"UTC", 0}, {"Africa/Lagos", 1}, {"Asia/Dubai", 4}, {"Asia/Tokyo", 9}, {"America/Bogota", -5}}

var crowdTitles = [3][]string{
	{"Quiet", "Layered", "Federated", "Shared", "Reversible", "Seasonal", "Anonymous", "Portable", "Lossless", "Bounded"},
	{"Consent", "Presence", "Storage", "Identity", "Captions", "Moderation", "Invitations", "Physics", "Avatars", "Payments"},
	{"in Shared Spaces", "for Small Communities", "without Accounts", "at the Edge", "across Worlds"},
}

// crowd makes a database in the folder of the demo and prints what is in it and how to time a tick.
func (c *demoCommand) crowd(ctx context.Context, std streams) error {
	database := filepath.Join(c.Dir, demoDatabase)
	w := c.newCrowd(std, database)
	if _, err := sqlite.Migrate(ctx, database); err != nil {
		return err
	}
	if err := w.fill(func(rows core.World) error { return sqlite.Fill(ctx, database, rows) }); err != nil {
		return fmt.Errorf("filling %s: %w", database, err)
	}
	fmt.Fprintf(std.out, `Made %[1]s: %[2]d people, %[3]d notifications each.

Time a tick in which nobody is due, and then one in which everybody is:

  time %[4]s tick --database %[5]s --mail discard:// --now %[6]s
  time %[4]s tick --database %[5]s --mail discard:// --now %[7]s
`, database, w.people, w.each, programName(), shellWord("sqlite://"+database), w.now.Add(-time.Second).Format(time.RFC3339), w.now.Format(time.RFC3339))
	return nil
}

// crowdTo makes a database on PostgreSQL and prints what is in it and how several processes share a tick.
func (c *demoCommand) crowdTo(ctx context.Context, std streams) error {
	name, err := postgres.Name(c.To)
	if err != nil {
		return usagef("--to: %w", err)
	}
	switch there, err := postgres.Inspect(ctx, c.To); {
	case err != nil:
		return err
	case !there.Empty:
		return usagef("--to: %s has tables in it: make an empty database with createdb", name)
	}
	w := c.newCrowd(std, name)
	if _, err := postgres.Migrate(ctx, c.To); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, c.To)
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := w.fill(func(rows core.World) error { return postgres.Fill(ctx, conn, rows) }); err != nil {
		return fmt.Errorf("filling %s: %w", name, err)
	}
	if _, err := conn.Exec(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("counting what is in %s: %w", name, err)
	}
	fmt.Fprintf(std.out, `Made %[1]s: %[2]d people, %[3]d notifications each, all of them due.

Have two processes share them, with the same URL in DIGEST_DATABASE_URL:

  %[4]s serve --mail discard:// --tick-seconds 10 &
  %[4]s serve --mail discard:// --tick-seconds 10 &
`, name, w.people, w.each, programName())
	return nil
}

func (c *demoCommand) newCrowd(std streams, name string) *crowd {
	w := &crowd{people: c.People, each: c.Notifications}
	w.Rand = rand.New(rand.NewPCG(20, 43))
	w.now = systemclock.Clock{}.Now().Truncate(time.Hour)
	fmt.Fprintf(std.out, "Making %s; a million rows take about half a minute.\n", name)
	return w
}

// fill makes people, then their last windows, then what happened since, in the order in which it
// happened: an event is a row for each of those who hear of it, so one person's rows lie far apart.
func (w *crowd) fill(store func(core.World) error) error {
	var rfcs []core.RFC
	for i := range crowdRFCs {
		title := crowdTitles[0][i%10] + " " + crowdTitles[1][i/10%10] + " " + crowdTitles[2][i/100]
		rfcs = append(rfcs, core.RFC{Slug: fmt.Sprintf("rfc-%04d", i+1), Title: title})
	}
	if err := store(core.World{RFCs: rfcs}); err != nil {
		return err
	}
	for _, add := range []func(id int64){w.member, w.lastWindow} {
		if err := w.inChunks(store, w.people, add); err != nil {
			return err
		}
	}
	return w.inChunks(store, w.people*w.each, func(id int64) {
		round, recipient := (id-1)/w.people, (id-1)%w.people+1
		// In the last 23 hours; all rows of a round are of a few minutes.
		at := w.now.Add(-23*time.Hour + 22*time.Hour*time.Duration(round)/time.Duration(w.each)).Add(time.Duration(id%600) * time.Second)
		n := w.event(id, recipient, at)
		n.Slug = fmt.Sprintf("rfc-%04d", 1+(recipient*7+[]int64{0, 11, 23}[id%3])%crowdRFCs)
		w.world.Notifications = append(w.world.Notifications, n)
	})
}

// inChunks calls add for each ID from 1 to n, and stores what it adds a chunk at a time.
func (w *crowd) inChunks(store func(core.World) error, n int64, add func(id int64)) error {
	for id := int64(1); id <= n; id++ {
		add(id)
		if id%crowdChunk == 0 || id == n {
			if err := store(w.world); err != nil {
				return err
			}
			w.world = core.World{}
		}
	}
	return nil
}

// member adds a person: one in five with a weekly digest, one in four with a send hour of their own.
func (w *crowd) member(id int64) {
	name := demoNames[id%int64(len(demoNames))]
	r := core.Recipient{ID: id, Name: name, Address: fmt.Sprintf("person%07d@wiggleverse.example", id), Cadence: w.cadence(id)}
	if id%4 == 0 {
		zone := crowdZones[id/4%int64(len(crowdZones))]
		local := w.now.Add(time.Duration(zone.offset) * time.Hour)
		hour := local.Hour()
		r.Preferences = core.Preferences{TimeZone: zone.name, SendHour: &hour, SendWeekday: local.Weekday().String()}
	}
	w.world.Users = append(w.world.Users, r)
}

func (w *crowd) cadence(id int64) core.Cadence {
	if id%5 == 0 {
		return core.Weekly
	}
	return core.Daily
}

// lastWindow adds the window that was closed exactly one period ago.
func (w *crowd) lastWindow(id int64) {
	period := w.cadence(id).Period()
	end := w.now.Add(-period)
	w.world.Ledger = append(w.world.Ledger, core.LedgerRow{Status: core.Sent, SentAt: end, Claim: core.Claim{
		Recipient: id, Window: core.Window{Start: end.Add(-period), End: end}, MessageID: fmt.Sprintf("%d@wiggleverse.example", id), Attempts: 1}})
}
