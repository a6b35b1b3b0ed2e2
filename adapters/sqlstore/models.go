package sqlstore

import (
	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// The rows of the tables, each column at the place that it has in them. Everything else that has to know a
// column asks these: the tables as they are created, what is read, and what is written.
//
// The app's tables are as the app makes them, so that a database may begin here and be taken over by the
// app. Of ours nothing refers to the app's by a foreign key, which would keep the app from deleting.
type (
	userRow struct {
		bun.BaseModel `bun:"users,alias:u"`
		ID            number `bun:",pk,identity"`
		Email         text
		DisplayName   text `bun:",notnull"`
		DigestCadence text `bun:",notnull,default:'off'"`
	}

	rfcRow struct {
		bun.BaseModel `bun:"cached_rfcs,alias:rfc"`
		Slug          text `bun:",pk"`
		Title         text `bun:",notnull"`
	}

	notificationRow struct {
		bun.BaseModel                         `bun:"notifications,alias:n"`
		ID                                    number `bun:",pk,autoincrement"`
		RecipientUserID                       number `bun:"type:bigint NOT NULL REFERENCES users(id)"`
		EventKind                             text   `bun:",notnull"`
		ActorUserID                           number
		RfcSlug, BranchName                   text
		PrNumber                              number
		CreatedAt                             stamp `bun:",notnull,default:now()"`
		Payload                               text
		ReadAt, EmailSentAt, DigestIncludedAt stamp
	}

	ledgerRow struct {
		bun.BaseModel                  `bun:"notification_digests,alias:d"`
		ID                             number `bun:",pk,autoincrement"`
		RecipientUserID                number `bun:"type:bigint NOT NULL REFERENCES users(id)"`
		SentAt, PeriodStart, PeriodEnd stamp  `bun:",notnull"`
		SignalIDsIncluded              idList `bun:"signal_ids_included,notnull"`
		Status, MessageID              text
		Attempts                       number `bun:"type:integer"`
		LeaseUntil                     stamp
		Error, Returned, ReturnedWhy   text
		ReturnedAt                     stamp
		ReturnedTo                     number `bun:"type:integer"`
		DatedAt                        stamp
		Language                       text
	}

	watchRow struct {
		bun.BaseModel       `bun:"watches,alias:w"`
		UserID              number `bun:",pk"`
		RfcSlug             text   `bun:",pk"`
		State               text   `bun:",notnull"`
		LastParticipationAt stamp
	}

	preferenceRow struct {
		bun.BaseModel                       `bun:"digest_preferences,alias:p"`
		UserID                              number `bun:",pk"`
		TimeZone                            text
		SendHour                            setting `bun:"type:integer"`
		SendWeekday, QuietStart, QuietEnd   text
		Rhythm, PausedUntil                 text
		LinksSince                          stamp
		SuppressedAddress, SuppressedReason text
		Failures                            number `bun:"type:integer"`
		RetryAt                             stamp
		Language                            text
	}

	dueRow struct {
		bun.BaseModel   `bun:"digest_due,alias:due"`
		UserID          number `bun:",pk"`
		Period          number `bun:",notnull"`
		HasHour         number `bun:"type:integer NOT NULL"`
		DueAt, Revision number `bun:",notnull"`
	}

	unreadableRow struct {
		bun.BaseModel          `bun:"digest_unreadable,alias:odd"`
		UserID, NotificationID number `bun:",pk"`
	}

	personRow struct {
		bun.BaseModel                          `bun:"digest_people,alias:who"`
		UserID                                 number `bun:",pk"`
		Person, FirstDigest, FirstNotification number `bun:",notnull"`
		Gone                                   number `bun:"type:integer NOT NULL"`
	}

	movedRow struct {
		bun.BaseModel                  `bun:"digest_moved,alias:m"`
		ID                             number `bun:",pk,autoincrement"`
		UserID, NotificationID, FromID number `bun:",notnull"`
		MovedAt                        stamp  `bun:",notnull"`
	}

	heldRow struct {
		bun.BaseModel               `bun:"held_emails,alias:h"`
		ID                          number `bun:",pk,autoincrement"`
		RecipientUserID             number
		Subject, BodyText, BodyHTML text
		NotificationIDs             enteredIDs `bun:"notification_ids"`
		CreatedAt                   stamp
		Status, MessageID           text
		Attempts                    number `bun:"type:integer"`
		LeaseUntil                  stamp
		Error                       text
		SentAt                      stamp
		Returned, ReturnedWhy       text
		ReturnedAt                  stamp
		ReturnedTo                  number `bun:"type:integer"`
		DatedAt                     stamp
	}

	paceRow struct {
		bun.BaseModel `bun:"digest_pace"`
		ID            number `bun:"type:integer PRIMARY KEY CHECK (id = 1)"`
		Paid          number `bun:",notnull"`
	}

	tickRow struct {
		bun.BaseModel    `bun:"digest_ticks"`
		ID               number `bun:"type:integer PRIMARY KEY CHECK (id = 1)"`
		Instant, EndedAt stamp  `bun:",notnull"`
		Trouble          text
	}

	schemaRow struct {
		bun.BaseModel `bun:"digest_schema"`
		Version       number `bun:"type:integer NOT NULL"`
		Unfilled      number `bun:"type:integer"` // see schema.Migration
		MadeBy        text   // the release
	}

	factRow struct {
		bun.BaseModel `bun:"digest_facts"`
		Name          text `bun:",pk"`
		Value         text `bun:",notnull"`
	}
)

func (r *rfcRow) core() (core.RFC, bool) {
	return core.RFC{Slug: string(r.Slug), Title: string(r.Title)}, true
}

func (r *watchRow) core() (core.Watch, bool) {
	return core.Watch{User: r.UserID.value, Slug: string(r.RfcSlug), State: string(r.State), Participation: r.LastParticipationAt.Stamp}, r.UserID.ok
}

func (r *notificationRow) core() (core.Notification, bool) {
	return core.Notification{
		ID: r.ID.value, Recipient: r.RecipientUserID.value, Kind: string(r.EventKind), ActorID: r.ActorUserID.value,
		Slug: string(r.RfcSlug), Branch: string(r.BranchName), PR: r.PrNumber.value, CreatedAt: r.CreatedAt.At, Payload: string(r.Payload),
		ReadAt: r.ReadAt.Stamp, EmailedAt: r.EmailSentAt.Stamp, IncludedAt: r.DigestIncludedAt.Stamp,
	}, r.ID.ok
}

func notificationOf(n core.Notification) notificationRow {
	return notificationRow{
		ID: integer(n.ID), RecipientUserID: integer(n.Recipient), EventKind: text(n.Kind), ActorUserID: nonzero(n.ActorID),
		RfcSlug: text(n.Slug), BranchName: text(n.Branch), PrNumber: nonzero(n.PR), CreatedAt: stampOf(n.CreatedAt), Payload: text(n.Payload),
		ReadAt: stamp{n.ReadAt}, EmailSentAt: stamp{n.EmailedAt}, DigestIncludedAt: stamp{n.IncludedAt},
	}
}

func (r *ledgerRow) core() (core.LedgerRow, bool) {
	if r.Status == text(core.Sent) {
		r.LeaseUntil = stamp{} // which says that its marks are yet to be made
	}
	return core.LedgerRow{
		Claim: core.Claim{
			ID: r.ID.value, Recipient: r.RecipientUserID.value, Window: core.Window{Start: r.PeriodStart.At, End: r.PeriodEnd.At},
			MessageID: string(r.MessageID), Notifications: r.SignalIDsIncluded, Lease: r.LeaseUntil.At, Attempts: int(r.Attempts.value),
			Dated: r.DatedAt.At, Language: string(r.Language),
		},
		Status: core.Status(r.Status), SentAt: r.SentAt.At, Error: string(r.Error),
		Return: core.Return{Kind: returned.Kind(r.Returned), Why: string(r.ReturnedWhy), At: r.ReturnedAt.At, To: uint16(r.ReturnedTo.value)},
	}, r.ID.ok
}

func ledgerRowOf(r core.LedgerRow) ledgerRow {
	return ledgerRow{
		ID: nonzero(r.ID), RecipientUserID: integer(r.Recipient), SentAt: stampOf(r.SentAt), PeriodStart: stampOf(r.Window.Start), PeriodEnd: stampOf(r.Window.End),
		SignalIDsIncluded: r.Notifications, Status: text(r.Status), MessageID: text(r.MessageID), Attempts: nonzero(r.Attempts),
		LeaseUntil: stampOf(r.Lease), Error: text(r.Error), Returned: text(r.Return.Kind), ReturnedWhy: text(r.Return.Why), ReturnedAt: stampOf(r.Return.At), ReturnedTo: nonzero(int64(r.Return.To)),
		DatedAt: stampOf(r.Dated), Language: text(r.Language),
	}
}

func (r *heldRow) core() (core.HeldRow, bool) {
	return core.HeldRow{
		HeldMail: core.HeldMail{
			ID: r.ID.value, Recipient: r.RecipientUserID.value, Subject: string(r.Subject), Text: string(r.BodyText), HTML: string(r.BodyHTML),
			Notifications: r.NotificationIDs.idList, OddNotifications: string(r.NotificationIDs.odd), CreatedAt: r.CreatedAt.At, Status: core.Status(r.Status), MessageID: string(r.MessageID),
			Attempts: int(r.Attempts.value), Lease: r.LeaseUntil.At, Dated: r.DatedAt.At,
		},
		SentAt: r.SentAt.Stamp, Error: string(r.Error),
		Return: core.Return{Kind: returned.Kind(r.Returned), Why: string(r.ReturnedWhy), At: r.ReturnedAt.At, To: uint16(r.ReturnedTo.value)},
	}, r.ID.ok
}

func heldRowOf(r core.HeldRow) heldRow {
	return heldRow{
		ID: nonzero(r.ID), RecipientUserID: integer(r.Recipient), Subject: text(r.Subject), BodyText: text(r.Text), BodyHTML: text(r.HTML),
		NotificationIDs: enteredIDs{r.Notifications, text(r.OddNotifications)}, CreatedAt: stampOf(r.CreatedAt), Status: text(r.Status), MessageID: text(r.MessageID),
		Attempts: nonzero(r.Attempts), LeaseUntil: stampOf(r.Lease), Error: text(r.Error), SentAt: stamp{r.SentAt},
		Returned: text(r.Return.Kind), ReturnedWhy: text(r.Return.Why), ReturnedAt: stampOf(r.Return.At), ReturnedTo: nonzero(int64(r.Return.To)),
		DatedAt: stampOf(r.Dated),
	}
}

func (p *preferenceRow) core() core.Preferences {
	out := core.Preferences{
		TimeZone: string(p.TimeZone), SendWeekday: string(p.SendWeekday), Rhythm: string(p.Rhythm), PausedUntil: string(p.PausedUntil), QuietStart: string(p.QuietStart), QuietEnd: string(p.QuietEnd),
		Language: string(p.Language), LinksSince: p.LinksSince.Stamp,
		SuppressedAddress: texts.Mailbox(string(p.SuppressedAddress)), SuppressedReason: string(p.SuppressedReason),
		OddHour: string(p.SendHour.odd), Failures: int(p.Failures.value), RetryAt: p.RetryAt.At,
	}
	if p.SendHour.ok {
		hour := int(p.SendHour.value)
		out.SendHour = &hour
	}
	return out
}

func preferencesOf(user int64, p core.Preferences) preferenceRow {
	row := preferenceRow{
		UserID: integer(user), TimeZone: text(p.TimeZone), SendWeekday: text(p.SendWeekday), Rhythm: text(p.Rhythm), PausedUntil: text(p.PausedUntil), QuietStart: text(p.QuietStart), QuietEnd: text(p.QuietEnd),
		SendHour: setting{odd: text(p.OddHour)}, Language: text(p.Language), LinksSince: stamp{p.LinksSince},
		SuppressedAddress: text(p.SuppressedAddress), SuppressedReason: text(p.SuppressedReason), Failures: nonzero(p.Failures), RetryAt: stampOf(p.RetryAt),
	}
	if p.SendHour != nil {
		row.SendHour.number = integer(*p.SendHour)
	}
	return row
}
