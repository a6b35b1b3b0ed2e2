package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/discard"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/adapters/web/preview"
	"github.com/wiggleverse/rfcdigest/core"
)

type previewCommand struct {
	Port int `default:"8094" placeholder:"N" help:"The port on 127.0.0.1; 0 takes any that is free (${default})."`
}

// Run shows what would be sent, and why, on a web page that only this machine can reach, until ctx ends.
func (c *previewCommand) Run(ctx context.Context, s *Settings, std streams) error {
	if c.Port < 0 || c.Port > 65535 {
		return usagef("--port %d: want a number from 0 to 65535", c.Port)
	}
	log := newLog(std.err, slog.LevelInfo)
	handler, database, err := s.preview(ctx, log)
	if err != nil {
		return err
	}
	defer database.Close()
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--port %d: another program has this port; choose another, or 0 for any that is free", c.Port)
	case err != nil:
		return fmt.Errorf("--port %d: %w; choose another, or 0 for any that is free", c.Port, err)
	}
	fmt.Fprintf(std.out, "Look at http://%s/ (Ctrl-C ends it; nothing is sent or changed)\n", listener.Addr())
	return serveUntil(ctx, listener, handler, log)
}

// preview returns the page on the database that the settings name, and what the caller closes.
func (s *Settings) preview(ctx context.Context, log *slog.Logger) (http.Handler, io.Closer, error) {
	format, err := s.format()
	if err != nil {
		return nil, nil, err
	}
	database, err := s.named()
	if err != nil {
		return nil, nil, err
	}
	clock := systemclock.Clock{}
	ticker, store, err := s.open(ctx, sqlite.Options{ReadOnly: true}, discard.Mailer{}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	return preview.New(preview.Config{
		Source: ticker,
		Render: func(m core.Message) ([]byte, error) {
			mail, err := format.Render(m, nil)
			return mail.Data, err
		},
		Now: clock.Now, Brand: s.Name, Database: database.brief, Log: log,
	}), store, nil
}

// serveUntil answers on listener until ctx ends.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() }) // nothing that is under way matters
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answering HTTP: %w", err)
	}
	return nil
}
