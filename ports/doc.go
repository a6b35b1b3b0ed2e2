// Package ports says what the app needs of the outside world: stores, mail, clocks.
//
// Its interfaces are outbound only; what comes in from outside (commands, HTTP) is cmd's. Each
// has one to three methods, each of which app calls, and each promise in their comments has a case
// in porttest that every adapter runs. Whatever an adapter speaks (SQL, SMTP, files), it answers
// in core's types and in the errors named here.
//
// Unless a method says otherwise: it may be called from several goroutines at once; slices that
// it takes or returns belong to the caller; times are UTC at whole seconds; an error means that
// nothing was changed, but for [ErrUnknown]; a cancelled context changes nothing and returns an
// error.
package ports
