package core

import (
	"cmp"
	"strings"
	"time"
	"unicode"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// MaxRefusals is after how many temporary refusals a held e-mail is given up. It stays in the database, as failed.
const MaxRefusals = 10

// HeldMail is an individual e-mail that the app handed over while its recipient was in quiet hours.
type HeldMail struct {
	ID        int64
	Recipient int64
	// Subject is the app's own, as stored.
	Subject string
	// Text and HTML are the app's own words; either may be empty, not both.
	Text, HTML string
	// Notifications are the IDs of what it tells of; it may be empty.
	Notifications []int64
	// OddNotifications is what is stored as Notifications if that is no list of IDs; Notifications is then nil.
	OddNotifications string
	// CreatedAt is zero if it cannot be read.
	CreatedAt time.Time
	// Status is one of Held, Sending, Sent, Dropped, Failed and Redirected. With any other it waits for ever.
	Status Status
	// MessageID is empty until the mail was about to leave for the first time.
	MessageID string
	// Dated is when it was claimed, as in [Claim]; zero while it waits.
	Dated time.Time
	// Attempts counts the temporary refusals.
	Attempts int
	// Lease is until when a mail whose Status is Sending is left alone.
	Lease time.Time
}

// HeldSnapshot is everything the plan for one held e-mail may know.
type HeldSnapshot struct {
	// Now is as in [Snapshot].
	Now  time.Time
	Mail HeldMail
	// Recipient is the zero value if the person was deleted.
	Recipient Recipient
	// Zone and Schedule are as in [Snapshot].
	Zone     *time.Location
	Schedule Schedule
	// Notifications are those that the mail tells of, as far as they are still there.
	Notifications []Notification
}

// ReleaseAction is what to do with one held e-mail.
type ReleaseAction string

// The actions on a held e-mail.
const (
	// Keep: not now.
	Keep ReleaseAction = "keep"
	// Drop: everything it tells of was read.
	Drop ReleaseAction = "drop"
	// GiveUp: it cannot be sent; it is marked failed.
	GiveUp ReleaseAction = "give up"
	// Release: it goes out.
	Release ReleaseAction = "release"
)

// ReleasePlan says what to do with one held e-mail, and why.
type ReleasePlan struct {
	// Mail is the one that was planned, with its MessageID set if Action is Release.
	Mail   HeldMail
	Action ReleaseAction
	Reason Reason
	// Message is what to hand to the mail server if Action is Release; otherwise zero.
	Message Message
	// Failing and Mark are set if Action is Release: that the address was refused before, and the recipient's
	// [Person.Mark].
	Failing bool
	Mark    int64
}

// The further reasons of a [ReleasePlan].
const (
	AllRead     Reason = "everything in it was read"  // Drop
	NoRecipient Reason = "recipient does not exist"   // GiveUp
	NoContent   Reason = "neither text nor HTML body" // GiveUp
	QuietOver   Reason = "outside quiet hours"        // Release
)

// PlanRelease returns what to do with one held e-mail. The first line that is true decides:
//
//	facts                                     action    reason
//	its recipient is gone                     GiveUp    NoRecipient
//	it tells of something, all of it read     Drop      AllRead
//	it has no body                            GiveUp    NoContent
//	the recipient has no usable address       GiveUp    NoAddress, BadAddress
//	the address is suppressed                 Keep      Suppressed
//	it was refused less than a day before     Keep      Refused
//	now is in the recipient's quiet hours     Keep      QuietHours
//	otherwise                                 Release   QuietOver
//
// A notification that was deleted counts as unread.
func PlanRelease(s HeldSnapshot, style *Style) ReleasePlan {
	plan := ReleasePlan{Mail: s.Mail, Action: GiveUp}
	r := s.Recipient
	switch {
	case r.ID == 0:
		plan.Reason = NoRecipient
	case allRead(s.Mail.Notifications, s.Notifications):
		plan.Action, plan.Reason = Drop, AllRead
	case s.Mail.Text == "" && s.Mail.HTML == "":
		plan.Reason = NoContent
	default:
		plan.Reason = s.Schedule.hindrance(r, s.Zone, s.Now)
	}
	switch plan.Reason {
	case Suppressed, Refused, QuietHours:
		plan.Action = Keep
	case "":
		plan.Action, plan.Reason, plan.Failing, plan.Mark = Release, QuietOver, r.Preferences.Failures > 0, r.Person.Mark
		plan.compose(s, style)
	}
	return plan
}

// compose writes the message of a mail that goes out, under the Message-ID that it had before, if any.
func (p *ReleasePlan) compose(s HeldSnapshot, style *Style) {
	if p.Mail.MessageID == "" {
		p.Mail.MessageID = style.heldMessageID(s.Mail)
	}
	p.Message = Message{
		ID:      p.Mail.MessageID,
		To:      Address{Name: texts.Clean(s.Recipient.Name), Mailbox: s.Recipient.Address},
		Kind:    PersonalMail,
		Date:    cmp.Or(s.Mail.Dated, s.Now),
		Subject: oneLine(s.Mail.Subject),
		Text:    s.Mail.Text,
		HTML:    s.Mail.HTML,
	}
	if style.redirectTo != "" {
		p.Message = style.redirected(noticed(p.Message, style.redirectNotice(s.Recipient)))
	}
}

// allRead reports whether ids names something, and all of it is among found and read.
func allRead(ids []int64, found []Notification) bool {
	read := make(map[int64]bool, len(found))
	for _, n := range found {
		read[n.ID] = n.ReadAt.Set
	}
	for _, id := range ids {
		if !read[id] {
			return false
		}
	}
	return len(ids) > 0
}

// oneLine returns the app's own subject with nothing in it that would end the header it stands in.
func oneLine(subject string) string {
	fields := strings.FieldsFunc(strings.ToValidUTF8(subject, "\uFFFD"), unicode.IsControl)
	return strings.TrimSpace(strings.Join(fields, " "))
}
