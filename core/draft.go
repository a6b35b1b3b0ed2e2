package core

import "strings"

// Draft returns the mail that would go out for s if a window of s.Recipient ended at s.Now and nothing
// kept mail from them: neither that it is not due, nor quiet hours or the address. ok is false where
// nothing is included, or where their cadence has no digest. It is for looking at; what is really sent
// comes from [PlanDigest] alone.
func Draft(s Snapshot, style *Style) (m Message, ok bool) {
	return draft(s, style, extras{unsubscribe: style.unsubscribeURL(s.Recipient.ID)})
}

func draft(s Snapshot, style *Style, x extras) (m Message, ok bool) {
	plan, included := judgeAll(s, style)
	if len(included) == 0 || s.Recipient.Cadence.Period() == 0 {
		return Message{}, false
	}
	_, m = compose(s.Recipient, style.claim(s.Recipient, plan.Window, included), included, style, x)
	return m, true
}

// TestMail returns [Draft], marked as a test in its subject and at its head and made out to another
// mailbox. It can do no harm there: nothing in it unsubscribes anybody, and its Message-ID is not that of
// the digest, which mail systems would otherwise drop as a second copy when it comes. nonce tells one
// test from another; it has no line break in it.
func TestMail(s Snapshot, style *Style, mailbox, nonce string) (m Message, ok bool) {
	name := Clean(s.Recipient.Name)
	if name == "" {
		name = "somebody without a name"
	}
	var notice strings.Builder
	notice.WriteString("This is a test. It is what the digest of ")
	notice.WriteString(name)
	notice.WriteString(" would be on ")
	notice.WriteString(Timestamp(s.Now))
	notice.WriteString(" UTC, sent to you instead; nothing was recorded.")
	m, ok = draft(s, style, extras{notice: notice.String()})
	if !ok {
		return Message{}, false
	}
	m.To = Address{Mailbox: mailbox}
	m.Date = s.Now
	m.Subject = "[Test] " + m.Subject
	m.UnsubscribeMailbox = ""
	m.ID = style.messageID([]byte("test\n" + nonce + "\n" + m.ID))
	return m, true
}
