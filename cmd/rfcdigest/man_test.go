package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
)

// read is the text of a page, without its formatting.
func read(page string) string {
	page = strings.NewReplacer(`\fB`, "", `\fI`, "", `\fR`, "", `\-`, "-", `\(aq`, "'", `\(dq`, `"`, `\&`, "", `\%`, "").Replace(page)
	return strings.Join(strings.Fields(page), " ")
}

func TestTheManPageHasEveryCommandFlagVariableAndDefault(t *testing.T) {
	t.Parallel()
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_MAIL_URL=smtp://digest:"+password+"@mail.example")
	page := s.run("man").done().out
	text := read(page)
	parser, err := kong.New(new(commandLine), kong.Name("rfcdigest"))
	require.NoError(t, err)
	for _, node := range append(parser.Model.Children, parser.Model.Node) {
		of := ".SH \"OPTIONS\" "
		if node.Type == kong.CommandNode {
			assert.Contains(t, text, "rfcdigest "+node.Name+" [flags]")
			of = `.SS "` + node.Name + `" ` + node.Help
		}
		_, entries, found := strings.Cut(text, of)
		require.True(t, found, of)
		for _, flag := range node.Flags {
			_, entry, found := strings.Cut(entries, ".TP "+typed(flag)+" ")
			require.True(t, found, "%s --%s", node.Name, flag.Name)
			entry, _, _ = strings.Cut(entry, " .TP ")
			assert.Contains(t, entry, strings.Join(strings.Fields(flag.Help), " "))
			assert.Contains(t, entry, flag.Default)
			for _, variable := range flag.Envs {
				assert.Contains(t, entry, "Variable: "+variable+".")
				assert.Contains(t, text, ".TP "+variable+" Stands for --"+flag.Name+".")
			}
		}
	}
	var sections []string
	for line := range strings.Lines(page) {
		if title, ok := strings.CutPrefix(line, ".SH "); ok {
			sections = append(sections, strings.Trim(title, "\"\n"))
		}
	}
	assert.Equal(t, []string{"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"}, sections)
}

// typed is how a flag is typed.
func typed(flag *kong.Flag) string {
	text := "--" + flag.Name
	if flag.Short != 0 {
		text = "-" + string(flag.Short) + ", " + text
	}
	if flag.Tag.Negatable != "" {
		text += ", --no-" + flag.Name
	}
	if !flag.IsBool() {
		text += "=" + flag.FormatPlaceHolder()
	}
	return text
}

// manGrammar has help texts with all characters that mean something to roff.
type manGrammar struct {
	Odd string `help:".so /etc/passwd is no request, nor is 'sh, and \\fB is no font. ^~\x60 \"x\" - -- -"`
	Do  struct {
		What string `arg:"" help:"[.x] \\n[.y]"`
	} `cmd:"" help:"'so\n.so x"`
}

func TestFormattersFindNothingWrongWithTheManPage(t *testing.T) {
	t.Parallel()
	for name, grammar := range map[string]any{"rfcdigest": new(commandLine), "odd": new(manGrammar)} {
		parser, err := kong.New(grammar, kong.Name(name))
		require.NoError(t, err)
		var page strings.Builder
		require.NoError(t, shell.WriteMan(&page, parser.Model, "2026-05-01"))
		for line := range strings.Lines(page.String()) {
			if strings.HasPrefix(line, ".") {
				word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
				assert.True(t, slices.Contains([]string{".TH", ".SH", ".SS", ".TP", ".PP", ".BR", ".br", ".ad", ".EX", ".EE"}, word), line)
			}
			assert.False(t, strings.HasPrefix(line, "'"), line)
		}
		for _, formatter := range [][]string{{"mandoc", "-Tlint", "-Wall"}, {"groff", "-man", "-ww", "-z"}, {"man", "-l", "--warnings", "-"}} {
			t.Run(name+" "+formatter[0], func(t *testing.T) {
				t.Parallel()
				if _, err := exec.LookPath(formatter[0]); err != nil {
					t.Skipf("%s is not installed", formatter[0])
				}
				cmd := exec.CommandContext(t.Context(), formatter[0], formatter[1:]...)
				cmd.Env = append(cmd.Environ(), "MANWIDTH=200", "LC_ALL=C.UTF-8", "MAN_KEEP_FORMATTING=")
				cmd.Stdin = strings.NewReader(page.String())
				var complaints strings.Builder
				cmd.Stderr = &complaints
				out, err := cmd.Output()
				require.NoError(t, err, "%s%s", out, complaints.String())
				assert.Empty(t, complaints.String())
				if name == "odd" && formatter[0] == "man" {
					assert.Contains(t, string(out), `.so /etc/passwd is no request, nor is 'sh, and \fB is no font. ^~`+"` "+`"x" - -- -`)
				}
			})
		}
	}
}
