package delivered

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// mail is a mail with these fields, a line each, whose author is at rfc.example.
func mail(fields string) Mail {
	m := Mail{Author: "rfc.example"}
	for line := range strings.Lines(fields) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		m.Fields = append(m.Fields, Field{strings.ToLower(name), value})
	}
	return m
}

// lastTwo is the organisation of a domain whose suffix has one label.
func lastTwo(domain string) string {
	labels := strings.Split(domain, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}

func TestSignaturesAndWhatTheyLeaveOpen(t *testing.T) {
	t.Parallel()
	const header = "From: a@rfc.example\nTo: b@people.example\nSubject: s\nDate: d\nMessage-ID: <1@rfc.example>\nList-Unsubscribe: <https://u>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
	const all = "from:to:subject:date:message-id:list-unsubscribe:list-unsubscribe-post"
	for name, c := range map[string]struct {
		signatures string
		want       []Signature
	}{
		"none":                      {"", nil},
		"all":                       {"DKIM-Signature: v=1; d=RFC.example; h=" + all + "; b=a=", []Signature{{Domain: "rfc.example", Aligned: true}}},
		"with blanks and any case":  {"DKIM-Signature: h = From : To : Subject : Date : Message-ID : List-Unsubscribe : LIST-UNSUBSCRIBE-POST ; d = rfc.example", []Signature{{Domain: "rfc.example", Aligned: true}}},
		"signed twice, as to seal":  {"DKIM-Signature: d=rfc.example; h=from:" + all, []Signature{{Domain: "rfc.example", Aligned: true}}},
		"another host of ours":      {"DKIM-Signature: d=mail.rfc.example; h=" + all, []Signature{{Domain: "mail.rfc.example", Aligned: true}}},
		"an end that looks like it": {"DKIM-Signature: d=notrfc.example; h=" + all, []Signature{{Domain: "notrfc.example"}}},
		"no domain":                 {"DKIM-Signature: h=" + all, []Signature{{}}},
		"nothing readable":          {"DKIM-Signature: nonsense", []Signature{{Open: covered()}}},
		"ours before the relay's": {"DKIM-Signature: d=relay.example; h=" + all + "\nDKIM-Signature: d=rfc.example; h=from:to:subject:date:list-unsubscribe", []Signature{
			{Domain: "rfc.example", Aligned: true, Open: []string{"List-Unsubscribe-Post", "Message-ID"}}, {Domain: "relay.example"}}},
		"one click before all else": {"DKIM-Signature: d=rfc.example; h=from:to:subject:date:message-id:list-unsubscribe\nDKIM-Signature: d=mail.rfc.example; h=from:list-unsubscribe:list-unsubscribe-post", []Signature{
			{Domain: "mail.rfc.example", Aligned: true, Open: []string{"Date", "Subject", "To", "Message-ID"}},
			{Domain: "rfc.example", Aligned: true, Open: []string{"List-Unsubscribe-Post"}}}},
		"a second To that is not signed": {"To: c@people.example\nDKIM-Signature: d=rfc.example; h=" + all, []Signature{{Domain: "rfc.example", Aligned: true, Open: []string{"To"}}}},
	} {
		assert.Equal(t, c.want, mail(header+c.signatures).Signatures(lastTwo), name)
	}
	assert.Empty(t, mail("From: a\nDKIM-Signature: d=rfc.example; h=from").Signatures(lastTwo)[0].Open, "what is not there needs no signature")
}

func TestWhatTheRecipientsServerFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields, server string
		want           []Result
	}{
		"none":             {"Subject: s", "", nil},
		"said to be none":  {"Authentication-Results: mx.example; none", "mx.example", nil},
		"nothing":          {"Authentication-Results:", "", nil},
		"Postfix's":        {"Authentication-Results: mx.example; dkim=pass (2048-bit key; unprotected) header.d=a.example; spf=pass smtp.mailfrom=a@a.example; dmarc=pass", "mx.example", []Result{{"dkim", "pass"}, {"spf", "pass"}, {"dmarc", "pass"}}},
		"with a version":   {"Authentication-Results: mx.example 1; DKIM/1 = Fail (no (good) key\\)) ; x-tls.subject=\"; spf=pass\"; iprev=pass", "mx.example", []Result{{"dkim", "fail"}}},
		"several":          {"Authentication-Results: mx.example; dkim=fail header.d=b.example; dkim=pass header.d=a.example; dkim=none", "mx.example", []Result{{"dkim", "pass"}}},
		"a field each":     {"Authentication-Results: mx.example; spf=softfail\nAuthentication-Results: MX.example; dkim=pass", "mx.example", []Result{{"spf", "softfail"}, {"dkim", "pass"}}},
		"a sender's below": {"Authentication-Results: mx.example; dkim=fail\nAuthentication-Results: other.example; dkim=pass; dmarc=pass", "mx.example", []Result{{"dkim", "fail"}}},
	} {
		server, results := mail(c.fields).Results()
		assert.Equal(t, c.server, server, name)
		assert.Equal(t, c.want, results, name)
	}
}

func TestWhereOneClickUnsubscribes(t *testing.T) {
	t.Parallel()
	const post = "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"
	for fields, want := range map[string]struct {
		address  string
		troubles int
	}{
		"List-Unsubscribe: <https://a.example/u>" + post:                                              {"https://a.example/u", 0},
		"List-Unsubscribe: <mailto:u@a.example?subject=unsubscribe>, <https://a.example/u>" + post:    {"https://a.example/u", 0},
		"List-Unsubscribe: <HTTPS://a.example/u>\nLIST-UNSUBSCRIBE-POST: list-unsubscribe=one-click":  {"HTTPS://a.example/u", 0},
		"List-Unsubscribe: <http://a.example/u>" + post:                                               {"", 1},
		"List-Unsubscribe: https://a.example/u" + post:                                                {"", 1},
		"List-Unsubscribe: <https://a.example/u" + post:                                               {"", 1},
		"List-Unsubscribe: <https://a.example/ u>" + post:                                             {"https://a.example/ u", 1},
		"List-Unsubscribe: <https://a.example/u>\nList-Unsubscribe: <https://relay.example/u>" + post: {"https://a.example/u", 1},
		"List-Unsubscribe: <https://a.example/u>" + post + post:                                       {"https://a.example/u", 1},
		"List-Unsubscribe: <https://a.example/u>\nList-Unsubscribe-Post: List-Unsubscribe":            {"https://a.example/u", 1},
		"List-Unsubscribe: <https://a.example/u>":                                                     {"https://a.example/u", 1},
		"Subject: s": {"", 2},
	} {
		address, troubles := mail(fields).Unsubscribing()
		assert.Equal(t, want.address, address, fields)
		assert.Len(t, troubles, want.troubles, fields)
	}
}

func TestWhetherItIsWholeAndInTime(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	m := Mail{Text: "Unsubscribe: https://a.example/u\n", Links: []string{"https://a.example", "https://a.example/u"}, Made: made, Handed: made.Add(time.Hour)}
	inText, inHTML := m.Whole("https://a.example/u")
	assert.True(t, inText && inHTML)
	inText, inHTML = m.Whole("https://a.example/u1")
	assert.False(t, inText || inHTML)
	late, ok := m.Late()
	assert.True(t, ok)
	assert.Equal(t, time.Hour, late)
	m.Handed = time.Time{}
	_, ok = m.Late()
	assert.False(t, ok)
}
