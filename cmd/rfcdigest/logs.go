package main

import (
	"io"
	"log/slog"
)

// newLog returns the log of a process: lines for people on a terminal, JSON elsewhere.
func newLog(w io.Writer) *slog.Logger {
	if isTerminal(w) {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
