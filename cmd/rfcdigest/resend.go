package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/core"
)

type resendCommand struct {
	Digest int64 `required:"" placeholder:"ID" help:"The digest: the ID of a row of the ledger, as explain --json has them."`
}

// Run sends a recorded digest once more, under its own Message-ID, and leaves the ledger as it is.
func (c *resendCommand) Run(ctx context.Context, s *Settings, std streams) error {
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	log := newLog(std.err, slog.LevelInfo)
	ticker, store, err := s.openToSend(ctx, sqlite.Options{ReadOnly: true}, mailer, systemclock.Clock{}, log)
	if err != nil {
		return err
	}
	defer store.Close()
	plan, found, err := ticker.PlanResend(ctx, c.Digest)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("no digest has the ID %d; explain --user ID --json lists those of a person", c.Digest)
	case plan.Action != core.Resend:
		return fmt.Errorf("digest %d is not sent again: %s; %s", c.Digest, plan.Reason, whatToDo(plan.Reason))
	}
	s.warnUnsubscribe(log)
	m := plan.Message
	if err := ticker.SendOnce(ctx, m); err != nil {
		return unsent(fmt.Sprintf("digest %d", c.Digest), err)
	}
	_, err = fmt.Fprintf(std.out, "Sent digest %d once more to user %d, <%s>; the ledger is as it was.\nSubject: %s\nMessage-ID: <%s>\n%s\n",
		c.Digest, plan.Claim.Recipient, core.Clean(m.To.Mailbox), m.Subject, core.Clean(m.ID), s.whereabouts())
	return err
}

// whatToDo says what helps where a digest cannot be sent again.
func whatToDo(r core.Reason) string {
	switch r {
	case core.StillSending:
		return "wait for the next tick"
	case core.NoCadence:
		return "they have turned digests off, and can turn them on again in the app"
	case core.NoAddress, core.BadAddress:
		return "enter an address for them in the app first"
	case core.Suppressed:
		return "enter another address for them in the app, or clear suppressed_address in digest_preferences, first"
	case core.QuietHours:
		return "try again when those are over"
	}
	return "there is nothing left to send"
}
