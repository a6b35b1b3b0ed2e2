package core

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/links"
)

const staging = "staging@rfc.example"

// redirecting returns a style that would have links to unsubscribe if it did not redirect all mail.
func redirecting(t *testing.T, to string) *Style {
	t.Helper()
	unsubscribe, err := links.New("https://digest.rfc.example", testRing(t), "leave@rfc.example")
	require.NoError(t, err)
	s, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", Links: unsubscribe, RedirectTo: to})
	require.NoError(t, err)
	return s
}

// mails returns a digest, one in doubt and a held e-mail of r, as a style makes them.
func mails(s *Style, r Recipient) map[string]Message {
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	n := Notification{ID: 1, Recipient: r.ID, Kind: "pr_opened", PR: 3, Slug: "rfc-0001", CreatedAt: now.Add(-time.Hour)}
	plan := PlanDigest(Snapshot{Now: now, Recipient: r, Notifications: []Notification{n}}, s)
	held := HeldMail{ID: 4, Recipient: r.ID, Subject: "Hello", Text: "Dear you\n", HTML: "<!-- --><p>Dear you</p>", CreatedAt: now}
	return map[string]Message{
		"digest":   plan.Message,
		"in doubt": PlanRecovery(RecoverySnapshot{Now: now, Claim: plan.Claim, Recipient: r, Notifications: []Notification{n}}, s).Message,
		"held":     PlanRelease(HeldSnapshot{Now: now, Mail: held, Recipient: r}, s).Message,
	}
}

func TestRedirectedMailSaysWhomItIsForAndGoesNowhereElse(t *testing.T) {
	t.Parallel()
	r := Recipient{ID: 7, Address: "ada@rfc.example", Name: "Ada <b> \u202eLovelace", Cadence: Daily}
	real, all := mails(redirecting(t, ""), r), mails(redirecting(t, staging), r)
	require.Len(t, all, 3)
	for kind, m := range all {
		assert.Equal(t, Address{Mailbox: staging}, m.To, kind)
		assert.Equal(t, "[For ada@rfc.example] "+real[kind].Subject, m.Subject, kind)
		notice, _, _ := strings.Cut(m.Text, "\n\n")
		assert.Equal(t, "This mail is for Ada <b> Lovelace <ada@rfc.example>. It went to you instead, and not to them, since this installation redirects all mail.", notice, kind)
		assert.Contains(t, m.HTML, "This mail is for Ada &lt;b&gt; Lovelace &lt;ada@rfc.example&gt;.", kind)
		assert.NotEqual(t, real[kind].ID, m.ID, kind)
		assert.True(t, strings.HasSuffix(m.ID, "@rfc.example"), m.ID)
		assert.Empty(t, m.UnsubscribeURL+m.UnsubscribeMailbox, kind)
		assert.NotContains(t, m.Text+m.HTML, "unsubscribe", kind)
	}
	assert.Contains(t, real["digest"].HTML, "/unsubscribe/", "which is what was to be left out")
	assert.True(t, strings.HasPrefix(all["held"].HTML, "<p>This mail is for"), "nothing of the app's can hide it")
	assert.Equal(t, all, mails(redirecting(t, staging), r), "the same again, also its Message-ID")
	assert.NotEqual(t, all["digest"].ID, mails(redirecting(t, "other@rfc.example"), r)["digest"].ID)
	assert.Empty(t, redirecting(t, staging).Links().Signer(), "no link is signed")
}

func TestMailIsRedirectedOnlyToWhereItCanGo(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"staging", "a@b c", "<a@b>", "a@b\r\nBcc: x@y", "@", strings.Repeat("x", 300) + "@y"} {
		_, err := NewStyle(Brand{AppURL: "https://rfc.example", Domain: "rfc.example", RedirectTo: to})
		require.Error(t, err, to)
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestAWindowAfterARedirectedOneHasNoLateArrivals(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for status, early := range map[Status]time.Duration{Sent: LateArrivals, Empty: LateArrivals, Redirected: 0, "": 0} {
		assert.Equal(t, end.Add(-early), Reach(Recipient{Latest: Entry{ID: 1, End: end, Status: status}}, end), status)
	}
}
