package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

type explainCommand struct {
	User         string `placeholder:"ID|EMAIL" help:"Whose digest: an ID or an e-mail address."`
	Notification *int64 `placeholder:"ID" help:"Explain one notification only, however old; --user may be left out."`
	Now          string `placeholder:"INSTANT" help:"Look at another instant (RFC 3339); a past one shows things as they stood then."`
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
	plans, store, err := s.look(ctx, systemclock.At(v.Now))
	if err != nil {
		return err
	}
	defer store.Close()
	var r core.Recipient
	if c.User != "" {
		if r, err = somebody(ctx, plans, c.User); err != nil {
			return err
		}
	}
	if c.Notification != nil {
		return c.one(ctx, plans, v, r, std)
	}
	e, found, err := plans.Explain(ctx, v, r.ID)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d has just gone", r.ID)
	case c.JSON:
		return printJSON(std, show.NewExplanation(v, e))
	}
	return show.PrintExplanation(std.out, v, e)
}

// one explains a single notification. If --user is given, it must be that person's, which is r.
func (c *explainCommand) one(ctx context.Context, plans *planner.Planner, v core.View, r core.Recipient, std streams) error {
	id := *c.Notification
	one, e, found, err := plans.ExplainNotification(ctx, v, id)
	switch {
	case err != nil:
		return err
	case !found && e.Recipient.ID != 0:
		return fmt.Errorf("notification %d had not been created at %s UTC", id, texts.Timestamp(v.Now))
	case !found:
		return fmt.Errorf("no notification has the ID %d", id)
	case c.User != "" && e.Recipient.ID != r.ID:
		return fmt.Errorf("notification %d is for user %d, not for user %d", id, e.Recipient.ID, r.ID)
	case c.JSON:
		return printJSON(std, show.NewOneExplanation(v, e, one))
	}
	_, err = fmt.Fprintf(std.out, "Notification %d, “%s”%s: %s — %s. %s\n", id, one.Event, show.About(one.Notification),
		show.VerdictColour(term.PaletteFor(std.out), one.Verdict)(string(one.Verdict)), e.Rule(one.Verdict), one.Why)
	return err
}

// viewAt returns a view from the present or, if now is given, from that instant. An instant in the past shows things
// as they stood then.
func viewAt(now string) (core.View, error) {
	present := systemclock.Clock{}.Now().Truncate(time.Second)
	if now == "" {
		return core.View{Now: present}, nil
	}
	at, err := parseInstant("--now", now)
	return core.View{Now: at, Past: at.Before(present)}, err
}

// somebody returns the person whom --user names by ID or address.
func somebody(ctx context.Context, plans *planner.Planner, user string) (core.Recipient, error) {
	who := texts.Clean(user)
	if who == "" {
		return core.Recipient{}, usagef("--user: want an ID or an e-mail address")
	}
	found, err := plans.People(ctx, user)
	switch {
	case err != nil:
		return core.Recipient{}, err
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && strings.Trim(who, "-0123456789") == "":
		return core.Recipient{}, fmt.Errorf("no user has the ID %s", who)
	case len(found) == 0:
		return core.Recipient{}, fmt.Errorf("no user has the e-mail address %q; --user takes an ID or a whole address", who)
	}
	ids := make([]string, len(found))
	for i, r := range found {
		ids[i] = fmt.Sprint(r.ID)
	}
	return core.Recipient{}, fmt.Errorf("%d users have the e-mail address %q: %s; name one of them by ID", len(found), who, strings.Join(ids, ", "))
}
