// Package demo makes databases: a lifelike one to look at, and crowds to time ticks on.
package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// Names are those of the people in a demo.
var Names = []string{
	"Ada Lovelace", "Grace Hopper", "Alan Turing", "Katherine Johnson", "Edsger Dijkstra", "Barbara Liskov", "Dennis Ritchie",
	"Margaret Hamilton", "Donald Knuth", "Radia Perlman", "Niklaus Wirth", "Frances Allen", "Tony Hoare", "Karen Spärck Jones",
	"李雷", "韩梅梅", "محمد الخوارزمي", "Zoë Ångström", "Seán O’Brien", "Jean-Luc <jl> Martin", "Aarav Śarmā", "Noor \"Nour\" Haddad",
	"Ingrid Bjørnsdóttir", "Kwame Mensah", "Yuki Tanaka", "Olga Ladyzhenskaya", "Emmy Noether", "Sofya Kovalevskaya", "Mary Somerville",
	"Hedy Lamarr", "Joan Clarke", "Evelyn Boyd Granville", "Shafi Goldwasser", "Annie Easley", "Lynn Conway", "Ida Rhodes",
}

var rfcs = []core.RFC{
	{Slug: "rfc-0001", Title: "Trust & Safety in Shared Spaces"},
	{Slug: "rfc-0002", Title: "Layered Consent for Recorded Sessions"},
	{Slug: "rfc-0003", Title: "Federated Identity for Small Communities"},
	{Slug: "rfc-0004", Title: "Storage Quotas and What Happens at Their End"},
	{Slug: "rfc-0005", Title: "A Common Format for Avatars"},
	{Slug: "rfc-0006", Title: "Spring Constants: Wiggle Physics, Second Edition"},
	{Slug: "rfc-0007", Title: "Moderation Appeals"},
	{Slug: "rfc-0008", Title: "Deprecating the v1 Presence Protocol"},
	{Slug: "rfc-0009", Title: "一致性与可用性的取舍"},
	{Slug: "rfc-0010", Title: "Accessibility: Captions Everywhere"},
	{Slug: "rfc-0011", Title: "Rate Limits That Explain Themselves"},
	{Slug: "rfc-0012", Title: "بروتوكول الدعوات"},
	{Slug: "rfc-0014", Title: "End-to-End Encryption for Whispers"},
}

var kinds = []string{
	"pr_opened", "pr_opened", "pr_merged", "pr_closed", "pr_commented", "pr_commented", "pr_commented", "pr_reviewed", "pr_reviewed", "branch_created",
	"branch_updated", "branch_updated", "branch_deleted", "rfc_proposed", "rfc_graduated", "vote_cast", "section_edited", "doc_comment_added",
	"pr_review_requested", "doc_mention",
}

var zones = []string{"America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "America/Sao_Paulo"}

// maker makes a world. It is always the same, relative to now.
type maker struct {
	*rand.Rand
	now   time.Time
	world core.World
}

// World returns a few dozen people and several weeks of what happened around them before now.
func World(now time.Time) core.World {
	d := &maker{Rand: rand.New(rand.NewPCG(19, 42)), now: now.UTC().Truncate(time.Second)}
	d.world.RFCs = rfcs
	for i, name := range Names {
		d.person(int64(i+1), name)
	}
	d.oddities()
	d.activity()
	d.heldMail()
	d.watches()
	return d.world
}

// person adds a person: most have a digest, some a send hour, quiet hours, or no window yet.
func (d *maker) person(id int64, name string) {
	r := core.Recipient{ID: id, Name: name, Address: fmt.Sprintf("person%02d@wiggleverse.example", id), Cadence: core.Daily}
	switch {
	case id%12 == 0:
		r.Cadence = "off"
	case id%4 == 0:
		r.Cadence = core.Weekly
	}
	if id%3 == 0 {
		r.Preferences.TimeZone = zones[int(id)%len(zones)]
	}
	if id%9 == 0 {
		hour := 8
		r.Preferences.SendHour, r.Preferences.SendWeekday = &hour, "monday"
	}
	d.world.Users = append(d.world.Users, r)
	if id%7 == 0 || r.Cadence.Period() == 0 {
		return // their first digest, or none
	}
	// The oldest window is as the Python scheduler wrote it, the others as this program does.
	end := d.now.Add(-r.Cadence.Period() - time.Duration(d.IntN(6*3600))*time.Second)
	if id%5 == 0 {
		end = d.now.Add(-time.Duration(1+d.IntN(10)) * time.Hour) // not due yet
	}
	for n, status := range []core.Status{"", core.Empty, core.Sent} {
		start := end.Add(-time.Duration(3-n) * r.Cadence.Period())
		d.world.Ledger = append(d.world.Ledger, core.LedgerRow{Status: status, SentAt: start.Add(r.Cadence.Period()), Claim: core.Claim{
			Recipient: id, Window: core.Window{Start: start, End: start.Add(r.Cadence.Period())}}})
	}
}

// oddities adds what a database collects over the years.
func (d *maker) oddities() {
	local := func(in time.Duration) string { return d.now.Add(in).Format("15:04") }
	u := d.world.Users
	u[1].Preferences.QuietStart, u[1].Preferences.QuietEnd = local(-2*time.Hour), local(2*time.Hour) // Grace sleeps just now
	u[2].Preferences.QuietStart, u[2].Preferences.QuietEnd = local(-9*time.Hour), local(-time.Hour)  // Alan has just got up
	u[1].Preferences.TimeZone, u[2].Preferences.TimeZone = "", ""
	u[5].Preferences.SuppressedAddress, u[5].Preferences.SuppressedReason, u[5].Preferences.Failures = u[5].Address, "recipient refused (550): RCPT: 550 5.1.1", 3
	u[5].Preferences.RetryAt = d.now.Add(20 * 24 * time.Hour)
	u[8].Address = "donald knuth at stanford" // he gave up e-mail in 1990
	u[10].Cadence = "monthly"
	u[15].Preferences.TimeZone = "Mars/Olympus_Mons"
	u[17].Address = ""
}

// activity is five weeks of notifications, most of them read by now.
func (d *maker) activity() {
	var id int64
	for hours := 35 * 24; hours > 0; hours -= 2 {
		for range d.IntN(4) {
			id++
			at := d.now.Add(-time.Duration(hours)*time.Hour + time.Duration(d.IntN(7200))*time.Second)
			d.notify(id, 1+d.Int64N(int64(len(Names))), at)
		}
	}
	// The last day, with many events for the people who are due.
	for _, u := range d.world.Users {
		for range d.IntN(12) {
			id++
			d.notify(id, u.ID, d.now.Add(-time.Duration(d.IntN(23*3600))*time.Second))
		}
	}
	// One in the future, as of a clock that is ahead, and one whose time cannot be read.
	d.notify(id+1, 1, d.now.Add(20*time.Minute))
	d.notify(id+2, 1, time.Time{})
}

// readsEverything reports whether the recipient always reads everything before a digest comes.
func readsEverything(recipient int64) bool { return recipient%13 == 0 }

// event returns an unread notification.
func (d *maker) event(id, recipient int64, at time.Time) core.Notification {
	n := core.Notification{
		ID: id, Recipient: recipient, Kind: kinds[d.IntN(len(kinds))], ActorID: d.Int64N(int64(len(Names)) + 1),
		CreatedAt: at, Payload: `{"category": "watched"}`,
	}
	if n.ActorID == recipient { // who does not hear of what they did
		n.ActorID = 0
	}
	switch {
	case strings.HasPrefix(n.Kind, "pr_"):
		n.PR = 40 + d.Int64N(9)
	case strings.HasPrefix(n.Kind, "branch_"):
		n.Branch = []string{"main", "feat/quotas", "fix/appeals", "draft-2", "feat/captions"}[d.IntN(5)]
	}
	return n
}

// notify adds a notification about an RFC that the recipient watches. It may be read or sent already.
func (d *maker) notify(id, recipient int64, at time.Time) {
	n := d.event(id, recipient, at)
	n.Slug = rfcs[(int(recipient)*5+[]int{0, 0, 0, 1, 1, 4}[d.IntN(6)])%len(rfcs)].Slug
	switch d.IntN(24) {
	case 0:
		n.Payload = `{"category": "personal-direct"}`
	case 1, 2:
		summary, _ := json.Marshal(map[string]string{"summary": "Votes are in: 12 for, 3 against, and a long discussion"})
		n.Payload = string(summary)
	case 3:
		n.Payload = "not json {"
	case 4:
		n.Slug = ""
	case 5:
		n.Slug = "rfc-0013" // too new to have a cached title
	case 6:
		n.EmailedAt = core.At(at.Add(time.Minute))
	}
	switch old := !at.IsZero() && d.now.Sub(at) > 36*time.Hour; {
	case readsEverything(recipient), old && d.IntN(3) > 0:
		n.ReadAt = core.At(at.Add(time.Minute))
	case old:
		n.IncludedAt = core.At(at.Add(20 * time.Hour))
	}
	d.world.Notifications = append(d.world.Notifications, n)
}

// heldMail adds held e-mail. Grace's quiet hours go on, Alan's have ended, and some of it was read in the meantime.
func (d *maker) heldMail() {
	unread := map[int64][]int64{}
	for _, n := range d.world.Notifications {
		if !n.ReadAt.Set && !n.EmailedAt.Set && !n.IncludedAt.Set && n.CreatedAt.After(d.now.Add(-20*time.Hour)) {
			unread[n.Recipient] = append(unread[n.Recipient], n.ID)
		}
	}
	hold := func(recipient int64, subject string, ids ...int64) {
		d.world.Held = append(d.world.Held, core.HeldRow{HeldMail: core.HeldMail{Recipient: recipient, Subject: subject, Status: core.Held, Notifications: ids,
			Text: "Hello,\n\n" + subject + ".\n", HTML: "<p>Hello,</p><p>" + subject + ".</p>", CreatedAt: d.now.Add(-3 * time.Hour)}})
	}
	hold(2, "Your review was requested on PR #31", unread[2]...)
	hold(3, "You were mentioned in Moderation Appeals", unread[3]...)
	hold(3, "Your PR #77 was merged")
	for i := range d.world.Notifications {
		if n := &d.world.Notifications[i]; n.Recipient == 3 && n.ReadAt.Set {
			hold(3, "Somebody replied to you", n.ID)
			return
		}
	}
}

// watches adds watches, some of them stale.
func (d *maker) watches() {
	for i, u := range d.world.Users {
		for j := range 3 {
			w := core.Watch{User: u.ID, Slug: rfcs[(i+4*j)%len(rfcs)].Slug, State: core.Watching}
			if d.IntN(5) > 0 {
				w.Participation = core.At(d.now.Add(-time.Duration(d.IntN(110*24)) * time.Hour))
			}
			d.world.Watches = append(d.world.Watches, w)
		}
	}
}
