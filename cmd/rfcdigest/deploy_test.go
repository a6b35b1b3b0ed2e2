package main

import (
	"debug/elf"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/app"
)

var staticBinary = flag.String("binary", "", "a binary of rfcdigest that is to be static")

// variables are the environment variables of the settings, with their flags.
func variables(t *testing.T) map[string]*kong.Flag {
	t.Helper()
	parser, err := kong.New(new(struct{ Settings }))
	require.NoError(t, err)
	found := map[string]*kong.Flag{}
	for _, f := range parser.Model.Flags {
		for _, name := range f.Envs {
			found[name] = f
		}
	}
	require.NotEmpty(t, found)
	return found
}

// deployed returns a file that comes with the program, and its lines that are not blank or comments.
func deployed(t *testing.T, name string) (content string, lines []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("deploy", name))
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	known := variables(t)
	for _, name := range regexp.MustCompile(`DIGEST_[A-Z_]+`).FindAllString(string(raw), -1) {
		assert.Contains(t, known, name)
	}
	return string(raw), lines
}

// parses checks that a command line, without the program, is valid.
func parses(t *testing.T, args ...string) {
	t.Helper()
	parser, err := kong.New(new(commandLine), kong.Vars{"version": ""})
	require.NoError(t, err)
	_, err = parser.Parse(args)
	require.NoError(t, err)
}

func TestTheSystemdUnitRunsTheProgramAsItIs(t *testing.T) {
	t.Parallel()
	content, lines := deployed(t, "rfcdigest.service")
	unit := map[string][]string{}
	for _, line := range lines {
		if key, value, ok := strings.Cut(line, "="); ok {
			unit[key] = append(unit[key], value)
		}
	}
	line := strings.Fields(unit["ExecStart"][0])
	assert.Equal(t, []string{"/usr/local/bin/rfcdigest", "serve"}, line)
	parses(t, line[1:]...)
	for _, comment := range regexp.MustCompile(`(?m)^# .* rfcdigest ((?:migrate|doctor) .*)$`).FindAllStringSubmatch(content, -1) {
		parses(t, strings.Fields(strings.Replace(comment[1], "/etc/rfcdigest.env", "deploy/rfcdigest.env.example", 1))...)
	}
	seconds, err := strconv.Atoi(unit["TimeoutStopSec"][0])
	require.NoError(t, err)
	assert.Greater(t, time.Duration(seconds)*time.Second, app.Grace)
	assert.Equal(t, []string{strconv.Itoa(exitUsage)}, unit["RestartPreventExitStatus"])
	// The example's database is in a folder that can be written to.
	_, example := deployed(t, "rfcdigest.env.example")
	assert.Contains(t, example, "DIGEST_DATABASE_URL=sqlite://"+unit["ReadWritePaths"][0]+"/app.db")
	assert.Equal(t, []string{"/etc/rfcdigest.env"}, unit["EnvironmentFile"])

	t.Run("systemd-analyze", func(t *testing.T) {
		if _, err := exec.LookPath("systemd-analyze"); err != nil {
			t.Skip("systemd-analyze is not installed")
		}
		s := newSite(t)
		s.write("rfcdigest.service", strings.Replace(content, "="+line[0], "="+program, 1)) // systemd wants the program to exist
		r := s.startOther("systemd-analyze", "verify", "--man=no", "./rfcdigest.service").wait()
		assert.Zero(t, r.code, r.err)
		assert.Empty(t, r.out+r.err)
		r = s.startOther("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "./rfcdigest.service").wait()
		assert.Zero(t, r.code, "an exposure of 2 or more: %s%s", r.out, r.err)
	})
}

func TestTheEnvironmentFileNamesEveryVariable(t *testing.T) {
	t.Parallel()
	content, _ := deployed(t, "rfcdigest.env.example")
	known := variables(t)
	assigned := regexp.MustCompile(`(?m)^(#?)(DIGEST_[A-Z_]+|ZONEINFO)=(.*)$`).FindAllStringSubmatch(content, -1)
	var named, environment []string
	before := 0
	for _, a := range assigned {
		named = append(named, a[2])
		environment = append(environment, a[2]+"="+a[3])
		if a[3] != "" && strings.Contains(a[2], "SECRET") {
			assert.NotRegexp(t, `["'\\]`, a[3], "docker takes them for a part of the secret")
		}
		if a[1] == "#" && known[a[2]] != nil {
			assert.Equal(t, known[a[2]].Default, a[3], "%s: what is commented out is the default", a[2])
		}
		at := strings.Index(content, a[0])
		assert.Contains(t, content[before:at], "\n# ", "%s has a comment", a[2])
		before = at + len(a[0])
	}
	want := make([]string, 0, len(known))
	for name := range known {
		want = append(want, name)
	}
	assert.ElementsMatch(t, want, named)
	// All of them together are a valid configuration.
	newSite(t, environment...).withDatabase().run("plan", "--database", "sqlite://rfcdigest.db").done()
}

func TestTheDockerfileBuildsWhatIsHere(t *testing.T) {
	t.Parallel()
	_, lines := deployed(t, "Dockerfile")
	steps := map[string][]string{}
	for _, line := range lines {
		instruction, rest, _ := strings.Cut(line, " ")
		steps[instruction] = append(steps[instruction], rest)
	}
	root := filepath.Join("..", "..")
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(string(module))
	require.NotNil(t, version)
	assert.Equal(t, []string{"golang:" + version[1] + " AS build", "scratch"}, steps["FROM"])

	ignored, err := os.ReadFile(filepath.Join(root, ".dockerignore"))
	require.NoError(t, err)
	var copied []string
	for _, c := range steps["COPY"] {
		words := strings.Fields(c)
		if strings.HasPrefix(c, "--from=") {
			continue
		}
		for _, source := range words[:len(words)-1] {
			_, err := os.Stat(filepath.Join(root, source))
			assert.NoError(t, err)
			copied = append(copied, "!"+source)
		}
	}
	var sent []string
	for line := range strings.Lines(string(ignored)) {
		if line[0] == '!' {
			sent = append(sent, strings.TrimSpace(line))
		}
	}
	assert.ElementsMatch(t, copied, sent, "what is copied is sent, and no more")
	assert.Contains(t, string(ignored), "\n*\n")

	build := steps["RUN"][slices.IndexFunc(steps["RUN"], func(r string) bool { return strings.Contains(r, "go build") })]
	assert.Regexp(t, `^CGO_ENABLED=0 go build .*-trimpath .*-o /rfcdigest \./cmd/rfcdigest$`, build)
	assert.Contains(t, strings.Join(steps["COPY"], "\n"), "--from=build /rfcdigest /rfcdigest")
	assert.Contains(t, strings.Join(steps["COPY"], "\n"), "/etc/ssl/certs/ca-certificates.crt")
	assert.Contains(t, strings.Join(steps["COPY"], "\n"), "--from=build /usr/share/zoneinfo /usr/share/zoneinfo")
	assert.Contains(t, strings.Join(steps["RUN"], "\n"), "apt-get update && apt-get install -y --no-install-recommends tzdata")
	assert.Regexp(t, `^[1-9]\d*:[1-9]\d*$`, steps["USER"][0], "names are not known in there, and it is not root")
	assert.Equal(t, []string{`["/rfcdigest"]`}, steps["ENTRYPOINT"])
	require.Equal(t, []string{`["serve"]`}, steps["CMD"])
	parses(t, "serve")
	assert.Equal(t, []string{"DIGEST_LISTEN=:" + steps["EXPOSE"][0]}, steps["ENV"], "only what is listened on")
}

// A static binary runs where there is nothing else: no loader, no C library, no time zones.
func TestTheBinaryNeedsNothingElse(t *testing.T) {
	if *staticBinary == "" {
		t.Skip("no -binary to look at")
	}
	file, err := elf.Open(*staticBinary)
	require.NoError(t, err)
	defer file.Close()
	for _, p := range file.Progs {
		assert.NotEqual(t, elf.PT_INTERP, p.Type, "it needs a loader")
	}
	libraries, err := file.ImportedLibraries()
	require.NoError(t, err)
	assert.Empty(t, libraries)
	cmd := exec.CommandContext(t.Context(), *staticBinary, "demo")
	cmd.Dir, cmd.Env = t.TempDir(), []string{}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "got their digest")
}
