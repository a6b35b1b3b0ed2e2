// Package page lays out digests: it makes the plain text and the HTML of a [Letter], which say the same.
package page

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/matcornic/hermes/v2"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Layout is how the digests of one installation look. It is made by [New], does not change, and may be used from
// several goroutines.
//
// Hermes takes milliseconds for a mail. So it makes one when the Layout is made, with slots for what digests say. It
// sees nothing but what the installation has set.
type Layout struct {
	name string
	// frame is the HTML around the slots: one piece more than there are slots.
	frame []string
}

// New returns the Layout of an installation. name stands at the head of the HTML; empty means Wiggleverse.
func New(name string) (*Layout, error) {
	y := &Layout{name: cmp.Or(texts.Clean(name), "Wiggleverse")}
	h := hermes.Hermes{Theme: theme{}, Product: hermes.Product{Name: y.name}, DisableCSSInlining: true}
	html, err := h.GenerateHTML(hermes.Email{})
	if err != nil {
		return nil, fmt.Errorf("lay out a digest: %w", err)
	}
	for _, s := range slots {
		before, after, found := strings.Cut(html, slotMark+s+slotMark)
		if !found {
			return nil, fmt.Errorf("lay out a digest: hermes left no place for %s", s)
		}
		y.frame, html = append(y.frame, before), after
	}
	y.frame = append(y.frame, html)
	return y, nil
}

// Name is the installation's, one clean line.
func (y *Layout) Name() string { return y.name }
