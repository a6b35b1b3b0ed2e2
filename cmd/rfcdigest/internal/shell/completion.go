// Package shell completes a program's command line, writes its man page, and quotes words for the shell.
package shell

import (
	"embed"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

//go:embed completion.* man.tmpl
var files embed.FS

// Script returns the script that has a shell complete the command line. It asks the program, by [Asked].
func Script(shell string) ([]byte, error) { return files.ReadFile("completion." + shell) }

// Asked is the first argument if a shell asks the program how its command line may go on.
const Asked = "__complete"

// Complete writes how the last of words, which is being typed, may go on. The first line says with what: a file, a
// directory, or one of the words in the other lines. Behind a blank it has the beginning of the typed word that stays.
// Each other line is a word, a tab and its meaning.
func Complete(w io.Writer, app *kong.Application, words []string) {
	node, arguments := app.Node, 0
	var waiting *kong.Flag
	last := max(0, len(words)-1)
	for _, word := range words[:last] {
		child := slices.IndexFunc(shown(node), func(n *kong.Node) bool { return n.Name == word })
		switch {
		case waiting != nil:
			waiting = nil
		case strings.HasPrefix(word, "-"):
			waiting = takesValue(app, node, word)
		case child >= 0:
			node = shown(node)[child]
		default:
			arguments++
		}
	}
	current := strings.Join(words[last:], "")
	name, _, assigned := strings.Cut(current, "=")
	switch {
	case waiting != nil:
		completeValue(w, waiting.Value, waiting.FormatPlaceHolder(), "", current)
	case strings.HasPrefix(current, "-") && assigned:
		if flag := takesValue(app, node, name); flag != nil {
			completeValue(w, flag.Value, flag.FormatPlaceHolder(), name+"=", current)
		}
	case strings.HasPrefix(current, "-"):
		offer(w, current, flagWords(app, node))
	case arguments < len(node.Positional):
		argument := node.Positional[arguments]
		completeValue(w, argument, argument.Name, "", current)
	case arguments == 0:
		var commands []string
		for _, command := range shown(node) {
			commands = append(commands, command.Name+"\t"+gist(command.Help))
		}
		offer(w, current, commands)
	}
}

// offer writes the words that begin with what is typed.
func offer(w io.Writer, typed string, words []string) {
	fmt.Fprintln(w, "words")
	for _, word := range words {
		if strings.HasPrefix(word, typed) {
			fmt.Fprintln(w, word)
		}
	}
}

// schemes begin URLs that name a path.
var schemes = regexp.MustCompile(`^(sqlite|maildir)://`)

// completeValue writes what a flag's value may be; before is what stands before it in the typed word.
func completeValue(w io.Writer, value *kong.Value, meaning, before, typed string) {
	scheme := schemes.FindString(value.Default)
	switch {
	case value.Enum != "":
		var words []string
		for _, word := range value.EnumSlice() {
			words = append(words, before+word+"\t")
		}
		offer(w, typed, words)
	case scheme != "" && strings.HasPrefix(typed, before+scheme):
		fmt.Fprintln(w, "file "+before+scheme)
	case scheme != "":
		offer(w, typed, []string{before + scheme + "\t"})
	case meaning == "DIR":
		fmt.Fprintln(w, "directory "+before)
	case meaning == "PATH":
		fmt.Fprintln(w, "file "+before)
	}
}

// flagsAt returns the flags that may follow a command, those of the program last.
func flagsAt(app *kong.Application, node *kong.Node) []*kong.Flag {
	if node == app.Node {
		return app.Flags
	}
	return slices.Concat(node.Flags, app.Flags)
}

// takesValue returns the flag of that name if it has a value.
func takesValue(app *kong.Application, node *kong.Node, name string) *kong.Flag {
	for _, flag := range flagsAt(app, node) {
		if "--"+flag.Name == name && !flag.IsBool() && !flag.IsCounter() {
			return flag
		}
	}
	return nil
}

// flagWords returns the flags that may follow a command, each with what it means.
func flagWords(app *kong.Application, node *kong.Node) (words []string) {
	for _, flag := range flagsAt(app, node) {
		if flag.Hidden {
			continue
		}
		words = append(words, "--"+flag.Name+"\t"+gist(flag.Help))
		if flag.Tag.Negatable != "" {
			words = append(words, "--no-"+flag.Name+"\tnot: "+gist(flag.Help))
		}
	}
	return words
}

// shown returns the commands of a node that are not hidden.
func shown(node *kong.Node) []*kong.Node {
	return slices.DeleteFunc(slices.Clone(node.Children), func(n *kong.Node) bool { return n.Hidden })
}

// gist returns the beginning of a help text, enough for a list, without the flag that it goes with.
func gist(help string) string {
	return gistEnd.Split(gistWith.ReplaceAllString(help, ""), 2)[0]
}

var (
	gistWith = regexp.MustCompile(`^With --\S+: `)
	gistEnd  = regexp.MustCompile(`[.:;]( |$)| \(`)
)
