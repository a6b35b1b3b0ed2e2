package core

import "github.com/wiggleverse/rfcdigest/core/letter"

// MailKind is what a mail is to those who sort, filter or count mail.
type MailKind int

// The kinds of mail. Digests are a list, which readers subscribe to.
const (
	// SomeDigest is one of any other rhythm than the next two.
	SomeDigest MailKind = iota
	DailyDigest
	WeeklyDigest
	// PersonalMail is written to one person, like held e-mail.
	PersonalMail
)

// digestKind returns which kind a digest is.
func digestKind(span letter.Span) MailKind {
	return [...]MailKind{letter.Day: DailyDigest, letter.Week: WeeklyDigest, letter.Other: SomeDigest}[span]
}
