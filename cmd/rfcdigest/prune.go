package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// leastKept is how many days windows are kept at the least: so long the links in mails are good.
const leastKept = 60

type pruneCommand struct {
	OlderThan string `default:"400d" placeholder:"DAYS" help:"What ended, or was handed over, longer ago than this goes (${default}); 60d at the least."`
	JSON      bool   `name:"json" help:"Print the counts as one line of JSON."`
}

// Run deletes old windows, and held e-mails that are done, in short transactions.
func (c *pruneCommand) Run(ctx context.Context, s *Settings, std streams) error {
	days, err := strconv.Atoi(strings.TrimSuffix(c.OlderThan, "d"))
	if err != nil || days < leastKept {
		return usagef("--older-than: want a number of days like 400d, not %q; %dd is the least", c.OlderThan, leastKept)
	}
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	ticker, store, err := s.ticker(ctx, discard.Mailer{}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	_, tell, stop := follow(std)
	done, err := ticker.Prune(ctx, clock.Now().AddDate(0, 0, -days), func(p app.Pruned) {
		tell(schema.Progress{What: "deleted " + texts.Plural(p.Windows, "window") + " and " + texts.Plural(p.Mails, "held e-mail")})
	})
	stop()
	switch {
	case err != nil:
		return fmt.Errorf("%w (deleted so far: %s, %s)", err, texts.Plural(done.Windows, "window"), texts.Plural(done.Mails, "held e-mail"))
	case c.JSON:
		return printJSON(std, done)
	}
	fmt.Fprintf(std.out, "Deleted %s and %s, older than %d days.\n", texts.Plural(done.Windows, "window"), texts.Plural(done.Mails, "held e-mail"), days)
	return ctx.Err()
}
