package preview_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInstantsPastAndToCome(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	now := s.get("/?person=%d", waiting)
	assert.Equal(t, "2026-03-29T12:00:00", attr(now.find("at"), "value"))
	assert.Equal(t, "true", attr(now.find("at-now"), "aria-current"))
	assert.Contains(t, now.text("instant-note"), "As of now")
	assert.Equal(t, "When next due", now.text("at-due"))
	due := s.follow(now, "at-due")
	assert.Equal(t, "2026-03-30T07:00:00", attr(due.find("at"), "value"))
	assert.Contains(t, due.text("instant-note"), "An instant to come")
	assert.Equal(t, "No name ● due", due.text("person-name"))
	assert.False(t, due.has("draft"))
	assert.False(t, due.has("at-due"), "it is that instant")
	assert.Contains(t, s.get("%s", attr(due.find("mail"), "src")).body, "Your daily digest")
	earlier := s.follow(now, "at-earlier")
	assert.Equal(t, "2026-03-28T12:00:00", attr(earlier.find("at"), "value"))
	assert.Contains(t, earlier.text("instant-note"), "which are as they are today")
	assert.Equal(t, "2026-03-29T12:00:00", attr(s.follow(earlier, "at-later").find("at"), "value"))
	assert.Contains(t, s.follow(earlier, "at-now").text("instant-note"), "As of now")
	assert.Equal(t, "When it became due", s.get("/?person=%d", ada).text("at-due"))
	assert.Equal(t, "true", attr(earlier.find("person-2"), "aria-current"), "the list is as of then, too")
	assert.Contains(t, earlier.text("person-1"), "not due p1@rfc.example next 2026-03-29 11:00")
}

func TestHowInstantsAreWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t, world(9))
	for written, want := range map[string]string{
		"2026-03-28T10:30":          "2026-03-28T10:30:00",
		"2026-03-28T10:30:05":       "2026-03-28T10:30:05",
		"2026-03-28T10:30:05.999":   "2026-03-28T10:30:05",
		"2026-03-28+10:30:05":       "2026-03-28T10:30:05",
		"2026-03-28T10:30:05Z":      "2026-03-28T10:30:05",
		"2026-03-28T10:30:05-02:00": "2026-03-28T12:30:05",
	} {
		a := s.ask("/?at=" + written)
		assert.Equal(t, http.StatusOK, a.status, written)
		assert.Equal(t, want, attr(a.find("at"), "value"))
	}
	for _, wrong := range []string{"2026-02-30T10:00:00", "yesterday", "1969-07-20T20:17:40", "9999-12-31T23:59:59", "%3Cb%3E", "2026-03-28", "%ff%00"} {
		a := s.ask("/?person=1&at=" + wrong)
		assert.Equal(t, http.StatusBadRequest, a.status, wrong)
		assert.Contains(t, a.text("instant-wrong"), "is no instant. Give one like 2026-03-29T06:30:00")
		assert.Equal(t, "true", attr(a.find("at"), "aria-invalid"))
		assert.Equal(t, "Ada Lovelace ● due", a.text("person-name"), "the rest stays usable, as of now")
		assert.Equal(t, http.StatusBadRequest, s.ask("/mail?person=1&at="+wrong).status)
	}
}
