package shell

import (
	"io"
	"regexp"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

// WriteMan writes the man page of a program, in the macros of man(7). Commands, flags and variables come from app;
// day is the day of the release.
func WriteMan(w io.Writer, app *kong.Application, day string) error {
	return manPage.Execute(w, struct {
		*kong.Application
		Day string
	}{app, day})
}

var manPage = template.Must(template.New("man.tmpl").Funcs(template.FuncMap{
	"roff": roff, "bold": bold, "italic": italic, "fill": fill, "detail": detail, "shown": shown, "synopsis": synopsis, "tag": flagTag, "upper": strings.ToUpper,
	"variables": func(names []string) string { return strings.Join(apply(bold, names), ", ") },
	// help adds the default, unless the help text has it.
	"help": func(flag *kong.Flag) string {
		if flag.HasDefault && flag.Default != "" && !strings.Contains(flag.Help, "("+flag.Default+")") {
			return flag.Help + " The default is " + flag.Default + "."
		}
		return flag.Help
	},
}).ParseFS(files, "man.tmpl"))

// detail returns the long help of a command. Lines to type are indented in it.
func detail(text string) string {
	var b strings.Builder
	for _, paragraph := range strings.Split(text, "\n\n") {
		switch {
		case paragraph == "":
		case strings.HasPrefix(paragraph, "  "):
			b.WriteString(".PP\n.EX\n" + strings.Join(apply(roff, strings.SplitAfter(paragraph, "\n")), "") + "\n.EE\n")
		default:
			b.WriteString(".PP\n" + fill(paragraph) + "\n")
		}
	}
	return b.String()
}

// synopsis returns how a command is typed.
func synopsis(node *kong.Node) string {
	out := bold(node.Name) + " [" + italic("flags") + "]"
	for _, argument := range node.Positional {
		if argument.Enum != "" {
			out += " " + strings.Join(apply(bold, argument.EnumSlice()), "|")
		} else {
			out += " " + italic(strings.Trim(argument.Summary(), "<>"))
		}
	}
	return out
}

// flagTag returns how a flag is typed.
func flagTag(flag *kong.Flag) string {
	tag := bold("--" + flag.Name)
	if flag.Short != 0 {
		tag = bold("-"+string(flag.Short)) + ", " + tag
	}
	if flag.Tag.Negatable != "" {
		tag += ", " + bold("--no-"+flag.Name)
	}
	if !flag.IsBool() && !flag.IsCounter() {
		tag += "=" + italic(flag.FormatPlaceHolder())
	}
	return tag
}

func apply(f func(string) string, words []string) []string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = f(word)
	}
	return out
}

func bold(text string) string   { return `\fB` + roff(text) + `\fR` }
func italic(text string) string { return `\fI` + roff(text) + `\fR` }

// fill breaks text into lines of a length that editors and mandoc like.
func fill(text string) string {
	return strings.Join(apply(roff, strings.Split(term.Wrapped(text, 0, 72), "\n")), "\n")
}

// roff escapes text, so that nothing in it is a request. Words to type stay plain ASCII and are not hyphenated, so
// that people can search and copy them.
func roff(text string) string {
	text = roffTyped.ReplaceAllStringFunc(roffSigns.Replace(text), func(word string) string { return `\%` + word })
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// roffTyped are words with signs in them.
var roffTyped = regexp.MustCompile(`\S+[/_:-]\S+`)

// Only an apostrophe, which is here, or a full stop means something at the start of a line.
var roffSigns = strings.NewReplacer(`\`, `\(rs`, "-", `\-`, `'`, `\(aq`, `"`, `\(dq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)
