package core

import "time"

// Backlog counts what waits for a tick.
type Backlog struct {
	// Due is at least how many people a tick has to look at; it finds that some of them are not due.
	Due int
	// InDoubt counts the digests whose sending was cut short, and whose lease has ended.
	InDoubt int
	// Held counts the held e-mails that have neither gone out nor been given up.
	Held int
}

// TickMark is what the last tick leaves for those who come after its process.
type TickMark struct {
	// Instant is the one that decided everything in the tick, EndedAt when it came to its end.
	Instant, EndedAt time.Time
	// Trouble says why the tick failed, or why sending stopped; empty where neither happened. There
	// is no address or secret in it.
	Trouble string
}
