package show

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

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
	cameBack(w, e)
	if e.Plan.Reason != core.NoCadence {
		window := texts.TimestampIn(e.Plan.Window.Start, e.Zone) + " to " + texts.TimestampIn(e.Plan.Window.End, e.Zone)
		if !e.Plan.Since.Equal(e.Plan.Window.Start) {
			window += ", late arrivals from " + texts.TimestampIn(e.Plan.Since, e.Zone)
		}
		fmt.Fprintln(w, "Window    "+term.Wrapped(window, 10, term.PageWidth))
	}
	switch {
	case e.Plan.DueAt.IsZero(), e.Plan.Reason == core.NoAddress, e.Recipient.Latest.End.IsZero(): // never, or at once
	case e.Plan.DueAt.After(v.Now):
		fmt.Fprintf(w, "Next due  %s%s\n", texts.TimestampIn(e.Plan.DueAt, e.Zone), nextTick(e))
	default:
		fmt.Fprintf(w, "Due since %s\n", texts.TimestampIn(e.Plan.DueAt, e.Zone))
	}
	printReasons(w, colours, e)
	printHeld(w, colours, e)
	fmt.Fprintf(w, "\n%s since %s\n", texts.Plural(len(e.Reasons), "notification"), texts.TimestampIn(e.Since, e.Zone))
	total := 0
	for _, c := range e.Counts {
		total += c.Count
		fmt.Fprintf(w, "%6d  %s%s  %s\n", c.Count, VerdictColour(colours, c.Verdict)(string(c.Verdict)), term.Blanks(verdictWidth-len(c.Verdict)), e.Rule(c.Verdict))
	}
	_, err := fmt.Fprintf(w, "%6d  in all\n", total)
	return err
}

// nextTick says which tick takes the next digest, if that is not the moment at which it is due.
func nextTick(e core.Explanation) string {
	if e.NextTick.IsZero() || e.NextTick.Equal(e.Plan.DueAt) {
		return ""
	}
	return "; the tick at " + texts.TimestampIn(e.NextTick, e.Zone) + " takes it"
}

// cameBack prints what came back of the newest digests, a line each.
func cameBack(w io.Writer, e core.Explanation) {
	told := 0
	for _, row := range e.Windows {
		if words := row.Return.Words(); words != "" && told < 3 {
			told++
			fmt.Fprintf(w, "Sent      %s. %s\n", texts.TimestampIn(row.SentAt, e.Zone), texts.Clean(words))
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
		event := r.Event
		if about := About(r.Notification); about != "" {
			event += about
		}
		room := term.PageWidth - width - len(texts.TimeLayout) - verdictWidth - 7
		fmt.Fprintf(w, "%*d  %s  %s%s  %s\n", width, r.Notification.ID, createdAt(r.Notification.CreatedAt),
			VerdictColour(colours, r.Verdict)(string(r.Verdict)), term.Blanks(verdictWidth+1-len(r.Verdict)), term.Fitted(event, room))
		fmt.Fprintf(w, "%s%s\n", term.Blanks(width+2), term.Wrapped(strings.TrimSpace(texts.Beside(r.Notification.CreatedAt, e.Zone)+" "+r.Brief), width+2, term.PageWidth))
	}
}

// createdAt is t, as wide as every time.
func createdAt(t time.Time) string {
	if t.IsZero() {
		return fmt.Sprintf("%-*s", len(texts.TimeLayout), "cannot be read")
	}
	return texts.Timestamp(t)
}

// printHeld prints the held e-mails, with two lines each, like notifications.
func printHeld(w io.Writer, colours term.Palette, e core.Explanation) {
	if len(e.Held) == 0 {
		return
	}
	width := max(len("ID"), len(fmt.Sprint(e.Held[0].ID)))
	fmt.Fprintf(w, "\n%s\n", colours.Strong(fmt.Sprintf("%*s  %-*s  %-10s  HELD E-MAIL, AND WHAT BECOMES OF IT", width, "ID", len(texts.TimeLayout), "HANDED OVER", "STATUS")))
	for _, h := range e.Held {
		fmt.Fprintf(w, "%*d  %s  %-10s  %s\n", width, h.ID, createdAt(h.CreatedAt), term.Fitted(cmp.Or(texts.Clean(string(h.Status)), "none"), 10),
			term.Fitted(cmp.Or(texts.Clean(h.Subject), "no subject"), term.PageWidth-width-len(texts.TimeLayout)-16))
		fmt.Fprintf(w, "%s%s\n", term.Blanks(width+2), term.Wrapped(strings.TrimSpace(texts.Beside(h.CreatedAt, e.Zone)+" "+texts.Clean(h.Why)), width+2, term.PageWidth))
	}
}
