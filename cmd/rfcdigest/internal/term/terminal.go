// Package term writes for people at a terminal: colours, tables, wrapped text, progress and logs.
package term

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && isatty.IsTerminal(f.Fd())
}

// Palette colours text, or leaves it as it is: the zero value.
type Palette struct {
	on bool
}

// PaletteFor returns the palette for w: with colours if w is a terminal that can show them and NO_COLOR is not set
// (https://no-color.org).
func PaletteFor(w io.Writer) Palette {
	return Palette{IsTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// Good is the style of what went well.
func (p Palette) Good(text string) string { return p.paint("32", text) }

// Warning is the style of what deserves a look.
func (p Palette) Warning(text string) string { return p.paint("33", text) }

// Bad is the style of what went wrong.
func (p Palette) Bad(text string) string { return p.paint("31", text) }

// Quiet is the style of what matters little.
func (p Palette) Quiet(text string) string { return p.paint("2", text) }

// Strong is the style of a heading.
func (p Palette) Strong(text string) string { return p.paint("1", text) }

// paint puts text between the escape sequences of a style and of none. text/tabwriter counts their bytes as width, so
// lay out a table first and colour it then.
func (p Palette) paint(style, text string) string {
	if !p.on || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// Columns returns the width of the terminal w; ok is false if w is not one.
func Columns(w io.Writer) (columns int, ok bool) {
	if !IsTerminal(w) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(w.(interface{ Fd() uintptr }).Fd()))
	return columns, err == nil && columns > 0
}
