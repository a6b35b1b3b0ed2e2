package app

import (
	"log/slog"
	"sync"
	"time"
)

// Report counts what a tick did and names each recipient it failed.
type Report struct {
	// Flushed counts held e-mails that were accepted, Dropped those whose content had been read.
	Flushed int `json:"flushed"`
	Dropped int `json:"dropped"`
	// Decayed counts watches that lapsed.
	Decayed int `json:"decayed"`
	// Recovered counts digests in doubt that were accepted when they were sent again.
	Recovered int `json:"recovered"`
	// Considered counts the recipients whose window had rolled over. Each of them is in exactly one
	// of the seven counts that follow; the last three of those also count held e-mails, and digests
	// that were in doubt.
	Considered int `json:"considered"`
	// DigestsSent counts digests that were accepted, RolledEmpty windows with nothing to report.
	DigestsSent int `json:"digests_sent"`
	RolledEmpty int `json:"rolled_empty"`
	// Deferred counts digests put off by quiet hours, Suppressed those by an address that is suppressed, or
	// was refused less than a day before.
	Deferred   int `json:"deferred"`
	Suppressed int `json:"suppressed"`
	// Left counts what a later tick or another scheduler takes: refused for now, claimed by another scheduler, or not
	// tried any more after sending had stopped.
	Left int `json:"left"`
	// Waiting counts those of Left that are worth another try in some minutes.
	Waiting int `json:"waiting,omitempty"`
	// InDoubt counts messages that were handed over whole and got no answer.
	InDoubt int `json:"in_doubt"`
	// Failed counts what went wrong for one recipient or one held e-mail.
	Failed int `json:"failed"`
	// OldestDue is since when the recipient has been due who has waited longest, of those that this tick could not
	// serve. Recipients in quiet hours or with a suppressed address do not count. Zero if there is none.
	OldestDue time.Time `json:"oldest_due,omitzero"`
	// DurationMS is how long the tick took, in milliseconds.
	DurationMS int64 `json:"duration_ms"`
	// Stopped says why sending stopped before everything was tried; empty if it did not.
	Stopped string `json:"stopped,omitempty"`
	// Failures name those counted in Failed, the first hundred of them.
	Failures []Failure `json:"failures,omitempty"`
}

// Failure is what went wrong for one recipient.
type Failure struct {
	Recipient int64  `json:"recipient"`
	Reason    string `json:"reason"`
}

// maxFailures is how many failures a report names; the log names all.
const maxFailures = 100

// LogValue returns the counts as attributes.
func (r Report) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.Int("flushed", r.Flushed), slog.Int("dropped", r.Dropped), slog.Int("decayed", r.Decayed),
		slog.Int("recovered", r.Recovered), slog.Int("considered", r.Considered), slog.Int("digests_sent", r.DigestsSent),
		slog.Int("rolled_empty", r.RolledEmpty), slog.Int("deferred", r.Deferred), slog.Int("suppressed", r.Suppressed),
		slog.Int("left", r.Left), slog.Int("waiting", r.Waiting), slog.Int("in_doubt", r.InDoubt), slog.Int("failed", r.Failed), slog.Int64("duration_ms", r.DurationMS),
	}
	if !r.OldestDue.IsZero() {
		attrs = append(attrs, slog.Time("oldest_due", r.OldestDue))
	}
	if r.Stopped != "" {
		attrs = append(attrs, slog.String("stopped", r.Stopped))
	}
	return slog.GroupValue(attrs...)
}

// again adds the report of a retry round. The people that it considered are in Considered already: the rounds before
// left, deferred or suppressed them.
func (r *Report) again(o Report) {
	r.Left, r.Waiting, r.Deferred, r.Suppressed, o.Considered = 0, 0, 0, 0, 0
	for _, which := range counts {
		*which(r) += *which(&o)
	}
	r.OldestDue, r.Stopped = o.OldestDue, o.Stopped
	r.DurationMS += o.DurationMS
	r.Failures = append(r.Failures, o.Failures[:min(len(o.Failures), maxFailures-len(r.Failures))]...)
}

// missed notes that a recipient who has been due since then was not served; a zero time is ignored.
func (r *Report) missed(since time.Time) {
	if !since.IsZero() && (r.OldestDue.IsZero() || since.Before(r.OldestDue)) {
		r.OldestDue = since
	}
}

// tally is a report that is being added to from several goroutines.
type tally struct {
	mu     sync.Mutex
	report Report
}

// count adds one to the field that which returns.
func (t *tally) count(which func(*Report) *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*which(&t.report)++
}

// fail counts and names what went wrong for one recipient.
func (t *tally) fail(f Failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Failed++
	if len(t.report.Failures) < maxFailures {
		t.report.Failures = append(t.report.Failures, f)
	}
}

// missed is [Report.missed].
func (t *tally) missed(since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.missed(since)
}

// The counts of a report, for count and add.
func flushed(r *Report) *int     { return &r.Flushed }
func dropped(r *Report) *int     { return &r.Dropped }
func recovered(r *Report) *int   { return &r.Recovered }
func considered(r *Report) *int  { return &r.Considered }
func digestsSent(r *Report) *int { return &r.DigestsSent }
func deferred(r *Report) *int    { return &r.Deferred }
func suppressed(r *Report) *int  { return &r.Suppressed }
func left(r *Report) *int        { return &r.Left }
func waiting(r *Report) *int     { return &r.Waiting }
func inDoubt(r *Report) *int     { return &r.InDoubt }
func decayed(r *Report) *int     { return &r.Decayed }
func rolledEmpty(r *Report) *int { return &r.RolledEmpty }
func failed(r *Report) *int      { return &r.Failed }

// counts are all of them.
var counts = []func(*Report) *int{flushed, dropped, decayed, recovered, considered, digestsSent, rolledEmpty, deferred, suppressed, left, waiting, inDoubt, failed}
