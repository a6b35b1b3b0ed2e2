package main

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settingsTried has two values for each setting, other than the default, the first for the environment; and what in a
// tick or its mail shows which of them holds.
var settingsTried = map[string]struct {
	variable, inEnvironment, onCommandLine string
	shows                                  func(s *site, r result) string
	seenInEnvironment, seenOnCommandLine   string
}{
	"--database": {"DIGEST_DATABASE_URL", "sqlite://one.db", "sqlite://two.db",
		func(s *site, _ result) string {
			return strings.Join(append(s.query("one.db", "SELECT 'one' FROM notification_digests LIMIT 1"), s.query("two.db", "SELECT 'two' FROM notification_digests LIMIT 1")...), "")
		}, "one", "two"},
	"--mail": {"DIGEST_MAIL_URL", "maildir://one", "maildir://two",
		func(s *site, _ result) string {
			if len(s.letters("one")) > 0 {
				return "one"
			}
			return "two"
		}, "one", "two"},
	"--app-url": {"DIGEST_APP_URL", "https://one.example", "https://two.example/x/", linkOf, "https://one.example/inbox", "https://two.example/x/inbox"},
	"--from":    {"DIGEST_FROM", "a@one.example", "b@two.example", headerOf("From"), "<a@one.example>", "<b@two.example>"},
	"--name": {"DIGEST_NAME", "One", "Two", func(s *site, _ result) string {
		_, name, _ := strings.Cut(s.mail().html, `<p class="brand"><span dir="auto">`)
		return name[:3]
	}, "One", "Two"},
	"--language": {"DIGEST_LANGUAGE", "de", "fr", func(s *site, _ result) string {
		_, rest, _ := strings.Cut(s.mail().html, `lang="`)
		return rest[:2]
	}, "de", "fr"},
	"--classic":    {"DIGEST_CLASSIC", "false", "true", func(s *site, _ result) string { return s.mail().subject[:1] }, "W", "["},
	"--rfc-path":   {"DIGEST_RFC_PATH", "/a/{slug}", "/b/{slug}", pathOf, "/a/a", "/b/a"},
	"--inbox-path": {"DIGEST_INBOX_PATH", "/one", "/two", func(s *site, r result) string { return strings.TrimPrefix(linkOf(s, r), "http://localhost:8000") }, "/one", "/two"},
	"--enabled": {"DIGEST_ENABLED", "false", "true", func(s *site, r result) string {
		if r.report().Considered > 0 {
			return "on"
		}
		return "off"
	}, "off", "on"},
	"--watch-days": {"DIGEST_WATCH_DAYS", "10", "20", func(s *site, r result) string { return "lapsed: " + strings.Repeat("I", r.report().Decayed) }, "lapsed: II", "lapsed: I"},
	"--public-url": {"DIGEST_PUBLIC_URL", "https://one.example", "https://two.example", func(s *site, _ result) string {
		link, _, _ := strings.Cut(s.mail().header.Get("List-Unsubscribe"), "/unsubscribe/")
		return link
	}, "<https://one.example", "<https://two.example"},
	"--redirect-all-to": {"DIGEST_REDIRECT_ALL_TO", "a@one.example", "b@two.example", headerOf("To"), "<a@one.example>", "<b@two.example>"},
	"--max-rfcs": {"DIGEST_MAX_RFCS", "1", "2", func(s *site, _ result) string {
		return "listed: " + strings.Repeat("I", strings.Count(s.mail().text, "/rfc/"))
	}, "listed: I", "listed: II"},
}

// settingsChecked have no effect in a tick. To show which of two values holds, one of them is invalid.
var settingsChecked = map[string]struct{ variable, good, bad string }{
	"--tick-seconds":  {"DIGEST_TICK_SECONDS", "60", "0"},
	"--connections":   {"DIGEST_CONNECTIONS", "64", "65"},
	"--doubt":         {"DIGEST_DOUBT", "1000", "1001"},
	"--suppress-days": {"DIGEST_SUPPRESS_DAYS", "7", "0"},
	"--secret":        {"DIGEST_SECRET", secret, "short"},
	"--prune-days":    {"DIGEST_PRUNE_DAYS", "0", "59"},
	"--spread":        {"DIGEST_SPREAD", "2h", "30m"}, // ticks are an hour apart
	"--max-rate":      {"DIGEST_MAX_RATE", "1", "-1"},
	"--engine":        {"DIGEST_ENGINE", "plain", "river"}, // which is not for a file
	"--pr-path":       {"DIGEST_PR_PATH", "none", "/x"},
	"--branch-path":   {"DIGEST_BRANCH_PATH", "/{branch}", "x/{branch}"},
	"--settings-path": {"DIGEST_SETTINGS_PATH", "/me", "me"},
	"--zoneinfo":      {"ZONEINFO", builtInZones, "nowhere"},
}

func linkOf(s *site, _ result) string {
	_, rest, _ := strings.Cut(s.mail().text, "Open your inbox: ")
	link, _, _ := strings.Cut(rest, "\n")
	return link
}

// pathOf is the path of the first RFC in the site's only mail.
func pathOf(s *site, _ result) string {
	_, rest, _ := strings.Cut(s.mail().text, "\n# ")
	_, rest, _ = strings.Cut(rest, "\n http://localhost:8000")
	path, _, _ := strings.Cut(rest, "\n")
	return path
}

func headerOf(name string) func(*site, result) string {
	return func(s *site, _ result) string { return s.mail().header.Get(name) }
}

// mail is the only mail in the site's outbox.
func (s *site) mail() received {
	s.Helper()
	letters := s.letters("outbox")
	require.Len(s, letters, 1)
	return letters[0]
}

// settingsWorld has one person with events on three RFCs, and two watches of different ages.
const settingsWorld = `INSERT INTO users VALUES (1, 'ada@rfc.example', 'Ada', 'daily');
INSERT INTO notifications (recipient_user_id, event_kind, rfc_slug, created_at) VALUES (1, 'pr_opened', 'a', '2026-03-29 11:00:00'),
 (1, 'pr_opened', 'b', '2026-03-29 11:00:00'), (1, 'pr_opened', 'c', '2026-03-29 11:00:00');
INSERT INTO watches VALUES (1, 'a', 'watching', '2026-03-14 12:00:00'), (1, 'b', 'watching', '2026-03-04 12:00:00')`

func TestAFlagWinsOverTheEnvironment(t *testing.T) {
	for flag, c := range settingsTried {
		t.Run(flag, func(t *testing.T) {
			for _, flagged := range []bool{false, true} {
				s := newSite(t, "DIGEST_SECRET="+secret, c.variable+"="+c.inEnvironment).inside().withDatabase(settingsWorld)
				s.write("one.db", s.read("rfcdigest.db"))
				s.write("two.db", s.read("rfcdigest.db"))
				line, want := []string{"tick", "--now", noon, "--json"}, c.seenInEnvironment
				if flagged {
					line, want = append(line, flag+"="+c.onCommandLine), c.seenOnCommandLine
				}
				assert.Equal(t, want, c.shows(s, s.run(line...).done()))
			}
		})
	}
	for flag, c := range settingsChecked {
		t.Run(flag, func(t *testing.T) {
			s := newSite(t).inside().withDatabase()
			s.with(c.variable+"="+c.bad).run("tick").fails(exitUsage, flag)
			s.with(c.variable+"="+c.bad).run("tick", flag, c.good).done()
			s.with(c.variable+"="+c.good).run("tick", flag, c.bad).fails(exitUsage, flag)
			s.with(c.variable + "=" + c.good).run("tick").done()
		})
	}
}

// Every setting has a flag and a variable, and is tried above.
func TestEverySettingHasBothAFlagAndAVariable(t *testing.T) {
	t.Parallel()
	variables := map[string]bool{"DIGEST_LISTEN": true, "DIGEST_INBOUND": true, "DIGEST_INBOUND_SECRET": true, "DIGEST_RETURN_PATH": true} // tried with serve
	for _, c := range settingsTried {
		variables[c.variable] = true
	}
	for _, c := range settingsChecked {
		variables[c.variable] = true
	}
	settings := reflect.TypeFor[Settings]()
	for i := range settings.NumField() {
		if field := settings.Field(i); field.IsExported() {
			assert.True(t, variables[field.Tag.Get("env")], field.Name)
			delete(variables, field.Tag.Get("env"))
		}
	}
	assert.Empty(t, variables)
}
