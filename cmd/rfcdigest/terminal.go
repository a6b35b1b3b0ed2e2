package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// isTerminal reports whether what is written to w is read by a person as it comes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && isatty.IsTerminal(f.Fd())
}

// palette colours text, or leaves it as it is: the zero value.
type palette struct {
	on bool
}

// paletteFor returns the palette for what is written to w: with colours on a terminal that can show them,
// unless NO_COLOR says that nobody wants any (https://no-color.org).
func paletteFor(w io.Writer) palette {
	return palette{isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (p palette) good(text string) string    { return p.paint("32", text) }
func (p palette) warning(text string) string { return p.paint("33", text) }
func (p palette) bad(text string) string     { return p.paint("31", text) }
func (p palette) quiet(text string) string   { return p.paint("2", text) }
func (p palette) strong(text string) string  { return p.paint("1", text) }

// paint puts text between the escape sequences of one style and of none. They have no width on a screen, but
// text/tabwriter counts them: colour a table when it is laid out.
func (p palette) paint(style, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}
