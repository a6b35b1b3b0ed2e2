package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

type serveCommand struct{}

// Run makes ticks, and answers HTTP if the settings say so, until ctx ends. That ctx ended is no error, even if it
// did so before the first tick.
func (c serveCommand) Run(ctx context.Context, s *Settings, std streams) error {
	err := c.serve(ctx, s, std)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (serveCommand) serve(ctx context.Context, s *Settings, std streams) error {
	mailer, _, err := s.mailerToSend()
	if err != nil {
		return err
	}
	database, err := s.named()
	if err = cmp.Or(err, s.checkServing()); err != nil {
		return err
	}
	log, flush := term.NewBusyLog(std.err, slog.LevelInfo)
	defer flush()
	clock, err := s.clockAt(ctx, "")
	if err != nil {
		return err
	}
	s.prunes = s.PruneDays
	ticker, store, err := s.ticker(ctx, mailer, clock, log)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := s.maySend(ctx, ticker.Planner(), store, log); err != nil {
		return err
	}
	if err := s.introduce(ctx, store, log); err != nil {
		return err
	}
	handler, err := s.handler(ctx, ticker, store, log)
	if err != nil {
		return err
	}
	stop, err := s.answer(handler, log)
	if err != nil {
		return err
	}
	defer stop()
	ended, err := s.takeReturns(ctx, store, log)
	if err != nil {
		return err
	}
	defer ended()
	log.Info("serving", "tick_seconds", s.TickSeconds, "mail", redact(s.Mail), "enabled", s.Enabled, "engine", s.Engine)
	return s.loop(ctx, database, ticker, log)
}

// checkServing says what in the settings does not go together to serve; nil if all does.
func (s *Settings) checkServing() error {
	_, _, err := net.SplitHostPort(s.Listen)
	switch {
	case s.Listen != "" && (err != nil || strings.Contains(s.Listen, "/")):
		return usagef("--listen %q: want an address with a port, like 127.0.0.1:8095", s.Listen)
	case s.InboundSecret != "" && s.Listen == "":
		return usagef("--inbound-secret: nothing can be posted without --listen")
	}
	return nil
}

// loop makes ticks until ctx ends.
func (s *Settings) loop(ctx context.Context, database namedDatabase, ticker *app.Ticker, log *slog.Logger) error {
	run := ticker.Run
	if s.Engine == river {
		engine, err := database.engine(ticker, s.every(), log)
		if err != nil {
			return err
		}
		run = engine.Run
	}
	defer log.Info("stopped")
	return run(ctx)
}

// takeReturns takes mail that came back until ctx ends, if the settings say from where. ended waits for that.
func (s *Settings) takeReturns(ctx context.Context, store ports.Store, log *slog.Logger) (ended func(), err error) {
	from, err := s.inboundWay(log)
	if err != nil || from == nil {
		return func() {}, err
	}
	ctx, stop := context.WithCancel(ctx)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := from.Serve(ctx, s.inbox(store, log, s.countReturn).Take); err != nil && ctx.Err() == nil {
			log.Error("mail that comes back is no longer taken", "error", err)
		}
	})
	return func() { stop(); serving.Wait() }, nil
}

// introduce warns of what will not work. It notes in the database which links this page can answer, so that the
// processes that send can tell.
func (s *Settings) introduce(ctx context.Context, store ports.Marks, log *slog.Logger) error {
	facts, err := store.Facts(ctx)
	if err != nil {
		return err
	}
	s.warnUnsubscribe(log, facts, s.Listen != "")
	if s.Listen == "" && s.keyring.CanSign() && s.PublicURL != "" && facts[core.FactAnswerer] != "" {
		log.Warn("links in mails lead nowhere, unless another process answers them: no --listen", "remedy", "set --listen (DIGEST_LISTEN), such as 127.0.0.1:8095, and have --public-url lead there")
	}
	if ids := strings.Join(s.keyring.IDs(), " "); s.Listen != "" && ids != "" && ids != facts[core.FactAnswerer] {
		return store.PutFact(ctx, core.FactAnswerer, ids)
	}
	return nil
}

// answer starts to answer HTTP, if the settings say so. stop ends that.
func (s *Settings) answer(handler http.Handler, log *slog.Logger) (stop func(), err error) {
	if s.Listen == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w; choose another address, or end the program that has it", s.Listen, err)
	}
	listener = netutil.LimitListener(listener, maxClients)
	server := newServer(handler, log)
	log.Info("answering HTTP", "address", listener.Addr().String())
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("answering HTTP ended", "error", err)
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(ctx) // a request that is cut off is made again
	}, nil
}

// maxClients is how many connections are open at once. More wait, so that they cost no memory.
const maxClients = 512

// newServer returns a server with limits that suit people, mail programs and scrapers of metrics.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
