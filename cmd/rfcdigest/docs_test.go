package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The pages that people read are held to what is there: their links lead somewhere, and their commands are ones that the
// program, and the tests, take.

// root is the project's folder, as tests here see it.
var root = filepath.Join("..", "..")

// pages returns the content of every page of the project, by its path below root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case !d.IsDir() && filepath.Ext(path) == ".md":
			content, err := os.ReadFile(path)
			name, _ := filepath.Rel(root, path)
			found[name] = string(content)
			return err
		}
		return nil
	}))
	require.Greater(t, len(found), 10)
	return found
}

// fenced are the blocks of code of a page, without a language or with the one given, and without the rest of the page.
var fenced = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

func blocks(page, language string) (found []string) {
	for _, b := range fenced.FindAllStringSubmatch(page, -1) {
		if b[1] == language {
			found = append(found, b[2])
		}
	}
	return found
}

// anchors are the names by which the headings of a page can be linked to.
func anchors(page string) (names []string) {
	page = fenced.ReplaceAllString(page, "")
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

func TestLinksInPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	links := 0
	for name, page := range all {
		text := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(fenced.ReplaceAllString(page, ""), "")
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)|src="([^"]+)"`).FindAllStringSubmatch(text, -1) {
			target := link[1] + link[2]
			if strings.Contains(target, "://") {
				continue
			}
			links++
			file, anchor, _ := strings.Cut(target, "#")
			path := name
			if file != "" {
				path = filepath.Join(filepath.Dir(name), file)
			}
			_, err := os.Stat(filepath.Join(root, path))
			assert.NoError(t, err, "%s: %s", name, target)
			if anchor != "" {
				assert.Contains(t, anchors(all[path]), anchor, "%s: %s", name, target)
			}
		}
	}
	assert.Greater(t, links, 40)
}

// commands returns the command lines in blocks of code, each split into words.
func commands(page string) (lines [][]string) {
	for _, block := range blocks(page, "") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(line, "  #")
			for _, one := range regexp.MustCompile(` (?:&&?|\|\|?|;|<) `).Split(strings.TrimSpace(line), -1) {
				if words := words(one); len(words) > 0 {
					lines = append(lines, words)
				}
			}
		}
	}
	return lines
}

// words splits a command line as a shell does. Variables and substitutions stay as they are.
func words(line string) (all []string) {
	for _, w := range regexp.MustCompile(`(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"])+`).FindAllString(line, -1) {
		all = append(all, strings.NewReplacer("'", "", `"`, "").Replace(w))
	}
	return all
}

func TestCommandsInPagesAreTaken(t *testing.T) {
	t.Parallel()
	ours, tests := 0, 0
	for name, page := range pages(t) {
		for _, line := range commands(page) {
			switch joined := strings.Join(line, " "); {
			case line[0] == "rfcdigest":
				ours++
				taken(t, name, line[1:])
			case strings.HasPrefix(joined, "go run ./cmd/rfcdigest "):
				ours++
				taken(t, name, line[3:])
			case strings.HasPrefix(joined, "go test ./"):
				tests++
				tested(t, name, line[2], line[3:])
			}
		}
		// Tables have a folder at the head of a column, and then what follows it.
		for _, table := range regexp.MustCompile("(?m)^\\|.*`go test (\\./\\S+)[^`]*` \\|\n\\|[- |]+\\|\n((?:\\|.*\n)+)").FindAllStringSubmatch(page, -1) {
			for row := range strings.Lines(table[2]) {
				for _, args := range regexp.MustCompile("`(-(?:v|run) [^`]*)`").FindAllStringSubmatch(row, -1) {
					tests++
					folder := table[1]
					if other := regexp.MustCompile("`go test (\\./\\S+)`").FindStringSubmatch(row); other != nil {
						folder = other[1]
					}
					tested(t, name, folder, words(strings.ReplaceAll(args[1], `\|`, "|")))
				}
			}
		}
	}
	assert.Greater(t, ours, 20)
	assert.Greater(t, tests, 20)
}

// taken asserts that the program takes a command line. It does not run it.
func taken(t *testing.T, page string, args []string) {
	t.Helper()
	parser, err := kong.New(new(commandLine), kong.Name("rfcdigest"), kong.Exit(func(int) {}))
	require.NoError(t, err)
	for i, arg := range args {
		if arg == "COMMAND" {
			args[i] = "tick"
		}
	}
	if _, err = parser.Parse(args); err != nil && strings.Contains(err.Error(), "no such file") { // one that the reader has
		return
	}
	assert.NoError(t, err, "%s: rfcdigest %s", page, strings.Join(args, " "))
}

// tested asserts that there are tests of the name that -run has, and that they know the flags.
func tested(t *testing.T, page, folder string, args []string) {
	t.Helper()
	var source strings.Builder
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	require.NoError(t, err)
	if strings.HasSuffix(folder, "...") {
		return
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		source.Write(content)
	}
	require.NotEmpty(t, files, "%s: %s", page, folder)
	for i, arg := range args {
		name := strings.TrimLeft(arg, "-")
		switch {
		case arg == name || strings.HasPrefix(name, "-"):
		case name == "run" || name == "bench" || name == "fuzz":
			first, _, _ := strings.Cut(args[i+1], "/")
			if first != "^$" && first != "." {
				function := regexp.MustCompile(`(?m)^func (Test|Benchmark|Fuzz)?\w*(` + strings.TrimSuffix(strings.TrimPrefix(first, "^"), "$") + `)`)
				assert.True(t, function.MatchString(source.String()), "%s: go test %s -%s %s", page, folder, name, args[i+1])
			}
		case name == "thorough" && strings.Contains(source.String(), `/fixtures/thorough"`):
		case name != "v" && name != "timeout":
			assert.True(t, strings.Contains(source.String(), `("`+name+`"`), "%s: go test %s -%s", page, folder, name)
		}
	}
}

func TestThePageOfSettingsHasThemAll(t *testing.T) {
	t.Parallel()
	page := pages(t)["cmd/rfcdigest/docs/configuration.md"]
	type row struct{ flag, variable, value string }
	var there, want []row
	for _, r := range regexp.MustCompile("(?m)^\\| `--([a-z-]+)` `([A-Z_]+)` \\| ([^|]*) \\|").FindAllStringSubmatch(page, -1) {
		there = append(there, row{r[1], r[2], strings.Trim(r[3], "`")})
	}
	parser, err := kong.New(new(commandLine), kong.Name("rfcdigest"))
	require.NoError(t, err)
	for _, flag := range parser.Model.Flags {
		if len(flag.Envs) == 0 {
			continue
		}
		want = append(want, row{flag.Name, flag.Envs[0], flag.Default})
	}
	for i, r := range there {
		if r.value == "none" || strings.Contains(r.value, " or as many as ") || r.value == "false" {
			there[i].value = ""
		}
	}
	for i, r := range want {
		if r.flag == "doubt" || r.value == "false" {
			want[i].value = ""
		}
	}
	assert.ElementsMatch(t, want, there)
}

func TestTheFrontPageIsShort(t *testing.T) {
	t.Parallel()
	page := pages(t)["README.md"]
	assert.LessOrEqual(t, len(page), 9<<10)
	assert.LessOrEqual(t, len(strings.Fields(page)), 1400)
}
