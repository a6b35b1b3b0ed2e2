package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPersonHasWhatCameAfterThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		person                Person
		id                    int64
		digest, notifications bool
	}{
		{Person{}, 1, true, true},
		{Person{Mark: 7}, 1, true, true},
		{Person{}, 0, true, true},
		{Person{FirstDigest: 5, FirstNotification: 6}, 4, false, false},
		{Person{FirstDigest: 5, FirstNotification: 6}, 5, true, false},
		{Person{FirstDigest: 5, FirstNotification: 6}, 6, true, true},
		{Person{FirstDigest: NoneYet, FirstNotification: NoneYet}, 1 << 60, false, false},
	} {
		assert.Equal(t, c.digest, c.person.HasDigest(c.id), c)
		assert.Equal(t, c.notifications, c.person.HasNotification(&Notification{ID: c.id}), c)
	}
}
