package main

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pythonMail is a mail that the Python scheduler sent.
type pythonMail struct{ To, Subject, Text string }

// After the change of schedulers, people get what they would have got without it, to the byte.
func TestTheCommandSendsWhatThePythonSchedulerSent(t *testing.T) {
	names := fixtures(t)
	if raced() {
		names = names[:3]
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			var record struct {
				AppURL string `json:"app_url"`
				Ticks  []struct {
					Now         string
					DigestsSent int `json:"digests_sent"`
					Mails       []pythonMail
				}
			}
			text, err := os.ReadFile("../../fixtures/parity/" + name + ".expected.json")
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(text, &record))
			require.Len(t, record.Ticks, 3)

			s := newSite(t).inside().python("app.db", name)
			s.env = []string{"DIGEST_DATABASE_URL=sqlite://" + s.path("app.db"), "DIGEST_APP_URL=" + record.AppURL, "DIGEST_CONNECTIONS=1", "DIGEST_CLASSIC=true"}
			s.run("migrate").done()
			for _, tick := range record.Ticks {
				outbox := "outbox-" + tick.Now
				r := s.run("tick", "--now", tick.Now, "--mail", "maildir://"+outbox, "--json").done()
				assert.Equal(t, tick.DigestsSent, r.report().DigestsSent)
				mails := []pythonMail{}
				for _, l := range s.letters(outbox) {
					mails = append(mails, pythonMail{l.to, l.subject, l.text})
				}
				assert.Equal(t, append([]pythonMail{}, tick.Mails...), mails, tick.Now)
			}
		})
	}
}
