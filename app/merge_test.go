package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// A mail got no answer, and its account was merged into another and deleted. The mail arrives there, under its first Message-ID, and the
// other's own digests have nothing of it.
func TestADigestInDoubtOfAnAccountThatWasMergedArrivesAtTheOther(t *testing.T) {
	t.Parallel()
	s := newStage(t, people(2))
	s.mailer.Fault = func(_ int, m core.Message) (bool, error) {
		if m.To.Mailbox == "p1@rfc.example" {
			return false, &ports.SendError{Outcome: ports.Doubtful, Broken: true, Err: errors.New("no answer")}
		}
		return true, nil
	}
	require.Equal(t, 1, s.tick().InDoubt)
	doubt := s.dump().Ledger[0]
	require.Equal(t, core.Sending, doubt.Status)
	require.NoError(t, s.store.Merge(t.Context(), 1, 2))
	require.NoError(t, s.store.Remove(t.Context(), 1))

	s.clock.Set(noon.Add(5 * time.Minute)) // its lease is not over
	require.Zero(t, s.tick().Recovered)
	s.clock.Set(noon.Add(time.Hour))
	require.Equal(t, 1, s.tick().Recovered)
	mails := s.mailer.Sent()
	again := mails[len(mails)-1]
	assert.Equal(t, []string{"p2@rfc.example", doubt.MessageID}, []string{again.To.Mailbox, again.ID})
	assert.Contains(t, again.Text, "#100")
	s.clock.Set(noon.Add(25 * time.Hour))
	assert.Equal(t, 1, s.tick().RolledEmpty)
	for _, n := range s.dump().Notifications {
		assert.True(t, n.IncludedAt.Set, n.ID)
	}
}
