package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"regexp"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/maildir"
	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// newMailer returns the mailer that the settings name, without a word to it.
func (s *Settings) newMailer() (ports.Mailer, error) {
	format, err := s.format()
	if err != nil {
		return nil, err
	}
	scheme, rest, _ := strings.Cut(s.Mail, "://")
	switch scheme {
	case "smtp", "smtps":
		config, err := smtp.ParseURL(s.Mail)
		if err != nil {
			return nil, usagef("--mail: %w", err)
		}
		return smtp.New(config, format)
	case "maildir":
		if rest == "" {
			return nil, usagef("--mail %q: the folder is missing, like maildir://outbox", s.Mail)
		}
		return maildir.New(rest, format)
	case "discard":
		return discard.Mailer{Format: format}, nil
	}
	return nil, usagef("--mail %q: want smtp://, smtps://, maildir://DIR or discard://", redact(s.Mail))
}

// format returns the form of all mail. Without a secret, boundaries are derived under a key of this
// process: just as unguessable, though the same mail has other bytes in another process.
func (s *Settings) format() (*mailfmt.Format, error) {
	key := make([]byte, core.MinSecret)
	if len(s.secrets) > 0 {
		key = s.secrets[0]
	} else {
		rand.Read(key) // never fails
	}
	format, err := mailfmt.New(mailfmt.Config{From: s.From, Brand: s.Name, BoundaryKey: key})
	if err != nil {
		return nil, usagef("--from: %w", err)
	}
	return format, nil
}

// open puts together what a command works with, on the database that the settings name. The caller
// closes the store.
func (s *Settings) open(ctx context.Context, o sqlite.Options, mailer ports.Mailer, clock ports.Clock, log *slog.Logger) (*app.Ticker, *sqlstore.Store, error) {
	database, err := s.named()
	if err != nil {
		return nil, nil, err
	}
	store, err := database.open(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	ticker, err := app.New(app.Config{
		Style:       s.style,
		MailOff:     !s.Enabled,
		Connections: s.Connections,
		WatchDays:   s.WatchDays,
		Every:       s.every(),
		Pace:        core.Pace{PerMinute: s.MaxRate},
		Shared:      database.shared,
		Log:         log,
	}, store, mailer, clock)
	if err != nil {
		_ = store.Close()
		return nil, nil, err
	}
	return ticker, store, nil
}

// openToSend is open for commands that send. One whose copy has not ended is a database that they cannot use.
func (s *Settings) openToSend(ctx context.Context, o sqlite.Options, mailer ports.Mailer, clock ports.Clock, log *slog.Logger) (*app.Ticker, *sqlstore.Store, error) {
	ticker, store, err := s.open(ctx, o, mailer, clock, log)
	if err != nil {
		return nil, nil, err
	}
	if err := ticker.MaySend(ctx); err != nil {
		_ = store.Close()
		return nil, nil, err
	}
	return ticker, store, nil
}

// warnUnsubscribe says so where recipients will find no way to unsubscribe in their mails.
func (s *Settings) warnUnsubscribe(log *slog.Logger) {
	switch {
	case !s.keyring.CanSign():
		log.Warn("digests have no unsubscribe link: no --secret")
	case s.PublicURL == "":
		log.Warn("digests have no unsubscribe link: no --public-url")
	}
}

// clockAt returns the clock that goes with the database or, where now is an instant, one that runs on from
// there.
func (s *Settings) clockAt(ctx context.Context, now string) (ports.Clock, error) {
	if now == "" {
		database, err := s.named()
		if err != nil {
			return nil, err
		}
		return database.clock(ctx)
	}
	at, err := parseInstant("--now", now)
	if err != nil {
		return nil, err
	}
	return systemclock.At(at), nil
}

// login is what stands before the host in a URL, which may lack its scheme.
var login = regexp.MustCompile(`[^\s"/@]*:\S.*@`)

// redact returns text without the user names and passwords of the URLs in it, for messages. It goes
// by looks, since a URL that a message is about may well be none.
func redact(text string) string {
	return login.ReplaceAllStringFunc(text, func(found string) string {
		if scheme, _, ok := strings.Cut(found, "://"); ok {
			return scheme + "://…@"
		}
		return "…@"
	})
}
