package core

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Claim is one ledger line: recipient, window, Message-ID and the notification IDs, ascending; it is recorded BEFORE its message leaves.
type Claim struct {
	// ID is the ledger row's; 0 until the row is there.
	ID        int64
	Recipient int64
	// Previous is the ID of the newest ledger row that the plan was made from, 0 for none. The
	// claim holds only while that is still so.
	Previous int64
	Window   Window
	// MessageID has no angle brackets; empty for a window that ships nothing.
	MessageID string
	// Notifications are the IDs of what ships, ascending; empty for a window that ships nothing.
	Notifications []int64
	// Lease is until when the claim is left alone; afterwards it is in doubt and another may take it over.
	Lease time.Time
	// Attempts counts how often the message was about to leave: 1 for a fresh claim.
	Attempts int
}

// digestMessageID returns the Message-ID of a digest (RFC 5322 §3.6.4), without angle brackets:
// a hash of what makes it this digest and no other.
func (s *Style) digestMessageID(recipient int64, start time.Time, ids []int64) string {
	return s.messageID("digest", strconv.FormatInt(recipient, 10), strconv.FormatInt(start.Unix(), 10), joinIDs(ids))
}

// heldMessageID returns the Message-ID of a held e-mail. Its content is part of it: after a
// database was restored from an older copy, another mail may get the same row ID.
func (s *Style) heldMessageID(h HeldMail) string {
	content := sha256.Sum256([]byte(strconv.Itoa(len(h.Subject)) + " " + h.Subject + strconv.Itoa(len(h.Text)) + " " + h.Text + h.HTML))
	return s.messageID("held", strconv.FormatInt(h.ID, 10), strconv.FormatInt(h.Recipient, 10),
		strconv.FormatInt(h.CreatedAt.Unix(), 10), hex.EncodeToString(content[:]))
}

// messageID hashes parts, none of which has a line break in it.
func (s *Style) messageID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16]) + "@" + s.domain
}

func joinIDs(ids []int64) string {
	out := make([]byte, 0, 8*len(ids))
	for i, id := range ids {
		if i > 0 {
			out = append(out, ',')
		}
		out = strconv.AppendInt(out, id, 10)
	}
	return string(out)
}
