package core

import (
	"strings"
	"time"
	"unicode"
)

// MaxRefusals is after how many temporary refusals a held e-mail is given up and left for the operator to see.
const MaxRefusals = 10

// HeldMail is an individual e-mail that the app handed over while its recipient was in quiet hours.
type HeldMail struct {
	ID        int64
	Recipient int64
	Subject   string
	// Text and HTML are the app's own words; either may be empty, not both.
	Text, HTML string
	// Notifications are the IDs of what it tells of; it may be empty.
	Notifications []int64
	// CreatedAt is zero where it cannot be read.
	CreatedAt time.Time
	Status    Status
	// MessageID is empty until the mail was about to leave for the first time.
	MessageID string
	// Attempts counts the temporary refusals.
	Attempts int
	// Lease is until when a mail whose Status is Sending is left alone.
	Lease time.Time
}

// HeldSnapshot is everything the plan for one held e-mail may know.
type HeldSnapshot struct {
	Now  time.Time
	Mail HeldMail
	// Recipient is the zero value where there is no such person any more.
	Recipient Recipient
	// Zone is as in [Snapshot].
	Zone *time.Location
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
	Mail   HeldMail
	Action ReleaseAction
	Reason Reason
	// Message is what to hand over, where Action is Release. Zero otherwise.
	Message Message
}

// The further reasons of a [ReleasePlan].
const (
	AllRead     Reason = "everything in it was read"  // Drop
	NoRecipient Reason = "recipient does not exist"   // GiveUp
	NoContent   Reason = "neither text nor HTML body" // GiveUp
	QuietOver   Reason = "outside quiet hours"        // Release
)

// PlanRelease returns what to do with one held e-mail. In this order, the first that holds:
//
//	facts                                     action    reason
//	its recipient is gone                     GiveUp    NoRecipient
//	it tells of something, all of it read     Drop      AllRead
//	it has no body                            GiveUp    NoContent
//	the recipient has no usable address       GiveUp    NoAddress, BadAddress
//	the address is suppressed                 Keep      Suppressed
//	now is in the recipient's quiet hours     Keep      QuietHours
//	otherwise                                 Release   QuietOver
//
// A notification that is no longer there was not read, so far as anybody can say.
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
		plan.Reason = hindrance(r, s.Zone, s.Now)
	}
	switch plan.Reason {
	case Suppressed, QuietHours:
		plan.Action = Keep
	case "":
		plan.Action, plan.Reason = Release, QuietOver
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
		To:      Address{Name: Clean(s.Recipient.Name), Mailbox: s.Recipient.Address},
		Date:    s.Now,
		Subject: oneLine(s.Mail.Subject),
		Text:    s.Mail.Text,
		HTML:    s.Mail.HTML,
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
