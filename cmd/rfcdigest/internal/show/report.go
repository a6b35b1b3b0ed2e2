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
	line := func(n int, what string, more ...any) {
		if n > 0 {
			fmt.Fprintf(w, "%6d  %s\n", n, fmt.Sprintf(what, more...))
		}
	}
	line(r.Recovered, "digests in doubt sent again")
	line(r.Flushed, "held e-mails released")
	line(r.Dropped, "held e-mails dropped, their content was read")
	line(r.Decayed, "watches lapsed")
	fmt.Fprintf(w, "%6d  people due, of whom\n", r.Considered)
	line(r.DigestsSent, "  got their digest")
	line(r.RolledEmpty, "  had nothing new, their window rolled")
	line(r.Deferred, "  are in quiet hours, later")
	line(r.Suppressed, "  have a suppressed address, or one refused lately")
	line(r.Left, "  left to a later tick%s", ofWhich(r.Waiting))
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

// ofWhich says how many of the people who are left were refused for now.
func ofWhich(waiting int) string {
	if waiting == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them refused for now", waiting)
}
