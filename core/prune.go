package core

// Prunable is a kind of rows that are deleted when they are old.
type Prunable string

const (
	// OldWindows are rows of the ledger whose window ended long ago. With them it is forgotten what was [Moved] before that.
	OldWindows Prunable = "windows"
	// OldMails are held e-mails that were sent, dropped or given up, and handed over long ago.
	OldMails Prunable = "held e-mails"
)
