package sender

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

const (
	// maxRefusals is how many messages in a row may be refused for good, or stay without an answer, before
	// sending stops.
	maxRefusals = 20
	maxDoubts   = 8
	// suspicious is after how many refusals for good in a row others are tried first, to find out whether
	// the server takes anything at all; several is the same for equal refusals for now.
	suspicious = 10
	several    = 5
	// uncertain is after how many the rest of the held mail waits for the digests to find out.
	uncertain = 13
	// maxTries is how often one message is tried in one tick.
	maxTries = 6
	// firstPause and longestPause bound the pauses that a server gets which says that we are too fast.
	firstPause   = time.Second
	longestPause = 5 * time.Minute
	// patience is how long nothing may be taken of a server that is given pauses before sending stops.
	patience = 10 * time.Minute
	// atFirst is how many connections are opened before the server took a message.
	atFirst = 4
	// growth is after how many messages another connection is tried, once there were too many.
	growth = 50
)

// server is what one run knows of the mail server by its answers. It decides what an answer means beyond its own
// message. Make one with newServer.
type server struct {
	// most is how many connections there may be, and limit how many there may be just now.
	most, limit int
	// accepted counts the messages that it took, and sinceLimit those since limit was changed.
	accepted, sinceLimit int
	// spent is how long it took with them, all together.
	spent time.Duration
	// until is the end of the last pause, pause its length, and paused its beginning. troubled is the beginning of the
	// first pause since the server last took a message.
	until, troubled, paused time.Time
	pause                   time.Duration
	// refusals and doubts count the messages since the last one that it took: refused for good, and
	// without an answer.
	refusals, doubts int
	// counted is how many refusals for good ever counted.
	counted int
	// probes counts the messages from elsewhere in the tick since the last one that it took.
	probes int
	// last is the last refusal for good.
	last *ports.SendError
	// same is the last refusal for now, and sames how many it was said to in a row.
	same  string
	sames int
	// charges are refusals to count against addresses. unsure are those since the server last took a message: they
	// count if it takes another.
	charges, unsure []core.Refusal
}

func newServer(connections int) server {
	return server{most: connections, limit: min(connections, atFirst)}
}

// suspects reports whether it has to be seen first whether the server takes anything from anybody.
func (s *server) suspects() bool {
	return s.refusals >= suspicious || s.sames >= several || s.pause > firstPause
}

// took notes that the server took a message, and returns how many connections there may be from now on.
func (s *server) took() (limit int) {
	s.accepted++
	s.refusals, s.doubts, s.sames, s.probes = 0, 0, 0, 0
	s.pause, s.troubled = 0, time.Time{}
	s.charges, s.unsure = append(s.charges, s.unsure...), nil
	s.sinceLimit++
	switch {
	case s.accepted == 1 && s.limit == min(s.most, atFirst):
		s.limit, s.sinceLimit = s.most, 0
	case s.limit < s.most && s.sinceLimit >= growth:
		s.limit, s.sinceLimit = s.limit+1, 0
	}
	return s.limit
}

// inAMinute estimates how many messages it takes in a minute over the connections that there may be.
func (s *server) inAMinute() int {
	each := max(s.spent/time.Duration(max(1, s.accepted)), time.Microsecond)
	return s.limit * int(time.Minute/each)
}

// fate is what follows from an answer: stop says why sending stops, if it does; passing that it may well go on
// in some minutes. again says that the message is to be tried once more in this tick; late, after all others.
type fate struct {
	stop                 string
	passing, again, late bool
}

// refused notes an answer to one, which was sent at began, and says what follows. charge is what is held against its
// address if the answer is about that; serves says that the server took messages lately. By outcome:
//
//	TemporaryRefusal   the same one several times in a row: as RateRefusal, but once
//	RecipientRefusal   counted, if the server takes something before too many in a row;
//	SenderRefusal      of either too many in a row: sending stops; as soon as that is to be feared, those that
//	                   were under way together count as one
//	RateRefusal        a pause, and again
//	ServerBusy         the same
//	Doubtful           too many in a row: sending stops
//	MessageRefusal     nothing
func (s *server) refused(answer *ports.SendError, charge core.Refusal, one *attempt, serves bool, began time.Time) (f fate) {
	switch answer.Outcome {
	case ports.TemporaryRefusal:
		if answer.Personal {
			return f
		}
		if text := answer.Error(); text != s.same {
			s.same, s.sames = text, 0
		}
		if s.sames++; s.sames < several {
			return f
		}
		f.again, f.late = one.tries < 2, true
		s.slower(answer, began, &f)
	case ports.RecipientRefusal, ports.SenderRefusal:
		s.last = answer
		if answer.Outcome == ports.RecipientRefusal {
			s.unsure = append(s.unsure, charge)
			if one.Known && serves {
				return f // no news, and says nothing of the server
			}
		}
		if s.refusals >= suspicious && one.seen != s.counted {
			return f
		}
		s.counted++
		if s.refusals++; s.refusals >= maxRefusals {
			s.unsure = nil
			f.stop = fmt.Sprintf("%d messages in a row were refused, the last: %v; nobody is charged", s.refusals, answer)
		}
	case ports.RateRefusal, ports.ServerBusy, ports.ConnectionSpent:
		f.again, f.late = one.tries < maxTries, true
		s.slower(answer, began, &f)
	case ports.Doubtful:
		if s.doubts++; s.doubts >= maxDoubts {
			f.stop = fmt.Sprintf("%d messages in a row got no answer, the last: %v", s.doubts, answer)
			f.passing = true
		}
	}
	return f
}

// verdict says what a tick in which the server took nothing comes to, though fewer were refused than stop it; empty
// if it took something, or served says that it did lately.
func (s *server) verdict(served bool) string {
	if s.accepted > 0 || served || s.last == nil {
		return ""
	}
	return fmt.Sprintf("the mail server took nothing, the last answer: %v; nobody is charged", s.last)
}

// slower makes a pause after something that was tried at began, twice as long as the one before, and has fewer
// connections. What was under way when a pause was made is no reason for another.
func (s *server) slower(answer *ports.SendError, began time.Time, f *fate) {
	if began.Before(s.paused) {
		return
	}
	now := time.Now()
	if s.troubled.IsZero() {
		s.troubled = now
	}
	left := patience - now.Sub(s.troubled)
	if left <= 0 {
		*f = fate{stop: fmt.Sprintf("nothing was taken for %s, the last answer: %v", patience, answer), passing: true}
		return
	}
	s.pause = min(max(firstPause, 2*s.pause), longestPause)
	s.until = now.Add(min(s.pause+rand.N(s.pause/8), left))
	s.paused = now
	s.limit, s.sinceLimit = max(1, s.limit/2), 0
}

// fewer notes that a connection was refused while others were there.
func (s *server) fewer(others int) { s.limit, s.sinceLimit = others, 0 }
