package main

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHelpFitsAndNamesEveryFlagWithItsVariable(t *testing.T) {
	// Help does not show the configuration, above all no secrets.
	s := newSite(t, "DIGEST_SECRET="+secret, "DIGEST_MAIL_URL=smtp://digest:"+password+"@mail.example").inside()
	top := s.run("--help").done()
	_, list, found := strings.Cut(top.out, "\nCommands:\n")
	require.True(t, found)
	commands := []string{}
	for _, line := range regexp.MustCompile(`(?m)^  ([a-z-]+)(?: check)?  `).FindAllStringSubmatch(list, -1) {
		commands = append(commands, line[1])
	}
	line := reflect.TypeFor[commandLine]()
	want := []string{}
	for i := range line.NumField() {
		field := line.Field(i)
		if _, isCommand := field.Tag.Lookup("cmd"); isCommand {
			want = append(want, kebab(field.Name))
		}
	}
	assert.Equal(t, want, commands)
	helps := map[string]string{"": top.out}
	for _, command := range commands {
		helps[command] = s.run(command, "--help").done().out
	}
	settings := reflect.TypeFor[Settings]()
	for command, help := range helps {
		for line := range strings.Lines(help) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, "%s: %s", command, line)
		}
		plain := strings.Join(strings.Fields(help), " ")
		assert.NotContains(t, plain, "${", command)
		for i := range settings.NumField() {
			field := settings.Field(i)
			if !field.IsExported() {
				continue
			}
			flag := kebab(field.Name)
			if name := field.Tag.Get("name"); name != "" {
				flag = name
			}
			assert.Regexp(t, `--(\[no-\])?`+flag+`\b`, plain, command)
			assert.Contains(t, plain, "($"+field.Tag.Get("env")+")", command)
			if value := field.Tag.Get("default"); value != "" && value != "true" && value != "false" {
				assert.Contains(t, plain, value, "the default of --%s", flag)
			}
		}
	}
}

// kebab returns the name of a field's flag.
func kebab(name string) string {
	words := regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "$1-$2")
	words = regexp.MustCompile(`([A-Z])([A-Z][a-z])`).ReplaceAllString(words, "$1-$2")
	return strings.ToLower(words)
}

func TestVersionSaysWhichBuildThisIs(t *testing.T) {
	t.Parallel()
	assert.Regexp(t, `^rfcdigest \S+ \(go1\.\S+\)\n$`, newSite(t).run("--version").done().out)
	assert.Regexp(t, `^rfcdigest \S+ \(go1\.\S+\)\n$`, newSite(t).run("tick", "--version").done().out, "and nothing is done")
}
