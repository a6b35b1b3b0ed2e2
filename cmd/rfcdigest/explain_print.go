package main

import (
	"fmt"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/wiggleverse/rfcdigest/core"
)

// pageWidth is how many columns text for people has at the most: it fits most terminals, and more would
// be hard to read.
const pageWidth = 100

// printExplanation prints e for people. Every notification has two lines: what it is, and why its verdict
// is what it is.
func printExplanation(std streams, v core.View, e core.Explanation) error {
	colours := paletteFor(std.out)
	fmt.Fprintf(std.out, "%s, %s, cadence %s\n", nameOf(e.Recipient), addressOf(e.Recipient), core.Clean(string(e.Recipient.Cadence)))
	if v.Past {
		fmt.Fprintf(std.out, "As things stood at %s UTC, as far as that can be told.\n", core.Timestamp(v.Now))
	} else {
		fmt.Fprintf(std.out, "At %s UTC, by what is stored now.\n", core.Timestamp(v.Now))
	}
	fmt.Fprintf(std.out, "\n%s\n", wrapped(string(e.Plan.Action)+": "+e.Why, 0))
	if e.Plan.Reason != core.NoCadence {
		window := "Window    " + core.Timestamp(e.Plan.Window.Start) + " to " + core.Timestamp(e.Plan.Window.End)
		if !e.Plan.Since.Equal(e.Plan.Window.Start) {
			window += ", late arrivals from " + core.Timestamp(e.Plan.Since)
		}
		fmt.Fprintln(std.out, window)
	}
	switch {
	case e.Plan.DueAt.IsZero(), e.Recipient.Latest.End.IsZero(): // never, or at once
	case e.Plan.DueAt.After(v.Now):
		fmt.Fprintf(std.out, "Next due  %s\n", core.Timestamp(e.Plan.DueAt))
	default:
		fmt.Fprintf(std.out, "Due since %s\n", core.Timestamp(e.Plan.DueAt))
	}
	printReasons(std, colours, e)
	fmt.Fprintf(std.out, "\n%s since %s\n", plural(len(e.Reasons), "notification"), core.Timestamp(e.Since))
	total := 0
	for _, c := range e.Counts {
		total += c.Count
		fmt.Fprintf(std.out, "%6d  %s%s  %s\n", c.Count, colourOf(colours, c.Verdict)(string(c.Verdict)), blanks(verdictWidth-len(c.Verdict)), c.Verdict.Rule())
	}
	_, err := fmt.Fprintf(std.out, "%6d  in all\n", total)
	return err
}

// verdictWidth is the width of the longest verdict.
const verdictWidth = len(core.AlreadyShipped)

func printReasons(std streams, colours palette, e core.Explanation) {
	if len(e.Reasons) == 0 {
		return
	}
	width := len("ID")
	for _, r := range e.Reasons {
		width = max(width, len(fmt.Sprint(r.Notification.ID)))
	}
	heading := fmt.Sprintf("%*s  %-*s  %-*s  EVENT, AND WHY", width, "ID", len(core.TimeLayout), "CREATED", verdictWidth+1, "VERDICT")
	fmt.Fprintf(std.out, "\n%s\n", colours.strong(heading))
	for _, r := range e.Reasons {
		created := core.Timestamp(r.Notification.CreatedAt)
		if r.Notification.CreatedAt.IsZero() {
			created = "cannot be read     "
		}
		event := r.Event
		if about := about(r.Notification); about != "" {
			event += about
		}
		room := pageWidth - width - len(core.TimeLayout) - verdictWidth - 7
		fmt.Fprintf(std.out, "%*d  %s  %s%s  %s\n", width, r.Notification.ID, created,
			colourOf(colours, r.Verdict)(string(r.Verdict)), blanks(verdictWidth+1-len(r.Verdict)), fitted(event, room))
		fmt.Fprintf(std.out, "%s%s\n", blanks(width+2), wrapped(besides(e, r), width+2))
	}
}

// besides is why r's verdict is what it is, without the times that stand beside it and above the table.
func besides(e core.Explanation, r core.Explained) string {
	why, trimmed := strings.CutPrefix(r.Why, "Created "+core.Timestamp(r.Notification.CreatedAt)+", ")
	if !trimmed {
		return why
	}
	for _, known := range []string{" (late arrivals count from " + core.Timestamp(e.Plan.Since) + ")", ", " + core.Timestamp(e.Plan.Window.Start), ", " + core.Timestamp(e.Now)} {
		why = strings.Replace(why, known, "", 1)
	}
	return strings.ToUpper(why[:1]) + why[1:]
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }

// fitted returns text within so many columns, with an ellipsis where it was longer.
func fitted(text string, columns int) string {
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

// wrapped returns text in lines of pageWidth columns, all but the first of which are indented: it starts
// at that column.
func wrapped(text string, indent int) string { return wrappedIn(text, indent, pageWidth) }

func wrappedIn(text string, indent, columns int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		w := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case at+1+w > columns:
			b.WriteString("\n" + blanks(indent))
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
