package app

import (
	"context"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
)

// pruneShare is the part of the tick length that a tick may spend on deleting what is old.
const pruneShare = 20

// maxPruneRest is how long others may write at the most between two deletions.
const maxPruneRest = 50 * time.Millisecond

// Pruned counts what was deleted.
type Pruned struct {
	Windows int `json:"windows"`
	Mails   int `json:"held_emails"`
}

// pruning is how far the deletion of one kind of old rows has come.
type pruning struct {
	what  core.Prunable
	after int64
}

// Prune deletes windows that ended before then, and held e-mails that are done and were handed over before, in short transactions. It
// calls told after each, and ends when ctx has ended. What is deleted stays deleted if it returns an error.
func (t *Ticker) Prune(ctx context.Context, then time.Time, told func(Pruned)) (done Pruned, err error) {
	for _, p := range []pruning{{what: core.OldWindows}, {what: core.OldMails}} {
		if err := t.prune(ctx, &p, then, &done, told); err != nil {
			return done, err
		}
	}
	return done, nil
}

// prune goes on with p, until nothing is left or ctx has ended.
func (t *Ticker) prune(ctx context.Context, p *pruning, then time.Time, done *Pruned, told func(Pruned)) error {
	for ctx.Err() == nil {
		began := time.Now()
		n, next, err := t.store.Prune(ctx, p.what, then, p.after)
		if err != nil {
			return err
		}
		if p.what == core.OldWindows {
			done.Windows += n
		} else {
			done.Mails += n
		}
		if p.after = next; next == 0 {
			return nil
		}
		if n > 0 {
			told(*done)
			wait(ctx, min(2*time.Since(began), maxPruneRest))
		}
	}
	return nil
}

// pruneSome deletes what is older than the config allows, for a small part of the time between two ticks. The next tick goes on
// from there. What goes wrong is logged: nobody's digest hangs on it.
func (p *pass) pruneSome(ctx context.Context) {
	if p.config.PruneDays == 0 || p.config.MailOff || p.round > 0 || !p.who.First() {
		return
	}
	most, cancel := context.WithTimeout(ctx, p.config.Schedule.Tick/pruneShare)
	defer cancel()
	then := p.now.AddDate(0, 0, -p.config.PruneDays)
	var done Pruned
	for i := range p.pruned {
		if err := p.prune(most, &p.pruned[i], then, &done, func(Pruned) {}); err != nil && most.Err() == nil {
			p.log.Warn("what is old cannot be deleted", "what", p.pruned[i].what, "error", err)
		}
	}
	if done != (Pruned{}) {
		p.log.Info("deleted what is old", "windows", done.Windows, "held_emails", done.Mails, "before", then)
	}
}
