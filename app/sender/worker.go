package sender

import (
	"context"
	"fmt"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// worker sends one job after another over a connection of its own.
type worker struct {
	*Run
	// conn is nil if there is none.
	conn ports.MailConn
	// promised is the job that conn was told comes next; nil if there is none.
	promised *attempt
}

// work sends jobs over one connection, which it opens when it needs it, and again after it broke.
func (r *Run) work() {
	w := &worker{Run: r}
	for {
		one, what := r.next(w)
		switch what {
		case send:
			w.sendSafely(one)
		case goAhead:
			r.lookElsewhere()
		case hangUp:
			w.lose()
			r.vacate()
		case leaveOff:
			w.lose()
			return
		}
	}
}

// sendSafely sends one job. A panic is a failure of that job alone.
func (w *worker) sendSafely(one *attempt) {
	done := true // unless it says otherwise
	defer func() {
		if bug := recover(); bug != nil {
			w.add(Result{Job: one.Job, What: Failed, Err: fmt.Errorf("sending: internal error: %v", bug)})
			w.lose()
		}
		if done {
			w.finish()
		}
		if w.promised == one { // and now it does not come
			w.promised = nil
			w.lose()
		}
		w.idle()
		if w.conn == nil {
			w.vacate()
		}
	}()
	done = w.send(one)
}

// send takes one job as far as the server's answer. It reports whether the job is done: it is not if its outcome is yet
// to be recorded, or if it is tried again.
func (w *worker) send(one *attempt) (done bool) {
	switch w.unsure(one) {
	case later:
		w.giveBack(one, true)
		return false
	case never:
		w.leave(one)
		return true
	}
	if err := w.rate.wait(w.going); err != nil {
		w.turnedAway(one, err)
		return true
	}
	began := time.Now()
	if w.conn == nil {
		if err := w.dial(); err != nil {
			return w.undialled(one, ports.OutcomeOf(err), began)
		}
	}
	if err := w.claim(one); err != nil {
		w.rate.unused()
		w.unclaimed(one, err)
		return true
	}
	handed := time.Now()
	answer := w.handOver(one)
	if answer == nil {
		w.took(time.Since(handed))
		w.add(Result{Job: one.Job, What: Sent})
		w.note(outcomeOf(one.Job, one.accepted(w.tick.Now)))
		return false
	}
	return w.answered(one, answer, began)
}

// chance is what becomes of a job while it is not sure that the server takes anything.
type chance int

const (
	now chance = iota
	later
	never
)

// unsure decides about a job while early: a few are tried, ever further apart, and the others put off. In the end all
// are left, and the digests that follow find out whether the server takes anything.
func (w *worker) unsure(one *attempt) chance {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.early || !w.server.suspects():
		return now
	case w.server.refusals >= uncertain:
		return never
	case w.draining || one.skipped >= maxSkips:
		return now
	}
	if w.skipped++; w.skipped > 4<<(2*max(0, w.server.refusals-suspicious)) {
		w.skipped = 0
		return now
	}
	if len(w.again) >= maxSkipped {
		return never
	}
	one.skipped++
	one.tries--
	return later
}

// maxSkipped is how many jobs are put off at the most; they hold their messages in memory.
const maxSkipped = 1000

// maxSkips is how often one job is put off.
const maxSkips = 3

// took notes that the server took a message, and how long that was.
func (w *worker) took(spent time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.onTrial() {
		w.ready.Broadcast()
	}
	w.server.spent += spent
	if limit := w.server.limit; w.server.took() > limit {
		w.parked.Broadcast()
	}
}

// answered does what follows if the server did not take a job.
func (w *worker) answered(one *attempt, answer *ports.SendError, began time.Time) (done bool) {
	if answer.Broken {
		w.lose()
	}
	f, serves := w.judge(one, answer, began, false)
	if f.again && !w.over() {
		if !w.undo(one, answer.Error()) {
			w.leave(one)
			return true
		}
		w.giveBack(one, f.late)
		return false
	}
	one.claimed = false // what follows is of the answer
	result, c, ok := one.refused(answer, serves, w.tick.Retry)
	w.add(result)
	if ok {
		w.write(outcomeOf(one.Job, c))
	}
	return true
}

// undialled does what follows if no connection could be opened.
func (w *worker) undialled(one *attempt, answer *ports.SendError, began time.Time) (done bool) {
	if f, _ := w.judge(one, answer, began, true); f.again && !w.over() {
		w.giveBack(one, f.late)
		return false
	}
	w.leave(one)
	return true
}

// judge says what follows from an answer, and whether the server is known to take messages. After a stop nothing
// follows. A connection that is refused while others are open or being opened only lowers their number.
func (w *worker) judge(one *attempt, answer *ports.SendError, began time.Time, dialling bool) (f fate, serves bool) {
	w.mu.Lock()
	serves = w.server.accepted > 0 || w.tick.Serves
	switch {
	case w.ctx.Err() != nil:
	case (answer.Outcome == ports.ServerBusy || answer.Outcome == ports.ServerRefusal) && (w.open > 0 || dialling && w.slots > 1):
		w.server.fewer(max(1, w.open)) // the others may be the ones that there may be
		f.again = true
	case answer.Outcome == ports.ServerRefusal:
		f.stop, f.passing = answer.Error(), true
	default:
		charge := core.Refusal{
			Recipient: one.Recipient(), Mark: one.Mark, Address: one.Message.To.Mailbox, Reason: answer.Error(), At: w.tick.Now, SuppressFor: w.config.SuppressFor,
		}
		paused := w.server.paused
		f = w.server.refused(answer, charge, one, serves, began)
		if w.server.paused != paused && f.stop == "" {
			w.config.Log.Warn("the mail server takes no more for now; a pause", "pause", w.server.pause.String(), "connections", w.server.limit, "reason", answer.Error())
		}
	}
	w.mu.Unlock()
	if f.stop != "" {
		w.halt(f.stop, f.passing, nil)
	}
	return f, serves
}

// turnedAway ends a job that the rate limit did not let through: sending stopped, or the store did not answer.
func (w *worker) turnedAway(one *attempt, err error) {
	if w.over() {
		w.leave(one)
		return
	}
	w.unclaimed(one, err)
}

// dial opens the worker's connection.
func (w *worker) dial() (err error) {
	if w.conn, err = w.mailer.Dial(w.going); err != nil {
		w.conn = nil
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open++
	return nil
}

// lose closes the worker's connection, if it has one.
func (w *worker) lose() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Close()
	w.conn = nil
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open--
}

// handOver sends a claimed job (step "begin"), over another connection if the present one takes no more. It ends with the lease, since
// then another process may send the message. The job that comes next is only promised: it is begun when its turn comes.
func (w *worker) handOver(one *attempt) *ports.SendError {
	ctx, cancel := context.WithTimeout(w.hands, one.since.Add(Lease).Sub(w.clock.Now()))
	defer cancel()
	var next *core.Message
	if w.promised = w.promise(); w.promised != nil {
		next = &w.promised.Message
	}
	answer := handOver(ctx, w.conn, one.Message, next)
	if answer == nil || answer.Outcome != ports.ConnectionSpent || w.ctx.Err() != nil {
		return answer
	}
	w.lose()
	if err := w.dial(); err != nil {
		return ports.OutcomeOf(err)
	}
	return handOver(ctx, w.conn, one.Message, next)
}

// handOver sends a message and returns the server's answer, nil if it was accepted.
func handOver(ctx context.Context, conn ports.MailConn, m core.Message, next *core.Message) (answer *ports.SendError) {
	defer func() {
		if bug := recover(); bug != nil {
			answer = ports.OutcomeOf(fmt.Errorf("internal error: %v", bug))
		}
	}()
	if err := conn.Send(ctx, m, next); err != nil {
		return ports.OutcomeOf(err)
	}
	return nil
}

// outcomeOf returns c as the outcome of a job.
func outcomeOf(one *Job, c ports.Change) *outcome {
	row := fmt.Sprintf("digest %d", c.Claim.ID)
	switch {
	case one.Kind == Held:
		row = fmt.Sprintf("held e-mail %d", c.Held.ID)
	case one.Redirected:
		row = "redirected digest"
	}
	return &outcome{change: c, row: row, recipient: one.Recipient()}
}
