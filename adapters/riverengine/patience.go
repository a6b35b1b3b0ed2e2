package riverengine

import (
	"time"

	"github.com/riverqueue/river/rivertype"
)

const (
	// queue is the name of the queue of all jobs. Rounds are in it too, with priority before ranges:
	// a ticker makes one pass at a time, so that a round beside a range would only wait for it, with
	// its time running.
	queue = "rfcdigest"
	// atOnce is how many jobs a process does at once. A ticker uses all its mail connections for one.
	atOnce = 1

	// rangeSize is about how many people a range has: few enough that a process that dies leaves
	// little behind, and that the processes end a round together; enough that a job costs nothing
	// beside its messages.
	rangeSize = 500
	// jobTimeout is how long a job may take. A range's messages fit in it at one a second, with some
	// to spare. It is no longer than a claim is left alone, ten minutes: whoever takes a claim over
	// does not meet the job that made it at its start.
	jobTimeout = 10 * time.Minute
	// grace is how long a job may go on with the messages in hand after its context ended; the
	// ticker's own is as long. A stop that takes longer is cut off.
	grace = 30 * time.Second
	// stuckAfter is how long after its timeout a job that does not return is worth a line in the log:
	// when the grace is over, and time enough to record what it did.
	stuckAfter = 2 * grace
	// rescueAfter is when a job that is still said to be running has surely lost its process: not
	// before its timeout and the grace after it have passed, and its result had time to be written
	// down by a database that came back late. Nobody waits for it: the next round looks after its people.
	rescueAfter = 15 * time.Minute

	// lull is how long without a job says that this process has had its share of a round. A free process asks
	// for jobs every second; and what is tried again after a pause, which is longer, is no part of it.
	lull = 5 * time.Second

	// kept is how long jobs that were done can be looked at. It is also how long an instant is known to
	// have had its round, which must be longer than any clock of the fleet is slow.
	kept = 24 * time.Hour
	// keptFailed is how long jobs that were given up can be looked at: over a long weekend.
	keptFailed = 7 * 24 * time.Hour
)

// retries are how long a job that failed waits before it is tried again, each time; then it is given up.
type retries []time.Duration

// pauses are few: a job fails where the store does (that mail is refused is no failure of the job), and
// either that is over soon, as when a database is restarted or another takes its place, or it
// is for the next round.
var pauses = retries{10 * time.Second, time.Minute}

// NextRetry returns when a job that was tried so often is due again.
func (r retries) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(r[min(max(job.Attempt, 1), len(r))-1])
}
