package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

type resendCommand struct {
	Digest int64 `required:"" placeholder:"ID" help:"The digest: the ID of a row of the ledger, as explain --json has them."`
	Fresh  bool  `help:"Under a new Message-ID and with the present date, for a person who lost the first: mail systems may drop a copy whose ID they have seen."`
}

// Run sends a recorded digest once more, under its own Message-ID or a new one, and leaves the ledger as it is.
func (c *resendCommand) Run(ctx context.Context, s *Settings, std streams) error {
	mailer, mail, err := s.mailerToSend()
	if err != nil {
		return err
	}
	log := term.NewLog(std.err, slog.LevelInfo)
	plans, store, err := s.plans(ctx, sqlite.Options{ReadOnly: true}, systemclock.Clock{}, log)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := s.maySend(ctx, plans, store, log); err != nil {
		return err
	}
	plan, found, err := plans.PlanResend(ctx, c.Digest)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("no digest has the ID %d; explain --user ID --json lists those of a person", c.Digest)
	case plan.Action != core.Resend:
		return fmt.Errorf("digest %d is not sent again: %s; %s", c.Digest, plan.Reason, whatToDo(plan.Reason))
	}
	facts, err := store.Facts(ctx)
	if err != nil {
		return err
	}
	s.warnUnsubscribe(log, facts, false)
	m, under := plan.Message, ""
	if c.Fresh {
		m, under = core.Fresh(m, s.style, rand.Text(), systemclock.Clock{}.Now()), ", under a new Message-ID"
	}
	if err := app.SendOnce(ctx, mailer, m); err != nil {
		return unsent(fmt.Sprintf("digest %d", c.Digest), err)
	}
	_, err = fmt.Fprintf(std.out, "Sent digest %d once more to user %d, <%s>%s; the ledger is as it was.\nSubject: %s\nMessage-ID: <%s>\n%s\n",
		c.Digest, plan.Claim.Recipient, texts.Clean(m.To.Mailbox), under, m.Subject, texts.Clean(m.ID), mail.sent)
	return err
}

// whatToDo says what helps if a digest cannot be sent again.
func whatToDo(r core.Reason) string {
	switch r {
	case core.StillSending:
		return "wait for the next tick"
	case core.NoCadence:
		return "they have turned digests off, and can turn them on again in the app"
	case core.NoAddress, core.BadAddress:
		return "enter an address for them in the app first"
	case core.Suppressed:
		return "enter another address for them in the app, or lift it with rfcdigest suppressed --lift ID, first"
	case core.Refused:
		return "wait for a tick to try that address again, or forget the refusal with rfcdigest suppressed --lift ID"
	case core.QuietHours:
		return "try again when those are over"
	}
	return "there is nothing left to send"
}
