package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWrongUsageIsOneLineAndTouchesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		args  string
		env   string
		words []string
	}{
		"no command":                   {"", "", []string{"demo", "migrate", "tick"}},
		"unknown command":              {"tock", "", []string{"tock"}},
		"unknown flag":                 {"tick --mial=discard://", "", []string{"--mial", "--mail"}},
		"extra argument":               {"tick now", "", []string{"now"}},
		"a flag without its value":     {"tick --now", "", []string{"--now"}},
		"unknown database scheme":      {"tick --database mysql://x", "", []string{"--database", "mysql://x", "sqlite://"}},
		"no database scheme":           {"plan --database rfcdigest.db", "", []string{"--database", "sqlite://"}},
		"no database path":             {"migrate --database sqlite://", "", []string{"--database", "path"}},
		"unknown mail scheme":          {"tick --mail ftp://x", "", []string{"--mail", "ftp://x", "smtp://"}},
		"no mail folder":               {"tick --mail maildir://", "", []string{"--mail", "folder"}},
		"no mail host":                 {"tick --mail smtp://", "", []string{"--mail", "host"}},
		"bad mail port":                {"tick --mail smtp://127.0.0.1:99999", "", []string{"--mail", "port"}},
		"mail without TLS elsewhere":   {"tick --mail smtp://mail.example:25?tls=none", "", []string{"--mail", "mail.example", "loopback", "STARTTLS"}},
		"relative app URL":             {"tick --app-url rfc.example", "", []string{"rfc.example", "https://"}},
		"app URL of another scheme":    {"plan --app-url javascript://rfc.example", "", []string{"javascript", "https"}},
		"public URL without TLS":       {"tick --public-url http://rfc.example", "", []string{"http://rfc.example", "https"}},
		"an instant in words":          {"tick --now yesterday", "", []string{"--now", "yesterday", "2026-"}},
		"an instant without its zone":  {"plan --now 2026-03-29T12:00:00", "", []string{"--now", "2026-03-29T12:00:00"}},
		"a day that is none":           {"tick --now 2026-02-30T12:00:00Z", "", []string{"--now"}},
		"a tick of nothing":            {"serve --tick-seconds 0", "", []string{"--tick-seconds 0"}},
		"a tick of less":               {"serve --tick-seconds=-5", "", []string{"--tick-seconds -5"}},
		"a tick of words":              {"serve --tick-seconds hourly", "", []string{"--tick-seconds", "hourly"}},
		"a tick in the environment":    {"serve", "DIGEST_TICK_SECONDS=0", []string{"--tick-seconds 0"}},
		"a queue in a file":            {"serve --engine river", "", []string{"--engine river", "PostgreSQL", "postgres://"}},
		"a tick with a queue":          {"tick --engine river", "", []string{"--engine river", "leave it out on SQLite"}},
		"a demo elsewhere":             {"demo --database sqlite://app.db", "", []string{"leave out --database", "--dir"}},
		"a crowd elsewhere":            {"demo --people 3 --database=sqlite://app.db", "", []string{"leave out --database", "--to"}},
		"mails of a demo elsewhere":    {"demo --mail discard://", "", []string{"leave out --mail"}},
		"no connections":               {"tick --connections 0", "", []string{"--connections 0", "64"}},
		"too many connections":         {"tick --connections 65", "", []string{"--connections 65", "64"}},
		"more than can be counted":     {"tick --connections 99999999999999999999", "", []string{"--connections"}},
		"watches of no days":           {"tick --watch-days 0", "", []string{"--watch-days 0"}},
		"no language":                  {"tick --language klingon", "", []string{"--language", "klingon", "pt-BR"}},
		"a path that is none":          {"tick --rfc-path rfc", "", []string{"--rfc-path", "/x/{slug}"}},
		"no RFCs":                      {"tick --max-rfcs 0", "", []string{"--max-rfcs 0"}},
		"a sender that is no address":  {"tick --from nobody", "", []string{"--from", "nobody"}},
		"two senders":                  {"tick --from a@rfc.example,b@rfc.example", "", []string{"--from"}},
		"neither on nor off":           {"tick", "DIGEST_ENABLED=perhaps", []string{"DIGEST_ENABLED", "perhaps"}},
		"a short secret":               {"tick --secret too-short-a-secret", "", []string{"--secret", "32"}},
		"a short secret beside a long": {"tick", "DIGEST_SECRET=" + secret + ",too-short-a-secret", []string{"number 2", "32"}},
		// Passwords in unexpected places.
		"a mail URL without a flag":     {"tick smtp://digest:" + password + "@127.0.0.1", "", []string{"unexpected argument", "127.0.0.1"}},
		"a mail URL without a scheme":   {"tick --mail digest:" + password + "@127.0.0.1", "", []string{"--mail", "smtp://"}},
		"a mail URL that is none":       {"tick --mail smtp://digest:%zz" + password + "@127.0.0.1", "", []string{"--mail", "%-escapes"}},
		"a mail URL for the database":   {"tick --database smtp://digest:" + password + "@127.0.0.1", "", []string{"--database", "sqlite://"}},
		"a mail URL for a number":       {"tick --connections smtp://digest:" + password + "@127.0.0.1", "", []string{"--connections"}},
		"a user name without password":  {"tick --mail smtp://digest@127.0.0.1", "", []string{"--mail", "password"}},
		"a mail URL with more after it": {"tick --mail smtp://digest:" + password + "@127.0.0.1?tls=maybe", "", []string{"--mail", "tls=none"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, strings.Fields(c.env)...).withDatabase().inside()
			before := s.tree()
			r := s.run(strings.Fields(c.args)...).fails(exitUsage, c.words...).silent()
			assert.NotContains(t, r.err, "too-short-a-secret")
			assert.Equal(t, before, s.tree())
		})
	}
}

func TestADatabaseThatCannotBeUsedIsOneLineAndStaysAsItIs(t *testing.T) {
	reading, everything := []string{"tick", "serve", "plan"}, []string{"migrate", "tick", "serve", "plan"}
	for name, c := range map[string]struct {
		make     func(*site)
		database string
		commands []string
		words    []string
	}{
		"no file":              {func(*site) {}, "rfcdigest.db", reading, []string{"no database", "rfcdigest.db", "rfcdigest migrate", "--database"}},
		"no folder":            {func(*site) {}, "nowhere/x.db", everything, []string{"no folder nowhere", "--database"}},
		"a folder":             {func(s *site) { require.NoError(s, os.Mkdir(s.path("x.db"), 0o755)) }, "x.db", everything, []string{"x.db is not a file", "--database"}},
		"a file for a folder":  {func(s *site) { s.write("x", "") }, "x/y.db", everything, []string{"x/y.db", "not a folder", "--database"}},
		"another kind of file": {func(s *site) { s.write("x.db", strings.Repeat("Dear diary, ", 999)) }, "x.db", everything, []string{"x.db is not an SQLite database", "--database"}},
		// plan leaves SQLite's two files beside this one: without write access it cannot remove them.
		"half a database": {func(s *site) { s.write("x.db", string(migrated()[:5000])) }, "x.db", []string{"migrate", "tick", "serve"},
			[]string{"x.db is not an SQLite database (or is damaged)", "--database"}},
		"an empty file":           {func(s *site) { s.write("x.db", "") }, "x.db", reading, []string{"x.db is not migrated", "rfcdigest migrate --database sqlite://x.db"}},
		"the app's, not migrated": {func(s *site) { s.python("x.db", "01") }, "x.db", reading, []string{"x.db is not migrated", "rfcdigest migrate --database sqlite://x.db"}},
		"another program's": {func(s *site) {
			s.sql("x.db", "CREATE TABLE notifications (id INTEGER); CREATE TABLE watches (id INTEGER)")
		}, "x.db", []string{"migrate"},
			[]string{"notifications.recipient_user_id", "notifications.created_at", "watches.state", "nothing was changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t).inside()
			c.make(s)
			before, files := s.tree(), s.files()
			for _, command := range c.commands {
				s.run(command, "--database", "sqlite://"+c.database).fails(exitFailed, c.words...).silent()
				assert.Equal(t, before, s.tree(), command)
				assert.Equal(t, files, s.files(), command)
			}
		})
	}
}

// python makes a database of the app's Python scheduler.
func (s *site) python(name, fixture string) *site {
	s.Helper()
	script, err := os.ReadFile("../../fixtures/parity/" + fixture + ".sql")
	require.NoError(s, err)
	s.sql(name, string(script))
	return s
}

func TestALockedDatabaseIsWaitedForAndThenOneLine(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(5)).python("python.db", "01")
	s.write("copy.db", s.read("rfcdigest.db"))
	var holders []func()
	for _, name := range []string{"rfcdigest.db", "python.db"} {
		db := s.open(name)
		_, err := db.Exec("BEGIN EXCLUSIVE")
		require.NoError(t, err)
		holders = append(holders, func() { _, err := db.Exec("ROLLBACK"); require.NoError(t, err) })
	}
	// All run at once, since each waits for seconds.
	tick := s.start("tick", "--now", noon)
	python := s.start("migrate", "--database", "sqlite://python.db")
	s.run("plan", "--now", noon, "--json").done() // which needs no lock
	tick.wait().fails(exitFailed, "rfcdigest.db is locked", "another process", "fuser")
	python.wait().fails(exitFailed, "python.db is locked", "another process", "fuser").silent()
	for _, release := range holders {
		release()
	}
	assert.Empty(t, s.letters("outbox"))
	s.write("locked.db", s.read("rfcdigest.db"))
	assert.Equal(t, s.dump("copy.db"), s.dump("locked.db"))
	assert.Equal(t, newSite(t).python("python.db", "01").dump("python.db"), s.dump("python.db"))
	assert.Equal(t, 5, s.run("tick", "--now", noon, "--json").done().report().DigestsSent, "nothing is lost")
}

func TestADatabaseThatIsReadOnlyIsOneLineAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, folder os.FileMode }{
		"file": {0o444, 0o777}, "folder": {0o444, 0o555},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t).withDatabase(people(2))
			s.python("python.db", "01").asNobody()
			before := s.tree()
			for _, file := range []string{"rfcdigest.db", "python.db"} {
				require.NoError(t, os.Chmod(s.path(file), c.file))
			}
			require.NoError(t, os.Chmod(s.dir, c.folder))
			t.Cleanup(func() { _ = os.Chmod(s.dir, 0o777) })
			s.run("tick", "--now", noon, "--mail", "discard://").fails(exitFailed, "rfcdigest.db", "writable")
			serve := s.start("serve", "--mail", "discard://") // which may well hope for better days
			serve.await("writable", 1)
			_ = serve.cmd.Process.Signal(syscall.SIGTERM)
			serve.wait()
			s.run("migrate", "--database", "sqlite://python.db").fails(exitFailed, "python.db", "writ").silent()
			require.NoError(t, os.Chmod(s.dir, 0o777))
			assert.Subset(t, s.tree(), before) // beside it there may be files for coverage
		})
	}
}

// asNobody has commands run as the user nobody, since permissions do not apply to root.
func (s *site) asNobody() *site {
	s.Helper()
	if os.Getuid() != 0 {
		return s
	}
	require.NoError(s, os.Chmod(s.dir, 0o777))
	require.NoError(s, os.Chmod(filepath.Dir(s.dir), 0o755))
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534, NoSetGroups: true}}
	// The folders of this program may be closed to others, and so may that for coverage.
	s.env = append(s.env, "GOCOVERDIR="+s.dir)
	probe := exec.Command("/proc/self/exe", "--help")
	probe.Path, probe.Dir, probe.Env, probe.SysProcAttr = program, s.dir, s.environ(), s.as
	if err := probe.Run(); err != nil {
		s.Skip("root cannot become somebody else here: ", err)
	}
	return s
}

func TestAFullDiskIsOneLineAndNothingIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(20))
	before := s.unmarked("rfcdigest.db")
	// A file system just large enough for the database and SQLite's shared memory, in its own name space.
	script := `mkdir small && mount -t tmpfs -o size=$(( $(stat -c %s rfcdigest.db) / 1024 + 40 ))k none small && cp rfcdigest.db small || exit 77
cd small; "$0" tick --now ` + noon + ` --mail discard://; code=$?; cp rfcdigest.db* ..; exit $code`
	r := s.startOther("unshare", "--map-root-user", "--mount", "sh", "-c", script, program).wait()
	if r.code == 77 || strings.Contains(r.err, "unshare") {
		t.Skip("no file system can be made here: ", r.err)
	}
	r.fails(exitFailed, "disk is full", "rfcdigest.db")
	assert.Equal(t, before, s.unmarked("rfcdigest.db"))
	assert.Equal(t, 20, s.run("tick", "--now", noon, "--json").done().report().DigestsSent)
}

// A process whose files may not grow is like a full disk, and needs no root.
func TestAFileThatMayNotGrowIsOneLine(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(20))
	before := s.dump("rfcdigest.db")
	r := s.startOther("sh", "-c", `ulimit -f 16; exec "$0" tick --now `+noon+` --mail discard://`, program).wait()
	r.fails(exitFailed, "cannot", "rfcdigest.db", "disk").silent()
	assert.Equal(t, before, s.dump("rfcdigest.db"))
}
