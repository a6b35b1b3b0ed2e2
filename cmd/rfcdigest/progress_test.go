package main

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

// soon, in the environment of the command, is after how long it shows a bar, instead of a second.
const soon = "RFCDIGEST_PROGRESS_DELAY"

func init() {
	if delay, err := time.ParseDuration(os.Getenv(soon)); err == nil {
		term.Delay = delay
	}
}

// bars find a bar that has come some way.
var bars = regexp.MustCompile(` +\d+% \|█* *\|  ?\(\d+/120, \d+ people/(s|min)\) \[\d+s:\d+s\]`)

// visible is what a terminal shows after all this was written to it.
func visible(written string) string {
	var screen []string
	for row := range strings.SplitSeq(written, "\n") {
		var cells []rune
		at := 0
		for rest := row; rest != ""; {
			switch {
			case strings.HasPrefix(rest, "\x1b[2K"):
				cells, rest = nil, rest[4:]
			case strings.HasPrefix(rest, "\x1b[0K"):
				cells, rest = cells[:min(at, len(cells))], rest[4:]
			case rest[0] == '\r':
				at, rest = 0, rest[1:]
			default:
				sign := []rune(rest)[0]
				for len(cells) <= at {
					cells = append(cells, ' ')
				}
				cells[at] = sign
				at++
				rest = rest[len(string(sign)):]
			}
		}
		screen = append(screen, strings.TrimRight(string(cells), " "))
	}
	return strings.Join(screen, "\n")
}

// slowMail is a slow mail server that refuses one person.
func slowMail(t *testing.T) *mailServer {
	return serveMail(t, &mailServer{refuse: "p60@rfc.example", answer: func(string) error {
		time.Sleep(10 * time.Millisecond)
		return nil
	}}, nil)
}

func TestALongTickShowsHowFarItHasComeOnATerminal(t *testing.T) {
	t.Parallel()
	s := newSite(t, soon+"=30ms").withDatabase(people(120))
	content := s.read("rfcdigest.db")
	piped := s.run("tick", "--now", noon, "--mail", slowMail(t).url()).done()
	assert.NotRegexp(t, `people/|\r|\x1b`, piped.out+piped.err, "none where nobody looks")
	for _, c := range []struct {
		env   string
		args  []string
		shown bool
	}{{"TERM=xterm", nil, true}, {"NO_COLOR=1", []string{"--json"}, true}, {"TERM=dumb", nil, false}} {
		s := newSite(t, soon+"=30ms", c.env)
		s.write("rfcdigest.db", content)
		shown := newScreen(t)
		p := s.commandOn(nil, shown, append([]string{program, "tick", "--now", noon, "--mail", slowMail(t).url()}, c.args...)...).begin()
		r := p.wait()
		require.Equal(t, exitDone, r.code, c.env)
		text := shown.close()
		assert.Equal(t, c.shown, bars.MatchString(text), c.env)
		assert.Empty(t, styles.FindString(text), c.env)
		lines := strings.Split(strings.TrimSuffix(visible(text), "\n"), "\n")
		want := strings.Count(piped.err, "\n")
		if c.shown { // the bar shows what goes well
			want -= strings.Count(piped.err, `"level":"INFO"`)
		}
		require.Len(t, lines, want, c.env)
		for _, line := range lines {
			require.Regexp(t, `^time=\S+ level=[A-Z]+ msg="[^|]*$`, line, "%s: nothing of the bar is left, and no line was torn", c.env)
		}
		assert.NotRegexp(t, `%|\r|\x1b`, r.out)
	}
}

func TestCtrlCTakesTheBarAway(t *testing.T) {
	t.Parallel()
	s := newSite(t, soon+"=30ms").withDatabase(people(120))
	shown := newScreen(t)
	p := s.commandOn(shown, shown, program, "tick", "--now", noon, "--mail", slowMail(t).url()).begin()
	require.Eventually(t, func() bool { return bars.MatchString(shown.String()) }, patience, pause)
	_, err := shown.keys.WriteString("\x03")
	require.NoError(t, err)
	assert.Equal(t, exitFailed, p.wait().code)
	text := visible(shown.close())
	assert.NotContains(t, text, "people/")
	assert.Regexp(t, `(?m)^Tick at 2026-03-29 12:00:00 UTC, \d+ ms$`, text)
	assert.Regexp(t, `(?m)^rfcdigest: tick: interrupted; `, text)
	assert.NotContains(t, text, "^C", "it stood where the bar was")
}

// A tick may find less to do than was counted, or more.
func TestABarStaysWithinItsEnds(t *testing.T) {
	t.Parallel()
	for _, s := range []term.Stage{{Done: 1, Total: 3}, {Done: 3, Total: 3}, {Done: 9, Total: 3}, {Done: 9}, {}} {
		shown := newScreen(t)
		p := term.NewProgress(shown.tty)
		stop := p.Follow("people", func() term.Stage { return s })
		p.Draw(s)
		p.Draw(s)
		_, err := p.Write([]byte("a line\n"))
		require.NoError(t, err)
		p.Draw(s)
		stop()
		text := shown.close()
		assert.Equal(t, s.Done < s.Total, strings.Contains(text, "33%"), text)
		assert.NotRegexp(t, `[1-9]\d\d%`, text)
		assert.Equal(t, "a line\n", visible(text))
	}
}

func TestAMigrationShowsItsSteps(t *testing.T) {
	t.Parallel()
	s := newSite(t, soon+"=0s").python("rfcdigest.db", "05")
	shown := newScreen(t)
	r := s.commandOn(nil, shown, program, "migrate").begin().wait()
	assert.Equal(t, exitDone, r.code)
	assert.Regexp(t, `is migrated:\n  \S`, r.out)
	assert.Empty(t, visible(shown.close()))
}

// The steps of a migration differ too much for a rate to say when it ends.
func TestStepsAreShownWithWhatIsBeingDone(t *testing.T) {
	t.Parallel()
	shown := newScreen(t)
	p := term.NewProgress(shown.tty)
	p.Follow("", func() term.Stage { return term.Stage{} })()
	p.Draw(term.Stage{Done: 2, Total: 20, What: "adding trigger rfcdigest_preferences_changed_and_more"})
	assert.Regexp(t, `10% \|█+ +\| +\(2/20\) \[\d+s\] adding trigger rfcdigest_preferences_ch…$`, visible(shown.close()))
}

func TestWithoutATerminalThereIsNoBar(t *testing.T) {
	t.Parallel()
	var w output
	p := term.NewProgress(&w)
	stop := p.Follow("people", func() term.Stage { panic(errors.New("nobody asked")) })
	_, err := p.Write([]byte("a line\n"))
	require.NoError(t, err)
	stop()
	assert.Equal(t, "a line\n", w.String())
	assert.False(t, term.IsTerminal(p))
}
