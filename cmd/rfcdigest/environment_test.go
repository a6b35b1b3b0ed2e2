package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each line is read as systemd reads it (v252; its environment.d generator agrees on all but $, which it replaces).
func TestALineOfAnEnvironmentFile(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`a`: "a", `a b`: "a b", ` a `: "a", "a\r": "a", "": "", `""`: "", `''`: "",
		`"a b"`: "a b", `'a b'`: "a b", `"a # b"`: "a # b", `'a # b'`: "a # b", `a#b`: "a#b", `"a" 'b'`: "ab", `"a"b`: "ab",
		`Wiggleverse <digest@rfc.example>`: "Wiggleverse <digest@rfc.example>", `"Wiggleverse <digest@rfc.example>"`: "Wiggleverse <digest@rfc.example>",
		`a$b`: "a$b", `"a$HOME"`: "a$HOME", `'a$HOME'`: "a$HOME", `"a\$b"`: "a$b", `a\$b`: "a$b", `$(ls)`: "$(ls)",
		`"say \"hi\""`: `say "hi"`, `'"Wiggle"'`: `"Wiggle"`, `a"b"`: `a"b"`, `O'Brien`: "O'Brien", "\"a`b\"": "a`b",
		`"a\nb"`: `a\nb`, `a\nb`: "anb", `"a\\b"`: `a\b`, `'a\b'`: `a\b`, `a\\b`: `a\b`, `a\ b`: "a b", `\#a`: "#a", `a=b==`: "a=b==", `/rfc/{slug}`: "/rfc/{slug}",
		`smtp://a:p%40ss@mail.example:587?x=1&y=2`: "smtp://a:p%40ss@mail.example:587?x=1&y=2", `"ä“”"`: "ä“”",
	} {
		for _, start := range []string{"NAME=", "export NAME=", "  NAME = ", "\uFEFFNAME="} {
			s := newSite(t)
			s.write("x.env", start+line)
			got := map[string]string{}
			if assert.NoError(t, readEnvFile(s.path("x.env"), got), line) {
				assert.Equal(t, map[string]string{"NAME": want}, got, line)
			}
		}
	}
	for line, words := range map[string]string{
		"NAME": "line 3 is not NAME=value", "NAME: x": "is not NAME=value", "1NAME=x": "is not NAME=value", "=x": "is not NAME=value", "A-B=x": "is not NAME=value", "export": "is not NAME=value",
		`NAME="secret`: "line 3, NAME: the value does not end", `NAME='secret`: "does not end", `NAME="secret\"`: "does not end", `NAME=secret\`: "does not end", `NAME="a" "secret`: "does not end",
		`NAME=secret # why`: "a shell takes", `NAME="secret" # why`: "a shell takes", `NAME=# why`: "a shell takes",
	} {
		s := newSite(t)
		s.write("x.env", "A=1\n# NAME\n"+line+"\nB=2\n")
		err := readEnvFile(s.path("x.env"), map[string]string{})
		require.ErrorContains(t, err, words, line)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestAnEnvironmentFileComesAfterFlagsAndTheEnvironment(t *testing.T) {
	s := newSite(t, "DIGEST_LANGUAGE=de").inside().withDatabase(settingsWorld)
	s.write("rfc.env", "# ours\n; and theirs\n\nexport DIGEST_FROM=\"RFCs <file@rfc.example>\"\r\nDIGEST_LANGUAGE=fr\nDIGEST_INBOX_PATH=/file\nDIGEST_NAME=\nDIGEST_SPREAD=\nDIGEST_FORM=x\nPGHOST=none\n")
	r := s.run("tick", "--env-file", "rfc.env", "--now", noon, "--inbox-path", "/flag").done()
	assert.Contains(t, r.warnings(), "DIGEST_FORM is no setting of rfcdigest and has no effect / did you mean DIGEST_FROM?")
	mail := s.mail()
	assert.Equal(t, `"RFCs" <file@rfc.example>`, mail.header.Get("From"))
	assert.Contains(t, mail.html, `lang="de"`)
	assert.Contains(t, mail.text, "/flag")
	assert.Contains(t, mail.html, "Wiggleverse", "empty is not set")
	s.run("plan", "--env-file", "none.env").fails(exitUsage, "--env-file", "none.env", "no such file").silent()
	s.run("plan", "--env-file", ".").fails(exitUsage, "--env-file", "directory").silent()
	s.write("bad.env", "DIGEST_TICK_SECONDS=1h")
	s.run("plan", "--env-file=bad.env").fails(exitUsage, "--tick-seconds", "want a whole number", "DIGEST_TICK_SECONDS").silent()
	s.write("bad.env", "DIGEST_SECRET")
	s.run("plan", "--env-file=bad.env").fails(exitUsage, "--env-file bad.env: line 1 is not NAME=value").silent()
}

func TestWhatIsLeftAroundValuesInTheEnvironmentIsNoPartOfThem(t *testing.T) {
	s := newSite(t).inside().withDatabase()
	for _, variable := range []string{
		"DIGEST_TICK_SECONDS=", `DIGEST_TICK_SECONDS="3600"`, "DIGEST_TICK_SECONDS=3600\n", "DIGEST_ENABLED=", "DIGEST_ENABLED=yes", "DIGEST_ENABLED='true'", "DIGEST_SPREAD=", "DIGEST_ENGINE=",
		`DIGEST_ENGINE="plain"`, `DIGEST_DATABASE_URL="sqlite://rfcdigest.db"`, "DIGEST_DATABASE_URL=sqlite://rfcdigest.db ", "DIGEST_DATABASE_URL=", "DIGEST_MAIL_URL=", `DIGEST_MAIL_URL="discard://"`,
		"DIGEST_FROM=", `DIGEST_FROM='RFCs <digest@rfc.example>'`, "DIGEST_APP_URL=", "DIGEST_APP_URL=https://rfc.example\r\n", "DIGEST_RFC_PATH=", `DIGEST_LANGUAGE="de"`, `ZONEINFO=""`, "DIGEST_LISTEN=",
	} {
		s.with(variable).run("tick").done()
	}
	for variable, words := range map[string][]string{
		"DIGEST_ENABLED=maybe": {"--enabled", "want true or false", `"maybe"`, "(from DIGEST_ENABLED"}, "DIGEST_TICK_SECONDS=1h": {"--tick-seconds", "want a whole number", `"1h"`},
		"DIGEST_SPREAD=30": {"--spread", "want a time like 30m", `"30"`}, "DIGEST_LISTEN=8095": {"--listen", "127.0.0.1:8095"}, "DIGEST_LISTEN=https://rfc.example": {"--listen", "127.0.0.1:8095"},
		`DIGEST_FROM="digest@rfc.example`: {"--from"},
	} {
		s.with(variable).run("serve").fails(exitUsage, words...)
	}
	s.run("tick", "--database").fails(exitUsage, "--database: want a value after it")
	for variable, meant := range map[string]string{"DIGEST_DATABASE": "DIGEST_DATABASE_URL", "DIGEST_FORM": "DIGEST_FROM", "DIGEST_DB_URL": "DIGEST_DATABASE_URL", "DIGEST_MAIL": "DIGEST_MAIL_URL"} {
		assert.Contains(t, s.with(variable+"=x").run("plan").done().warnings(), variable+" is no setting of rfcdigest and has no effect / did you mean "+meant+"?")
	}
	assert.Contains(t, s.with(`DIGEST_SECRET="`+secret+`"`).run("tick").done().warnings(), "has quotation marks around it", "a secret is taken to the letter")
}

// What a shell makes of the example is what the program makes of it, also if all its lines count.
func TestAShellReadsTheExampleAsTheProgramDoes(t *testing.T) {
	t.Parallel()
	content, _ := deployed(t, "rfcdigest.env.example")
	s := newSite(t)
	s.write("rfcdigest.env", strings.ReplaceAll(content, "\n#DIGEST_", "\nDIGEST_"))
	read := map[string]string{}
	require.NoError(t, readEnvFile(s.path("rfcdigest.env"), read))
	require.Len(t, read, len(variables(t))-1)
	assert.Equal(t, "Wiggleverse <digest@rfc.example>", read["DIGEST_FROM"])
	shell := exec.Command("sh", "-euc", "set -a; . ./rfcdigest.env; env -0")
	shell.Dir, shell.Env = s.dir, []string{"PATH=" + os.Getenv("PATH")}
	out, err := shell.Output()
	require.NoError(t, err)
	sourced := map[string]string{}
	for variable := range strings.SplitSeq(string(out), "\x00") {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "DIGEST_") {
			sourced[name] = value
		}
	}
	assert.Equal(t, sourced, read)
}
