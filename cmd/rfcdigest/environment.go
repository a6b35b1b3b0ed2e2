package main

import (
	"errors"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
)

// BeforeReset readies the variables from which flags take their values. Blanks and a pair of quotation marks around a value go, as
// docker's --env-file and scripts leave them; those of a secret stay. Empty counts as not set. The file adds what is not set.
func (*commandLine) BeforeReset(ctx *kong.Context) error {
	var known []string
	file := map[string]string{}
	for _, flag := range ctx.Model.Flags {
		known = append(known, flag.Envs...)
		if name, _ := ctx.FlagValue(flag).(string); flag.Name == "env-file" && name != "" {
			if err := readEnvFile(name, file); err != nil {
				return err
			}
		}
	}
	for _, name := range known {
		if value := os.Getenv(name); !strings.HasSuffix(name, "SECRET") {
			value = paired.ReplaceAllString(strings.TrimSpace(value), "$1$2")
			if os.Unsetenv(name); value != "" {
				os.Setenv(name, value)
			}
		}
	}
	for name, value := range file {
		if _, ok := os.LookupEnv(name); !ok && value != "" {
			os.Setenv(name, value)
		}
	}
	for _, variable := range slices.Sorted(slices.Values(os.Environ())) {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "DIGEST_") && !slices.Contains(known, name) {
			term.NewLog(ctx.Stderr, slog.LevelWarn).Warn(name+" is no setting of rfcdigest and has no effect", "remedy", "did you mean "+alike(name, known)+"? rfcdigest --help has them all")
		}
	}
	return nil
}

// alike returns the name that begins with most of what another begins with.
func alike(other string, names []string) string {
	for n := len(other); ; n-- {
		if i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, other[:n]) }); i >= 0 {
			return names[i]
		}
	}
}

var (
	paired     = regexp.MustCompile(`^(?:"(.*)"|'(.*)')$`)
	assignment = regexp.MustCompile(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)
	quoted     = regexp.MustCompile(`^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*`)
	inQuotes   = regexp.MustCompile("\\\\([\"\\\\$`])")
	unquoted   = regexp.MustCompile(`^(?:[^\s"'\\#]|\\.)(?:[^\\]|\\.)*$|^$`)
	escape     = regexp.MustCompile(`\\(.)`)
	comment    = regexp.MustCompile(`\s#`)
)

// readEnvFile reads a file as systemd does (systemd.exec(5), EnvironmentFile=), but each value is on one line. It adds what is there to set.
func readEnvFile(name string, set map[string]string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return usagef("--env-file: %w", err)
	}
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\uFEFF"), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		parts := assignment.FindStringSubmatch(line)
		if parts == nil {
			return usagef("--env-file %s: line %d is not NAME=value", name, i+1)
		}
		if set[parts[1]], err = fileValue(parts[2]); err != nil {
			return usagef("--env-file %s: line %d, %s: %w", name, i+1, parts[1], err)
		}
	}
	return nil
}

// fileValue reads what stands behind the equals sign: texts in quotation marks, and then anything else. A dollar sign is only that.
func fileValue(text string) (value string, err error) {
	for part := quoted.FindStringSubmatch(text); part != nil; part = quoted.FindStringSubmatch(text) {
		value += inQuotes.ReplaceAllString(part[1], "$1") + part[2]
		text = text[len(part[0]):]
	}
	switch {
	case strings.HasPrefix(text, "#") || comment.MatchString(text):
		return "", errors.New("a shell takes what is behind the # for a comment, and systemd does not: put the value in quotation marks, or the comment on a line of its own")
	case !unquoted.MatchString(text):
		return "", errors.New("the value does not end on this line: close its quotation mark, or take the backslash at the end away")
	}
	return value + escape.ReplaceAllString(text, "$1"), nil
}
