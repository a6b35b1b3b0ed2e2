package core

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Do not change these lists to make a build pass: a name that is missing here is missing because
// it would let core see or touch the world. Only direct imports count; what those import for
// themselves (fmt needs os) is theirs.
var pureImports = []string{
	"bytes", "cmp", "embed", "errors", "fmt", "html", "maps", "math", "net/netip", "net/url", "regexp", "slices", "sort", "strconv", "strings", "time",
	"unicode", "unicode/utf8",
	"crypto/hmac", "crypto/sha256", "encoding/base32", "encoding/base64", "encoding/binary", "encoding/hex", "encoding/json",
	"github.com/matcornic/hermes/v2", "github.com/rivo/uniseg", "github.com/tidwall/gjson",
	"golang.org/x/text/language", // matches tags by tables that it is built with
}

// rooms are the folders of core, and which of the others each may import.
var rooms = map[string][]string{".": {"cldr", "letter", "links", "page", "returned", "texts", "zones"}, "cldr": nil, "delivered": nil, "letter": {"cldr", "page", "texts"}, "links": {"texts"}, "page": {"texts"}, "returned": nil, "texts": nil, "zones": nil}

// impureNames are what allowed packages have that core must not use, with the reason.
var impureNames = map[string]map[string]string{
	"time": {
		"Now": "the instant comes in with the snapshot", "Since": "reads the clock", "Until": "reads the clock", "Sleep": "waits",
		"After": "waits", "AfterFunc": "waits", "Tick": "waits", "NewTimer": "waits", "NewTicker": "waits",
		"LoadLocation": "reads a disk; zones come in as *time.Location", "Local": "is the machine's", "LoadLocationFromTZData": "zones come in as *time.Location",
	},
	"fmt": {
		"Print": "writes to stdout", "Printf": "writes to stdout", "Println": "writes to stdout", "Scan": "reads stdin", "Scanf": "reads stdin", "Scanln": "reads stdin",
	},
}

// pureVariables are the package variables, beside errors: tables that nothing changes.
var pureVariables = []string{
	"rules", "specs", "knownKinds", "knownAsks", "settled", "denied", "steps", "classicSteps", "catalogs", "windowsZones", "languages", "matcher", "slots", "escapes",
	"phrases", "vague", "certain", "marks", "pipelined", "statuses", "replies", "warnings", "mildest", "daemons", "subjects", "openings", "autoSubjects", "heads", "zones", "UnsetPrefixes",
}

// impurities returns what in a file of a room core must not have, a line each.
func impurities(fset *token.FileSet, file *ast.File, room string) (found []string) {
	complain := func(at ast.Node, format string, args ...any) {
		found = append(found, fset.Position(at.Pos()).String()+": "+fmt.Sprintf(format, args...))
	}
	packages := checkImports(file, room, complain)
	for _, group := range file.Comments {
		for _, c := range group.List {
			// What is embedded is there when the program is built, as a table is. Catalogs are files so that translators, who
			// write no Go, can read and write them.
			if strings.HasPrefix(c.Text, "//go:linkname") || strings.HasPrefix(c.Text, "//go:embed") && (room != "letter" || c.Text != "//go:embed catalogs/*.json") {
				complain(c, "has %s", c.Text)
			}
		}
	}
	for _, decl := range file.Decls {
		checkState(decl, complain)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && packages[x.Name] != "" {
				if why := impureNames[packages[x.Name]][n.Sel.Name]; why != "" {
					complain(n, "uses %s.%s, which %s", packages[x.Name], n.Sel.Name, why)
				}
			}
		case *ast.GoStmt:
			complain(n, "starts a goroutine")
		case *ast.SelectStmt, *ast.ChanType, *ast.SendStmt:
			complain(n, "has a channel")
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "print" || f.Name == "println") {
				complain(n, "writes to stderr")
			}
		}
		return true
	})
	return found
}

// checkImports complains of imports that a room must not have, and returns all imports by their local names.
func checkImports(file *ast.File, room string, complain func(ast.Node, string, ...any)) map[string]string {
	packages := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		to, ours := strings.CutPrefix(path, "github.com/wiggleverse/rfcdigest/core/")
		if !slices.Contains(pureImports, path) && !(ours && slices.Contains(rooms[room], to)) {
			complain(spec, "imports %s, which is not on the list of what core may import", path)
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." || name == "_" {
			complain(spec, "imports %s as %s, which hides what is used of it", path, name)
		}
		packages[name] = path
	}
	return packages
}

// checkState complains of state: package variables and init functions.
func checkState(decl ast.Decl, complain func(ast.Node, string, ...any)) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name == "init" {
			complain(d, "has an init function, which is state before the first call")
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
				for _, name := range v.Names {
					if !slices.Contains(pureVariables, name.Name) && !strings.HasPrefix(strings.ToLower(name.Name), "err") {
						complain(v, "has a package variable %s, which is state", name.Name)
					}
				}
			}
		}
	}
}

func TestCoreIsPure(t *testing.T) {
	t.Parallel()
	files := 0
	for room := range rooms {
		names, err := filepath.Glob(filepath.Join(room, "*.go"))
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			files++
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
			require.NoError(t, err)
			for _, i := range impurities(fset, file, room) {
				t.Error(i)
			}
		}
	}
	assert.Greater(t, files, 30)
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if dir := filepath.Dir(path); strings.HasSuffix(path, ".go") {
			assert.Contains(t, rooms, dir, "a room that is not looked at")
		}
		return err
	}))
}

func TestThePurityGateSeesThroughDisguises(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		`import "time"; func f() { _ = time.Now() }`,
		`import clock "time"; func f() { _ = clock.Now() }`,
		`import . "time"; func f() { _ = Now() }`,
		`import "time"; var now = time.Now`,
		`import "time"; func f(g func() time.Time) { f(time.Now) }`,
		`import "time"; type T struct{ now func() time.Time }; func f() T { return T{now: (time.Now)} }`,
		`import "time"; func f() { <-time.After(1) }`,
		`import "time"; func f() { time.LoadLocation("UTC") }`,
		`import "time"; func f() *time.Location { return time.Local }`,
		`import "os"`, `import _ "os"`, `import "log"`, `import "log/slog"`, `import "math/rand/v2"`, `import "crypto/rand"`, `import "net"`,
		`import "net/http"`, `import "context"`, `import "unsafe"`, `import "C"`, `import "sync"`, `import "runtime"`, `import "syscall"`,
		`import "database/sql"`, `import "github.com/wiggleverse/rfcdigest/ports"`,
		`import "github.com/wiggleverse/rfcdigest/core"`, `import "github.com/wiggleverse/rfcdigest/core/links"`,
		`var cache = map[string]string{}`, `func init() {}`, `func f() { go f() }`, `func f() { select {} }`, `var c chan int`, `func f(c chan<- int) {}`,
		`import "fmt"; func f() { fmt.Println("x") }`, `func f() { println("x") }`,
		"import _ \"unsafe\"\n//go:linkname now time.now\nfunc now()", "import \"embed\"\n//go:embed catalogs/*.json\nvar catalogs embed.FS",
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.go", "package core;"+source, parser.ParseComments)
		require.NoError(t, err, source)
		assert.NotEmpty(t, impurities(fset, file, "page"), source)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", `package core; import ("time"; "github.com/wiggleverse/rfcdigest/core/texts"); func f(now time.Time) string { return texts.Timestamp(now.Add(time.Hour)) }`, 0)
	require.NoError(t, err)
	assert.Empty(t, impurities(fset, file, "page"))
}
