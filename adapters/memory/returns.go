package memory

import (
	"context"
	"slices"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// NoteReturn implements [ports.Returns].
func (s *Store) NoteReturn(ctx context.Context, about links.Return, r core.Return, suppressFor time.Duration) (news bool, err error) {
	err = s.do(ctx, func() error {
		var recipient int64
		days := 1
		switch row, held := s.ledger[about.ID], s.held[about.ID]; {
		case about.Kind == links.ReturnDigest && row.Status == core.Sent && r.After(row.Return) && s.users[row.Recipient].Person.HasDigest(row.ID):
			if !s.still(row.Recipient, about.Mark) {
				return nil
			}
			row.Return, recipient = r, row.Recipient
			s.ledger[row.ID] = row
			var rows []core.LedgerRow
			for _, id := range slices.Backward(s.windowsOf(recipient)) {
				if id <= row.ID {
					rows = append(rows, s.ledger[id])
				}
			}
			days = core.DeadDays(rows)
		case about.Kind == links.ReturnHeld && held.Status == core.Sent && r.After(held.Return) && s.still(held.Recipient, about.Mark):
			held.Return, recipient = r, held.Recipient
			s.held[held.ID] = held
		default:
			return nil
		}
		news = true
		u := s.users[recipient]
		switch {
		case links.AddressMark(texts.Mailbox(u.Address)) != r.To: // they have another by now
		case r.EndsDigests():
			u.Cadence = core.Off
		case r.Kind == returned.Dead:
			u.Preferences = core.CountReturn(u.Preferences, core.Refusal{Recipient: recipient, Mark: about.Mark, Address: texts.Mailbox(u.Address),
				Reason: "came back: " + r.Why, At: r.At, SuppressFor: suppressFor}, days)
		}
		s.users[recipient] = u
		return nil
	})
	return news, err
}
