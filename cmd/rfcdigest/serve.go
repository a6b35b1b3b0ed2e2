package main

import (
	"context"

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
)

type serveCommand struct{}

// Run ticks until ctx ends.
func (serveCommand) Run(ctx context.Context, s *Settings, std streams) error {
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	store, err := s.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer store.Close()
	log := newLog(std.err)
	ticker, err := s.newTicker(store, mailer, systemclock.Clock{}, log)
	if err != nil {
		return err
	}
	log.Info("serving", "tick_seconds", s.TickSeconds, "mail", redact(s.Mail), "enabled", s.Enabled)
	err = ticker.Run(ctx)
	log.Info("stopped")
	return err
}
