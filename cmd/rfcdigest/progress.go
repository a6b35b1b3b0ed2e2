package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressDelay is how long something takes before anybody wants to know how far it has come.
var progressDelay = time.Second

// progressPause is the time between two looks at how far it has come.
const progressPause = 150 * time.Millisecond

// progressWords is how much of what is being done there is room for.
const progressWords = 40

// clearLine empties the line of a terminal that the cursor is in, and goes to its start.
const clearLine = "\x1b[2K\r"

// stage is how far something has come: so many are done of so many, or of nobody knows how many yet (0).
type stage struct {
	done, total int64
	what        string
}

// progress shows on a terminal how far something has come. What else is written to the terminal goes through it,
// so that the bar makes room for a line, and comes back below it.
type progress struct {
	w     io.Writer
	shows bool // a terminal, on which a line can be taken back

	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	total int64
	what  string
	drawn bool
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, shows: isTerminal(w) && os.Getenv("TERM") != "dumb"}
}

// Fd lets what is written through p look as it does without.
func (p *progress) Fd() uintptr {
	if f, ok := p.w.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0) // no file
}

// Write writes one line or more where the bar was, and the bar below, all at once, so that it does not flicker.
func (p *progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn {
		return p.w.Write(lines)
	}
	if _, err := io.WriteString(p.w, clearLine+string(lines)+p.bar.String()); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// follow shows how something goes on that begins now, and takes it away again with stop: from then on, what is
// written has the terminal for itself. Where the units of what is done are alike, their rate and the time that is
// left are shown; where there is no unit, only the time that it took. now must be safe to call at the same time as
// what it tells of.
func (p *progress) follow(unit string, now func() stage) (stop func()) {
	if !p.shows {
		return func() {}
	}
	p.bar = newBar(p.w, unit)
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for wait := progressDelay; ; wait = progressPause {
			select {
			case <-ended:
				return
			case <-time.After(wait):
				p.draw(now())
			}
		}
	}()
	return func() {
		close(ended)
		<-done
		p.mu.Lock()
		defer p.mu.Unlock()
		p.clear()
	}
}

// newBar returns a bar that is not drawn yet, whose time runs from now on.
func newBar(w io.Writer, unit string) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionUseANSICodes(true), // to clear a line with all that is on it, like the ^C of whoever stops it
		progressbar.OptionClearOnFinish(),
	}
	if unit != "" {
		options = append(options, progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit))
	} else {
		options = append(options, progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(true))
	}
	bar := progressbar.NewOptions64(1, options...)
	bar.StartWithoutRender()
	return bar
}

// draw draws the bar as of s. One that is at its end is not drawn: what it told of is about to be over.
func (p *progress) draw(s stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.total == 0 {
		return
	}
	if s.total != p.total {
		p.total = s.total
		p.bar.ChangeMax64(s.total)
	}
	if s.what != p.what {
		p.what = s.what
		p.bar.Describe(shortened(s.what))
	}
	_ = p.bar.Set64(min(s.done, s.total)) // a terminal that is gone is no reason to stop
	p.drawn = !p.bar.IsFinished()
}

// shortened returns as much of text as there is room for.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > progressWords {
		return string(runes[:progressWords-1]) + "…"
	}
	return text
}

// clear takes the bar off the terminal.
func (p *progress) clear() {
	if p.drawn {
		_, _ = io.WriteString(p.w, clearLine)
		p.drawn = false
	}
}
