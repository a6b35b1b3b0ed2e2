package planner

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// windowsShown is how many recorded windows, or held e-mails, are read at once: a month of daily ones, and some.
	windowsShown = 40
	// lookedAt is how many people one listing of those who are due looks at before it answers.
	lookedAt = 1000
)

// Explain says what a tick would do about one recipient, whatever their cadence, and why, and writes
// nothing. found is false if there is no such person.
func (pl *Planner) Explain(ctx context.Context, v core.View, id int64) (e core.Explanation, found bool, err error) {
	return pl.explain(ctx, v, id, v.Now)
}

// explain is Explain, with windows from the one on that a notification of that age may have been told in.
func (pl *Planner) explain(ctx context.Context, v core.View, id int64, created time.Time) (e core.Explanation, found bool, err error) {
	s, rows, found, err := pl.snapshot(ctx, v, id, created)
	if err != nil || !found {
		return core.Explanation{}, false, err
	}
	e = core.Explain(s, rows, pl.config.Style)
	e.Held, err = pl.held(ctx, v, s)
	return e, err == nil, err
}

// held explains the newest held e-mails of the recipient of s.
func (pl *Planner) held(ctx context.Context, v core.View, s core.Snapshot) (all []core.ExplainedHeld, err error) {
	rows, err := pl.store.HeldOf(ctx, s.Recipient.ID, windowsShown)
	if err != nil {
		return nil, wrap(err, "reading held e-mails")
	}
	if v.Past {
		rows = core.RewindHeld(rows, s.Now)
	}
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.Notifications...)
	}
	told, err := pl.store.ByID(ctx, ids)
	if err != nil {
		return nil, wrap(err, "reading what held e-mails tell")
	}
	for _, row := range rows {
		all = append(all, core.ExplainHeld(core.HeldSnapshot{
			Now: s.Now, Mail: row.HeldMail, Recipient: s.Recipient, Zone: s.Zone, Schedule: s.Schedule, Notifications: told,
		}, row, pl.config.Style))
	}
	return all, nil
}

// ExplainNotification says what a tick would do with one notification of a recipient, however old it is.
// found is false if there is no such notification.
func (pl *Planner) ExplainNotification(ctx context.Context, v core.View, id int64) (one core.Explained, e core.Explanation, found bool, err error) {
	ns, err := pl.store.ByID(ctx, []int64{id})
	if err != nil || len(ns) == 0 {
		return core.Explained{}, core.Explanation{}, false, wrap(err, "looking up the notification")
	}
	e, found, err = pl.explain(ctx, v, ns[0].Recipient, cmp.Or(ns[0].CreatedAt, v.Now))
	if err != nil || !found || !e.Recipient.Person.HasNotification(&ns[0]) {
		return core.Explained{}, core.Explanation{}, false, err
	}
	for _, r := range e.Reasons {
		if r.Notification.ID == id {
			return r, e, true, nil
		}
	}
	if v.Past {
		if ns = core.RewindNotifications(ns, e.Windows, v.Now); len(ns) == 0 {
			return core.Explained{}, e, false, nil
		}
	}
	return e.ExplainAlone(ns[0], pl.config.Style), e, true, nil
}

// TestMail returns the digest of one recipient as it would be, made out to another mailbox; see
// [core.TestMail]. found is false if there is no such person.
func (pl *Planner) TestMail(ctx context.Context, v core.View, id int64, mailbox, nonce string) (m core.Message, of string, found bool, err error) {
	s, _, found, err := pl.snapshot(ctx, v, id, v.Now)
	if err != nil || !found {
		return core.Message{}, "", false, err
	}
	m, of = core.TestMail(s, pl.config.Style, mailbox, nonce)
	return m, of, true, nil
}

// snapshot reads all that the explanation of one recipient needs, with their windows; see windows.
func (pl *Planner) snapshot(ctx context.Context, v core.View, id int64, created time.Time) (s core.Snapshot, rows []core.LedgerRow, found bool, err error) {
	v.Now = v.Now.UTC().Truncate(time.Second)
	people, err := pl.store.Lookup(ctx, []int64{id})
	if err != nil || len(people) == 0 {
		return s, nil, false, wrap(err, "looking up the recipient")
	}
	rows, err = pl.windows(ctx, v, id, created)
	if err != nil {
		return s, nil, false, err
	}
	if !v.Past {
		if err = pl.anchored(ctx, v.Now, people); err != nil {
			return s, nil, false, err
		}
	}
	r := people[0]
	pl.zones.renew(pl.clock.Now())
	if v.Past {
		r = core.RewindRecipient(r, rows, v.Now)
	}
	r.Preferences.Language = cmp.Or(v.Language, r.Preferences.Language)
	s = core.Snapshot{Now: v.Now, Recipient: r, Zone: pl.zones.of(r), Schedule: pl.config.Schedule}
	s.Notifications, err = pl.store.Since(ctx, []core.Span{{Recipient: id, Person: r.Person, Since: core.LookbackAt(r, v.Now)}})
	if err != nil {
		return s, nil, false, wrap(err, "reading notifications")
	}
	if v.Past {
		told, err := pl.toldSince(ctx, v, rows)
		s.Notifications = core.RewindNotifications(append(s.Notifications, told...), rows, v.Now)
		return s, rows, true, err
	}
	emailed, err := pl.emailedBy(ctx, v.Now)
	if err != nil {
		return s, nil, false, err
	}
	takeAsEmailed(s.Notifications, emailed, v.Now)
	return s, rows, true, nil
}

// windows returns the windows of a recipient, the newest first, as far back as notifications are explained, or to the first
// that can have told of one that was created then.
func (pl *Planner) windows(ctx context.Context, v core.View, id int64, created time.Time) (rows []core.LedgerRow, err error) {
	since := v.Now.Add(-core.Lookback)
	if created.Before(since) {
		since = created
	}
	for before := int64(0); ; {
		more, err := pl.store.Windows(ctx, id, before, windowsShown)
		if err != nil {
			return nil, wrap(err, "reading recorded windows")
		}
		rows = append(rows, more...)
		if len(more) < windowsShown || core.ReachesBack(rows, since) {
			return rows, nil
		}
		before = more[len(more)-1].ID
	}
}

// toldSince returns what windows of rows that ended at v.Now or later told of. Some of it may have times
// that cannot be read, and would not be found by any search once a digest had it.
func (pl *Planner) toldSince(ctx context.Context, v core.View, rows []core.LedgerRow) ([]core.Notification, error) {
	var ids []int64
	for _, row := range rows {
		if !row.Window.End.Before(v.Now) {
			ids = append(ids, row.Notifications...)
		}
	}
	told, err := pl.store.ByID(ctx, ids)
	return told, wrap(err, "reading what digests told")
}

// List returns a page of people with what a tick would do about each, and writes nothing.
func (pl *Planner) List(ctx context.Context, v core.View, q core.Query) (l core.Listing, err error) {
	v.Now = v.Now.UTC().Truncate(time.Second)
	pl.zones.renew(pl.clock.Now())
	emailed := map[int64]bool{}
	if !v.Past {
		if emailed, err = pl.emailedBy(ctx, v.Now); err != nil {
			return l, err
		}
	}
	for looked, after := 0, q.After; ; {
		people, err := pl.people(ctx, v, q, after)
		if err != nil {
			return l, wrap(err, "listing people")
		}
		if len(people) == 0 {
			return l, nil
		}
		plans, err := pl.planView(ctx, v, people, emailed)
		if err != nil {
			return l, err
		}
		for _, one := range plans {
			after = one.Recipient.ID
			if !q.Only.Has(one.Recipient, one.Plan, v.Now) {
				continue
			}
			l.People = append(l.People, pl.listed(v, one))
			if len(l.People) == q.Limit {
				l.Next = after
				return l, nil
			}
		}
		if looked += len(people); looked >= lookedAt {
			l.Next = after
			return l, nil
		}
	}
}

// people returns some of those whom q may mean, after an ID.
func (pl *Planner) people(ctx context.Context, v core.View, q core.Query, after int64) ([]core.Recipient, error) {
	var who ports.Who
	switch {
	case q.Text != "":
		who = ports.Matching(q.Text)
	case q.Only == core.OnlyRefused:
		who = ports.Refused()
	case q.Only == core.OnlyDue && !v.Past:
		who = ports.Due(v.Now)
	}
	return pl.store.People(ctx, who, after, q.Limit)
}

// planView plans people as v sees them. emailed are notifications to be taken as emailed already.
func (pl *Planner) planView(ctx context.Context, v core.View, people []core.Recipient, emailed map[int64]bool) ([]Planned, error) {
	if !v.Past {
		return pl.foresee(ctx, v.Now, people, emailed)
	}
	var windows []core.LedgerRow
	for i, r := range people {
		rows, err := pl.windows(ctx, v, r.ID, v.Now)
		if err != nil {
			return nil, err
		}
		people[i] = core.RewindRecipient(r, rows, v.Now)
		windows = append(windows, rows...)
	}
	p, err := pl.read(ctx, v.Now, people)
	if err != nil {
		return nil, err
	}
	told, err := pl.toldSince(ctx, v, windows)
	if err != nil {
		return nil, err
	}
	activity := make(map[int64][]core.Notification, len(people))
	for _, n := range told {
		activity[n.Recipient] = append(activity[n.Recipient], n)
	}
	for id, ns := range p.activity {
		activity[id] = append(activity[id], ns...)
	}
	for id, ns := range activity {
		activity[id] = core.RewindNotifications(ns, windows, v.Now)
	}
	p.activity = activity
	pl.finish(p, p.plans)
	return p.plans, nil
}

func (pl *Planner) listed(v core.View, one Planned) core.Listed {
	zone := pl.zones.of(one.Recipient)
	if one.Err != nil {
		return core.Listed{Recipient: one.Recipient, Plan: one.Plan, Zone: zone, Why: fmt.Sprint(one.Err), Trouble: true}
	}
	return core.Listed{Recipient: one.Recipient, Plan: one.Plan, Zone: zone, Why: pl.config.Schedule.Because(one.Plan, one.Recipient, zone, v.Now)}
}
