package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCatalogCheck(t *testing.T) {
	german, err := os.ReadFile("../../core/letter/catalogs/de.json")
	require.NoError(t, err)
	s := newSite(t).inside()
	s.write("de.json", string(german))
	assert.Regexp(t, `^de\.json: all \d+ messages of Deutsch are there\.\n$`, s.run("catalog", "check", "de.json").done().out)
	s.write("de.json", strings.Replace(strings.Replace(string(german), `"mute"`, `"muet"`, 1), "PR #{n}", "PR", 1))
	wrong := s.run("catalog", "check", "de.json").fails(exitFailed, "de.json (Deutsch): 3 to mend")
	assert.Equal(t, "pr: {n} is missing in \"PR\"\nmute: missing\nmuet: no such message\n", wrong.out)
	s.write("de.json", "[")
	s.run("catalog", "check", "de.json").fails(exitFailed, "de.json: no JSON object")
	s.run("catalog", "check", "tlh.json").fails(exitUsage, "tlh.json", "want one of: en, ar")
	s.run("catalog", "check", "fr.json").fails(exitUsage, "fr.json")
}
