package main

import (
	"fmt"
	"io"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

type manCommand struct{}

// Help says how to read it.
func (manCommand) Help() string {
	return `To read it, or to keep it where man looks:

  rfcdigest man | man -l -
  rfcdigest man >/usr/local/share/man/man1/rfcdigest.1`
}

// Run prints the man page.
func (manCommand) Run(k *kong.Context, std streams) error {
	return writeManPage(std.out, k.Model, releaseDay())
}

// releaseDay returns the day of the newest change in this build, or nothing where the build does not know.
func releaseDay() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				day, _, _ := strings.Cut(s.Value, "T")
				return day
			}
		}
	}
	return ""
}

// manPage is a page in the making, in the macros of man(7).
type manPage struct {
	strings.Builder
}

// writeManPage writes the page of a program. Commands, flags and variables come from its grammar.
func writeManPage(w io.Writer, app *kong.Application, day string) error {
	var m manPage
	fmt.Fprintf(&m, ".TH %s 1 \"%s\" \"\" \"User Commands\"\n", strings.ToUpper(roff(app.Name)), day)
	m.WriteString(".ad l\n")
	m.section("NAME")
	m.text(app.Name + " - the digest scheduler of the RFC app")
	m.section("SYNOPSIS")
	for i, command := range shown(app.Node) {
		if i > 0 {
			m.macro("br")
		}
		m.WriteString(bold(app.Name) + " " + synopsis(command) + "\n")
	}
	m.section("DESCRIPTION")
	m.paragraphs(manDescription)
	m.section("COMMANDS")
	for _, command := range shown(app.Node) {
		m.command(command)
	}
	m.section("OPTIONS")
	m.text("Every command takes these. A flag wins over its variable.")
	m.flags(app.Node)
	m.section("EXIT STATUS")
	for _, code := range manExitCodes {
		m.tagged(bold(fmt.Sprint(code.code)), code.meaning)
	}
	m.section("ENVIRONMENT")
	m.environment(app.Node)
	for _, list := range []struct {
		title   string
		entries [][2]string
	}{{"FILES", manFiles}, {"EXAMPLES", manExamples}} {
		m.section(list.title)
		for _, e := range list.entries {
			m.tagged(bold(e[0]), e[1])
		}
	}
	m.section("SEE ALSO")
	for i, page := range manSeeAlso {
		if i < len(manSeeAlso)-1 {
			m.macro("BR", page, "(1),")
		} else {
			m.macro("BR", page, "(1)")
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

// command writes what a command does, with its flags.
func (m *manPage) command(node *kong.Node) {
	m.macro("SS", node.Name)
	m.text(node.Help)
	// The help of a command may show lines to type, indented.
	for _, paragraph := range strings.Split(node.Detail, "\n\n") {
		if paragraph == "" {
			continue
		}
		m.macro("PP")
		if !strings.HasPrefix(paragraph, "  ") {
			m.text(paragraph)
			continue
		}
		m.macro("EX")
		for line := range strings.Lines(paragraph) {
			m.WriteString(roff(line))
		}
		m.WriteString("\n")
		m.macro("EE")
	}
	for _, argument := range node.Positional {
		m.tagged(italic(argument.Name), argument.Help)
	}
	m.flags(node)
}

// flags writes the flags of a node, each with its variable and its default.
func (m *manPage) flags(node *kong.Node) {
	for _, flag := range node.Flags {
		if flag.Hidden {
			continue
		}
		help := flag.Help
		if flag.HasDefault && flag.Default != "" && !strings.Contains(help, "("+flag.Default+")") {
			help += " The default is " + flag.Default + "."
		}
		m.tagged(flagTag(flag), help)
		if len(flag.Envs) > 0 {
			m.WriteString("Variable: " + strings.Join(apply(bold, flag.Envs), ", ") + ".\n")
		}
	}
}

// environment writes the variables of a node's flags, and those that are not for flags.
func (m *manPage) environment(node *kong.Node) {
	for _, flag := range node.Flags {
		for _, name := range flag.Envs {
			m.tagged(bold(name), "Stands for --"+flag.Name+".")
		}
	}
	for _, e := range manEnvironment {
		m.tagged(bold(e[0]), e[1])
	}
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

// section begins a section.
func (m *manPage) section(title string) { m.macro("SH", title) }

// paragraphs writes text whose paragraphs have a line between them.
func (m *manPage) paragraphs(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			m.macro("PP")
		}
		m.text(paragraph)
	}
}

// tagged writes text behind a tag, which is roff.
func (m *manPage) tagged(tag, text string) {
	m.macro("TP")
	m.WriteString(tag + "\n")
	m.text(text)
}

// text writes text, on lines of a length that editors and mandoc like.
func (m *manPage) text(text string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+len(word) > 70 {
			m.WriteString(roff(line) + "\n")
			line = ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	m.WriteString(roff(line) + "\n")
}

// macro calls a macro; an argument may have blanks in it.
func (m *manPage) macro(name string, arguments ...string) {
	m.WriteString("." + name)
	for _, a := range arguments {
		m.WriteString(` "` + roff(a) + `"`)
	}
	m.WriteString("\n")
}

// roff returns text that reads on a page as it reads here: nothing in it is a request, and what is typed can be
// found on the page, and copied: it has no signs of print in it, and is not hyphenated.
func roff(text string) string {
	text = roffTyped.ReplaceAllStringFunc(roffSigns.Replace(text), func(word string) string { return `\%` + word })
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// roffTyped are words with signs in them.
var roffTyped = regexp.MustCompile(`\S+[/_:-]\S+`)

// What begins a line and means something is an apostrophe, which is named here, or a full stop.
var roffSigns = strings.NewReplacer(`\`, `\(rs`, "-", `\-`, `'`, `\(aq`, `"`, `\(dq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)
