package core

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Claim is a ledger row that is recorded BEFORE its message leaves, so that no other process sends the same.
type Claim struct {
	// ID is the ledger row's; 0 until the row is there.
	ID        int64
	Recipient int64
	// Person is the person who had that number when the claim was planned. The claim holds only while they have it.
	// It is in no ledger row, so a claim that was read back may lack it.
	Person Person
	// Heir is who gets a digest in doubt if its recipient cannot any more, since the app merged their account into this one;
	// else 0. It is in no ledger row.
	Heir int64
	// Previous is the ID of the newest ledger row when the plan was made, 0 for none. The claim holds only while that
	// is the newest.
	Previous int64
	Window   Window
	// MessageID has no angle brackets; empty for a window that ships nothing.
	MessageID string
	// Notifications are the IDs of what ships, ascending; empty for a window that ships nothing.
	Notifications []int64
	// Lease is until when other processes leave the claim alone. After that it is in doubt, and any may take it over.
	Lease time.Time
	// Dated is when the claim was made, by the clock. It is kept, so that every copy of a mail has the same Date. It is zero
	// until then, and in rows of earlier releases.
	Dated time.Time
	// Language is the BCP 47 tag of the language that the mail is written in; empty means that of earlier releases: the
	// words of the Python scheduler.
	Language string
	// Attempts counts how often the message was about to leave: 1 for a new claim.
	Attempts int
}

// For is who gets the mail: the heir, if there is one, else the recipient.
func (c Claim) For() int64 { return cmp.Or(c.Heir, c.Recipient) }

// date is the Date of the mail. A mail that was never claimed has that of its window.
func (c Claim) date() time.Time { return cmp.Or(c.Dated, c.Window.End) }

// digestMessageID returns the Message-ID of a digest (RFC 5322 §3.6.4), without angle brackets:
// a hash of what makes it this digest and no other.
func (s *Style) digestMessageID(recipient int64, start time.Time, ids []int64) string {
	b := append(make([]byte, 0, 256), "digest\n"...)
	b = append(strconv.AppendInt(b, recipient, 10), '\n')
	b = append(strconv.AppendInt(b, start.Unix(), 10), '\n')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return s.messageID(b)
}

// heldMessageID returns the Message-ID of a held e-mail. Its content is part of it: after a
// database was restored from an older copy, another mail may get the same row ID.
func (s *Style) heldMessageID(h HeldMail) string {
	content := sha256.Sum256([]byte(strconv.Itoa(len(h.Subject)) + " " + h.Subject + strconv.Itoa(len(h.Text)) + " " + h.Text + h.HTML))
	return s.messageID([]byte(strings.Join([]string{"held", strconv.FormatInt(h.ID, 10), strconv.FormatInt(h.Recipient, 10),
		strconv.FormatInt(h.CreatedAt.Unix(), 10), hex.EncodeToString(content[:])}, "\n")))
}

// messageID hashes parts, one a line; no part has a line break in it.
func (s *Style) messageID(parts []byte) string {
	sum := sha256.Sum256(parts)
	b := hex.AppendEncode(make([]byte, 0, 128), sum[:16])
	b = append(b, '@')
	return string(append(b, s.domain...))
}
