package main

import (
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
)

// trouble is something that is wrong with unsubscribing, and how to mend it. It contains no secret.
type trouble struct{ found, mend string }

// warnUnsubscribe warns if mails will have no link to unsubscribe, or one that does not work. facts are those of the
// database; answers says that this process has the page.
func (s *Settings) warnUnsubscribe(log *slog.Logger, facts map[string]string, answers bool) {
	switch {
	case s.RedirectAllTo != "":
		log.Warn("every mail is redirected, and nothing counts as sent", "to", s.RedirectAllTo)
	case !s.keyring.CanSign():
		log.Warn("digests have no unsubscribe link: no --secret")
	case s.PublicURL == "":
		log.Warn("digests have no unsubscribe link: no --public-url")
	case !answers && s.Listen == "" && s.Enabled && facts[core.FactAnswerer] == "":
		log.Warn("unsubscribe links lead nowhere, as far as is known: no serve --listen with a secret has run on this database",
			"remedy", "run serve with --listen (DIGEST_LISTEN) and the same --secret, and have --public-url lead there")
	}
	for _, t := range s.secretTroubles(facts, answers, !answers) {
		log.Warn(t.found, "remedy", t.mend)
	}
}

// secretTroubles looks for what keeps unsubscribe links from working: secrets with extra characters, and secrets that
// differ between the process that signs links and the one that answers them. answers says that these settings answer
// links, asks that another process may answer the links that they sign.
func (s *Settings) secretTroubles(facts map[string]string, answers, asks bool) (found []trouble) {
	for _, odd := range oddSecrets(s.Secret) {
		found = append(found, trouble{"--secret " + odd + ", which counts as a part of it: links to unsubscribe work only if it is written in the same way everywhere",
			"write it alike in all places; if it is to change, put the new one in front, --secret NEW,OLD, until the links in old mails have aged"})
	}
	signed, answered := facts[core.FactSigner], strings.Fields(facts[core.FactAnswerer])
	if answers && signed != "" && !s.keyring.Has(signed) {
		why := "with a secret that is not in --secret" + s.likeness(signed)
		if !s.keyring.CanSign() {
			why = "with a secret, and here is no --secret"
		}
		found = append(found, trouble{"unsubscribe links that went out last cannot be answered here: they were signed " + why,
			"set --secret (DIGEST_SECRET) to what it is where mail is sent, to the letter, or put that one behind a comma"})
	}
	if mine := s.style.Links().Signer(); asks && s.Enabled && mine != "" && len(answered) > 0 && !slices.Contains(answered, mine) {
		found = append(found, trouble{"unsubscribe links cannot be answered by the page that was started last: it has other secrets than the one that signs" + s.likeness(answered...),
			"set --secret (DIGEST_SECRET) to the same, to the letter, for what sends mail and for serve --listen; then start that again"})
	}
	return found
}

// likeness says how a secret with one of these IDs differs from one of ours, if it is the same but for characters
// around it; empty if it is not.
func (s *Settings) likeness(ids ...string) string {
	for _, secret := range s.secrets {
		text := string(secret)
		for _, other := range []struct{ text, how string }{
			{`"` + text + `"`, "in quotation marks"}, {"'" + text + "'", "in quotation marks"}, {text + "\n", "with a line break behind it"}, {text + `\n`, `with \n behind it`},
			{text + " ", "with a blank behind it"}, {" " + text, "with a blank in front of it"},
			{strings.Trim(text, `"'`), "without quotation marks"}, {strings.TrimSuffix(text, `\n`), `without \n`}, {strings.TrimSpace(text), "without what stands around it"},
		} {
			if ring, err := links.NewKeyring([]byte(other.text)); err == nil && other.text != text {
				for _, id := range ids {
					if ring.Has(id) {
						return ", but is one of those " + other.how
					}
				}
			}
		}
	}
	return ""
}

// oddSecrets says which characters in each of the secrets in text are hardly meant as part of it, a line each. They
// come from files in which quotation marks and escapes have no meaning.
func oddSecrets(text string) (found []string) {
	if text == "" {
		return nil
	}
	all := strings.Split(text, ",")
	for i, secret := range all {
		which := ""
		if len(all) > 1 {
			which = fmt.Sprintf("number %d ", i+1)
		}
		if odd := oddity(secret); odd != "" {
			found = append(found, which+odd)
		}
	}
	return found
}

// marks are quotation marks of all kinds.
const marks = "\"'`“”„‘’‚«»"

// escapes are the backslashes that some files need before or instead of a special character.
var escapes = regexp.MustCompile(`\\["'\\$` + "`" + `]|\\[nrt]$`)

// oddity says what is odd about one secret; empty if nothing is.
func oddity(secret string) string {
	runes := []rune(secret)
	if len(runes) == 0 {
		return ""
	}
	first, last := runes[0], runes[len(runes)-1]
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\uFEFF' || r == '\u200B' }
	switch {
	case strings.ContainsRune(marks, first), strings.ContainsRune(marks, last):
		return "has quotation marks around it"
	case last == '\n', last == '\r':
		return "ends with a line break"
	case odd(first), odd(last):
		return "has a blank before or behind it"
	case escapes.MatchString(secret):
		return "has an escape in it, a backslash"
	case strings.HasPrefix(secret, "$(") || strings.HasPrefix(secret, "${"):
		return "looks like a command or a variable that no shell has replaced"
	case strings.HasPrefix(secret, "DIGEST_SECRET="):
		return "begins with DIGEST_SECRET="
	}
	return ""
}
