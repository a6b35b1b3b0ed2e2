package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestIsSuppressed(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	for _, c := range []struct {
		name                string
		address             string
		failures            int
		retry               time.Duration // from now; 0: not known
		suppressed, refused bool
	}{
		{"nothing is held against it", "", 0, 0, false, false},
		{"one refusal, less than a day before", "ada@rfc.example", 1, time.Second, false, true},
		{"two refusals, less than a day before", "ada@rfc.example", 2, time.Second, false, true},
		{"two refusals, a day before", "ada@rfc.example", 2, -time.Second, false, false},
		{"two refusals, the day is over just now", "ada@rfc.example", 2, -1, false, false},
		{"two refusals, nobody knows when", "ada@rfc.example", 2, 0, false, false},
		{"three refusals", "ada@rfc.example", 3, time.Second, true, false},
		{"nine refusals", "ada@rfc.example", 9, time.Second, true, false},
		{"three refusals, its time is over", "ada@rfc.example", 3, -time.Second, false, false},
		{"three refusals, nobody knows when", "ada@rfc.example", 3, 0, true, false},
		{"by somebody else's hand", "ada@rfc.example", 0, 0, true, false},
		{"by somebody else's hand, with a date", "ada@rfc.example", 0, -time.Second, true, false},
		{"a new address starts clean", "old@rfc.example", 3, time.Second, false, false},
		{"a new address is not refused either", "old@rfc.example", 1, time.Second, false, false},
	} {
		p := Preferences{SuppressedAddress: c.address, Failures: c.failures}
		if c.retry != 0 {
			p.RetryAt = now.Add(c.retry)
		}
		r := Recipient{Address: "ada@rfc.example", Preferences: p}
		assert.Equal(t, c.suppressed, IsSuppressed(r, now), c.name)
		assert.Equal(t, c.refused, isRefused(r, now), c.name)
		r.Address = ""
		assert.False(t, IsSuppressed(r, now) || isRefused(r, now), c.name)
	}
}

func TestWhatIsHeldAgainstAnAddressIsSaidInOneLine(t *testing.T) {
	t.Parallel()
	now := instant(t, "2026-03-29T12:00:00Z")
	for name, c := range map[string]struct {
		p    Preferences
		want Standing
		says string
	}{
		"nothing":       {Preferences{}, "", ""},
		"a new address": {Preferences{SuppressedAddress: "old@x", Failures: 3}, "", ""},
		"entered":       {Preferences{SuppressedAddress: "a@x"}, Entered, "The address was entered as suppressed. That stays until somebody lifts it."},
		"entered, with a reason": {Preferences{SuppressedAddress: "a@x", SuppressedReason: "complaint.\r\n"}, Entered,
			"The address was entered as suppressed: complaint. That stays until somebody lifts it."},
		"refused": {Preferences{SuppressedAddress: "a@x", Failures: 1, RetryAt: now.Add(time.Second)}, RefusedLately,
			"The address was refused for good, with: no reason was noted. It is tried again from 2026-03-29 12:00:01 on."},
		"refused, and its day is over": {Preferences{SuppressedAddress: "a@x", Failures: 2, SuppressedReason: "550", RetryAt: now}, RefusedLately,
			"The address was refused for good on 2 days in a row, the last time with: 550. The next mail is tried."},
		"suppressed": {Preferences{SuppressedAddress: "a@x", Failures: 3, SuppressedReason: "550", RetryAt: now.Add(time.Second)}, RefusedTooOften,
			"The address was refused for good on 3 days in a row, the last time with: 550. One mail is tried from 2026-03-29 12:00:01 on."},
		"suppressed for good": {Preferences{SuppressedAddress: "a@x", Failures: 3, SuppressedReason: "550"}, RefusedTooOften,
			"The address was refused for good on 3 days in a row, the last time with: 550. That stays until somebody lifts it."},
		"suppressed, and its time is over": {Preferences{SuppressedAddress: "a@x", Failures: 3, SuppressedReason: "550", RetryAt: now}, OnTrial,
			"The address was refused for good on 3 days in a row, the last time with: 550. Its time is over: the next mail is tried, and decides."},
	} {
		r := Recipient{Address: "a@x", Preferences: c.p}
		assert.Equal(t, c.want, Stands(r, now), name)
		assert.Equal(t, c.says, WhyRefused(r, nil, now), name)
	}
}

func TestRefusalsOnThreeDaysInARowSuppressAnAddress(t *testing.T) {
	t.Parallel()
	r := Recipient{Address: "ada@rfc.example"}
	now := instant(t, "2026-03-29T23:30:00Z")
	refuse := func() {
		r.Preferences = CountRefusal(r.Preferences, Refusal{Address: r.Address, Reason: "RCPT: 550", At: now})
	}
	refuse()
	assert.Equal(t, instant(t, "2026-03-30T23:15:00Z"), r.Preferences.RetryAt)
	now = now.Add(5 * time.Minute)
	refuse()
	assert.Equal(t, 1, r.Preferences.Failures, "the same day")
	now = now.Add(24 * time.Hour)
	refuse()
	r.Preferences = CountAcceptance(r.Preferences)
	assert.Zero(t, r.Preferences, "they were not in a row")
	for day := range 3 {
		assert.False(t, IsSuppressed(r, now))
		assert.Equal(t, day, r.Preferences.Failures)
		now = now.Add(24 * time.Hour)
		refuse()
	}
	assert.True(t, IsSuppressed(r, now))
	assert.Equal(t, "RCPT: 550", r.Preferences.SuppressedReason)
	now = now.Add(SuppressFor)
	assert.False(t, IsSuppressed(r, now), "one attempt decides")
	refuse()
	assert.True(t, IsSuppressed(r, now))
	assert.Equal(t, now.Add(SuppressFor), r.Preferences.RetryAt)
	now = now.Add(SuppressFor)
	assert.False(t, IsSuppressed(r, now))
	assert.Zero(t, CountAcceptance(r.Preferences))
	r.Address = "ada@new.example"
	refuse()
	assert.Equal(t, 1, r.Preferences.Failures)
}

func TestALiftTakesWhatIsHeldAgainstAnAddressAndNothingElse(t *testing.T) {
	t.Parallel()
	hour := 9
	p := Preferences{TimeZone: "Asia/Tokyo", SendHour: &hour, QuietStart: "22:00", QuietEnd: "06:00"}
	marked := p
	marked.SuppressedAddress, marked.SuppressedReason, marked.Failures, marked.RetryAt = "x@y", "complaint", 3, time.Unix(1, 0)
	assert.Equal(t, p, Lift(marked))
}

// Whenever refusals come, each that counts is on a later day than the one before.
func TestRefusalsCountOncePerDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1.7e9, 1.8e9).Draw(t, "start"), 0).UTC()
		var p Preferences
		days := map[string]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "refusals") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40*3600).Draw(t, "seconds")) * time.Second)
			before := p.Failures
			p = CountRefusal(p, Refusal{Address: "a@x", At: now, SuppressFor: time.Hour})
			if day := now.Format(time.DateOnly); p.Failures > before && p.Failures <= MaxFailures {
				if days[day] {
					t.Fatalf("two refusals on %s counted", day)
				}
				days[day] = true
			}
			if p.Failures >= MaxFailures {
				return
			}
		}
	})
}

func TestRefusalsOfOneDayAreOne(t *testing.T) {
	t.Parallel()
	early := instant(t, "2026-03-29T00:05:00Z")
	midnight := instant(t, "2026-03-30T00:00:00Z")
	first := CountRefusal(Preferences{}, Refusal{Address: "a@x", Reason: "550 no", At: early})
	assert.Equal(t, Preferences{SuppressedAddress: "a@x", SuppressedReason: "550 no", Failures: 1, RetryAt: midnight}, first)
	again := CountRefusal(first, Refusal{Address: "a@x", Reason: "550 still no", At: midnight.Add(-time.Second)})
	first.SuppressedReason = "550 still no"
	assert.Equal(t, first, again, "the last reason is kept, and nothing is counted")
	noon := instant(t, "2026-03-29T12:00:00Z")
	assert.Equal(t, noon.Add(24*time.Hour-15*time.Minute), CountRefusal(Preferences{}, Refusal{Address: "a@x", At: noon}).RetryAt)
	entered := CountRefusal(Preferences{SuppressedAddress: "a@x", RetryAt: midnight}, Refusal{Address: "a@x", At: early})
	assert.Equal(t, 1, entered.Failures, "a date of somebody else's hand is no refusal of today")
}
