package show

import (
	"fmt"
	"io"
	"time"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Report prints what a tick did, a line for each kind of work that there was.
func Report(w io.Writer, now time.Time, r app.Report) {
	fmt.Fprintf(w, "Tick at %s UTC, %d ms\n", texts.Timestamp(now), r.DurationMS)
	line := func(n int, what string) {
		if n > 0 {
			fmt.Fprintf(w, "%6d  %s\n", n, what)
		}
	}
	line(r.Recovered, texts.Things(r.Recovered, "digest")+" in doubt sent again")
	line(r.Flushed, texts.Things(r.Flushed, "held e-mail")+" released")
	line(r.Dropped, texts.Things(r.Dropped, "held e-mail")+" dropped, with content that was read")
	line(r.Decayed, texts.Things(r.Decayed, "watch")+" lapsed")
	fmt.Fprintf(w, "%6d  %s due, of whom\n", r.Considered, texts.Things(r.Considered, "person"))
	line(r.DigestsSent, "  got their digest")
	line(r.RolledEmpty, "  had nothing new, their window rolled")
	line(r.Deferred, "  in quiet hours, later")
	line(r.Suppressed, "  with a suppressed address, or one refused lately")
	line(r.Left, "  left to a later tick"+ofWhich(r.Waiting))
	line(r.InDoubt, "  in doubt, no answer from the mail server")
	line(r.Failed, "  failed")
	for _, f := range r.Failures {
		fmt.Fprintf(w, "%16s %d: %s\n", "recipient", f.Recipient, f.Reason)
	}
	if r.Failed > len(r.Failures) {
		fmt.Fprintf(w, "%16s %d more; the log names them\n", "and", r.Failed-len(r.Failures))
	}
	if r.Stopped != "" {
		fmt.Fprintf(w, "Sending stopped: %s\n", r.Stopped)
	}
}

// ofWhich says how many of the people who are left are tried again soon.
func ofWhich(waiting int) string {
	if waiting == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them to be tried again in some minutes", waiting)
}
