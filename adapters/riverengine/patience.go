package riverengine

import (
	"time"

	"github.com/riverqueue/river/rivertype"
)

const (
	// queue is the name of the queue of all jobs. Rounds are in it too, with priority over ranges: a
	// ticker does one thing at a time, so a round in a queue of its own would wait for a range while its
	// timeout runs.
	queue = "rfcdigest"
	// atOnce is how many jobs a process does at once. A ticker uses all its mail connections for one.
	atOnce = 1

	// crowdPatience is how long an engine waits at its start for a server that has no connection left.
	crowdPatience = 10 * time.Second

	// rangeSize is about how many people a range has: few enough that a process that dies leaves
	// little behind, and that all processes end a round at nearly the same time; enough that a job
	// costs little beside its messages.
	rangeSize = 500
	// jobTimeout is how long a job may take. It is enough for a range at one message a second. It is no
	// longer than a lease, ten minutes: if another process takes over a claim that a job made at its
	// start, that job has ended.
	jobTimeout = 10 * time.Minute
	// grace is how long a job may go on with the messages in hand after its context ended, as long as
	// the ticker's. Then it is cut off.
	grace = 30 * time.Second
	// stuckAfter is how long after its timeout a job that does not return is logged: after the grace,
	// and time enough to record what it did.
	stuckAfter = 2 * grace
	// rescueAfter is when a job that is still marked as running has surely lost its process: after its
	// timeout, the grace, and time for a slow database to record its result. It may be long, since the
	// next round sees to the job's people anyway.
	rescueAfter = 15 * time.Minute

	// kept is how long jobs that are done stay in the table. As long as a round is there, its instant
	// gets no second one, so this must be longer than any clock of the fleet is slow.
	kept = 24 * time.Hour
	// keptFailed is how long jobs that were given up stay in the table: over a long weekend.
	keptFailed = 7 * 24 * time.Hour
)

// retries are the pauses before each new attempt of a failed job; after the last one it is given up.
type retries []time.Duration

// pauses are few: a job only fails if the store does, not if mail is refused. Either the store is back
// soon, as after a restart or a failover, or the next round does the work.
var pauses = retries{10 * time.Second, time.Minute}

// NextRetry returns when a failed job is tried again.
func (r retries) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(r[min(max(job.Attempt, 1), len(r))-1])
}
