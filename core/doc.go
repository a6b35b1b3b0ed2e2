// Package core decides what a digest scheduler should do, and does none of it.
//
// It is pure: facts in ([Snapshot], [HeldSnapshot], [RecoverySnapshot]), plans out ([Plan], [ReleasePlan],
// [RecoveryPlan]). It performs no I/O, reads no clock, draws no random number, writes no log, holds no state and
// starts no goroutine. So the same facts give the same plan, byte for byte, on any machine and at any time.
// purity_test.go holds it and its rooms to that:
//
//	texts     texts of the app's databases: names, addresses, instants, payloads
//	zones     names of time zones, and when a clock there comes to an hour
//	links     links to unsubscribe, to mute an RFC, and to a reader's page; their tokens, and the secrets that sign them
//	cldr      how languages count, list and write dates
//	letter    what a digest says: what waits for its reader, and sentences, from a catalog for each language
//	page      what that looks like: plain text and HTML
//	returned  what a mail that came back means: bounces, complaints, replies
//	delivered what a mail that arrived lacks: for one click, for filters, for its reader
//
// # Time
//
// The instant of a tick is a field of the snapshot, in UTC at whole seconds. Windows are half-open in effect. A
// notification that was created in the second in which a window closed belongs to that window if it was visible
// then, and else to the next one; the mark on a shipped notification keeps it to one of them. Time zones come in as
// *time.Location, since looking one up reads a disk.
//
// # Identity
//
// A digest's Message-ID is a hash of the recipient, the start of the window and the notification IDs. A digest that
// must be made again is therefore the same message to every mail system that looks at Message-IDs.
//
// # Order
//
// No result depends on the order of a slice in its input, nor on a map's.
//
// # Terms
//
//	tick          one pass over all people, at one instant
//	range         people by their IDs: the part of a tick that one process takes
//	recipient     a person with an address and a cadence
//	cadence       how often a recipient wants a digest: daily, weekly or never
//	notification  a thing that happened and that its recipient should hear of
//	digest        one mail that tells of all notifications in a window that are still new to its recipient
//	window        the time that one digest covers: from the end of the last window to the tick
//	boundary      an instant at which a recipient's clock shows their send hour
//	due           said of a digest whose window is over; overdue, if ticks should have sent it already
//	spread        over how long a time digests that are due at once are sent
//	quiet hours   times of day at which a recipient gets no mail
//	rest          until when a tick need not look at a recipient again
//	verdict       whether a notification goes into a digest, and if not, by which rule
//	plan          what to do for one recipient, and why
//	roll          to record a window with nothing to tell, without a mail
//	ledger        the table of recorded windows
//	claim         a ledger row that is recorded before its mail leaves
//	lease         until when a claim is left to the process that made it
//	in doubt      said of a digest whose lease ended with no outcome recorded: it may have been sent, or not
//	unsettled     said of an outcome that the store has not taken yet
//	held e-mail   a mail of the app's own that waits for the end of its recipient's quiet hours
//	release       to send a held e-mail
//	watch         says that a person follows an RFC; it lapses if they take no part for some months
//	refused       said of an address that a mail server rejected for good, less than a day ago
//	suppressed    said of an address that gets no mail: refused on three days in a row, or entered by an operator
//	rate limit    how many messages may leave in a minute; see [RateLimit]
//	retry round   another pass of the same tick, for the mails that failed for a passing reason
//	installation  the app and the sender's domain that a database belongs to
//	redirected    said of mail that goes to one mailbox instead of its recipients, as in a copy of an installation
package core
