// Package ports says what the app needs of the outside world: stores, mail, clocks.
//
// Its interfaces are outbound only; what comes in (commands, HTTP) is for cmd. App calls every
// method. Each promise in a comment has a case in porttest, which every adapter runs. Whether an
// adapter speaks SQL, SMTP or files, it answers in core's types and with the errors named here.
//
// Unless a method says otherwise: it may be called from several goroutines at once; slices that
// it takes or returns belong to the caller; times are UTC at whole seconds; an error means that
// nothing was changed, but for [ErrUnknown]; a cancelled context changes nothing and returns an
// error.
package ports
