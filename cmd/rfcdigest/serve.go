package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
)

type serveCommand struct{}

// Run ticks, and answers HTTP where it is told to, until ctx ends: also before it got to begin.
func (c serveCommand) Run(ctx context.Context, s *Settings, std streams) error {
	err := c.serve(ctx, s, std)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (serveCommand) serve(ctx context.Context, s *Settings, std streams) error {
	mailer, err := s.newMailer()
	if err != nil {
		return err
	}
	database, err := s.named()
	if err != nil {
		return err
	}
	if s.Engine == river && database.engine == nil {
		return usagef("--engine river: it needs PostgreSQL, --database postgres://…")
	}
	log := newLog(std.err, slog.LevelInfo)
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	ticker, store, err := s.openToSend(ctx, sqlite.Options{}, mailer, clock, log)
	if err != nil {
		return err
	}
	defer store.Close()
	s.warnUnsubscribe(log)
	handler, err := s.handler(ctx, ticker, store, log)
	if err != nil {
		return err
	}
	stop, err := s.answer(handler, log)
	if err != nil {
		return err
	}
	defer stop()
	log.Info("serving", "tick_seconds", s.TickSeconds, "mail", redact(s.Mail), "enabled", s.Enabled, "engine", s.Engine)
	run := ticker.Run
	if s.Engine == river {
		engine, err := database.engine(ticker, s.every(), log)
		if err != nil {
			return err
		}
		run = engine.Run
	}
	err = run(ctx)
	log.Info("stopped")
	return err
}

// answer starts to answer HTTP, where the settings say so, and returns how to stop that.
func (s *Settings) answer(handler http.Handler, log *slog.Logger) (stop func(), err error) {
	if s.Listen == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w; choose another address, or end the program that has it", s.Listen, err)
	}
	// Times and sizes for people, mail programs and scrapers; a page and a button need no more.
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	log.Info("answering HTTP", "address", listener.Addr().String())
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("answering HTTP ended", "error", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx) // whoever is still being answered then tries again
	}, nil
}
