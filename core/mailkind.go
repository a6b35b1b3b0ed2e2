package core

import "github.com/wiggleverse/rfcdigest/core/page"

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

// digestKind returns which kind of digest d is.
func digestKind(d page.Digest) MailKind {
	return [...]MailKind{page.Day: DailyDigest, page.Week: WeeklyDigest, page.Other: SomeDigest}[d.Span]
}
