package ports

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/wiggleverse/rfcdigest/"

// layers says which rooms each room's own code may import. The first entry whose room is the
// package or a parent of it counts. Do not change this to make a build pass: the reason stands
// beside each line.
var layers = []struct {
	room  string
	may   []string
	since string
}{
	{"core", nil, "core names nobody, so that it can be understood alone"},
	{"ports/porttest", []string{"core", "ports"}, "the contract suites know the contract, and no adapter"},
	{"ports", []string{"core"}, "ports speak in core's words"},
	{"app", []string{"core", "ports"}, "app is given its adapters, and never chooses one"},
	{"adapters/sqlstore", []string{"core", "ports"}, "what the SQL stores share knows neither of them"},
	{"adapters/mailfmt", []string{"core", "ports"}, "what the mailers share knows none of them"},
	{"adapters/sqlite", []string{"core", "ports", "adapters/sqlstore"}, "an adapter knows its technology, not its siblings"},
	{"adapters/postgres", []string{"core", "ports", "adapters/sqlstore"}, "an adapter knows its technology, not its siblings"},
	{"adapters/smtp", []string{"core", "ports", "adapters/mailfmt"}, "an adapter knows its technology, not its siblings"},
	{"adapters/maildir", []string{"core", "ports", "adapters/mailfmt"}, "an adapter knows its technology, not its siblings"},
	{"adapters/discard", []string{"core", "ports", "adapters/mailfmt"}, "an adapter knows its technology, not its siblings"},
	{"adapters", []string{"core", "ports"}, "an adapter knows its technology, not its siblings"},
	{"fixtures", nil, "examples are for tests to read, nothing is built on them"},
	{"cmd", []string{"core", "ports", "app", "adapters"}, "cmd chooses the world"},
}

func within(pkg, room string) bool { return pkg == room || strings.HasPrefix(pkg, room+"/") }

// wayOut returns why a package of the module may not import another, or "" if it may.
func wayOut(from, to string) string {
	for _, l := range layers {
		if !within(from, l.room) {
			continue
		}
		if within(to, l.room) && l.room != "adapters" {
			return ""
		}
		for _, m := range l.may {
			if within(to, m) {
				return ""
			}
		}
		return l.since
	}
	return "it is in no room that this list knows"
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	require.NoError(t, err)
	packages := 0
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := d.Decode(&p)
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		packages++
		from := strings.TrimPrefix(p.ImportPath, module)
		for _, path := range p.Imports {
			if to, ours := strings.CutPrefix(path, module); ours {
				if why := wayOut(from, to); why != "" {
					t.Errorf("%s imports %s: %s", from, to, why)
				}
			}
		}
	}
	assert.Greater(t, packages, 5)
}

func TestTheLayersForbidTheWayBack(t *testing.T) {
	t.Parallel()
	for _, way := range [][2]string{
		{"core", "ports"}, {"ports", "app"}, {"ports", "adapters/memory"}, {"app", "adapters/memory"}, {"adapters/memory", "app"},
		{"adapters/memory", "adapters/sqlite"}, {"adapters/postgres", "adapters/sqlite"}, {"adapters/sqlite", "adapters/memory"}, {"adapters/sqlstore", "adapters/sqlite"},
		{"adapters/smtp", "adapters/maildir"}, {"adapters/web", "app"}, {"app", "cmd/rfcdigest"}, {"elsewhere", "core"}, {"core", "fixtures"},
	} {
		assert.NotEmpty(t, wayOut(way[0], way[1]), way)
	}
	for _, way := range [][2]string{{"app", "core"}, {"cmd/rfcdigest", "adapters/smtp"}, {"adapters/smtp", "adapters/mailfmt"}, {"ports/porttest", "ports"}} {
		assert.Empty(t, wayOut(way[0], way[1]), way)
	}
}
