package main

import (
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help says where the script belongs.
func (completionCommand) Help() string {
	return `For all of a machine's users:

  rfcdigest completion bash >/usr/share/bash-completion/completions/rfcdigest
  rfcdigest completion zsh >/usr/local/share/zsh/site-functions/_rfcdigest
  rfcdigest completion fish >/etc/fish/completions/rfcdigest.fish`
}

// Run prints a script that completes rfcdigest's command line. The script holds all that it needs, so that
// rfcdigest is not run whenever somebody presses the tab key.
func (c *completionCommand) Run(k *kong.Context, std streams) error {
	return completionScripts.Lookup(c.Shell).Execute(std.out, newCompletion(k.Model))
}

// completion is what scripts know of the command line.
type completion struct {
	Shared   []completedValue
	Commands []completedCommand
}

type completedCommand struct {
	Name, Help       string
	Flags, Arguments []completedValue
}

// completedValue is a flag, or an argument of a command, with what can stand in it: one of Words, a file or folder
// (Path), a folder (Folder), a path behind a scheme (Scheme), or what nobody can guess.
type completedValue struct {
	Flag, Negation string // with their hyphens; none for an argument
	Help, Meaning  string
	Takes          bool // a value
	Words          []string
	Path, Folder   bool
	Scheme         string
}

func newCompletion(app *kong.Application) completion {
	c := completion{Shared: completedFlags(app.Node)}
	for _, command := range shown(app.Node) {
		completed := completedCommand{Name: command.Name, Help: gist(command.Help), Flags: completedFlags(command)}
		for _, argument := range command.Positional {
			completed.Arguments = append(completed.Arguments, newCompletedValue(argument, argument.Name))
		}
		c.Commands = append(c.Commands, completed)
	}
	return c
}

// shown returns the commands of a node that are no secret.
func shown(node *kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(node.Children), func(n *kong.Node) bool { return n.Hidden })
}

// completedFlags returns the flags of a node, without those of the node that it belongs to.
func completedFlags(node *kong.Node) (flags []completedValue) {
	for _, flag := range node.Flags {
		if flag.Hidden {
			continue
		}
		f := newCompletedValue(flag.Value, flag.FormatPlaceHolder())
		f.Flag, f.Takes = "--"+flag.Name, !flag.IsBool() && !flag.IsCounter()
		if flag.Tag.Negatable != "" {
			f.Negation = "--no-" + flag.Name
		}
		flags = append(flags, f)
	}
	return flags
}

// schemes are those whose URLs name a path.
var schemes = regexp.MustCompile(`^(sqlite|maildir)://`)

func newCompletedValue(value *kong.Value, meaning string) completedValue {
	v := completedValue{Help: gist(value.Help), Meaning: meaning, Takes: true}
	if value.Enum != "" {
		v.Words = value.EnumSlice()
	}
	kind := value.Tag.Type
	v.Folder = kind == "existingdir" || meaning == "DIR"
	v.Path = kind == "path" || kind == "existingfile" || meaning == "FILE" || meaning == "PATH"
	if found := schemes.FindStringSubmatch(value.Default); found != nil {
		v.Scheme = found[1]
	}
	return v
}

// gist returns the beginning of a help text, which says enough to tell one from another in a list; not where it
// only says with which flag it goes.
func gist(help string) string {
	return gistEnd.Split(gistWith.ReplaceAllString(help, ""), 2)[0]
}

var (
	gistWith = regexp.MustCompile(`^With --\S+: `)
	gistEnd  = regexp.MustCompile(`[.:;]( |$)| \(`)
)

// completionScripts has a template for each shell. All that comes from the grammar is quoted for the shell.
var completionScripts = template.Must(template.New("").Funcs(template.FuncMap{
	// sh is text as bash and zsh read it for one word.
	"sh": func(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" },
	// fish is the same for fish.
	"fish": func(text string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'" },
	// spec is text in which zsh's _arguments and _describe find nothing of their own.
	"spec": func(text string) string {
		return strings.NewReplacer(`\`, `\\`, `:`, `\:`, `[`, `\[`, `]`, `\]`).Replace(text)
	},
	"join": func(words []string) string { return strings.Join(words, " ") },
	"flags": func(values ...[]completedValue) string {
		var names []string
		for _, v := range slices.Concat(values...) {
			names = append(names, v.Flag)
			if v.Negation != "" {
				names = append(names, v.Negation)
			}
		}
		return strings.Join(names, " ")
	},
}).Parse(bashCompletion + zshCompletion + fishCompletion))
