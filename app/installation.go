package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// wrap says what was attempted when err happened; nil stays nil.
func wrap(err error, attempt string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", attempt, err)
}

// redirected reports whether all mail goes to one mailbox instead of to its recipients.
func (p *pass) redirected() bool { return p.config.Style.RedirectsTo() != "" }

// enter begins a pass over the store, if it may send.
func (p *pass) enter(ctx context.Context) (err error) {
	if p.known, err = p.planner.Welcome(ctx); err != nil || p.config.MailOff {
		return err
	}
	if to := p.config.Style.RedirectsTo(); to != "" {
		return p.note(ctx, core.FactRedirected, to)
	}
	if p.known[core.FactRedirected] == "" {
		return nil
	}
	n, err := p.store.Unredirect(ctx)
	if err != nil {
		return wrap(err, "forgetting what was redirected")
	}
	p.log.Info("mail is not redirected any more; what was is forgotten", "forgotten", n)
	return p.note(ctx, core.FactRedirected, "")
}

// sign ends a pass: if it sent something, it notes in the store which installation did, and with which secret
// it signed; even if ctx has ended. Mail that stays on the machine names nothing, nor does an app on
// localhost: both are trials. Of two that are the first at once, the later one gets the error.
func (p *pass) sign(ctx context.Context) error {
	r := &p.report
	if p.redirected() || r.DigestsSent+r.Recovered+r.Flushed+r.InDoubt == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Grace)
	defer cancel()
	style := p.config.Style
	if signer := style.Links().Signer(); signer != "" {
		if err := p.note(ctx, core.FactSigner, signer); err != nil {
			return err
		}
	}
	mine := style.Installation()
	if p.known[core.FactInstallation] != "" || p.config.MailStays || mine.Local() {
		return nil
	}
	err := p.store.SwapFact(ctx, core.FactInstallation, "", mine.String())
	if errors.Is(err, ports.ErrConflict) {
		return p.planner.MaySend(ctx)
	}
	return wrap(err, "noting whose database it is")
}

// note sets a fact that is not yet so.
func (p *pass) note(ctx context.Context, name, value string) error {
	if p.known[name] == value {
		return nil
	}
	return wrap(p.store.PutFact(ctx, name, value), "noting who sends")
}
