package app

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
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
		ports.Marks
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
	r := core.Return{Kind: v.Kind, Why: string(v.Cause), At: i.Clock.Now().UTC().Truncate(time.Second), To: about.To}
	news, err := i.Store.NoteReturn(ctx, about, r, i.SuppressFor)
	if err != nil {
		return wrap(err, "noting what came back")
	}
	i.count(string(v.Kind))
	if news {
		row := map[links.ReturnKind]string{links.ReturnDigest: "digest", links.ReturnHeld: "held_email"}[about.Kind]
		i.Log.Info("mail came back", row, about.ID, "kind", string(v.Kind), "reason", string(v.Cause), "status", v.Status, "reply", v.Reply)
	}
	if news && v.Kind == returned.Refused {
		i.disliked(ctx, v)
	}
	return nil
}

// DislikedADay is how many mails refused for the same reason within a day (UTC) are a line in the log, since that is the
// operator's to mend.
const DislikedADay = 20

// disliked counts a mail that was refused for what we are or sent. Other processes count the same: if two do at once, one of
// them may not count, which only has the line come later.
func (i *Inbox) disliked(ctx context.Context, v returned.Verdict) {
	name, today := core.FactDisliked+string(v.Cause), i.Clock.Now().UTC().Format(time.DateOnly)
	facts, err := i.Store.Facts(ctx)
	if err != nil {
		i.Log.Warn("not counted how often mail is refused", "error", err)
		return
	}
	n := Disliked(facts, v.Cause, today) + 1
	if err := i.Store.PutFact(ctx, name, today+" "+strconv.Itoa(n)); err != nil {
		i.Log.Warn("not counted how often mail is refused", "error", err)
	}
	if n == DislikedADay {
		i.Log.Warn("so many mails came back today for the same reason, which is not the readers' to mend", "mails", n, "reason", string(v.Cause), "status", v.Status, "reply", v.Reply)
	}
}

// MostDisliked returns how many mails were refused on a date for the reason for which most were.
func MostDisliked(facts map[string]string, date string) (most int) {
	for fact := range facts {
		if cause, is := strings.CutPrefix(fact, core.FactDisliked); is {
			most = max(most, Disliked(facts, returned.Cause(cause), date))
		}
	}
	return most
}

// Disliked returns how many mails were refused for a reason on a date, by the facts of a store.
func Disliked(facts map[string]string, cause returned.Cause, date string) int {
	day, number, _ := strings.Cut(facts[core.FactDisliked+string(cause)], " ")
	n, err := strconv.Atoi(number)
	if day != date || err != nil {
		return 0
	}
	return n
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
