package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

type explainCommand struct {
	User         string `placeholder:"ID|EMAIL" help:"Whose digest: an ID or an e-mail address."`
	Notification *int64 `placeholder:"ID" help:"Explain one notification only, however old; --user may be left out."`
	Now          string `placeholder:"INSTANT" help:"Look at another instant (RFC 3339); at one in the past as things stood then."`
	JSON         bool   `name:"json" help:"Print the result as one line of JSON."`
}

// Run says what a tick would do about one person, or with one notification, and why.
func (c *explainCommand) Run(ctx context.Context, s *Settings, std streams) error {
	if c.User == "" && c.Notification == nil {
		return usagef("explain: want --user with an ID or an e-mail address, or --notification with an ID")
	}
	v, err := viewAt(c.Now)
	if err != nil {
		return err
	}
	ticker, store, err := s.open(ctx, sqlite.Options{ReadOnly: true}, discard.Mailer{}, systemclock.At(v.Now), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	var r core.Recipient
	if c.User != "" {
		if r, err = somebody(ctx, ticker, c.User); err != nil {
			return err
		}
	}
	if c.Notification != nil {
		return c.one(ctx, ticker, v, r, std)
	}
	e, found, err := ticker.Explain(ctx, v, r.ID)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d has just gone", r.ID)
	case c.JSON:
		return printJSON(std, newExplanation(v, e))
	}
	return printExplanation(std, v, e)
}

// one explains a single notification, which must be for r where r is anybody.
func (c *explainCommand) one(ctx context.Context, ticker *app.Ticker, v core.View, r core.Recipient, std streams) error {
	id := *c.Notification
	one, e, found, err := ticker.ExplainNotification(ctx, v, id)
	switch {
	case err != nil:
		return err
	case !found && e.Recipient.ID != 0:
		return fmt.Errorf("notification %d had not been created at %s UTC", id, core.Timestamp(v.Now))
	case !found:
		return fmt.Errorf("no notification has the ID %d", id)
	case c.User != "" && e.Recipient.ID != r.ID:
		return fmt.Errorf("notification %d is for user %d, not for user %d", id, e.Recipient.ID, r.ID)
	case c.JSON:
		return printJSON(std, struct {
			explainedAt
			Notification explainedNotification `json:"notification"`
		}{newExplainedAt(v, e), newExplained(one)})
	}
	_, err = fmt.Fprintf(std.out, "Notification %d, “%s”%s: %s — %s. %s\n", id, one.Event, about(one.Notification),
		colourOf(paletteFor(std.out), one.Verdict)(string(one.Verdict)), one.Verdict.Rule(), one.Why)
	return err
}

// about says which RFC a notification is about, if any.
func about(n core.Notification) string {
	for _, name := range []string{n.Title, n.Slug} {
		if name = core.Clean(name); name != "" {
			return " on " + name
		}
	}
	return ""
}

// colourOf returns how a verdict looks.
func colourOf(p palette, v core.Verdict) func(text string) string {
	if v == core.Included {
		return p.good
	}
	return p.quiet
}
