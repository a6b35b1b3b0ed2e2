package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestADigestEachWeekInstead(t *testing.T) {
	t.Parallel()
	for was, want := range map[Choice]Choice{
		{Cadence: Off}:                                 {Cadence: Weekly},
		{Cadence: Weekly}:                              {Cadence: Weekly},
		{Cadence: Daily}:                               {Cadence: Weekly, Rhythm: "monday at 8"},
		{Cadence: Off, Rhythm: "daily at 7, 12"}:       {Cadence: Weekly, Rhythm: "monday at 7"},
		{Cadence: Daily, Rhythm: "workdays at 17"}:     {Cadence: Weekly, Rhythm: "monday at 17"},
		{Cadence: Off, Rhythm: "monday, friday at 9"}:  {Cadence: Weekly, Rhythm: "monday at 9"},
		{Cadence: Daily, Rhythm: "friday at 9"}:        {Cadence: Weekly, Rhythm: "friday at 9"},
		{Cadence: Daily, Rhythm: "monthly on 31 at 9"}: {Cadence: Weekly, Rhythm: "monthly on 31 at 9"},
		{Cadence: Off, Rhythm: "whenever you like"}:    {Cadence: Weekly, Rhythm: "whenever you like"},
		{Cadence: Off, TimeZone: "Asia/Tokyo"}:         {Cadence: Weekly, TimeZone: "Asia/Tokyo"},
	} {
		assert.Equal(t, want, was.Weekly())
	}
}

func TestTheLanguageOfAChoiceIsOneThatIsThereOrStays(t *testing.T) {
	t.Parallel()
	const unknown = "The language is not known. Take one from the list."
	for _, c := range []struct{ before, language, want string }{
		{"", "", ""}, {"", "de", ""}, {"de", "zh-Hans", ""}, {"de-AT", "", ""}, {"de-AT", "de-AT", ""}, {"eo", "eo", ""},
		{"", "de-AT", unknown}, {"eo", "de-AT", unknown}, {"", "deutsch", unknown},
	} {
		choice, before := Choice{Cadence: Daily, Language: c.language}, ChoiceOf(Recipient{Preferences: Preferences{Language: c.before}})
		assert.Equal(t, c.want, choice.Check(before, nil), "%q after %q", c.language, c.before)
	}
}

func TestUpcomingDigestsComeOutsideQuietHours(t *testing.T) {
	t.Parallel()
	kathmandu, err := time.LoadLocation("Asia/Kathmandu") // UTC+5:45
	if err != nil {
		t.Skip(err)
	}
	now := time.Date(2026, 11, 29, 10, 20, 0, 0, time.UTC) // a Sunday
	served := Entry{End: now.Add(-3*time.Hour - 7*time.Minute)}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		r    Recipient
		want []time.Time
	}{
		"each day, at no hour":                   {Recipient{Cadence: Daily, Latest: served}, []time.Time{at(30, 7, 13), at(31, 7, 13), at(32, 7, 13)}},
		"never had one":                          {Recipient{Cadence: Daily}, []time.Time{now, now.AddDate(0, 0, 1), now.AddDate(0, 0, 2)}},
		"at an hour":                             {Recipient{Cadence: Daily, Latest: served, Preferences: Preferences{TimeZone: "x", Rhythm: "workdays at 7"}}, []time.Time{at(30, 1, 15), at(31, 1, 15), at(32, 1, 15)}},
		"after quiet hours":                      {Recipient{Cadence: Daily, Latest: served, Preferences: Preferences{QuietStart: "10:00", QuietEnd: "15:00"}}, []time.Time{at(30, 9, 15), at(31, 9, 15), at(32, 9, 15)}},
		"quiet hours that leave no tick outside": {Recipient{Cadence: Daily, Latest: served, Preferences: Preferences{QuietStart: "10:00", QuietEnd: "09:59"}}, []time.Time{at(30, 7, 13), at(31, 7, 13), at(32, 7, 13)}},
		"none":                                   {Recipient{Cadence: Off, Latest: served}, nil},
	} {
		all := Schedule{}.Upcoming(c.r, kathmandu, now, 3)
		if assert.Len(t, all, len(c.want), name) {
			for i, at := range all {
				assert.True(t, c.want[i].Equal(at), "%s: %s, not %s", name, at.UTC(), c.want[i])
			}
		}
	}
}
