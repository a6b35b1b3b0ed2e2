package show

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Planner says what a tick at an instant would do.
type Planner interface {
	Stale(ctx context.Context, now time.Time) (int, error)
	Recoveries(ctx context.Context, now time.Time) iter.Seq2[core.RecoveryPlan, error]
	Releases(ctx context.Context, now time.Time) iter.Seq2[core.ReleasePlan, error]
	Plans(ctx context.Context, now time.Time) iter.Seq2[planner.Planned, error]
}

// Outlook is what a tick would do, as plan and tick --dry-run show it.
type Outlook struct {
	totals
	Recoveries []fate             `json:"recoveries"`
	Releases   []fate             `json:"releases"`
	Recipients []PlannedRecipient `json:"recipients"`

	// everybody also has the people with nothing due; it is only kept if whole is set.
	whole     bool
	everybody []PlannedRecipient
}

// NewOutlook returns an empty outlook on a tick at now.
func NewOutlook(now time.Time) *Outlook { return &Outlook{totals: newTotals(now)} }

// fate is what becomes of a digest in doubt or of a held e-mail.
type fate struct{ what, becomes string }

// String returns f in one line.
func (f fate) String() string { return f.what + ": " + f.becomes }

// MarshalText returns f in one line, for JSON.
func (f fate) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// PlannedRecipient is one recipient's line of an outlook.
type PlannedRecipient struct {
	ID      int64        `json:"recipient"`
	Cadence core.Cadence `json:"cadence"`
	Action  core.Action  `json:"action"`
	Reason  string       `json:"reason"`
	Start   time.Time    `json:"period_start"`
	End     time.Time    `json:"period_end"`
	Events  int          `json:"events,omitempty"`
	RFCs    int          `json:"rfcs,omitempty"`
	Subject string       `json:"subject,omitempty"`
}

// NewPlanned returns the line of p.
func NewPlanned(p planner.Planned) PlannedRecipient {
	line := PlannedRecipient{
		ID: p.Recipient.ID, Cadence: p.Recipient.Cadence, Action: p.Plan.Action, Reason: string(p.Plan.Reason),
		Start: p.Plan.Window.Start, End: p.Plan.Window.End,
		Events: p.Plan.Digest.Events, RFCs: p.Plan.Digest.RFCs, Subject: p.Plan.Message.Subject,
	}
	if p.Err != nil {
		line.Reason = p.Err.Error()
	}
	return line
}

// LookAhead collects what a tick would do, with mail or without. Recipients with nothing due are only
// counted, unless o is to be compared.
func (o *Outlook) LookAhead(ctx context.Context, from Planner, mail bool) (err error) {
	if o.Stale, err = from.Stale(ctx, o.Now); err != nil || !mail {
		return err
	}
	for p, err := range from.Recoveries(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.Recoveries = append(o.Recoveries, fate{fmt.Sprintf("digest %d to recipient %d", p.Claim.ID, p.Claim.Recipient), fmt.Sprintf("%s, %s", p.Action, p.Reason)})
	}
	for p, err := range from.Releases(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.Releases = append(o.Releases, fate{fmt.Sprintf("held e-mail %d to recipient %d", p.Mail.ID, p.Mail.Recipient), fmt.Sprintf("%s, %s", p.Action, p.Reason)})
	}
	for p, err := range from.Plans(ctx, o.Now) {
		if err != nil {
			return err
		}
		o.totals.add(p)
		if o.whole {
			o.everybody = append(o.everybody, NewPlanned(p))
		}
		if p.Err != nil || p.Plan.Action != core.Skip {
			o.Recipients = append(o.Recipients, NewPlanned(p))
		}
	}
	return nil
}

// Print writes o for people.
func (o *Outlook) Print(w io.Writer) error {
	fmt.Fprintf(w, "A tick at %s UTC would\n", texts.Timestamp(o.Now))
	for _, f := range append(o.Recoveries, o.Releases...) {
		fmt.Fprintf(w, "  %s\n", f)
	}
	if o.Stale > 0 {
		fmt.Fprintf(w, "  let %s lapse\n", texts.Plural(o.Stale, "stale watch"))
	}
	if err := o.table(w); err != nil {
		return err
	}
	return o.totals.print(w)
}

// table writes a line for each recipient.
func (o *Outlook) table(w io.Writer) error {
	if len(o.Recipients) == 0 {
		return nil
	}
	var rows [][]string
	for _, r := range o.Recipients {
		why := strings.Join(strings.Fields(r.Reason), " ") // joined errors have a line each
		if r.Action == core.Send && r.Subject != "" {
			why = r.Subject
		}
		rows = append(rows, []string{fmt.Sprint(r.ID), string(r.Action), string(r.Cadence), texts.Timestamp(r.Start), why})
	}
	colours := term.PaletteFor(w)
	return term.Table(w, []string{"RECIPIENT", "ACTION", "CADENCE", "SINCE", "WHY"}, rows, func(row, column int, cell string) string {
		if column == 1 {
			return o.Recipients[row].colour(colours)(cell)
		}
		return cell
	})
}

// colour returns the style of r's action. A recipient with Send but no subject could not be read.
func (r PlannedRecipient) colour(p term.Palette) func(text string) string {
	switch {
	case r.Action == core.Refuse, r.Action == core.Send && r.Subject == "":
		return p.Bad
	case r.Action == core.Send:
		return p.Good
	case r.Action == core.Defer:
		return p.Warning
	}
	return p.Quiet
}
