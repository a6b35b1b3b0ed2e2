package sender

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// said is an answer of a server with that text.
func said(outcome ports.Outcome, text string) *ports.SendError {
	return &ports.SendError{Outcome: outcome, Code: 450, Err: errors.New(text)}
}

// told tells s an answer to the first try of a message, which was begun just now.
func (s *server) told(answer *ports.SendError) fate {
	return s.refused(answer, core.Refusal{}, &attempt{Job: &Job{}, tries: 1, seen: s.counted}, true, time.Now())
}

func TestOnlyTheSameRefusalForNowIsAReasonToPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(4)
		for range several - 1 {
			assert.Zero(t, s.told(said(ports.TemporaryRefusal, "one")))
		}
		assert.Zero(t, s.told(said(ports.TemporaryRefusal, "another")), "it is counted from the start")
		assert.False(t, s.suspects())
		for range several - 2 {
			assert.Zero(t, s.told(said(ports.TemporaryRefusal, "another")))
		}
		assert.Equal(t, fate{again: true, late: true}, s.told(said(ports.TemporaryRefusal, "another")))
		assert.True(t, s.suspects())
		assert.Equal(t, firstPause, s.pause)
		assert.Equal(t, 2, s.limit)
		twice := &attempt{Job: &Job{}, tries: 2}
		assert.Equal(t, fate{late: true}, s.refused(said(ports.TemporaryRefusal, "another"), core.Refusal{}, twice, true, time.Now()), "a message is tried again once")

		s.took()
		assert.False(t, s.suspects())
		assert.Zero(t, s.told(said(ports.TemporaryRefusal, "another")))
	})
}

func TestWhatWasUnderWayIsNoReasonForAnotherPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(8)
		began := time.Now()
		time.Sleep(time.Second)
		for range 3 {
			assert.True(t, s.refused(said(ports.RateRefusal, "too fast"), core.Refusal{}, &attempt{Job: &Job{}, tries: 1}, true, began).again)
			assert.Equal(t, firstPause, s.pause)
			assert.Equal(t, 2, s.limit)
		}
		assert.False(t, s.suspects())
		s.told(said(ports.RateRefusal, "too fast"))
		assert.Equal(t, 2*firstPause, s.pause)
		assert.Equal(t, 1, s.limit)
		assert.True(t, s.suspects())
	})
}

func TestPausesGrowUntilPatienceIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newServer(4)
		began := time.Now()
		for f := (fate{}); f.stop == ""; f = s.told(said(ports.RateRefusal, "too fast")) {
			assert.LessOrEqual(t, s.until.Sub(began), patience)
			assert.LessOrEqual(t, s.pause, longestPause)
			time.Sleep(time.Until(s.until))
		}
		assert.Equal(t, patience, time.Since(began), "the last pause is cut short")

		s = newServer(4)
		s.told(said(ports.RateRefusal, "too fast"))
		time.Sleep(patience)
		s.took()
		assert.Empty(t, s.told(said(ports.RateRefusal, "too fast")).stop, "patience begins anew with a message that is taken")
	})
}

func TestConnectionsGrowWithWhatIsTaken(t *testing.T) {
	t.Parallel()
	s := newServer(8)
	assert.Equal(t, atFirst, s.limit)
	assert.Equal(t, 8, s.took())
	s.fewer(2)
	for range growth - 1 {
		assert.Equal(t, 2, s.took())
	}
	assert.Equal(t, 3, s.took())

	s = newServer(8)
	s.fewer(2)
	assert.Equal(t, 2, s.took(), "the first message is no reason for all, if there were too many")
}

func TestRefusalsThatCannotBeJudgedChargeNobody(t *testing.T) {
	t.Parallel()
	s := newServer(1)
	no := said(ports.RecipientRefusal, "no")
	known := &attempt{Job: &Job{Known: true}}
	for range 2 * maxRefusals {
		assert.Zero(t, s.refused(no, core.Refusal{Recipient: 1}, known, true, time.Now()), "it was refused before, by a server that takes mail")
	}
	assert.Len(t, s.unsure, 2*maxRefusals)
	var f fate
	for range maxRefusals {
		assert.Empty(t, f.stop)
		known.seen = s.counted
		f = s.refused(no, core.Refusal{Recipient: 1}, known, false, time.Now())
	}
	assert.Contains(t, f.stop, "20 messages in a row were refused, the last: ")
	assert.Empty(t, s.unsure)
	s.took()
	assert.Empty(t, s.charges)

	assert.Empty(t, s.verdict(false), "it took something")
	s = newServer(1)
	assert.Empty(t, s.verdict(false), "nothing was said")
	s.told(no)
	assert.Contains(t, s.verdict(false), "took nothing")
	assert.Empty(t, s.verdict(true))
	s.took()
	assert.Len(t, s.charges, 1)
}

func TestMessagesWithoutAnAnswerStopARunIfTheyAreInARow(t *testing.T) {
	t.Parallel()
	s := newServer(1)
	for range maxDoubts - 1 {
		assert.Zero(t, s.told(said(ports.Doubtful, "gone")))
	}
	s.took()
	for range maxDoubts - 1 {
		assert.Zero(t, s.told(said(ports.Doubtful, "gone")))
	}
	f := s.told(said(ports.Doubtful, "gone"))
	assert.Contains(t, f.stop, "8 messages in a row got no answer")
	assert.True(t, f.passing)
}
