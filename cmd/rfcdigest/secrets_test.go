package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
)

// keyID returns the ID of a secret.
func keyID(t testing.TB, text string) string {
	t.Helper()
	ring, err := links.NewKeyring([]byte(text))
	require.NoError(t, err)
	return ring.ID()
}

// signedBy and answeredBy are SQL that notes which secret signed links, and which one the page had.
func signedBy(t testing.TB, text string) string {
	return fmt.Sprintf("INSERT INTO digest_facts VALUES ('%s', '%s')", core.FactSigner, keyID(t, text))
}

func answeredBy(t testing.TB, text string) string {
	return fmt.Sprintf("INSERT INTO digest_facts VALUES ('%s', '%s')", core.FactAnswerer, keyID(t, text))
}

func TestWhatIsNoPartOfASecretIsSaid(t *testing.T) {
	t.Parallel()
	const plain = "0123456789abcdef0123456789abcdef"
	for text, want := range map[string][]string{
		"":                              nil,
		plain:                           nil,
		"a-word with blanks inside":     nil,
		`pa"ss'word`:                    nil,
		`"` + plain + `"`:               {"has quotation marks around it"},
		"'" + plain + "'":               {"has quotation marks around it"},
		"“" + plain + "”":               {"has quotation marks around it"},
		`"` + plain:                     {"has quotation marks around it"},
		plain + "'":                     {"has quotation marks around it"},
		plain + "\n":                    {"ends with a line break"},
		plain + "\r\n":                  {"ends with a line break"},
		plain + "\r":                    {"ends with a line break"},
		" " + plain:                     {"has a blank before or behind it"},
		plain + "\t":                    {"has a blank before or behind it"},
		"\u00a0" + plain:                {"has a blank before or behind it"},
		"\ufeff" + plain:                {"has a blank before or behind it"},
		plain + `\n`:                    {"has an escape in it, a backslash"},
		`\"` + plain + `\"`:             {"has quotation marks around it"},
		`0123\"4567`:                    {"has an escape in it, a backslash"},
		`0123\\4567`:                    {"has an escape in it, a backslash"},
		`0123\$4567`:                    {"has an escape in it, a backslash"},
		`0123\new`:                      nil, // chosen so
		"$(openssl rand -hex 32)":       {"looks like a command or a variable that no shell has replaced"},
		"${DIGEST_SECRET_OF_TODAY}":     {"looks like a command or a variable that no shell has replaced"},
		"DIGEST_SECRET=" + plain:        {"begins with DIGEST_SECRET="},
		plain + "," + plain:             nil,
		plain + ", " + plain:            {"number 2 has a blank before or behind it"},
		`"` + plain + "," + plain + `"`: {"number 1 has quotation marks around it", "number 2 has quotation marks around it"},
	} {
		assert.Equal(t, want, oddSecrets(text), "%q", text)
	}
}

func TestSecretsThatAreAlikeAreRecognised(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mine, other, how string }{
		{secret, `"` + secret + `"`, "in quotation marks"}, {secret, "'" + secret + "'", "in quotation marks"},
		{`"` + secret + `"`, secret, "without quotation marks"}, {"'" + secret + "'", secret, "without quotation marks"},
		{secret, secret + "\n", "with a line break behind it"}, {secret + "\n", secret, "without what stands around it"},
		{secret + `\n`, secret, `without \n`}, {secret, secret + `\n`, `with \n behind it`},
		{secret, " " + secret, "with a blank in front of it"}, {" " + secret, secret, "without what stands around it"},
		{"first-secret-of-more-than-thirty-two-bytes," + secret, `"` + secret + `"`, "in quotation marks"},
		{secret, secret + "x", ""}, {secret, secret, ""},
	} {
		s := &Settings{Secret: c.mine}
		require.NoError(t, s.readSecrets())
		got := s.likeness("00000000", keyID(t, c.other))
		if c.how == "" {
			assert.Empty(t, got, "%+q", c)
		} else {
			assert.Equal(t, ", but is one of those "+c.how, got, "%+q", c)
		}
	}
}

// warnings are the messages and remedies of the log's warnings.
func (r result) warnings() string {
	r.site.Helper()
	var text []string
	for line := range strings.Lines(r.err) {
		var entry struct{ Level, Msg, Remedy string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Level == "WARN" {
			text = append(text, entry.Msg+" / "+entry.Remedy)
		}
	}
	return strings.Join(text, "\n")
}

// TestASecretThatIsNotTheSameEverywhereIsSaidOnBothSides sends with one secret and answers with another.
func TestASecretThatIsNotTheSameEverywhereIsSaidOnBothSides(t *testing.T) {
	onBoth(t, pair(t), func(t *testing.T, s *site) {
		quoted, plain := s.with(`DIGEST_SECRET="`+secret+`"`), s.with("DIGEST_SECRET="+secret)
		sends := []string{"tick", "--now", noon, "--public-url", "https://digest.rfc.example"}
		r := quoted.run(sends...).done()
		assert.Contains(t, r.warnings(), "has quotation marks around it")
		assert.Contains(t, r.warnings(), "links lead nowhere")
		link := regexp.MustCompile(`/unsubscribe/[\w-]+`).FindString(s.letters("outbox")[0].header.Get("List-Unsubscribe"))
		require.NotEmpty(t, link)

		p := plain.start("serve", "--no-enabled", "--listen", "127.0.0.1:0")
		status, _, _ := p.ask(http.MethodPost, link)
		assert.Equal(t, http.StatusOK, status)
		_, _, text := p.ask(http.MethodGet, "/metrics")
		assert.Contains(t, text, `rfcdigest_unsubscribes_total{token="unknown_secret"} 1`)
		assert.Contains(t, text, `rfcdigest_unsubscribes_total{token="good"} 0`)
		p.await("signed with a secret that is not in --secret; its recipient still gets digests", 1)
		p.signal(syscall.SIGTERM)
		served := p.wait().done()
		assert.Contains(t, served.warnings(), "cannot be answered here: they were signed with a secret that is not in --secret, but is one of those in quotation marks")
		assert.NotContains(t, served.err, link)

		// Now that a page has run, the process that sends warns too, until both have the same secret.
		r = quoted.run(sends...).done()
		assert.Contains(t, r.warnings(), "the page that was started last: it has other secrets than the one that signs, but is one of those without quotation marks")
		assert.Empty(t, plain.run(sends...).done().warnings())
	})
}

func TestServeWithoutAPageSaysThatLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_PUBLIC_URL=https://digest.rfc.example").withDatabase()
	served := func(args ...string) string {
		t.Helper()
		p := s.start(append([]string{"serve"}, args...)...)
		p.await(tickDone, 1)
		p.signal(syscall.SIGTERM)
		return p.wait().done().warnings()
	}
	assert.Contains(t, served(), "unsubscribe links lead nowhere, as far as is known")
	assert.Empty(t, served("--listen", "127.0.0.1:0"))
	page := s.query("rfcdigest.db", "SELECT value FROM digest_facts WHERE name = '"+core.FactAnswerer+"'")
	assert.Equal(t, []string{keyID(t, secret)}, page)
	s.env = nil
	assert.Contains(t, served("--listen", "127.0.0.1:0"), "no --secret")
	assert.Equal(t, page, s.query("rfcdigest.db", "SELECT value FROM digest_facts WHERE name = '"+core.FactAnswerer+"'"), "one that answers for metrics alone is no page")
	s.env = []string{"DIGEST_SECRET=" + secret, "DIGEST_PUBLIC_URL=https://digest.rfc.example"}
	assert.Contains(t, served(), "links in mails lead nowhere, unless another process answers them: no --listen")
}
