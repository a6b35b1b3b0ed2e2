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

	"github.com/wiggleverse/rfcdigest/adapters/systemclock"
	"github.com/wiggleverse/rfcdigest/adapters/web/preview"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
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
	log := term.NewLog(std.err, slog.LevelInfo)
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

// preview returns the page on the database that the settings name. The caller closes the closer.
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
	plans, store, err := s.look(ctx, clock)
	if err != nil {
		return nil, nil, err
	}
	return preview.New(preview.Config{
		Source: plans,
		Render: func(m core.Message) ([]byte, error) {
			mail, err := format.Render(m, nil)
			return mail.Data, err
		},
		Now: clock.Now, Brand: s.Name, Database: database.brief, Log: log,
	}), store, nil
}

// serveUntil answers on listener until ctx ends.
func serveUntil(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := newServer(handler, log)
	server.WriteTimeout, server.MaxHeaderBytes = time.Minute, 64<<10 // for large databases, and for other programs' cookies
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() }) // a request that is cut off does no harm
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answering HTTP: %w", err)
	}
	return nil
}
