package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asCommand is set in the environment of a process that is to be the command instead of the tests.
const asCommand = "RFCDIGEST_RUN_MAIN"

// program is the file of this test binary, and scratch a folder that lasts as long as it runs.
var program, scratch string

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	// The tests mostly wait for processes and locks, so more than one may run on a core.
	flag.Parse()
	if parallel := flag.Lookup("test.parallel").Value; parallel.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
		_ = parallel.Set(fmt.Sprint(2 * runtime.GOMAXPROCS(0)))
	}
	var err error
	if program, err = os.Executable(); err != nil {
		panic(err)
	}
	if scratch, err = os.MkdirTemp("", "rfcdigest-test-"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(scratch)
	return m.Run()
}

// Secrets, which no process may ever print.
const (
	password = "Tr0ub4dor-and-3"
	secret   = "correct-horse-battery-staple-0123456789"
)

// patience is how long a process may take before it counts as hanging.
const patience = time.Minute

// raced says that the race detector is on. It makes every process several times as slow, so some tests then try fewer
// cases.
var raced = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
})

// site is a test's own folder, in which it runs the command.
type site struct {
	testing.TB
	dir string
	// env is added to the few variables that every process gets.
	env []string
	// name is the path by which the program is started; as has the user that it runs as.
	name string
	as   *syscall.SysProcAttr
	// here says that commands run in the process of the tests.
	here bool
}

func newSite(t testing.TB, env ...string) *site {
	t.Helper()
	return &site{TB: t, dir: t.TempDir(), env: env, name: "rfcdigest"}
}

// with returns the same folder with more in the environment.
func (s *site) with(env ...string) *site {
	other := *s
	other.env = append(append([]string{}, s.env...), env...)
	return &other
}

// inside returns the same folder, but its commands run in the process of the tests. That saves a tenth of a second,
// which counts in a long table. The tests then share folder and environment, so they must not run in parallel.
func (s *site) inside() *site {
	s.Helper()
	s.TB.(*testing.T).Setenv(asCommand, "") // fails in a parallel test
	other := *s
	other.here = true
	return &other
}

func (s *site) path(name ...string) string { return filepath.Join(append([]string{s.dir}, name...)...) }

func (s *site) write(name, content string) {
	s.Helper()
	require.NoError(s, os.WriteFile(s.path(name), []byte(content), 0o644))
}

func (s *site) read(name string) string {
	s.Helper()
	content, err := os.ReadFile(s.path(name))
	require.NoError(s, err)
	return string(content)
}

// files are the files and folders in the site, by name.
func (s *site) files() (names []string) {
	s.Helper()
	entries, err := os.ReadDir(s.dir)
	require.NoError(s, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// tree has the content of every file of the site, by its path.
func (s *site) tree() map[string]string {
	s.Helper()
	content := map[string]string{}
	require.NoError(s, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		content[path] = fmt.Sprintf("%d bytes, %x", len(text), sha256.Sum256(text))
		return err
	}))
	return content
}

// environ is the environment of a process: of the tests' own, only what any process needs.
func (s *site) environ() []string {
	// A process under the race detector would wait for a second at its end.
	env := []string{asCommand + "=1", "GORACE=atexit_sleep_ms=0"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	// A process that measures coverage complains if it has no folder for it.
	coverage := os.Getenv("GOCOVERDIR")
	if coverage == "" {
		coverage = scratch
	}
	return append(append(env, "GOCOVERDIR="+coverage), s.env...)
}

// process is the command while it runs.
type process struct {
	site     *site
	cmd      *exec.Cmd
	out, err output
	cancel   context.CancelFunc
}

// output is what a process writes; it can be read while the process runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts the command.
func (s *site) start(args ...string) *process {
	s.Helper()
	return s.startOther(append([]string{program}, args...)...)
}

// startOther starts any program, which may start the command itself.
func (s *site) startOther(line ...string) *process {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	p := &process{site: s, cmd: exec.CommandContext(ctx, line[0], line[1:]...), cancel: cancel}
	if line[0] == program {
		p.cmd.Args[0] = s.name
	}
	p.cmd.Dir, p.cmd.Env, p.cmd.SysProcAttr = s.dir, s.environ(), s.as
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.cmd.WaitDelay = time.Second
	require.NoError(s, p.cmd.Start())
	s.Cleanup(func() {
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
	})
	return p
}

// await returns when the process has written text to stderr so many times.
func (p *process) await(text string, times int) {
	p.site.Helper()
	require.Eventually(p.site, func() bool { return strings.Count(p.err.String(), text) >= times }, patience, 5*time.Millisecond,
		"%q on stderr", text)
}

func (p *process) signal(s os.Signal) {
	p.site.Helper()
	require.NoError(p.site, p.cmd.Process.Signal(s))
}

// result is what a process leaves behind; code is -1 if a signal ended it.
type result struct {
	site     *site
	line     string
	code     int
	out, err string
}

func (p *process) wait() result {
	p.site.Helper()
	defer p.cancel()
	_ = p.cmd.Wait()
	return result{p.site, strings.Join(p.cmd.Args[:min(len(p.cmd.Args), 9)], " "), p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}.checked()
}

// checked asserts that no secret is in a result.
func (r result) checked() result {
	r.site.Helper()
	assert.NotContains(r.site, r.out+r.err, password, r.line)
	assert.NotContains(r.site, r.out+r.err, secret, r.line)
	assert.NotRegexp(r.site, `goroutine \d+ \[|panic:|\.go:\d+|WARNING: DATA RACE`, r.out+r.err, r.line)
	return r
}

// runHere runs the command in this process.
func (s *site) runHere(args []string) result {
	s.Helper()
	folder, err := os.Getwd()
	require.NoError(s, err)
	before := os.Environ()
	set := func(env []string, folder string) {
		os.Clearenv()
		for _, e := range env {
			name, value, _ := strings.Cut(e, "=")
			require.NoError(s, os.Setenv(name, value))
		}
		require.NoError(s, os.Chdir(folder))
	}
	set(s.environ(), s.dir)
	defer set(before, folder)
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	var stdout, stderr output
	code := run(ctx, args, streams{&stdout, &stderr})
	return result{s, strings.Join(args, " "), code, stdout.String(), stderr.String()}.checked()
}

// run runs the command to its end.
func (s *site) run(args ...string) result {
	s.Helper()
	if s.here {
		return s.runHere(args)
	}
	return s.start(args...).wait()
}

// complaints are the lines of stderr that are not log lines.
func (r result) complaints() (lines []string) {
	for line := range strings.Lines(r.err) {
		if !strings.HasPrefix(line, "{") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

// done requires a success, with no complaints.
func (r result) done() result {
	r.site.Helper()
	require.Equal(r.site, exitDone, r.code, "%s\n%s%s", r.line, r.out, r.err)
	require.Empty(r.site, r.complaints(), r.line)
	return r
}

// fails requires a failure with that code, and one line on stderr that has words in it.
func (r result) fails(code int, words ...string) result {
	r.site.Helper()
	assert.Equal(r.site, code, r.code, "%s\n%s%s", r.line, r.out, r.err)
	lines := r.complaints()
	if assert.Len(r.site, lines, 1, "%s\n%s%s", r.line, r.out, r.err) {
		assert.Regexp(r.site, `^rfcdigest: \S`, lines[0], r.line)
		for _, word := range words {
			assert.Contains(r.site, lines[0], word, r.line)
		}
	}
	return r
}

// silent requires that nothing is on stdout.
func (r result) silent() result {
	r.site.Helper()
	assert.Empty(r.site, r.out, r.line)
	return r
}
