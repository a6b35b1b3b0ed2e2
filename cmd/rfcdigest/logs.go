package main

import (
	"io"
	"log/slog"
)

// newLog returns the log of a process, from a level on: lines for people on a terminal, JSON elsewhere.
func newLog(w io.Writer, from slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: from}
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}
