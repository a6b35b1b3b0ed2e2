package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
)

type exportCommand struct {
	User string `required:"" placeholder:"ID|EMAIL" help:"Whose data: an ID, also of somebody who was deleted, or an e-mail address."`
}

// Run prints what is kept about a person as one JSON object.
func (c *exportCommand) Run(ctx context.Context, s *Settings, std streams) error {
	store, r, err := s.person(ctx, c.User, sqlite.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer store.Close()
	rows, err := store.Export(ctx, r.ID)
	if err != nil {
		return err
	}
	return printJSON(std, map[string]any{"user_id": r.ID, "tables": rows})
}

type forgetCommand struct {
	User string `required:"" placeholder:"ID|EMAIL" help:"Whom: an ID, also of somebody who was deleted, or an e-mail address."`
	JSON bool   `name:"json" help:"Print the counts as one line of JSON."`
}

// Run deletes what is kept about a person.
func (c *forgetCommand) Run(ctx context.Context, s *Settings, std streams) error {
	store, r, err := s.person(ctx, c.User, sqlite.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	f, err := store.Forget(ctx, r.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(std, f)
	}
	fmt.Fprintf(std.out, "Forgot user %d: preferences %d, held e-mails %d, answers of mail servers %d. Links in their mails have ended.\n", r.ID, f.Preferences, f.Mails, f.Digests)
	if f.Sending > 0 {
		fmt.Fprintf(std.out, "Mail is on its way to them just now (%d); run this again when that is done.\n", f.Sending)
	}
	if r.Address != "" && (r.Cadence == core.Daily || r.Cadence == core.Weekly) {
		fmt.Fprintf(std.out, "They still get %s digests: the row in users is the app's. Delete it, or set digest_cadence to off.\n", r.Cadence)
	}
	return nil
}

// person returns whom user names, and the open store, which the caller closes. Only the ID is there of somebody who was deleted.
func (s *Settings) person(ctx context.Context, user string, o sqlite.Options) (*sqlstore.Store, core.Recipient, error) {
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return nil, core.Recipient{}, err
	}
	plans, store, err := s.plans(ctx, o, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, core.Recipient{}, err
	}
	r, err := somebody(ctx, plans, user)
	if id, number := strconv.ParseInt(user, 10, 64); err != nil && number == nil {
		r, err = core.Recipient{ID: id}, nil
	}
	if err != nil {
		_ = store.Close()
		return nil, r, err
	}
	return store, r, nil
}
