package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAPortableRowLosesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	const dirty, clean = "\x00Grüße\x00 \xff\xfe!", "Grüße \uFFFD!"
	unclean := func(id int64, columns ...string) (odd []Oddity) {
		for _, c := range columns {
			odd = append(odd, Oddity{ID: id, Column: c, Reason: Unclean})
		}
		return odd
	}
	preferences := func(text string) PreferencesRow {
		return PreferencesRow{User: 7, Preferences: Preferences{TimeZone: text, SendWeekday: text, QuietStart: text, QuietEnd: text,
			SuppressedAddress: text, SuppressedReason: text, Failures: 2}}
	}
	ledger := func(text string) LedgerRow {
		return LedgerRow{Claim: Claim{ID: 8, Recipient: 7, MessageID: text, Notifications: []int64{9, 2}}, Status: Status(text), Error: text}
	}
	held := func(text string) HeldRow {
		return HeldRow{HeldMail: HeldMail{ID: 9, Subject: text, Text: text, HTML: text, Status: Status(text), MessageID: text}, Error: text}
	}

	p, odd := preferences(dirty).Portable()
	assert.Equal(t, preferences(clean), p)
	assert.Equal(t, unclean(7, "time_zone", "send_weekday", "quiet_start", "quiet_end", "suppressed_address", "suppressed_reason"), odd)
	l, odd := ledger(dirty).Portable()
	assert.Equal(t, ledger(clean), l)
	assert.Equal(t, unclean(8, "status", "message_id", "error"), odd)
	h, odd := held(dirty).Portable()
	assert.Equal(t, held(clean), h)
	assert.Equal(t, unclean(9, "subject", "body_text", "body_html", "status", "message_id", "error"), odd)

	p, odd = p.Portable()
	assert.Equal(t, preferences(clean), p)
	assert.Empty(t, odd, "what is portable stays as it is")
	empty := ledger(clean)
	empty.Notifications, empty.Previous = []int64{}, 5
	l, odd = empty.Portable()
	assert.Nil(t, l.Notifications)
	assert.Zero(t, l.Previous)
	assert.Empty(t, odd)
}

func TestNumbersThatAreOutOfRangeAreNotPortable(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1 << 31, -1, 0, 23, 1<<31 - 1, -1<<31 - 1, 1 << 31, 1<<63 - 1} {
		fits := n == int(int32(n))
		p, odd := PreferencesRow{User: 7, Preferences: Preferences{SendHour: &n, Failures: n}}.Portable()
		l, more := LedgerRow{Claim: Claim{ID: 8, Attempts: n}}.Portable()
		h, most := HeldRow{HeldMail: HeldMail{ID: 9, Attempts: n}}.Portable()
		odd = append(append(odd, more...), most...)
		if fits {
			assert.Equal(t, []int{n, n, n, n}, []int{*p.SendHour, p.Failures, l.Attempts, h.Attempts})
			assert.Empty(t, odd)
			continue
		}
		assert.Nil(t, p.SendHour)
		assert.Equal(t, []int{0, 0, 0}, []int{p.Failures, l.Attempts, h.Attempts})
		assert.Equal(t, []Oddity{{7, "send_hour", OutOfRange}, {7, "failures", OutOfRange}, {8, "attempts", OutOfRange}, {9, "attempts", OutOfRange}}, odd)
	}
}
