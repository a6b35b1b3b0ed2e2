package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestADigestIsOfItsRhythm(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	for _, c := range []struct {
		cadence Cadence
		rhythm  string
		want    MailKind
	}{
		{Daily, "", DailyDigest},
		{Weekly, "", WeeklyDigest},
		{Weekly, "daily at 7", DailyDigest},
		{Daily, "monday at 7", WeeklyDigest},
		{Daily, "monday, thursday at 7", SomeDigest},
		{Daily, "monthly on 1 at 7", SomeDigest},
	} {
		r := Recipient{ID: 7, Address: "ada@rfc.example", Cadence: c.cadence, Preferences: Preferences{Rhythm: c.rhythm}}
		m, ok := Draft(Snapshot{Now: now, Recipient: r, Notifications: []Notification{{ID: 1, Recipient: 7, CreatedAt: now.Add(-time.Hour)}}}, testStyle(t))
		assert.True(t, ok, c)
		assert.Equal(t, c.want, m.Kind, c)
	}
}
