package show

import (
	"fmt"
	"io"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// PrintExplanation prints e for people. Every notification has two lines: what it is, and why it got its verdict.
func PrintExplanation(w io.Writer, v core.View, e core.Explanation) error {
	colours := term.PaletteFor(w)
	fmt.Fprintf(w, "%s, %s, cadence %s\n", Name(e.Recipient), Address(e.Recipient), texts.Clean(string(e.Recipient.Cadence)))
	if v.Past {
		fmt.Fprintf(w, "As things stood at %s UTC, as far as that can be told.\n", texts.Timestamp(v.Now))
	} else {
		fmt.Fprintf(w, "At %s UTC, by what is stored now.\n", texts.Timestamp(v.Now))
	}
	fmt.Fprintf(w, "\n%s\n", term.Wrapped(string(e.Plan.Action)+": "+e.Why, 0, term.PageWidth))
	Remarks(w, e.Remarks)
	cameBack(w, e.Windows)
	if e.Plan.Reason != core.NoCadence {
		window := "Window    " + texts.Timestamp(e.Plan.Window.Start) + " to " + texts.Timestamp(e.Plan.Window.End)
		if !e.Plan.Since.Equal(e.Plan.Window.Start) {
			window += ", late arrivals from " + texts.Timestamp(e.Plan.Since)
		}
		fmt.Fprintln(w, window)
	}
	switch {
	case e.Plan.DueAt.IsZero(), e.Recipient.Latest.End.IsZero(): // never, or at once
	case e.Plan.DueAt.After(v.Now):
		fmt.Fprintf(w, "Next due  %s%s\n", texts.Timestamp(e.Plan.DueAt), nextTick(e))
	default:
		fmt.Fprintf(w, "Due since %s\n", texts.Timestamp(e.Plan.DueAt))
	}
	printReasons(w, colours, e)
	fmt.Fprintf(w, "\n%s since %s\n", term.Plural(len(e.Reasons), "notification"), texts.Timestamp(e.Since))
	total := 0
	for _, c := range e.Counts {
		total += c.Count
		fmt.Fprintf(w, "%6d  %s%s  %s\n", c.Count, VerdictColour(colours, c.Verdict)(string(c.Verdict)), term.Blanks(verdictWidth-len(c.Verdict)), c.Verdict.Rule())
	}
	_, err := fmt.Fprintf(w, "%6d  in all\n", total)
	return err
}

// nextTick says which tick takes the next digest, if that is not the moment at which it is due.
func nextTick(e core.Explanation) string {
	if e.NextTick.IsZero() || e.NextTick.Equal(e.Plan.DueAt) {
		return ""
	}
	return "; the tick at " + texts.Timestamp(e.NextTick) + " takes it"
}

// cameBack prints what came back of the newest digests, a line each.
func cameBack(w io.Writer, rows []core.LedgerRow) {
	told := 0
	for _, row := range rows {
		if words := row.Return.Words(); words != "" && told < 3 {
			told++
			fmt.Fprintf(w, "Sent      %s. %s\n", texts.Timestamp(row.SentAt), texts.Clean(words))
		}
	}
}

// Remarks prints what is odd about a person's settings, a line each.
func Remarks(w io.Writer, remarks []core.Remark) {
	colours := term.PaletteFor(w)
	for _, r := range remarks {
		fmt.Fprintln(w, colours.Warning(term.Wrapped(r.Text, 0, term.PageWidth)))
	}
}

// verdictWidth is the width of the longest verdict.
const verdictWidth = len(core.AlreadyShipped)

func printReasons(w io.Writer, colours term.Palette, e core.Explanation) {
	if len(e.Reasons) == 0 {
		return
	}
	width := len("ID")
	for _, r := range e.Reasons {
		width = max(width, len(fmt.Sprint(r.Notification.ID)))
	}
	heading := fmt.Sprintf("%*s  %-*s  %-*s  EVENT, AND WHY", width, "ID", len(texts.TimeLayout), "CREATED", verdictWidth+1, "VERDICT")
	fmt.Fprintf(w, "\n%s\n", colours.Strong(heading))
	for _, r := range e.Reasons {
		created := texts.Timestamp(r.Notification.CreatedAt)
		if r.Notification.CreatedAt.IsZero() {
			created = "cannot be read     "
		}
		event := r.Event
		if about := About(r.Notification); about != "" {
			event += about
		}
		room := term.PageWidth - width - len(texts.TimeLayout) - verdictWidth - 7
		fmt.Fprintf(w, "%*d  %s  %s%s  %s\n", width, r.Notification.ID, created,
			VerdictColour(colours, r.Verdict)(string(r.Verdict)), term.Blanks(verdictWidth+1-len(r.Verdict)), term.Fitted(event, room))
		fmt.Fprintf(w, "%s%s\n", term.Blanks(width+2), term.Wrapped(r.Brief, width+2, term.PageWidth))
	}
}
