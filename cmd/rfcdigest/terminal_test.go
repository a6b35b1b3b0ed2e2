package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// screen is a terminal that remembers what it was shown.
type screen struct {
	output
	tty   *os.File // the side of the program
	keys  *os.File // the side of the person
	ended chan struct{}
}

// newScreen returns a terminal of 100 columns.
func newScreen(t testing.TB) *screen {
	t.Helper()
	keys, tty, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(keys, &pty.Winsize{Rows: 40, Cols: 100}))
	s := &screen{tty: tty, keys: keys, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		_, _ = io.Copy(&s.output, keys) // ends with an error when the other side is closed
	}()
	t.Cleanup(func() {
		_ = tty.Close()
		<-s.ended
		_ = keys.Close()
	})
	return s
}

// close ends the terminal and returns all that it was shown, with line ends as a program writes them.
func (s *screen) close() string {
	_ = s.tty.Close()
	<-s.ended
	return strings.ReplaceAll(s.String(), "\r\n", "\n")
}

// pause is how long a test waits before it looks at a screen again.
const pause = 5 * time.Millisecond

// commandOn prepares a program with its stdout or its stderr on a screen; output without a screen is kept.
func (s *site) commandOn(out, err *screen, line ...string) *process {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p := &process{site: s, cmd: exec.CommandContext(ctx, line[0], line[1:]...), cancel: cancel}
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr, p.cmd.WaitDelay = s.dir, s.environ(), &p.out, &p.err, time.Second
	if out != nil {
		p.cmd.Stdout = out.tty
	}
	if err != nil {
		p.cmd.Stderr = err.tty
	}
	// The terminal is its own, so that the program gets signals from keys like Ctrl-C.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if err == nil {
		p.cmd.SysProcAttr.Ctty = 1
	}
	return p
}

// begin starts a program that was prepared.
func (p *process) begin() *process {
	p.site.Helper()
	require.NoError(p.site, p.cmd.Start())
	p.site.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
	})
	return p
}

// styles are the escape sequences of colours.
var styles = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestThePlanHasColoursOnATerminalOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t).withDatabase(people(4), "UPDATE users SET email = 'nobody' WHERE id = 2", "UPDATE notifications SET read_at = created_at WHERE id = 300",
		"INSERT INTO digest_preferences (user_id, time_zone, quiet_start, quiet_end) VALUES (4, 'UTC', '11:00', '13:00')")
	piped := s.run("plan", "--now", noon).done().out
	for _, c := range []struct {
		env     string
		colours bool
	}{{"TERM=xterm", true}, {"NO_COLOR=", true}, {"NO_COLOR=0", false}, {"TERM=dumb", false}} {
		shown := newScreen(t)
		p := s.with(c.env).commandOn(shown, nil, program, "plan", "--now", noon).begin()
		require.Equal(t, exitDone, p.wait().code, c.env)
		text := shown.close()
		assert.Equal(t, piped, styles.ReplaceAllString(text, ""), "%s: the same, column by column", c.env)
		if !c.colours {
			assert.Equal(t, piped, text, c.env)
			continue
		}
		for _, cell := range []string{"\n1          \x1b[32msend\x1b[0m    daily", "\n2          \x1b[31mrefuse\x1b[0m  daily", "\n3          \x1b[2mroll\x1b[0m    daily",
			"\n4          \x1b[33mdefer\x1b[0m   daily"} {
			assert.Contains(t, text, cell, c.env)
		}
	}
	assert.NotContains(t, piped, "\x1b")
}
