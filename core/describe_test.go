package core

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAnUnknownZoneIsRemarked(t *testing.T) {
	t.Parallel()
	remarks := func(text string, found *time.Location) []Remark {
		return Schedule{}.Remarks(Recipient{Preferences: Preferences{TimeZone: text}}, found, time.Time{})
	}
	assert.Empty(t, remarks("Europe/Paris", zone(t, "Europe/Paris")))
	assert.Empty(t, remarks("UTC", time.UTC))
	for _, text := range []string{"", " \n", "UTC+0"} {
		assert.Empty(t, remarks(text, nil), text)
	}
	for _, text := range []string{"Mars/Olympus_Mons", "localtime", "Europe/Paris"} {
		assert.Equal(t, UnknownZone, remarks(text, nil)[0].Quirk, text)
	}
}
