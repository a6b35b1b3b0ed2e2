package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// arrived are mails as they arrived, each signed by another program as it does by default.
func arrived(t testing.TB) map[string]string {
	names, err := filepath.Glob("testdata/delivered/*.eml")
	require.NoError(t, err)
	mails := map[string]string{}
	for _, name := range names {
		mails[strings.TrimSuffix(filepath.Base(name), ".eml")] = (&site{TB: t, dir: "."}).read(name)
	}
	return mails
}

func TestADeliveredMailIsLookedAtInEveryForm(t *testing.T) {
	mails := arrived(t)
	s := newSite(t).inside()
	want := map[string]string{
		"opendkim": "List-Unsubscribe-Post, Message-ID", "exim": "List-Unsubscribe-Post", "dkimpy": "List-Unsubscribe-Post", "mailauth": "List-Unsubscribe-Post", "nodemailer": "",
	}
	require.Len(t, mails, len(want))
	for signer, mail := range mails {
		for _, form := range []string{mail, strings.ReplaceAll(mail, "\n", "\r\n"), "From digest@rfc.example Sun Nov 29 08:00:09 2026\n" + mail} {
			s.write("mail.eml", form)
			d := s.diagnosed("--mail-check", "mail.eml")
			signature := d.named("DKIM signature")
			if open := want[signer]; open == "" {
				assert.Equal(t, fine, signature.Status, "%s: %+v", signer, signature)
			} else {
				assert.Equal(t, failure, signature.Status, signer)
				assert.Contains(t, signature.Found, "signed by rfc.example, but not for "+open+": ", signer)
			}
			for _, name := range []string{"origin", "one click", "authentication", "date", "content", "size"} {
				assert.Equal(t, fine, d.named(name).Status, "%s: %+v", signer, d.named(name))
			}
			assert.Len(t, d.Checks, 7, "and nothing else is looked at")
		}
	}
	assert.Equal(t, []string{"mail.eml"}, s.files(), "no database is made")
}

func TestWhatIsWrongWithADeliveredMailIsSaidWithHowToMendIt(t *testing.T) {
	good := arrived(t)["nodemailer"]
	s := newSite(t).inside()
	for _, c := range []struct {
		old, new string // what of the mail is changed
		name     string
		status   status
		words    string
	}{
		{"<dccf501ed17500424a28caab5d2bfc09@rfc.example>", "<0102@email.relay.example>", "origin", failure, "not at the sender's domain, rfc.example: <0102@email.relay.example>"},
		{"Auto-Submitted: auto-generated\n", "", "origin", warning, "no Auto-Submitted"},
		{"List-Id: RFCs digests <digest.rfc.example>\n", "", "origin", warning, "without a List-Id"},
		{"From: \"RFCs\" <digest@rfc.example>\n", "", "origin", failure, "no address"},
		{"List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", "", "one click", failure, "there is no List-Unsubscribe-Post"},
		{"=One-Click", "=Yes", "one click", failure, "is not List-Unsubscribe=One-Click"},
		{"List-Unsubscribe: <https", "List-Unsubscribe: <http", "one click", failure, "no https address"},
		{"List-Unsubscribe: ", "List-Unsubscribe: <mailto:a@relay.example>\nList-Unsubscribe: ", "one click", failure, "more than one List-Unsubscribe"},
		{"List-Unsubscribe: ", "List-Unsubscribe: <mailto:a@relay.example>\nList-Unsubscribe: ", "DKIM signature", failure, "not for List-Unsubscribe:"},
		{"DKIM-Signature:", "X-Signature:", "DKIM signature", failure, "no DKIM-Signature"},
		{"d=rfc.example;", "d=relay.example;", "DKIM signature", failure, "signed by relay.example, which does not belong to the sender's domain, rfc.example"},
		{"d=rfc.example;", "d=mail.rfc.example;", "DKIM signature", fine, "signed by mail.rfc.example"},
		{"subject:date:", "subject:", "DKIM signature", warning, "not for Date, which"},
		{"dkim=pass (2048", "dkim=fail (2048", "authentication", failure, "mx.people.example says dkim=fail, spf=pass, dmarc=pass"},
		{"spf=pass", "spf=softfail", "authentication", warning, "spf=softfail"},
		{"dmarc=pass", "dmarc=fail", "authentication", failure, "dmarc=fail"},
		{"Authentication-Results:", "X-Results:", "authentication", warning, "does not say"},
		{"Sun, 29 Nov 2026 08:00:00 +0000", "Sun, 29 Nov 2026 03:30:00 +0000", "date", warning, "it left 4 hours after its Date"},
		{"Sun, 29 Nov 2026 08:00:00 +0000", "Tue, 1 Dec 2026 08:00:09 +0000", "date", warning, "its Date is 2 days after it left"},
		{"Sun, 29 Nov 2026 08:00:00 +0000", "yesterday", "date", failure, "no Date that can be read"},
		{"Received: from", "X-Way: from", "date", warning, "no Received"},
		{"Unsubscribe: https://digest.rfc.example/", "Unsubscribe: https://clicks.relay.example/", "content", failure, "the link to unsubscribe in the text"},
		{"href=3D\"https://digest.rfc.example/", "href=3D\"https://clicks.relay.example/", "content", failure, "the link to unsubscribe in the HTML"},
		{"text/html", "application/octet-stream", "content", failure, "there is no HTML part"},
		{"text/plain", "application/octet-stream", "content", failure, "there is no text part"},
		{"<p>Activity", "<p>" + strings.Repeat("Activity\n", 12000), "size", warning, "108.2 kB of HTML; Gmail shows 102.0 kB"},
	} {
		require.Contains(t, good, c.old)
		s.write("mail.eml", strings.Replace(good, c.old, c.new, 1))
		got := s.diagnosed("--mail-check", "mail.eml").named(c.name)
		assert.Equal(t, c.status, got.Status, "%s → %s: %+v", c.old, c.new, got)
		assert.Contains(t, got.Found, c.words)
	}
	s.write("mail.eml", regexp.MustCompile(`(?m)^(List-.*|Precedence: bulk)\n`).ReplaceAllString(good, ""))
	held := s.diagnosed("--mail-check", "mail.eml")
	assert.Equal(t, warning, held.named("one click").Status, "held e-mail has none")
	assert.Equal(t, 0, held.Failures, held)
	s.write("mail.eml", good)
	assert.Contains(t, s.diagnosed("--mail-check", "mail.eml", "--from", "digest@other.example").named("origin").Found, "the sender is at rfc.example, and --from (DIGEST_FROM) at other.example")
}

func TestAMailToLookAtCanComeThroughAPipe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.write("mail.eml", arrived(t)["nodemailer"])
	out := s.startOther("sh", "-c", `exec "$0" doctor --mail-check - <mail.eml`, program).wait().done().out
	assert.Contains(t, out, "ok       DKIM signature     signed by rfc.example, for all fields that matter. Whether it is valid is not looked at here")
	assert.Contains(t, out, "\n7 checks: 7 ok, 0 warnings, 0 failures\n")
}

func TestWhatIsNoMailIsOneLine(t *testing.T) {
	s := newSite(t).inside()
	s.write("empty", "")
	s.write("page", "<html>\n<p>To: you</p>\n")
	for name, words := range map[string]string{"empty": "this is no mail", "page": "this is no mail", "nothing": "no such file"} {
		s.run("doctor", "--mail-check", name).fails(exitUsage, "--mail-check", words).silent()
	}
	s.run("doctor", "--mail-check", ".").fails(exitFailed, "reading the mail", "is a directory").silent()
}
