package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
)

// completed are command lines as typed up to the tab key, and the word that the shell makes of it.
var completed = []struct{ typed, word string }{
	{"pl", "plan"},
	{"tick --dr", "--dry-run"},
	{"tick --datab", "--database"},
	{"plan --us", "--user"},
	{"--no-", "--no-enabled"},
	{"--name tick pl", "plan"}, // the value of a flag is not a command
	{"--name=tick pl", "plan"},
	{"completion f", "fish"},
	{"demo --dir fold", "folder/"},
	{"demo --dir=fold", "--dir=folder/"},
	{"--database sq", "sqlite://"},
	{"--database sqlite://a", "sqlite://app.db"},
	{"--database=sqlite://a", "--database=sqlite://app.db"},
	{"tick --mail=mail", "--mail=maildir://"},
}

// hostileGrammar has help texts with all characters that mean something to a shell.
type hostileGrammar struct {
	Odd   string    `enum:"one,two" default:"one" help:"It's [odd]: $(touch hit) \x60touch hit\x60 \"$HOME\" \\ 100% ; touch hit; {x}"`
	Worse oddAction `cmd:"" help:"It's [worse]:x $(touch hit) \x60touch hit\x60 \\' touch hit"`
}

type oddAction struct{}

// asHostile is set in the environment of a process that is to complete by hostileGrammar.
const asHostile = "RFCDIGEST_HOSTILE"

func init() {
	if os.Getenv(asHostile) == "" || len(os.Args) < 2 {
		return
	}
	parser, err := kong.New(&hostileGrammar{})
	if err != nil {
		panic(err)
	}
	shell.Complete(os.Stdout, parser.Model, os.Args[2:])
	os.Exit(exitDone)
}

var hostilelyCompleted = []struct{ typed, word string }{{"wo", "worse"}, {"--od", "--odd"}, {"--odd=tw", "--odd=two"}, {"worse --odd o", "one"}}

// shellSite is a folder with a shell's scripts, and names to complete.
func shellSite(t *testing.T, name string) *site {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	s := newSite(t, "TERM=dumb")
	s.env = append(s.env, "HOME="+s.dir) // no user's own set-up
	s.write("app.db", "")
	require.NoError(t, os.Mkdir(s.path("folder"), 0o755))
	s.write("script", s.run("completion", name).done().out)
	require.NoError(t, os.Mkdir(s.path("bin"), 0o755))
	require.NoError(t, os.Symlink(program, s.path("bin", "rfcdigest")))
	s.env = append(s.env, "PATH="+s.path("bin")+":"+os.Getenv("PATH"))
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
			s.write("set-up", c.prepare+`rfcdigest() { if [[ $1 == __complete ]]; then command rfcdigest "$@"; else for last; do :; done; echo "<$last>"; fi; }`+"\n")
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
			enter("export "+asHostile+"=1; rfcdigest read''y", "<ready>")
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
	script.WriteString("set --export " + asHostile + " 1\n")
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

// All commands are offered with their flags, and nothing of the configuration is shown.
func TestEveryCommandAndFlagIsOffered(t *testing.T) {
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_MAIL_URL=smtp://digest:"+password+"@mail.example").inside()
	parser, err := kong.New(new(commandLine))
	require.NoError(t, err)
	commands := s.run(shell.Asked, "").done().out
	for _, node := range append(parser.Model.Children, parser.Model.Node) {
		before := []string{shell.Asked}
		if node.Type == kong.CommandNode {
			assert.Contains(t, commands, "\n"+node.Name+"\t")
			before = append(before, node.Name)
		}
		offered := s.run(append(before, "--")...).done().out
		for _, flag := range append(node.Flags, parser.Model.Flags...) {
			assert.Contains(t, offered, "\n--"+flag.Name+"\t", node.Name)
		}
	}
	for _, words := range [][]string{{"tick", "now", ""}, {"tick", "--name", ""}, {"--what=x"}, {"completion", "bash", ""}} {
		s.run(append([]string{shell.Asked}, words...)...).done().silent()
	}
	assert.Equal(t, commands, s.run(shell.Asked).done().out)
	s.run("completion", "tcsh").fails(exitUsage, "tcsh", "bash").silent()
}
