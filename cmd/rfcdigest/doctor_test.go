package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/adapters/sqlite"
	"github.com/wiggleverse/rfcdigest/adapters/web"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// diagnosis is what doctor --json prints.
type diagnosis struct {
	Checks                 []check
	OK, Warnings, Failures int
}

// named returns the check of that name.
func (d diagnosis) named(name string) check {
	for _, c := range d.Checks {
		if c.Name == name {
			return c
		}
	}
	return check{Found: "no check " + name}
}

// diagnosed runs doctor and asserts what is true of every diagnosis.
func (s *site) diagnosed(args ...string) (d diagnosis) {
	s.Helper()
	r := s.run(append([]string{"doctor", "--json"}, args...)...)
	require.NoError(s, json.Unmarshal([]byte(r.out), &d), r.out+r.err)
	count := map[status]int{}
	for _, c := range d.Checks {
		count[c.Status]++
		assert.NotEmpty(s, c.Found, c.Name)
		assert.Equal(s, c.Status == fine, c.Mend == "", "%+v", c)
	}
	assert.Equal(s, map[status]int{fine: d.OK, warning: d.Warnings, failure: d.Failures}, map[status]int{fine: count[fine], warning: count[warning], failure: count[failure]})
	if d.Failures > 0 {
		r.fails(exitFailed, texts.Plural(d.Failures, "failure"))
	} else {
		r.done()
	}
	return d
}

// unsubscribePage serves /unsubscribe/, and returns the address and the certificate's file, for SSL_CERT_FILE.
func (s *site) unsubscribePage(page http.Handler) string {
	s.Helper()
	server := httptest.NewTLSServer(page)
	s.Cleanup(server.Close)
	return server.URL
}

func TestDoctorFindsNothingInAGoodInstallation(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(3))
	certificate, trusted := s.newCertificate()
	m := serveMail(t, &mailServer{password: password}, certificate)
	ring, err := links.NewKeyring([]byte(secret))
	require.NoError(t, err)
	page := s.unsubscribePage(web.Unsubscribe(web.Page{Ring: ring, Brand: "Wiggleverse", Log: slog.New(slog.DiscardHandler)}))
	s.env = []string{"SSL_CERT_FILE=" + trusted, "DIGEST_SECRET=" + secret, "DIGEST_PUBLIC_URL=" + page, "DIGEST_MAIL_URL=smtp://digest:" + password + "@" + m.address,
		"DIGEST_FROM=digest@rfc.example", "DIGEST_APP_URL=https://rfc.example", "DIGEST_RETURN_PATH=digest+{token}@rfc.example"}
	s.env = append(s.env, "ZONEINFO="+s.unpackedZones("2998a")) // in case the program's zones are old
	s.run("tick").done()
	before, sent := s.read("rfcdigest.db"), len(m.letters())
	d := s.diagnosed()
	assert.Equal(t, 26, d.OK, "%+v", d.Checks)
	assert.Zero(t, d.Warnings, "%+v", d.Checks)
	assert.Contains(t, d.named("mail").Found, m.address+" is ready for mail, with STARTTLS, logged in; nothing was sent; it announces no limits; with PIPELINING, without SMTPUTF8; its certificate is good until ")
	out := s.run("doctor").done().out
	assert.Contains(t, out, "ok       schema             migrated; the app's own SQLite may be as old as 3.8.7\n")
	assert.True(t, strings.HasSuffix(out, "\n26 checks: 26 ok, 0 warnings, 0 failures\n"), out)
	assert.Equal(t, 27, strings.Count(out, "\n"), "a line for each, and one for all")
	assert.Len(t, m.letters(), sent)
	assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
}

func TestDoctorSaysWhatIsWrongAndHowToMendIt(t *testing.T) {
	const crashed = "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, lease_until) VALUES (1, datetime('now'), datetime('now', '-1 day'), datetime('now', '-1 hour'), '[100, 200]', 'sending', datetime('now', '-50 minutes'))"
	m := serveMail(t, &mailServer{password: password, size: 1_000_000, most: 9}, nil)
	tlsOnly := httptest.NewUnstartedServer(nil) // whose certificate is looked at before anything is said
	tlsOnly.Config.ErrorLog = log.New(io.Discard, "", 0)
	tlsOnly.StartTLS()
	t.Cleanup(tlsOnly.Close)
	const ended = "INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, status, signal_ids_included) VALUES (1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', %s, 'empty', '[]')"
	tick := func(ago, trouble string) string {
		return fmt.Sprintf("INSERT INTO digest_ticks (id, instant, ended_at, trouble) VALUES (1, datetime('now', '%[1]s'), datetime('now', '%[1]s'), '%[2]s')", ago, trouble)
	}
	const owned = "INSERT INTO digest_facts VALUES ('installation', 'https://rfc.example rfc.example')"
	longDue := fmt.Sprintf(ended, "datetime('now', '-3 days')")
	dislikedOn := func(day string) string {
		return fmt.Sprintf("INSERT INTO digest_facts VALUES ('%s%s', date('now', '%s') || ' 20')", core.FactDisliked, returned.Reputation, day)
	}
	returning := "--mail smtp://" + closedPort(t) + "?tls=none --return-path digest+{token}@rfc.example --secret " + secret
	for name, c := range map[string]struct {
		sql   []string
		args  string
		check string
		want  status
		words []string
	}{
		"no database":               {nil, "--database sqlite://none.db", "database", failure, []string{"no database at none.db", "rfcdigest migrate"}},
		"no database URL":           {nil, "--database none.db", "database", failure, []string{"want sqlite://PATH", "DIGEST_DATABASE_URL"}},
		"a folder for a file":       {nil, "--database sqlite://.", "database", failure, []string{"is not a file", "--database"}},
		"a lost trigger":            {[]string{"DROP TABLE digest_ticks"}, "", "schema", failure, []string{"not migrated", "digest_ticks", "rfcdigest migrate --database sqlite://rfcdigest.db"}},
		"a view for a table":        {[]string{"ALTER TABLE watches RENAME TO followed; CREATE VIEW watches AS SELECT * FROM followed"}, "", "schema", failure, []string{"watches is a view", "have a plain table of that name"}},
		"another program's":         {[]string{"ALTER TABLE cached_rfcs RENAME COLUMN title TO name"}, "", "schema", failure, []string{"cached_rfcs.title"}},
		"a rollback journal":        {[]string{"PRAGMA journal_mode = DELETE"}, "", "journal", warning, []string{"delete", "run a tick"}},
		"no tick yet":               {nil, "", "last tick", warning, []string{"none has ended"}},
		"an old tick":               {[]string{tick("-3 hours", "")}, "", "last tick", failure, []string{"3 h ago", "see that serve runs"}},
		"a tick of long ticks":      {[]string{tick("-3 hours", "")}, "--tick-seconds 7200", "last tick", fine, []string{"3 h ago"}},
		"a tick with trouble":       {[]string{tick("-1 hour", "mail server refused")}, "", "last tick", failure, []string{"with trouble: mail server refused"}},
		"somebody forgotten":        {[]string{longDue}, "", "people due", failure, []string{"user 1", "2 days ago", "see that serve runs"}},
		"forgotten by an old tick":  {[]string{longDue, tick("-1 day", "")}, "", "people due", failure, []string{"user 1"}},
		"passed over by a good one": {[]string{longDue, tick("-1 minute", "")}, "", "people due", warning, []string{"user 1", "though a tick has ended since", "recipient 1 in the log"}},
		"forgotten with mail off":   {[]string{longDue}, "--no-enabled", "people due", fine, []string{"mail is off"}},
		"newcomers":                 {nil, "", "people due", fine, []string{"3 of 3"}},
		"zones":                     {[]string{"INSERT INTO digest_preferences (user_id, time_zone) VALUES (2, 'Mars/Olympus_Mons')"}, "", "people's zones", warning, []string{"user 2", "IANA"}},
		"zones in other words":      {[]string{"INSERT INTO digest_preferences (user_id, time_zone) VALUES (2, ' europe/BERLIN'), (3, 'W. Europe Standard Time')"}, "", "people's zones", fine, []string{"all are known"}},
		"quiet all day":             {[]string{"INSERT INTO digest_preferences (user_id, quiet_start, quiet_end) VALUES (2, '00:00', '23:59'), (3, '0:00', '24:00')"}, "", "quiet hours", warning, []string{"user 2, user 3", "leave no tick outside", "explain --user"}},
		"quiet but for a minute":    {[]string{"INSERT INTO digest_preferences (user_id, quiet_start, quiet_end) VALUES (2, '00:00', '23:59')"}, "--tick-seconds 60", "quiet hours", fine, []string{"all leave ticks"}},
		"quiet in other words":      {[]string{"INSERT INTO digest_preferences (user_id, quiet_start, quiet_end) VALUES (2, '8.00', '9'), (3, '8:00', '09:00:00')"}, "", "preferences", warning, []string{": user 2; of the first, ignored: quiet hours '8.00 to 9'", "correct it"}},
		"a send hour of no clock":   {[]string{"INSERT INTO digest_preferences (user_id, send_hour) VALUES (3, 24)"}, "", "preferences", warning, []string{": user 3; of the first, ignored: send hour '24'; 0 to 23 can be |", "explain --user"}},
		"a send hour in words":      {[]string{"INSERT INTO digest_preferences (user_id, send_hour) VALUES (2, '09:00'), (3, 'nine')"}, "", "preferences", warning, []string{": user 2, user 3; of the first, ignored: send hour '09:00'"}},
		"held mail":                 {[]string{"INSERT INTO held_emails (recipient_user_id, status, body_text) VALUES (1, 'held', 'Hello'), (1, 'sent', '')"}, "", "held mail", fine, []string{"1 waiting, none given up"}},
		"held mail of no status": {[]string{"INSERT INTO held_emails (id, recipient_user_id, status) VALUES (1, 1, NULL), (2, 1, 'pending'), (3, 1, 'HELD'), (4, 1, 'failed')"}, "", "held mail", warning,
			[]string{"3 e-mails waiting for ever, with a status that nobody knows, like ID 3; 1 e-mail given up, for the reason in error, like ID 4 |", "in held_emails, enter the status held"}},
		"held mail of no list": {[]string{"INSERT INTO held_emails (id, recipient_user_id, status, body_text, notification_ids) VALUES (7, 1, 'held', 'Hello', '1, 2'), (8, 2, 'held', 'Hello', '[2]')"}, "", "held mail", warning,
			[]string{"1 e-mail with notification IDs that are no list, as '1, 2', like ID 7 |", "enter them as [1, 2]"}},
		"held mail for nobody": {[]string{"INSERT INTO held_emails (id, recipient_user_id, status, body_text) VALUES (7, 99, 'held', 'Hello'), (8, NULL, 'held', 'Hello')"}, "", "held mail", warning,
			[]string{"2 e-mails that the next tick gives up (recipient does not exist), like ID 8 |", "recipient_user_id"}},
		"cadences":                {[]string{"UPDATE users SET digest_cadence = 'Daily' WHERE id = 2; UPDATE users SET digest_cadence = 'hourly', email = '' WHERE id = 1; UPDATE users SET digest_cadence = 'off' WHERE id = 3"}, "", "cadences", warning, []string{": user 2; of the first, ignored: cadence 'Daily'", "users.digest_cadence"}},
		"no zones where they are": {nil, "--zoneinfo nowhere", "time zones", failure, []string{"nowhere", "--zoneinfo", "built in"}},
		"suppressed": {[]string{"INSERT INTO digest_preferences (user_id, suppressed_address) SELECT id, email FROM users WHERE id = 3"}, "", "suppression", warning,
			[]string{"1 address suppressed", "user 3 (entered by somebody else)", "rfcdigest suppressed lists"}},
		"many suppressed": {[]string{"UPDATE users SET digest_cadence = 'off' WHERE id = 2", `INSERT INTO digest_preferences (user_id, suppressed_address, failures, suppressed_reason, retry_at)
SELECT id, email, 3, 'RCPT: 550 5.1.1', '2999-01-01 00:00:00' FROM users WHERE id < 3`, "INSERT INTO digest_preferences (user_id, suppressed_address, failures, retry_at) SELECT id, email, 1, '2999-01-01 00:00:00' FROM users WHERE id = 3"},
			"", "suppression", warning, []string{"2 addresses suppressed", "user 1 (RCPT: 550 5.1.1), user 2 (RCPT: 550 5.1.1); 1 refused lately"}},
		"suppressed in time past": {[]string{"INSERT INTO digest_preferences (user_id, suppressed_address, failures, retry_at) SELECT id, email, 3, '2020-01-01 00:00:00' FROM users WHERE id = 3"},
			"", "suppression", fine, []string{"no address is suppressed; 1 refused lately"}},
		"letters that a mail server does not take": {[]string{"UPDATE users SET email = '用户@例え.example' WHERE id = 2; UPDATE users SET email = 'ada@例え.example' WHERE id = 3"}, "--mail smtp://digest:" + password + "@" + m.address + "?tls=none", "mail", warning,
			[]string{"is ready for mail", "without SMTPUTF8 it takes no mail for 1 recipient", ": user 2 |", "or enter other addresses"}},
		"a mail server's limits": {nil, "--mail smtp://digest:" + password + "@" + m.address + "?tls=none", "mail", fine, []string{"its limits: messages of at most 1.0 MB, 9 recipients a message; with PIPELINING, without SMTPUTF8"}},
		"a mail server of another name": {nil, "--mail smtps://" + strings.Replace(tlsOnly.Listener.Addr().String(), "127.0.0.1", "localhost", 1), "mail", failure,
			[]string{"certificate not accepted: it is for example.com, ", "and not for localhost", " | name the server as its certificate does"}},
		"a mail server that nobody vouches for": {nil, "--mail smtps://" + tlsOnly.Listener.Addr().String(), "mail", failure,
			[]string{"certificate not accepted: it is signed by itself", " | have the server get one of a public issuer, or add it to those that this machine trusts"}},
		"no address":               {[]string{"UPDATE users SET email = ' ' WHERE id = 2", "UPDATE users SET email = '', digest_cadence = 'off' WHERE id = 3"}, "", "missing addresses", warning, []string{"no address, so no digest can go out: user 2 |", "users.email"}},
		"addresses":                {[]string{"UPDATE users SET email = 'nobody'"}, "", "addresses", warning, []string{"user 1, user 2, user 3", "correct it"}},
		"a window in the future":   {[]string{fmt.Sprintf(ended, "'2999-01-01 00:00:00'")}, "", "clock", warning, []string{"2999-01-01", "NTP"}},
		"the default sender":       {nil, "", "sender", warning, []string{"localhost", "DIGEST_FROM"}},
		"the default app URL":      {nil, "", "app URL", warning, []string{"localhost:8000", "DIGEST_APP_URL"}},
		"an app URL for here only": {nil, "--mail smtps://mail.invalid", "app URL", failure, []string{"leads nowhere", "nothing is sent", "DIGEST_APP_URL"}},
		"the same, redirected":     {nil, "--mail smtps://mail.invalid --redirect-all-to me@rfc.example", "app URL", warning, []string{"leads nowhere"}},
		"an app URL in clear":      {nil, "--app-url http://rfc.example", "app URL", warning, []string{"not encrypted", "https://"}},
		"mail off":                 {nil, "--no-enabled", "schedule", warning, []string{"mail is off", "--no-enabled"}},
		"no mail at all":           {nil, "--mail discard://", "mail", warning, []string{"throws every mail away"}},
		"mail into a folder":       {nil, "--mail maildir://out/box", "mail", warning, []string{"maildir://out/box can be written", "nobody gets mail"}},
		"mail into a file":         {nil, "--mail maildir://rfcdigest.db", "mail", failure, []string{"rfcdigest.db", "not a directory", "another folder"}},
		"mail to no scheme":        {nil, "--mail ftp://digest:" + password + "@x", "mail", failure, []string{"want smtp://", "DIGEST_MAIL_URL"}},
		"mail to nobody":           {nil, "--mail smtp://" + closedPort(t) + "?tls=none", "mail", failure, []string{"connection refused", "see that the server runs"}},
		"mail without STARTTLS":    {nil, "--mail smtp://" + m.address, "mail", failure, []string{"does not offer STARTTLS", "smtps://"}},
		"a wrong password":         {nil, "--mail smtp://digest:no-" + password + "@" + m.address + "?tls=none", "mail", failure, []string{"refused the login", "check user name and password"}},
		"no name yet":              {nil, "", "installation", fine, []string{"has no name yet"}},
		"the same installation":    {[]string{owned}, "--app-url https://RFC.example:443/ --from digest@rfc.example", "installation", fine, []string{"belongs to https://rfc.example, mail from rfc.example"}},
		"another installation": {[]string{owned}, "--mail smtp://" + m.address, "installation", failure,
			[]string{"https://rfc.example", "http://localhost:8000", "nothing is sent", "--redirect-all-to", "--adopt"}},
		"a trial with a copy": {[]string{owned}, "", "installation", warning, []string{"https://rfc.example", "stays on this machine", "DIGEST_APP_URL"}},
		"a copy":              {[]string{owned}, "--redirect-all-to me@rfc.example", "installation", warning, []string{"every mail goes to me@rfc.example", "DIGEST_REDIRECT_ALL_TO"}},
		"a copy no more": {[]string{owned, "INSERT INTO digest_facts VALUES ('redirected to', 'me@rfc.example')"}, "--app-url https://rfc.example --from digest@rfc.example", "installation", fine,
			[]string{"was redirected to me@rfc.example"}},
		"a secret in quotation marks": {nil, "--secret '" + secret + "'", "secrets", warning, []string{"has quotation marks around it", "NEW,OLD"}},
		"another secret":              {[]string{signedBy(t, "another secret of more than thirty-two bytes")}, "--secret " + secret, "secrets", warning, []string{"cannot be answered here", "DIGEST_SECRET"}},
		"the secret without its marks": {[]string{signedBy(t, `"`+secret+`"`)}, "--secret " + secret, "secrets", warning,
			[]string{"cannot be answered here", "one of those in quotation marks"}},
		"no secret any more": {[]string{signedBy(t, secret)}, "", "secrets", warning, []string{"here is no --secret"}},
		"the old secret behind the new": {[]string{signedBy(t, secret)}, "--secret another-secret-of-more-than-thirty-two-bytes," + secret, "secrets", fine,
			[]string{"can be answered"}},
		"a page with another secret": {[]string{answeredBy(t, "another secret of more than thirty-two bytes")}, "--public-url https://" + closedPort(t) + " --secret " + secret, "secrets", warning,
			[]string{"the page that was started last"}},
		"after a crash":              {[]string{crashed}, "", "in doubt", warning, []string{"1 digest without an answer on record, and with a lease that has ended", "run a tick"}},
		"unsubscribed after a crash": {[]string{crashed, "UPDATE users SET digest_cadence = 'off' WHERE id = 1"}, "", "in doubt", fine, []string{"1 digest waiting until the recipient can have it, like user 1 (cadence has no digest)"}},
		"both after a crash": {[]string{crashed, strings.Replace(crashed, "(1, ", "(2, ", 1), "UPDATE users SET email = '' WHERE id = 1"}, "", "in doubt", warning,
			[]string{"1 digest without an answer on record, and with a lease that has ended; 1 digest waiting until the recipient can have it, like user 1 (no address)", "run a tick"}},
		"no return path":       {nil, "--mail smtp://" + closedPort(t) + "?tls=none --from digest@rfc.example", "mail that returns", warning, []string{"nobody is told", "digest+{token}@rfc.example", "--inbound"}},
		"mail that is refused": {[]string{dislikedOn("0 days")}, returning, "mail that returns", warning, []string{"20 mails came back, since the server distrusts where the mail came from", "SPF"}},
		"the same a while ago": {[]string{dislikedOn("-3 days")}, returning, "mail that returns", fine, []string{"by its address digest+{token}@rfc.example"}},
		"no secret, no URL":    {nil, "", "unsubscribe links", warning, []string{"no secret and no public URL", "openssl rand -hex 32"}},
		"no secret":            {nil, "--public-url https://rfc.example", "unsubscribe links", warning, []string{"no secret:", "openssl rand -hex 32"}},
		"no URL":               {nil, "--secret " + secret, "unsubscribe links", warning, []string{"no public URL", "DIGEST_PUBLIC_URL"}},
		"nobody at the URL":    {nil, "--secret " + secret + " --public-url https://" + closedPort(t), "unsubscribe links", warning, []string{"cannot be reached", "refused", "--listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t).inside().withDatabase(append([]string{people(3)}, c.sql...)...)
			before, files := s.read("rfcdigest.db"), s.files()
			found := s.diagnosed(strings.Fields(c.args)...).named(c.check)
			assert.Equal(t, c.want, found.Status, "%+v", found)
			for _, word := range c.words {
				assert.Contains(t, found.Found+" | "+found.Mend, word)
			}
			assert.True(t, before == s.read("rfcdigest.db"), "not a byte of it")
			for _, name := range s.files() { // SQLite leaves its two files beside one that it may not write
				assert.Contains(t, append(files, "rfcdigest.db-wal", "rfcdigest.db-shm"), name)
			}
		})
	}
	assert.Empty(t, m.letters())
	newSite(t).run("doctor", "all").fails(exitUsage, "all").silent()
}

func TestDoctorAsSomebodyWhoMayNotWrite(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"DELETE", "WAL"} {
		s := newSite(t).withDatabase("PRAGMA journal_mode = " + mode).asNobody()
		require.NoError(t, os.Chmod(s.dir, 0o555))
		before := s.tree()
		d := s.diagnosed()
		assert.Contains(t, d.named("mail").Found, "cannot write into . for maildir://outbox (permission denied)")
		if c := d.named("database"); mode == "WAL" { // which cannot even be read
			assert.Equal(t, failure, c.Status)
			assert.Equal(t, "database rfcdigest.db is read-only; make it and its folder . writable for this user", c.Found+"; "+c.Mend)
		} else {
			assert.Equal(t, failure, d.named("permissions").Status, "%+v", d)
			assert.Contains(t, d.named("permissions").Found, "the file rfcdigest.db (permission denied), its folder . (permission denied)")
		}
		require.NoError(t, os.Chmod(s.dir, 0o777))
		assert.Subset(t, s.tree(), before) // beside it there may be files for coverage
	}
}

func TestAnotherPageIsNotTheOneThatUnsubscribes(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(1))
	_, trusted := s.newCertificate()
	s.env = []string{"SSL_CERT_FILE=" + trusted, "DIGEST_SECRET=" + secret}
	for want, page := range map[string]http.HandlerFunc{
		"answers 404":               http.NotFound,
		"answers 302":               func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
		"answers with another page": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "Welcome") },
	} {
		c := s.diagnosed("--public-url", s.unsubscribePage(page)).named("unsubscribe links")
		assert.Equal(t, warning, c.Status)
		assert.Contains(t, c.Found, want)
	}
}

func TestDoctorWaitsForNobodyForever(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	var out bytes.Buffer
	d := &doctor{Settings: &Settings{Mail: "smtp://" + silent.Addr().String() + "?tls=none", From: "digest@rfc.example"}, std: streams{&out, &out}}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	d.mail(ctx)
	assert.Contains(t, out.String(), "failure  mail               mail server "+silent.Addr().String()+": greeting: no answer in time. To mend it: ")
	assert.Less(t, mailPatience, smtp.DefaultDialTimeout)
	assert.Equal(t, "does not answer within 5s", askPage(ctx, "http://"+silent.Addr().String(), ""))
}

func TestLittleRoomIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		free, size int64
		want       status
	}{
		{-1, 0, warning}, {0, 0, failure}, {noRoom - 1, 0, failure}, {noRoom, 0, warning}, {enoughRoom - 1, 0, warning}, {enoughRoom, 0, fine},
		{enoughRoom, 10 * enoughRoom, fine}, {enoughRoom, 10*enoughRoom + 10, warning},
	} {
		d := &doctor{asJSON: true}
		d.diskSpace(sqlite.Condition{Free: c.free, Size: c.size})
		assert.Equal(t, c.want, d.checks[0].Status, "%+v", c)
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 237600: "237.6 kB", 80_500_000_000: "80.5 GB"} {
		assert.Equal(t, want, inBytes(n))
	}
	assert.Equal(t, "user 1, user 2 and 3 more", ids(planner.Affected{Count: 5, First: []int64{1, 2}}))
}

func TestDoctorOnATerminal(t *testing.T) {
	t.Parallel()
	shown := newScreen(t)
	s := newSite(t, "TERM=xterm")
	require.Equal(t, exitFailed, s.commandOn(shown, nil, program, "doctor", "--mail", "smtp://"+closedPort(t)+"?tls=none").begin().wait().code)
	text := shown.close()
	assert.Contains(t, text, "\x1b[31mfailure\x1b[0m  database           no database at rfcdigest.db")
	assert.Contains(t, text, "         mail: asking 127.0.0.1:")
	for line := range strings.Lines(styles.ReplaceAllString(text, "")) {
		line = line[strings.LastIndex(line, "\r")+1:] // what it waited for is erased
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 101, line)
	}
}
