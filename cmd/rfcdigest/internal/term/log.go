package term

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// NewLog returns the log of a process, from a level on: lines for people on a terminal, JSON elsewhere.
func NewLog(w io.Writer, from slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: from}
	if IsTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

const (
	// gatherTime is how long a line waits for others at the most, and gatherSize how many bytes do.
	gatherTime = 100 * time.Millisecond
	gatherSize = 32 << 10
)

// NewBusyLog returns the log of a process that may have thousands of lines a second: those that follow closely on one another
// are written together, but on a terminal. A warning or an error is written at once, behind what came before it. The caller
// calls flush before the process ends.
func NewBusyLog(w io.Writer, from slog.Level) (log *slog.Logger, flush func()) {
	if IsTerminal(w) {
		return NewLog(w, from), func() {}
	}
	g := &gathered{w: w}
	return slog.New(urgent{NewLog(g, from).Handler(), g}), g.flush
}

// gathered are lines that are yet to be written to w.
type gathered struct {
	w io.Writer

	mu    sync.Mutex
	lines []byte
}

// Write takes a line.
func (g *gathered) Write(line []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.lines) == 0 {
		time.AfterFunc(gatherTime, g.flush)
	}
	if g.lines = append(g.lines, line...); len(g.lines) >= gatherSize {
		g.write()
	}
	return len(line), nil
}

// flush writes the lines.
func (g *gathered) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.write()
}

func (g *gathered) write() {
	if len(g.lines) > 0 {
		_, _ = g.w.Write(g.lines) // a log that cannot be written is no reason to stop
		g.lines = g.lines[:0]
	}
}

// urgent is a handler that has what is gathered written when somebody should look.
type urgent struct {
	slog.Handler
	gathered *gathered
}

// Handle implements [slog.Handler].
func (u urgent) Handle(ctx context.Context, r slog.Record) error {
	err := u.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		u.gathered.flush()
	}
	return err
}

// WithAttrs implements [slog.Handler].
func (u urgent) WithAttrs(attrs []slog.Attr) slog.Handler {
	return urgent{u.Handler.WithAttrs(attrs), u.gathered}
}

// WithGroup implements [slog.Handler].
func (u urgent) WithGroup(name string) slog.Handler {
	return urgent{u.Handler.WithGroup(name), u.gathered}
}
