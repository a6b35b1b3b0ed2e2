package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// completed are command lines as they are typed up to the tab key, and the word that comes of it.
var completed = []struct{ typed, word string }{
	{"pl", "plan"},
	{"tick --dr", "--dry-run"},
	{"tick --datab", "--database"},
	{"plan --us", "--user"},
	{"--no-", "--no-enabled"},
	{"--name tick pl", "plan"}, // the value of a flag is no command
	{"--name=tick pl", "plan"},
	{"completion f", "fish"},
	{"demo --dir fold", "folder/"},
	{"demo --dir=fold", "--dir=folder/"},
	{"--database sq", "sqlite://"},
	{"--database sqlite://a", "sqlite://app.db"},
	{"--database=sqlite://a", "--database=sqlite://app.db"},
	{"tick --mail=mail", "--mail=maildir://"},
}

// hostileGrammar has helps with all that a shell might take for its own.
type hostileGrammar struct {
	Odd   string    `enum:"one,two" default:"one" help:"It's [odd]: $(touch hit) \x60touch hit\x60 \"$HOME\" \\ 100% ; touch hit; {x}"`
	Worse oddAction `cmd:"" help:"It's [worse]:x $(touch hit) \x60touch hit\x60 \\' touch hit"`
}

type oddAction struct{}

var hostilelyCompleted = []struct{ typed, word string }{{"wo", "worse"}, {"--od", "--odd"}, {"--odd=tw", "--odd=two"}, {"worse --odd o", "one"}}

// shellSite is a folder with a shell's scripts, and names to complete.
func shellSite(t *testing.T, shell string) *site {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("%s is not installed", shell)
	}
	s := newSite(t, "TERM=dumb")
	s.env = append(s.env, "HOME="+s.dir) // nobody's own set-up
	s.write("app.db", "")
	require.NoError(t, os.Mkdir(s.path("folder"), 0o755))
	s.write("script", s.run("completion", shell).done().out)
	parser, err := kong.New(&hostileGrammar{}, kong.Name("rfcdigest"))
	require.NoError(t, err)
	var script bytes.Buffer
	require.NoError(t, completionScripts.Lookup(shell).Execute(&script, newCompletion(parser.Model)))
	s.write("hostile", script.String())
	return s
}

func TestBashAndZshCompleteWhatIsTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shell   string
		line    []string
		prepare string
	}{
		{"bash", []string{"bash", "--noprofile", "--norc", "-i"}, ""},
		{"zsh", []string{"zsh", "-f", "-i"}, "autoload -Uz compinit; compinit -u -D; "},
	} {
		t.Run(c.shell, func(t *testing.T) {
			t.Parallel()
			s := shellSite(t, c.shell)
			s.write("set-up", c.prepare+`rfcdigest() { for last; do :; done; echo "<$last>"; }`+"\n")
			shown := newScreen(t)
			shell := s.commandOn(shown, shown, c.line...)
			shell.cmd.Stdin = shown.tty
			shell.begin()
			enter := func(line, answer string) {
				t.Helper()
				before := strings.Count(shown.String(), answer)
				_, err := shown.keys.WriteString(line + "\n")
				require.NoError(t, err)
				require.Eventually(t, func() bool { return strings.Count(shown.String(), answer) > before }, patience, pause, "%q: %q in %q", line, answer, shown)
			}
			enter(". ./set-up; . ./script; rfcdigest read''y", "<ready>")
			for _, line := range completed {
				word := line.word
				if c.shell == "zsh" && strings.HasSuffix(word, "folder/") {
					word = strings.TrimSuffix(word, "/") // zsh shows the slash, and takes it back when the line ends there
				}
				enter("rfcdigest "+line.typed+"\t", "<"+word+">")
			}
			enter(". ./hostile; rfcdigest read''y", "<ready>")
			for _, line := range hostilelyCompleted {
				enter("rfcdigest "+line.typed+"\t", "<"+line.word+">")
			}
			_, err := shown.keys.WriteString("exit\n")
			require.NoError(t, err)
			assert.Zero(t, shell.wait().code)
			assert.NotContains(t, s.files(), "hit")
		})
	}
}

func TestFishCompletesWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := shellSite(t, "fish")
	var script strings.Builder
	want := ""
	script.WriteString("source script\n")
	for _, line := range completed {
		script.WriteString("complete -C 'rfcdigest " + line.typed + "'\n")
		want += line.word + "\n"
	}
	script.WriteString("complete --erase -c rfcdigest; source hostile\n")
	for _, line := range hostilelyCompleted {
		script.WriteString("complete -C 'rfcdigest " + line.typed + "'\n")
		want += line.word + "\n"
	}
	r := s.startOther("fish", "--no-config", "-c", script.String()).wait().done()
	var words strings.Builder
	for line := range strings.Lines(r.out) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t") // and a description
		words.WriteString(word + "\n")
	}
	assert.Equal(t, want, words.String())
	assert.NotContains(t, s.files(), "hit")
}

// Whatever commands there are, scripts know them and their flags, and nothing of how this one is set up.
func TestScriptsKnowEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_MAIL_URL=smtp://digest:"+password+"@mail.example")
	parser, err := kong.New(new(commandLine))
	require.NoError(t, err)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script := s.run("completion", shell).done().out
		for _, node := range append(parser.Model.Children, parser.Model.Node) {
			assert.Regexp(t, `[' ]`+node.Name+`[': ]`, script+" "+parser.Model.Name+" ", shell)
			assert.False(t, node.Type == kong.CommandNode && len(node.Children) > 0, "%s: scripts know of no commands in commands", node.Name)
			for _, flag := range node.Flags {
				assert.Regexp(t, `(--| -l ')`+flag.Name+`\b`, script, shell)
			}
		}
	}
	s.run("completion", "tcsh").fails(exitUsage, "tcsh", "bash").silent()
}
