// Package show prints people, plans and ticks: as text, and as JSON.
package show

import (
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Name is r's name as it stands in a sentence.
func Name(r core.Recipient) string {
	if name := texts.Clean(r.Name); name != "" {
		return fmt.Sprintf("%s (user %d)", name, r.ID)
	}
	return fmt.Sprintf("user %d", r.ID)
}

// Address is r's address as it is shown.
func Address(r core.Recipient) string {
	if address := texts.Clean(r.Address); address != "" {
		return "<" + address + ">"
	}
	return "(no address)"
}

// About says which RFC a notification is about, if any.
func About(n core.Notification) string {
	for _, name := range []string{n.Title, n.Slug} {
		if name = texts.Clean(name); name != "" {
			return " on " + name
		}
	}
	return ""
}

// VerdictColour returns the style of a verdict.
func VerdictColour(p term.Palette, v core.Verdict) func(text string) string {
	if v == core.Included {
		return p.Good
	}
	return p.Quiet
}

// orNull is t for JSON, null if t is zero.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
