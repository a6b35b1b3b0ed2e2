package shell

import "strings"

// Word quotes text, if need be, so that a shell reads it as one word.
func Word(text string) string {
	if !strings.ContainsAny(text, " \t\n'\"\\`$&|;<>()*?[]{}~#!") {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
