package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Inbox does what follows from mail that came back.
type Inbox struct {
	// Ring says which tokens are good. Mail without a good one changes nothing.
	Ring  links.Keyring
	Store interface {
		ports.Returns
		ports.Subscriptions
	}
	Clock ports.Clock
	// SuppressFor is how long an address is suppressed; 0 means [core.SuppressFor].
	SuppressFor time.Duration
	// Log gets a line for each mail that changed something. It names people by ID alone.
	Log *slog.Logger
	// Count, if it is set, is called for each mail with its [returned.Kind], or with [NoToken] or [NoReport].
	Count func(what string)
}

// What is counted of mail that has no kind.
const (
	NoToken  = "no_token"
	NoReport = "no_report"
)

// Take does what follows from one mail. An error means that the store failed, and that the mail must come again. To take
// a mail twice does no harm.
func (i *Inbox) Take(ctx context.Context, mail returned.Mail) error {
	about, ok := i.Ring.FindReturn(mail.Addresses...)
	if !ok {
		i.count(NoToken)
		return nil
	}
	mail.Report.ToUnsubscribe = about.Kind == links.ReturnUnsubscribe
	v := returned.Judge(mail.Report)
	if v.Kind == returned.Nothing {
		i.count(NoReport)
		return nil
	}
	if about.Kind == links.ReturnUnsubscribe {
		return i.unsubscribe(ctx, about, v)
	}
	r := core.Return{Kind: v.Kind, Why: string(v.Cause), At: i.Clock.Now().UTC().Truncate(time.Second)}
	news, err := i.Store.NoteReturn(ctx, about, r, i.SuppressFor)
	if err != nil {
		return wrap(err, "noting what came back")
	}
	i.count(string(v.Kind))
	if news {
		row := map[links.ReturnKind]string{links.ReturnDigest: "digest", links.ReturnHeld: "held_email"}[about.Kind]
		i.Log.Info("mail came back", row, about.ID, "kind", string(v.Kind), "reason", string(v.Cause), "status", v.Status, "reply", v.Reply)
	}
	return nil
}

// unsubscribe does what mail to the address for it asks for.
func (i *Inbox) unsubscribe(ctx context.Context, about links.Return, v returned.Verdict) error {
	if v.Kind != returned.Unsubscribe && v.Kind != returned.Complaint {
		i.count(NoReport)
		return nil
	}
	if err := i.Store.Unsubscribe(ctx, about.ID, about.Mark); err != nil {
		return wrap(err, "unsubscribing")
	}
	i.count(string(v.Kind))
	i.Log.Info("unsubscribed by mail", "recipient", about.ID)
	return nil
}

func (i *Inbox) count(what string) {
	if i.Count != nil {
		i.Count(what)
	}
}
