package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

type sendTestCommand struct {
	User string `required:"" placeholder:"ID|EMAIL" help:"Whose digest: an ID or an e-mail address."`
	To   string `required:"" placeholder:"ADDRESS" help:"Where to send it instead."`
	Now  string `placeholder:"INSTANT" help:"The digest as of another instant (RFC 3339); of one in the past as things stood then."`
}

// Run sends somebody's digest to another address, marked as a test.
func (c *sendTestCommand) Run(ctx context.Context, s *Settings, std streams) error {
	to := strings.TrimSpace(c.To)
	if err := s.checkAddress(to); err != nil {
		return err
	}
	v, err := viewAt(c.Now)
	if err != nil {
		return err
	}
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	ticker, store, err := s.openToSend(ctx, sqlite.Options{ReadOnly: true}, mailer, systemclock.At(v.Now), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	r, err := somebody(ctx, ticker, c.User)
	if err != nil {
		return err
	}
	m, found, ok, err := ticker.TestMail(ctx, v, r.ID, to, rand.Text())
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d has just gone", r.ID)
	case !ok && r.Cadence.Period() == 0:
		return fmt.Errorf("%s gets no digests: the cadence is %q", nameOf(r), core.Clean(string(r.Cadence)))
	case !ok:
		return fmt.Errorf("nothing to tell %s at %s UTC, so there is no digest; see: rfcdigest explain --user %d", nameOf(r), core.Timestamp(v.Now), r.ID)
	}
	if err := ticker.SendOnce(ctx, m); err != nil {
		return unsent("the test", err)
	}
	_, err = fmt.Fprintf(std.out, "Sent the digest of %s to %s instead, as a test; nothing was recorded.\nSubject: %s\n%s\n", nameOf(r), core.Clean(to), m.Subject, s.whereabouts())
	return err
}

// checkAddress returns an error unless mail can be sent to address, which somebody typed: two in one would
// be an address as well, if an odd one.
func (s *Settings) checkAddress(address string) error {
	format, err := s.format()
	if err != nil {
		return err
	}
	_, err = format.Render(core.Message{ID: "check@localhost", To: core.Address{Mailbox: address}, Date: time.Unix(0, 0), Subject: "-", Text: "-"}, nil)
	if err != nil || strings.ContainsAny(address, ",;") || strings.Count(address, "@") != 1 {
		return usagef("--to %q: want one address, like you@example.org", core.Clean(address))
	}
	return nil
}

// unsent says that something did not go out, or may not have.
func unsent(what string, err error) error {
	if ports.OutcomeOf(err).Outcome == ports.Doubtful {
		return fmt.Errorf("nobody knows whether %s arrived: %w", what, err)
	}
	return fmt.Errorf("%s was not sent: %w", what, err)
}

// whereabouts says where a mail is once it was sent.
func (s *Settings) whereabouts() string {
	scheme, rest, _ := strings.Cut(s.Mail, "://")
	switch scheme {
	case "maildir":
		return "It is in the folder " + filepath.Join(rest, "new") + " (--mail maildir://); no mail server has it."
	case "discard":
		return "It was made and thrown away (--mail discard://); nobody gets it."
	}
	config, err := smtp.ParseURL(s.Mail)
	if err != nil {
		return "The mail server has it."
	}
	return "The mail server " + config.String() + " has it."
}
