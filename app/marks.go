package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// servedFor is how long it counts that a server took mail: a refusal of an address is then about the address.
const servedFor = 24 * time.Hour

// servedNoted is how often it is noted at the most that a server took mail.
const servedNoted = time.Hour

// recall takes what the store knows of the mail server from earlier ticks: whether it took mail in the day before this
// one, and since when ticks have to stop.
func (p *pass) recall() {
	p.stopped = planner.StoppedSince(p.known)
	when, server, _ := strings.Cut(p.known[core.FactServed], " by ")
	at, err := time.Parse(time.RFC3339, when)
	if err == nil && server == p.config.Server && p.now.Sub(at) <= servedFor {
		p.servedAt = at
	}
}

// chargedAtOnce is how many refusals are counted in one transaction.
const chargedAtOnce = 200

// keepCount counts the refusals of this tick against their addresses, if the server is known to take mail at all, and
// notes that it did. If the store does not answer, they do not count.
func (p *pass) keepCount(ctx context.Context) {
	if p.redirected() {
		return // it says nothing about the recipients
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	if p.run.Accepted() > 0 && p.now.Sub(p.servedAt).Abs() >= servedNoted {
		if err := p.store.PutFact(writing, core.FactServed, p.now.Format(time.RFC3339)+" by "+p.config.Server); err != nil {
			p.log.Warn("not noted that the mail server took mail", "error", err)
		}
	}
	for some := range slices.Chunk(p.run.Refusals(), chargedAtOnce) {
		if err := p.store.CountRefusals(writing, some); err != nil {
			p.log.Warn("refusals are not counted this time", "refusals", len(some), "error", err)
			return
		}
	}
}

// keepStop notes since when ticks have to stop, or that this one did not have to. In a tick that is done in ranges, any
// range may note a stop. Only the last one notes that there was none: by then the others have read the mark.
func (p *pass) keepStop(ctx context.Context, stopped bool) {
	value := ""
	if stopped {
		value = p.now.Format(time.RFC3339)
	}
	if p.config.MailOff || p.redirected() || stopped == !p.stopped.IsZero() || !stopped && (ctx.Err() != nil || !p.who.Last()) {
		return
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	if err := p.store.PutFact(writing, core.FactStopped, value); err != nil {
		p.log.Warn("not noted whether sending had to stop", "error", err)
	}
}

// markTime is how long writing the mark of a tick may take.
const markTime = 5 * time.Second

// mark notes in the store that this tick came to its end, so that other processes and later ones know. A tick that
// was interrupted did not come to its end. A store that does not answer is not asked again.
func (p *pass) mark(ctx context.Context, ended time.Time, err error) {
	if ctx.Err() != nil || errors.Is(err, ports.ErrUnavailable) {
		return
	}
	m := core.TickMark{Instant: p.now, EndedAt: ended, Trouble: p.report.Stopped}
	if err != nil {
		m.Trouble = err.Error()
	}
	m.Trouble = texts.Clean(m.Trouble)
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), markTime)
	defer cancel()
	if err := p.store.Ticked(writing, m); err != nil {
		p.log.Warn("not noted that a tick ended", "error", err)
	}
}

// renewZones opens the zone data again. The store keeps when each person is due, so that a tick need not look at
// everybody. If the rules changed since that was worked out, it is forgotten, and this tick looks at everybody.
func (p *pass) renewZones(ctx context.Context) error {
	p.planner.RenewZones()
	e, noted := p.planner.ZoneEdition(), p.known[core.FactZones]
	if e.Fingerprint == p.judgedBy && noted != core.NoZones {
		return nil
	}
	// Another process may have noted these rules while this one still used the old ones.
	renewed := p.judgedBy != "" && p.judgedBy != e.Fingerprint
	if renewed || noted != e.Fingerprint && noted != core.NoZones {
		if err := p.store.Wake(ctx); err != nil {
			return wrap(err, "forgetting when people are due, since zone data have changed")
		}
		p.log.Info("zone data are new, so everybody is looked at", "release", e.Release, "source", e.Source)
	}
	if renewed || noted != e.Fingerprint {
		if err := p.store.PutFact(ctx, core.FactZones, e.Fingerprint); err != nil {
			return wrap(err, "noting which zone data are used")
		}
	}
	p.judgedBy = e.Fingerprint
	return nil
}
