// Package core decides what a digest scheduler should do, and does none of it.
//
// It is pure: facts in ([Snapshot], [HeldSnapshot]), plans out ([Plan],
// [ReleasePlan]). It performs no I/O, reads no clock, draws no random number,
// writes no log, holds no state and starts no goroutine, so the same facts give
// the same plan, byte for byte, on any machine and at any time. purity_test.go
// holds it to that.
//
// # Time
//
// The instant of a tick is a field of the snapshot, in UTC at whole seconds.
// Windows are half-open in effect: a notification created in the second in which
// a window closed belongs to that window if it was visible then, and to the next
// one if it was not; the mark on a shipped notification keeps it to one of them.
// Time zones come in as *time.Location, since looking one up reads a disk.
//
// # Identity
//
// A digest's Message-ID is a hash of the recipient, the start of the window and
// the notification IDs. A digest that must be made again is therefore the same
// message to every mail system that looks at Message-IDs.
//
// # Order
//
// No result depends on the order of a slice in its input, nor on a map's.
//
// # Words
//
// Terms are used as the README defines them: recipient, notification, cadence,
// window, ledger, held e-mail, watch, instant, plan.
package core
