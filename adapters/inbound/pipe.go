package inbound

import (
	"context"
	"fmt"
	"io"
)

// The exit codes of sysexits.h by which a program in a mail server's aliases says what became of a message. There is no
// third: any other would have the server send a report on the report, or drop it.
const (
	// Done: the message was taken.
	Done = 0
	// TemporaryFailure (EX_TEMPFAIL): it was not, and the server is to keep it and try again.
	TemporaryFailure = 75
)

// Pipe takes one message from r, to its end, as a mail server pipes it to a program. An error says why the exit code is
// [TemporaryFailure].
func Pipe(ctx context.Context, r io.Reader, envelope Envelope, take Take) (exit int, err error) {
	mail, err := Read(r, envelope)
	if err == nil {
		_, err = io.Copy(io.Discard, r) // a server whose pipe breaks takes that for a failure
	}
	if err != nil {
		return TemporaryFailure, fmt.Errorf("read the message: %w", err)
	}
	if err := take(ctx, mail); err != nil {
		return TemporaryFailure, fmt.Errorf("take the message: %w", err)
	}
	return Done, nil
}

// EnvelopeOf returns the envelope that mail servers put in the environment of a program to which they pipe a message:
// Postfix has ORIGINAL_RECIPIENT, RECIPIENT and SENDER, Exim RECIPIENT and SENDER. lookup is like os.LookupEnv.
func EnvelopeOf(lookup func(name string) (string, bool)) Envelope {
	var e Envelope
	e.Sender, e.HasSender = lookup("SENDER")
	for _, name := range []string{"ORIGINAL_RECIPIENT", "RECIPIENT"} {
		if e.Recipient == "" {
			e.Recipient, _ = lookup(name)
		}
	}
	return e
}
