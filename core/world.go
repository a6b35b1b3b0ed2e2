package core

import "time"

// World is the content of a whole store, table by table. Stores are filled from one and dumped
// into one; nothing plans from one.
type World struct {
	// Users are the rows of users with those of digest_preferences; Latest is not used.
	Users []Recipient
	RFCs  []RFC
	// Notifications refer to users by ActorID and to RFCs by Slug; Actor and Title are not used.
	Notifications []Notification
	Ledger        []LedgerRow
	Held          []HeldRow
	Watches       []Watch
}

// RFC is a row of cached_rfcs.
type RFC struct{ Slug, Title string }

// LedgerRow is a row of notification_digests.
type LedgerRow struct {
	Claim
	Status Status
	SentAt time.Time
	Error  string
}

// HeldRow is a row of held_emails.
type HeldRow struct {
	HeldMail
	SentAt Stamp
	Error  string
}

// Watch is a row of watches.
type Watch struct {
	User          int64
	Slug          string
	State         string
	Participation Stamp
}
