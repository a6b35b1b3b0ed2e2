package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// viewAt returns from where things are looked at: now or, where now is given, another instant; one that
// has gone by as things stood then.
func viewAt(now string) (core.View, error) {
	present := systemclock.Clock{}.Now().Truncate(time.Second)
	if now == "" {
		return core.View{Now: present}, nil
	}
	at, err := parseInstant("--now", now)
	return core.View{Now: at, Past: at.Before(present)}, err
}

// somebody returns the one person whom --user means.
func somebody(ctx context.Context, ticker *app.Ticker, user string) (core.Recipient, error) {
	who := core.Clean(user)
	if who == "" {
		return core.Recipient{}, usagef("--user: want an ID or an e-mail address")
	}
	found, err := ticker.People(ctx, user)
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

// nameOf is how r is called in a sentence.
func nameOf(r core.Recipient) string {
	if name := core.Clean(r.Name); name != "" {
		return fmt.Sprintf("%s (user %d)", name, r.ID)
	}
	return fmt.Sprintf("user %d", r.ID)
}

// addressOf is r's address as it is shown.
func addressOf(r core.Recipient) string {
	if address := core.Clean(r.Address); address != "" {
		return "<" + address + ">"
	}
	return "(no address)"
}

// plural says "1 thing" or "n things".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// orNull is t for JSON, null where there is none.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
