package term

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Delay is how long something takes before its progress is shown.
var Delay = time.Second

// pause is the time between two updates of the bar.
const pause = 150 * time.Millisecond

// mostWords is how many columns there are for the words that say what is being done.
const mostWords = 40

// ClearLine empties the terminal's current line, and goes to its start.
const ClearLine = "\x1b[2K\r"

// Stage is how far something has come: Done of Total. Total is 0 if it is not known yet.
type Stage struct {
	Done, Total int64
	What        string
}

// Progress shows a bar on a terminal. Other lines are written through it, so that they come above the bar.
type Progress struct {
	w     io.Writer
	Shows bool // w is a terminal that can show a bar

	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	total int64
	what  string
	drawn bool
}

// NewProgress returns the progress of what writes to w.
func NewProgress(w io.Writer) *Progress {
	return &Progress{w: w, Shows: IsTerminal(w) && os.Getenv("TERM") != "dumb"}
}

// Fd has what is written through p look as on the terminal itself.
func (p *Progress) Fd() uintptr {
	if f, ok := p.w.(interface{ Fd() uintptr }); ok {
		return f.Fd()
	}
	return ^uintptr(0) // no file
}

// Write writes lines in place of the bar, and the bar below, all at once, so that it does not flicker.
func (p *Progress) Write(lines []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn {
		return p.w.Write(lines)
	}
	if _, err := io.WriteString(p.w, ClearLine+string(lines)+p.bar.String()); err != nil {
		return 0, err
	}
	return len(lines), nil
}

// Follow shows a bar for work that begins now; stop removes it. now says how far the work is, and is called from
// another goroutine. If the work has a unit, the bar shows the rate and the time left, and else the time it has taken.
func (p *Progress) Follow(unit string, now func() Stage) (stop func()) {
	if !p.Shows {
		return func() {}
	}
	p.bar = newBar(p.w, unit)
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for wait := Delay; ; wait = pause {
			select {
			case <-ended:
				return
			case <-time.After(wait):
				p.Draw(now())
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

// newBar returns a bar that is not drawn yet. Its time runs from now on.
func newBar(w io.Writer, unit string) *progressbar.ProgressBar {
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionUseANSICodes(true), // clears the whole line, also the ^C that a user typed
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

// Draw draws the bar as of s. A bar at its end is not drawn, since the work is about to end.
func (p *Progress) Draw(s Stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.Total == 0 {
		return
	}
	if s.Total != p.total {
		p.total = s.Total
		p.bar.ChangeMax64(s.Total)
	}
	if s.What != p.what {
		p.what = s.What
		p.bar.Describe(shortened(s.What))
	}
	_ = p.bar.Set64(min(s.Done, s.Total)) // a terminal that is gone is no reason to stop
	p.drawn = !p.bar.IsFinished()
}

// shortened cuts text to mostWords.
func shortened(text string) string {
	if runes := []rune(text); len(runes) > mostWords {
		return string(runes[:mostWords-1]) + "…"
	}
	return text
}

// clear takes the bar off the terminal.
func (p *Progress) clear() {
	if p.drawn {
		_, _ = io.WriteString(p.w, ClearLine)
		p.drawn = false
	}
}
