package main

import (
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
	"github.com/wiggleverse/rfcdigest/ports"
)

type inboundCommand struct{}

// inboundTime is how long taking one mail may take.
const inboundTime = 5 * time.Minute

// Run takes one mail that came back from standard input, as a mail server's aliases pipe it. Whatever goes wrong, the exit
// code is that by which the server keeps the mail and tries again.
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

// inboundWay returns the way that --inbound names; nil if there is none.
func (s *Settings) inboundWay(log *slog.Logger) (way, error) {
	if s.Inbound == "" {
		return nil, nil
	}
	if !s.keyring.CanSign() {
		return nil, usagef("--inbound needs the --secret with which the addresses are signed")
	}
	u, err := url.Parse(s.Inbound)
	if err != nil {
		return nil, usagef("--inbound: want lmtp://127.0.0.1:2424, maildir://DIR or imaps://USER:PASS@HOST/INBOX")
	}
	switch u.Scheme {
	case "lmtp":
		listener, err := net.Listen("tcp", u.Host)
		if err != nil {
			return nil, fmt.Errorf("--inbound %s: %w", redact(s.Inbound), err)
		}
		return inbound.LMTP{Listener: listener, Log: log}, nil
	case "maildir":
		return inbound.Maildir{Folder: strings.TrimPrefix(s.Inbound, "maildir://"), Log: log}, nil
	case "imaps", "imap":
		return s.inboundIMAP(u, log)
	}
	return nil, usagef("--inbound %s: want lmtp://127.0.0.1:2424, maildir://DIR or imaps://USER:PASS@HOST/INBOX", redact(s.Inbound))
}

// inboundIMAP returns the mailbox at u.
func (s *Settings) inboundIMAP(u *url.URL, log *slog.Logger) (way, error) {
	password, _ := u.User.Password()
	box := inbound.IMAP{Address: u.Host, Mailbox: strings.TrimPrefix(u.Path, "/"), User: u.User.Username(), Password: password, Log: log}
	if box.Mailbox == "" {
		box.Mailbox = "INBOX"
	}
	port := "143"
	if u.Scheme == "imaps" {
		port, box.TLS = "993", &tls.Config{ServerName: u.Hostname()}
	} else if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usagef("--inbound %s: without TLS only on this machine; use imaps://", redact(s.Inbound))
	}
	if u.Port() == "" {
		box.Address = net.JoinHostPort(u.Hostname(), port)
	}
	return box, nil
}
