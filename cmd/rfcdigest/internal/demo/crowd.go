package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Crowd is a database of any size, to time ticks on: all digests are due at its instant, and none a second before.
type Crowd struct {
	maker
	// People is how many people there are, each with Each unread notifications.
	People, Each int64
	Now          time.Time
}

const (
	// crowdChunk is how many IDs are done at a time, so that memory does not grow with the crowd.
	crowdChunk = 20_000
	// crowdRFCs is how many RFCs there are; everybody watches three of them.
	crowdRFCs = 500
)

// crowdZones have no summer time, so that a local hour always comes after exactly a day.
var crowdZones = []struct {
	name   string
	offset int // hours
}{{"UTC", 0}, {"Africa/Lagos", 1}, {"Asia/Dubai", 4}, {"Asia/Tokyo", 9}, {"America/Bogota", -5}}

var crowdTitles = [3][]string{
	{"Quiet", "Layered", "Federated", "Shared", "Reversible", "Seasonal", "Anonymous", "Portable", "Lossless", "Bounded"},
	{"Consent", "Presence", "Storage", "Identity", "Captions", "Moderation", "Invitations", "Physics", "Avatars", "Payments"},
	{"in Shared Spaces", "for Small Communities", "without Accounts", "at the Edge", "across Worlds"},
}

// NewCrowd returns a crowd of so many people, with so many unread notifications each, all due at now.
func NewCrowd(people, each int64, now time.Time) *Crowd {
	w := &Crowd{People: people, Each: each, Now: now.Truncate(time.Hour)}
	w.Rand = rand.New(rand.NewPCG(20, 43))
	w.now = w.Now
	return w
}

// Fill makes people, then their last windows, then the notifications since, in the order of time. As in real life, the
// rows of one event come together, so that one person's rows lie far apart.
func (w *Crowd) Fill(store func(core.World) error) error {
	var rfcs []core.RFC
	for i := range crowdRFCs {
		title := crowdTitles[0][i%10] + " " + crowdTitles[1][i/10%10] + " " + crowdTitles[2][i/100]
		rfcs = append(rfcs, core.RFC{Slug: fmt.Sprintf("rfc-%04d", i+1), Title: title})
	}
	if err := store(core.World{RFCs: rfcs}); err != nil {
		return err
	}
	for _, add := range []func(id int64){w.member, w.lastWindow} {
		if err := w.inChunks(store, w.People, add); err != nil {
			return err
		}
	}
	return w.inChunks(store, w.People*w.Each, func(id int64) {
		round, recipient := (id-1)/w.People, (id-1)%w.People+1
		// In the last 23 hours; the rows of one round lie within ten minutes.
		at := w.now.Add(-23*time.Hour + 22*time.Hour*time.Duration(round)/time.Duration(w.Each)).Add(time.Duration(id%600) * time.Second)
		n := w.event(id, recipient, at)
		n.Slug = fmt.Sprintf("rfc-%04d", 1+(recipient*7+[]int64{0, 11, 23}[id%3])%crowdRFCs)
		w.world.Notifications = append(w.world.Notifications, n)
	})
}

// inChunks calls add for each ID from 1 to n, and stores the rows a chunk at a time.
func (w *Crowd) inChunks(store func(core.World) error, n int64, add func(id int64)) error {
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
func (w *Crowd) member(id int64) {
	name := Names[id%int64(len(Names))]
	r := core.Recipient{ID: id, Name: name, Address: fmt.Sprintf("person%07d@wiggleverse.example", id), Cadence: w.cadence(id)}
	if id%4 == 0 {
		zone := crowdZones[id/4%int64(len(crowdZones))]
		local := w.now.Add(time.Duration(zone.offset) * time.Hour)
		hour := local.Hour()
		r.Preferences = core.Preferences{TimeZone: zone.name, SendHour: &hour, SendWeekday: local.Weekday().String()}
	}
	w.world.Users = append(w.world.Users, r)
}

func (w *Crowd) cadence(id int64) core.Cadence {
	if id%5 == 0 {
		return core.Weekly
	}
	return core.Daily
}

// lastWindow adds the window that ended exactly one period ago.
func (w *Crowd) lastWindow(id int64) {
	period := w.cadence(id).Period()
	end := w.now.Add(-period)
	w.world.Ledger = append(w.world.Ledger, core.LedgerRow{Status: core.Sent, SentAt: end, Claim: core.Claim{
		Recipient: id, Window: core.Window{Start: end.Add(-period), End: end}, MessageID: fmt.Sprintf("%d@wiggleverse.example", id), Attempts: 1}})
}
