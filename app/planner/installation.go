package planner

import (
	"context"
	"errors"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// ErrOtherInstallation: the store belongs to an installation with another app or sender, of which it may be
// a copy. Nothing is sent from it to the people in it, who get their digests from there.
var ErrOtherInstallation = errors.New("the database belongs to another installation")

// MaySend returns why nothing may be sent from the store to the people in it, as [ErrOtherInstallation], or nil.
// Every tick asks before it does anything; who sends otherwise asks, too.
func (pl *Planner) MaySend(ctx context.Context) error {
	_, err := pl.Welcome(ctx)
	return err
}

// redirects reports whether all mail goes to one mailbox instead of to its recipients.
func (pl *Planner) redirects() bool { return pl.config.Style.RedirectsTo() != "" }

// Welcome does what MaySend does, and returns the facts that it found.
func (pl *Planner) Welcome(ctx context.Context) (map[string]string, error) {
	if pl.config.MailOff {
		return nil, nil
	}
	facts, err := pl.store.Facts(ctx)
	if err != nil {
		return nil, wrap(err, "reading whose database it is")
	}
	owner, mine := core.ReadInstallation(facts[core.FactInstallation]), pl.config.Style.Installation()
	if pl.redirects() || pl.config.MailStays || owner == (core.Installation{}) || owner.Same(mine) {
		return facts, nil
	}
	return nil, fmt.Errorf("%w, so nothing is sent: it has sent mail with links to %s from %s, and now that would be %s from %s; if this is a copy of it, use "+
		"--redirect-all-to ADDRESS; if it has only got another address or sender, run rfcdigest tick --adopt once",
		ErrOtherInstallation, texts.Clean(owner.AppURL), texts.Clean(owner.Domain), mine.AppURL, mine.Domain)
}
