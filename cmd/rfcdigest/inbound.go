package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/inbound"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

type inboundCommand struct{}

// inboundTime is how long taking one mail may take.
const inboundTime = 5 * time.Minute

// Run takes one mail that came back from standard input, as a mail server's aliases pipe it. After any error, the exit
// code has the server keep the mail and try again.
func (inboundCommand) Run(ctx context.Context, s *Settings, std streams) error {
	ctx, cancel := context.WithTimeout(ctx, inboundTime)
	defer cancel()
	log := term.NewLog(std.err, slog.LevelInfo)
	if !s.keyring.CanSign() {
		return usagef("inbound needs the --secret with which the addresses were signed")
	}
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	_, store, err := s.plans(ctx, sqlite.Options{}, clock, log)
	if err != nil {
		return err
	}
	defer store.Close()
	in := s.inbox(store, log, nil)
	_, err = inbound.Pipe(ctx, os.Stdin, inbound.EnvelopeOf(os.LookupEnv), in.Take)
	return err
}

// inbox returns what takes mail that came back.
func (s *Settings) inbox(store ports.Store, log *slog.Logger, count func(string)) *app.Inbox {
	return &app.Inbox{Ring: s.keyring, Store: store, Clock: systemclock.Clock{}, SuppressFor: time.Duration(s.SuppressDays) * 24 * time.Hour, Log: log, Count: count}
}

// way is one by which mail comes back while the program serves.
type way interface {
	Serve(ctx context.Context, take inbound.Take) error
}

// inboundForms is what --inbound takes.
const inboundForms = "want lmtp://127.0.0.1:2424, maildir://DIR or imaps://USER:PASS@HOST/INBOX"

// checkInbound says what is wrong with --inbound and --inbound-secret; nil if nothing is, or if they are not set.
func (s *Settings) checkInbound() error {
	switch {
	case s.InboundSecret != "" && len(s.InboundSecret) < links.MinSecret:
		return usagef("--inbound-secret: it has %s, want %d or more, such as those of: openssl rand -hex 32", texts.Plural(len(s.InboundSecret), "byte"), links.MinSecret)
	case s.InboundSecret != "" && !s.keyring.CanSign():
		return usagef("--inbound-secret needs the --secret with which the addresses are signed")
	case s.Inbound == "":
		return nil
	}
	u, err := url.Parse(s.Inbound)
	if err != nil {
		return usagef("--inbound: %s", inboundForms) // the error would repeat the password
	}
	usable := false
	switch u.Scheme {
	case "lmtp":
		usable = u.Hostname() != "" && u.Port() != "" && u.Path == ""
	case "maildir":
		usable = maildirOf(s.Inbound) != ""
	case "imaps":
		usable = u.Hostname() != "" && u.User.Username() != ""
	}
	switch {
	case !usable:
		return usagef("--inbound %s: %s", redact(s.Inbound), inboundForms)
	case !s.keyring.CanSign():
		return usagef("--inbound needs the --secret with which the addresses are signed")
	}
	return nil
}

// maildirOf returns the folder of maildir://DIR.
func maildirOf(address string) string { return strings.TrimPrefix(address, "maildir://") }

// inboundWay returns the way that --inbound names, ready to serve; nil if there is none.
func (s *Settings) inboundWay(log *slog.Logger) (way, error) {
	if s.Inbound == "" {
		return nil, nil
	}
	u, err := url.Parse(s.Inbound)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "lmtp":
		listener, err := net.Listen("tcp", u.Host)
		if err != nil {
			return nil, fmt.Errorf("--inbound %s: %w; choose another address, or end the program that has it", s.Inbound, err)
		}
		return inbound.LMTP{Listener: listener, Log: log}, nil
	case "maildir":
		box := inbound.Maildir{Folder: maildirOf(s.Inbound), Log: log}
		return box, box.Make()
	}
	return inboundIMAP(u, log), nil
}

// inboundIMAP returns the mailbox at u.
func inboundIMAP(u *url.URL, log *slog.Logger) inbound.IMAP {
	password, _ := u.User.Password()
	return inbound.IMAP{
		Address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "993")), Mailbox: cmp.Or(strings.TrimPrefix(u.Path, "/"), "INBOX"),
		User: u.User.Username(), Password: password, TLS: &tls.Config{ServerName: u.Hostname()}, Log: log,
	}
}
