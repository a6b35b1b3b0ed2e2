package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/cldr"
	"github.com/wiggleverse/rfcdigest/core/letter"
)

type catalogCommand struct {
	Check catalogCheckCommand `cmd:"" help:"Say what is missing or wrong in a catalog."`
}

type catalogCheckCommand struct {
	File string `arg:"" help:"The catalog: TAG.json, like de.json."`
}

// Run checks one file.
func (c *catalogCheckCommand) Run(std streams) error {
	tag := strings.TrimSuffix(filepath.Base(c.File), ".json")
	language := cldr.Find(tag)
	if language == nil {
		return usagef("catalog %s: the name of the file is no language; want one of: %s, each with .json", c.File, letter.Tags())
	}
	file, err := os.ReadFile(c.File)
	if err != nil {
		return usagef("catalog: %w", err)
	}
	catalog, err := letter.ReadCatalog(language, file)
	var wrong interface{ Unwrap() []error }
	if errors.As(err, &wrong) {
		for _, one := range wrong.Unwrap() {
			fmt.Fprintln(std.out, one)
		}
		return fmt.Errorf("catalog %s (%s): %d to mend", c.File, language.Name, len(wrong.Unwrap()))
	}
	if err != nil {
		return fmt.Errorf("catalog %s: %w", c.File, err)
	}
	fmt.Fprintf(std.out, "%s: all %d messages of %s are there.\n", c.File, catalog.Len(), language.Name)
	return nil
}
