package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/show"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

type sendTestCommand struct {
	User string `required:"" placeholder:"ID|EMAIL" help:"Whose digest: an ID or an e-mail address."`
	To   string `required:"" placeholder:"ADDRESS" help:"Where to send it instead."`
	Now  string `placeholder:"INSTANT" help:"The digest as of another instant (RFC 3339); a past one shows things as they stood then."`
}

// Run sends one person's digest to another address, marked as a test; if there is nothing to tell, a sample.
func (c *sendTestCommand) Run(ctx context.Context, s *Settings, std streams) error {
	to := strings.TrimSpace(c.To)
	if err := s.checkAddress("--to", to); err != nil {
		return err
	}
	v, err := viewAt(c.Now)
	if err != nil {
		return err
	}
	mailer, mail, err := s.mailerToSend()
	if err != nil {
		return err
	}
	plans, store, err := s.look(ctx, systemclock.At(v.Now))
	if err != nil {
		return err
	}
	defer store.Close()
	r, err := somebody(ctx, plans, c.User)
	if err != nil {
		return err
	}
	m, of, found, err := plans.TestMail(ctx, v, r.ID, to, rand.Text())
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d has just gone", r.ID)
	}
	if err := app.SendOnce(ctx, mailer, m); err != nil {
		return unsent("the test", err)
	}
	what := "the digest of " + show.Name(r)
	if of != "" {
		what = "a sample, since there is nothing to tell " + show.Name(r) + ", of " + of + ","
	}
	_, err = fmt.Fprintf(std.out, "Sent %s to %s instead, as a test; nothing was recorded.\nSubject: %s\n%s\n", what, texts.Clean(to), m.Subject, mail.sent)
	return err
}

// checkAddress returns an error unless mail can be sent to address, the value of flag. Two addresses in one text are
// refused, though by the grammar they could be one.
func (s *Settings) checkAddress(flag, address string) error {
	format, err := s.format()
	if err != nil {
		return err
	}
	_, err = format.Render(core.Message{ID: "check@localhost", To: core.Address{Mailbox: address}, Date: time.Unix(0, 0), Subject: "-", Text: "-"}, nil)
	if err != nil || strings.ContainsAny(address, ",;") || strings.Count(address, "@") != 1 {
		return usagef("%s %q: want one address, like you@example.org", flag, texts.Clean(address))
	}
	return nil
}

// unsent says that something did not go out, or may not have.
func unsent(what string, err error) error {
	if ports.OutcomeOf(err).Outcome == ports.Doubtful {
		return fmt.Errorf("it is not known whether %s arrived: %w", what, err)
	}
	return fmt.Errorf("%s was not sent: %w", what, err)
}
