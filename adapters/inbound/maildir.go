package inbound

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Maildir takes mail from a maildir: each message in new, which goes to cur once it was taken. Nothing is deleted.
type Maildir struct {
	// Folder is the maildir: it has the folders new and cur; see [Maildir.Make].
	Folder string
	// Pause is how long it waits between looks; 0 means ten seconds.
	Pause time.Duration
	// Log is told of mail that could not be taken. No address is in it.
	Log *slog.Logger
}

// Make makes the folders that are not there.
func (m Maildir) Make() error {
	for _, name := range []string{"new", "cur"} {
		if err := os.MkdirAll(filepath.Join(m.Folder, name), 0o700); err != nil {
			return fmt.Errorf("make a maildir for mail that comes back: %w", err)
		}
	}
	return nil
}

// Serve hands mail to take, one after the other and the oldest first, until ctx ends. A message that take refuses, or that
// cannot be read, stays in new, does not stop those behind it, and is tried again at the next look.
func (m Maildir) Serve(ctx context.Context, take Take) error {
	pause := m.Pause
	if pause == 0 {
		pause = 10 * time.Second
	}
	for {
		if err := m.look(ctx, take); err != nil {
			m.Log.Warn("the maildir for mail that comes back cannot be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// look takes what is in new.
func (m Maildir) look(ctx context.Context, take Take) error {
	entries, err := os.ReadDir(filepath.Join(m.Folder, "new"))
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") })
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) }) // they begin with the time
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil
		}
		if err := m.one(ctx, e.Name(), take); err != nil && !errors.Is(err, fs.ErrNotExist) && ctx.Err() == nil {
			m.Log.Warn("mail that came back was not taken, and will come again", "by", "maildir", "file", e.Name(), "error", err)
		}
	}
	return nil
}

// one takes one message, and moves it.
func (m Maildir) one(ctx context.Context, name string, take Take) error {
	path := filepath.Join(m.Folder, "new", name)
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	mail, err := Read(f, Envelope{})
	_ = f.Close()
	if err != nil {
		return err
	}
	if err := take(ctx, mail); err != nil {
		return err
	}
	flagged, _, _ := strings.Cut(name, ":")
	return os.Rename(path, filepath.Join(m.Folder, "cur", flagged+":2,S"))
}
