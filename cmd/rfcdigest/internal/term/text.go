package term

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// PageWidth is the most columns that text for people has: it fits most terminals, and longer lines are hard to read.
const PageWidth = 100

// Table writes rows below a heading, in columns. paint colours a cell, after the table is laid out.
func Table(w io.Writer, heading []string, rows [][]string, paint func(row, column int, cell string) string) error {
	widths := make([]int, len(heading))
	for _, cells := range append(rows, heading) {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var table strings.Builder
	for row := -1; row < len(rows); row++ {
		cells := heading
		if row >= 0 {
			cells = rows[row]
		}
		for i, cell := range cells {
			if row < 0 {
				table.WriteString(PaletteFor(w).Strong(cell))
			} else {
				table.WriteString(paint(row, i, cell))
			}
			if i < len(cells)-1 {
				table.WriteString(Blanks(widths[i] + 2 - utf8.RuneCountInString(cell)))
			}
		}
		table.WriteByte('\n')
	}
	_, err := io.WriteString(w, table.String())
	return err
}

// Blanks returns n blanks, none if n is negative.
func Blanks(n int) string { return strings.Repeat(" ", max(0, n)) }

// Fitted cuts text to so many columns, with an ellipsis if it was longer.
func Fitted(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	var b strings.Builder
	state, width := -1, 0
	for rest := text; rest != ""; {
		var cluster string
		var w int
		if cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state); width+w > columns-1 {
			break
		}
		b.WriteString(cluster)
		width += w
	}
	return strings.TrimRight(b.String(), " ") + "…"
}

// Wrapped breaks text, which starts at column indent, into lines that end at the latest at columns. All but the first
// are indented.
func Wrapped(text string, indent, columns int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		w := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case at+1+w > columns:
			b.WriteString("\n" + Blanks(indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += w
	}
	return b.String()
}
