package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/maildir"
	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// namedMail is where mail goes, by the settings. Its texts contain no login.
type namedMail struct {
	// name is the server's, or else the scheme.
	name string
	// server is nil if mail stays on this machine.
	server *smtp.Config
	open   func(*mailfmt.Format) (ports.Mailer, error)
	// sent says where a mail is after it was sent.
	sent string
	// diagnose has a doctor look at it.
	diagnose func(context.Context, *doctor, ports.Mailer)
}

// namedMail returns where mail goes. It does not connect.
func (s *Settings) namedMail() (namedMail, error) {
	scheme, dir, _ := strings.Cut(s.Mail, "://")
	m := namedMail{name: scheme}
	switch scheme {
	case "smtp", "smtps":
		config, err := smtp.ParseURL(s.Mail)
		if err != nil {
			return m, usagef("--mail: %w", err)
		}
		m.name, m.server = config.String(), &config
		m.open = func(f *mailfmt.Format) (ports.Mailer, error) { return smtp.New(config, f) }
		m.sent = "The mail server " + m.name + " has it."
		m.diagnose = func(ctx context.Context, d *doctor, mailer ports.Mailer) {
			d.mailServer(ctx, config, mailer.(*smtp.Mailer))
		}
	case "maildir":
		if dir == "" {
			return m, usagef("--mail %q: the folder is missing, like maildir://outbox", s.Mail)
		}
		m.open = func(f *mailfmt.Format) (ports.Mailer, error) { return maildir.New(dir, f) }
		m.sent = "It is in the folder " + filepath.Join(dir, "new") + " (--mail maildir://); no mail server has it."
		m.diagnose = func(_ context.Context, d *doctor, _ ports.Mailer) { d.maildir(dir) }
	case "discard":
		m.open = func(f *mailfmt.Format) (ports.Mailer, error) { return discard.Mailer{Format: f}, nil }
		m.sent = "It was made and thrown away (--mail discard://); nobody gets it."
		m.diagnose = func(_ context.Context, d *doctor, _ ports.Mailer) {
			d.warns("mail", "discard:// throws every mail away", "set --mail (DIGEST_MAIL_URL) to a mail server")
		}
	default:
		return m, usagef("--mail %q: want smtp://, smtps://, maildir://DIR or discard://", redact(s.Mail))
	}
	return m, nil
}

// newMailer returns the mailer that the settings name. It does not connect.
func (s *Settings) newMailer() (ports.Mailer, namedMail, error) {
	format, err := s.format()
	if err != nil {
		return nil, namedMail{}, err
	}
	named, err := s.namedMail()
	if err != nil {
		return nil, named, err
	}
	mailer, err := named.open(format)
	return mailer, named, err
}

// mailerToSend is newMailer for commands that send. Links to localhost lead nowhere for a recipient, so a mail server
// elsewhere gets no mail with them, unless all mail is redirected.
func (s *Settings) mailerToSend() (ports.Mailer, namedMail, error) {
	mailer, named, err := s.newMailer()
	if err != nil {
		return nil, named, err
	}
	if s.mailsLocalLinks(named) && s.Enabled && s.RedirectAllTo == "" {
		return nil, named, usagef("--app-url %s: links to it lead nowhere from other people's machines, and --mail is not on this one; set --app-url (DIGEST_APP_URL) to "+
			"the RFC app's public address, or try it with --mail maildir://outbox or --redirect-all-to ADDRESS", s.AppURL)
	}
	return mailer, named, nil
}

// mailsLocalLinks reports whether the app's address is on localhost, but the mail server is not.
func (s *Settings) mailsLocalLinks(mail namedMail) bool {
	return mail.server != nil && !core.IsLocal(mail.server.Host) && s.style.Installation().Local()
}

// format returns the form of all mail. Without a secret, boundaries come from a random key of this process: as hard to
// guess, but the same mail has other bytes in another process.
func (s *Settings) format() (*mailfmt.Format, error) {
	key := make([]byte, links.MinSecret)
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

// store opens the database that the settings name. The caller closes it.
func (s *Settings) store(ctx context.Context, o sqlite.Options) (*sqlstore.Store, error) {
	database, err := s.named()
	if err != nil {
		return nil, err
	}
	return database.open(ctx, o)
}

// plans returns what a command that makes no tick works with. The caller closes the store.
func (s *Settings) plans(ctx context.Context, o sqlite.Options, clock ports.Clock, log *slog.Logger) (*planner.Planner, *sqlstore.Store, error) {
	store, err := s.store(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	mail, _ := s.namedMail() // commands that only look need none
	plans, err := planner.New(planner.Config{
		Style: s.style, MailOff: !s.Enabled, MailStays: mail.server == nil, WatchDays: s.WatchDays, Schedule: s.schedule(), Zones: s.zoneData(), Log: log,
	}, store, clock)
	if err != nil {
		_ = store.Close()
		return nil, nil, err
	}
	return plans, store, nil
}

// look is plans for commands that only look, without a log.
func (s *Settings) look(ctx context.Context, clock ports.Clock) (*planner.Planner, *sqlstore.Store, error) {
	return s.plans(ctx, sqlite.Options{ReadOnly: true}, clock, slog.New(slog.DiscardHandler))
}

// ticker returns what makes ticks. The caller closes the store.
func (s *Settings) ticker(ctx context.Context, mailer ports.Mailer, clock ports.Clock, log *slog.Logger) (*app.Ticker, *sqlstore.Store, error) {
	store, err := s.store(ctx, sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	mail, _ := s.namedMail()
	ticker, err := app.New(app.Config{
		Style:       s.style,
		MailOff:     !s.Enabled,
		MailStays:   mail.server == nil,
		Connections: s.Connections,
		Doubt:       s.Doubt,
		Server:      mail.name,
		SuppressFor: time.Duration(s.SuppressDays) * 24 * time.Hour,
		WatchDays:   s.WatchDays,
		PruneDays:   s.prunes,
		Schedule:    s.schedule(),
		Rate:        core.RateLimit{PerMinute: s.MaxRate},
		Zones:       s.zoneData(),
		Log:         log,
	}, store, mailer, clock)
	if err != nil {
		_ = store.Close()
		return nil, nil, err
	}
	return ticker, store, nil
}

// maySend returns why a command may not send to the people in the database, and warns of what is wrong.
func (s *Settings) maySend(ctx context.Context, plans *planner.Planner, store ports.Marks, log *slog.Logger) error {
	if s.adopt {
		if err := app.Adopt(ctx, store, s.style); err != nil {
			return err
		}
	}
	if err := plans.MaySend(ctx); err != nil {
		return err
	}
	return nil
}

// clockAt returns the clock of the database or, if now is an instant, one that starts there.
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

// login is the user name and password before the host of a URL. The scheme may be missing.
var login = regexp.MustCompile(`[^\s"/@]*:\S.*@`)

// redact returns text without the user names and passwords of the URLs in it, for messages. It does not parse
// them, since a message may be about a URL that cannot be parsed.
func redact(text string) string {
	return login.ReplaceAllStringFunc(text, func(found string) string {
		if scheme, _, ok := strings.Cut(found, "://"); ok {
			return scheme + "://…@"
		}
		return "…@"
	})
}
