package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/ports"
)

// gate lets readers in to their pages.
type gate struct {
	ReaderPage
	// refusal is what a reader can do whose link is not good.
	refusal  string
	throttle throttle
}

// away is the answer to a request that is turned away, or that failed.
type away struct {
	status        int
	heading, text string
}

// admit returns the person of a token; signed says that a secret of the ring has signed it, and age how long it is good. If
// they are not let in, there is an answer.
func (g *gate) admit(ctx context.Context, who links.Reader, signed bool, age time.Duration) (core.Outlook, *away) {
	now := g.Clock.Now()
	if !signed || now.Sub(who.Made) > age {
		return core.Outlook{}, g.refused()
	}
	if !g.throttle.allows(who.Recipient, now) {
		g.count(PageLimited)
		return core.Outlook{}, &away{http.StatusTooManyRequests, "Too many requests", "Nothing was changed. Please try again in a moment."}
	}
	o, found, err := g.Readers.Outlook(ctx, who.Recipient, who.Mark)
	switch {
	case err != nil:
		return o, g.failed(who, err)
	case !found || who.Made.Before(o.Recipient.Preferences.LinksSince.At):
		return core.Outlook{}, g.refused()
	}
	return o, nil
}

// refused is the answer to a token that is not good. It does not say what is wrong with it.
func (g *gate) refused() *away {
	g.count(PageRefused)
	return &away{http.StatusNotFound, "This link is no longer good", g.refusal}
}

// failed is the answer if the store is in trouble.
func (g *gate) failed(who links.Reader, err error) *away {
	g.count(PageFailed)
	g.Log.Error("a reader's page failed", "recipient", who.Recipient, "error", err)
	return inTrouble(err)
}

// inTrouble is the answer if the store did not do what it was asked for. What the app's tables do not allow does not work later, either.
func inTrouble(err error) *away {
	if errors.Is(err, ports.ErrRejected) {
		return &away{http.StatusConflict, "The app does not allow this", "Nothing was changed. Please say in the app itself when digests come, or that none do."}
	}
	return &away{http.StatusServiceUnavailable, "That did not work just now", "Nothing was changed. Please try again in a few minutes."}
}

func (g *gate) count(what string) {
	if g.Count != nil {
		g.Count(what)
	}
}

// head sets the headers of the answer.
func (a *away) head(h http.Header) {
	if a.status == http.StatusTooManyRequests {
		h.Set("Retry-After", strconv.Itoa(int(refill.Seconds())))
	}
}
