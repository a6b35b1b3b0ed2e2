package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

type planCommand struct {
	Now  string `placeholder:"INSTANT" help:"Plan for another instant (RFC 3339)."`
	User string `placeholder:"ID|EMAIL" help:"Show one recipient's plan in full, with the mail: an ID or an e-mail address."`
	Diff string `placeholder:"INSTANT" help:"Show whose plan changes between --now and this instant (RFC 3339), and how."`
	JSON bool   `name:"json" help:"Print the result as one line of JSON."`
}

// Run prints what a tick would do.
func (c *planCommand) Run(ctx context.Context, s *Settings, std streams) error {
	clock, err := s.clockAt(ctx, c.Now)
	if err != nil {
		return err
	}
	now := clock.Now() // first of all, as tick does
	var then time.Time
	if c.Diff != "" {
		if then, err = parseInstant("--diff", c.Diff); err != nil {
			return err
		}
		if c.User != "" {
			return usagef("--diff compares everybody's plans; leave out --user")
		}
	}
	plans, store, err := s.look(ctx, clock)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := s.warnOfTick(ctx, plans, store, std); err != nil {
		return err
	}
	if c.User != "" {
		return c.one(ctx, plans, now, std)
	}
	o := show.NewOutlook(now)
	if c.Diff != "" {
		d, err := show.Compare(ctx, plans, s.Enabled, o, show.NewOutlook(then))
		return printed(std, c.JSON, d, err)
	}
	err = o.LookAhead(ctx, plans, s.Enabled)
	return printed(std, c.JSON, o, err)
}

// warnOfTick warns if a tick would not do what the plan says.
func (s *Settings) warnOfTick(ctx context.Context, plans *planner.Planner, store ports.Marks, std streams) error {
	log := term.NewLog(std.err, slog.LevelWarn)
	err := plans.MaySend(ctx)
	if errors.Is(err, planner.ErrOtherInstallation) {
		log.Warn("a tick would be refused", "reason", err)
		return nil
	}
	if err != nil {
		return err
	}
	facts, err := store.Facts(ctx)
	if err == nil && facts[core.FactRedirected] != "" && s.RedirectAllTo == "" {
		log.Warn("a tick would forget what was redirected before, so more is due than the plan has", "to", facts[core.FactRedirected])
	}
	return err
}

// one prints the plan for a single recipient.
func (c *planCommand) one(ctx context.Context, plans *planner.Planner, now time.Time, std streams) error {
	r, err := somebody(ctx, plans, c.User)
	if err != nil {
		return err
	}
	p, found, err := plans.PlanFor(ctx, now, r.ID)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d has just gone", r.ID)
	case p.Err != nil:
		return p.Err
	case c.JSON:
		return printJSON(std, struct {
			show.PlannedRecipient
			Remarks []string `json:"remarks"`
		}{show.NewPlanned(p), show.Texts(p.Remarks)})
	}
	fmt.Fprint(std.out, core.Describe(p.Plan, plans.Zone(p.Recipient)))
	show.Remarks(std.out, p.Remarks)
	if p.Plan.Action == core.Send {
		fmt.Fprintf(std.out, "\nSubject: %s\n\n%s", p.Plan.Message.Subject, p.Plan.Message.Text)
	}
	return nil
}
