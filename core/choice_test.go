package core

import (
	"testing"

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
