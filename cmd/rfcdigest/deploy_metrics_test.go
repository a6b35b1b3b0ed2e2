package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
)

// exposed are the values of each label of each metric at /metrics, and the registered names of the metrics.
type exposed struct {
	labels   map[string]map[string][]string
	families []string
}

// exposedByServe asks the handler of serve, after a tick.
func exposedByServe(t *testing.T) exposed {
	t.Helper()
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	store := memory.New(core.World{})
	ticker, err := app.New(app.Config{Style: style}, store, new(memory.Mailer), memory.NewClock(time.Unix(1, 0)))
	require.NoError(t, err)
	handler, err := (&Settings{TickSeconds: 3600, style: style}).handler(t.Context(), ticker, store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, err = ticker.Tick(t.Context())
	require.NoError(t, err)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	e := exposed{labels: map[string]map[string][]string{}}
	sample, pair := regexp.MustCompile(`^(\w+)(\{.*\})? `), regexp.MustCompile(`(\w+)="([^"]*)"`)
	for line := range strings.Lines(w.Body.String()) {
		if name, ok := strings.CutPrefix(line, "# TYPE rfcdigest_"); ok {
			e.families = append(e.families, "rfcdigest_"+strings.Fields(name)[0])
		}
		if m := sample.FindStringSubmatch(line); m != nil {
			if e.labels[m[1]] == nil {
				e.labels[m[1]] = map[string][]string{}
			}
			for _, p := range pair.FindAllStringSubmatch(m[2], -1) {
				e.labels[m[1]][p[1]] = append(e.labels[m[1]][p[1]], p[2])
			}
		}
	}
	require.NotEmpty(t, e.families)
	return e
}

// alertRules returns the expressions of the alert rules. Each rule must say what is wrong and what to do.
func alertRules(t *testing.T) (expressions []string) {
	t.Helper()
	file, err := os.Open("deploy/alerts.yml")
	require.NoError(t, err)
	defer file.Close()
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr string
				For         time.Duration
				Labels      struct{ Severity string }
				Annotations struct{ Summary, Action string }
			}
		}
	}
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&rules))
	require.Len(t, rules.Groups, 1)
	names := map[string]bool{}
	for _, rule := range rules.Groups[0].Rules {
		assert.Regexp(t, `^Rfcdigest[A-Z]\w+$`, rule.Alert)
		assert.False(t, names[rule.Alert], "%s twice", rule.Alert)
		names[rule.Alert] = true
		assert.Contains(t, []string{"critical", "warning"}, rule.Labels.Severity, rule.Alert)
		assert.Regexp(t, `^.{20,90}\.$`, rule.Annotations.Summary, rule.Alert)
		assert.Regexp(t, `^.{40,300}\.$`, rule.Annotations.Action, rule.Alert)
		expressions = append(expressions, rule.Expr)
	}
	return expressions
}

// dashboardPanels returns the expressions of the dashboard. No two panels may overlap.
func dashboardPanels(t *testing.T) (expressions []string) {
	t.Helper()
	content, err := os.ReadFile("deploy/grafana.json")
	require.NoError(t, err)
	var board struct {
		Title  string
		Panels []struct {
			ID                       int
			Type, Title, Description string
			GridPos                  struct{ X, Y, W, H int }
			Targets                  []struct{ RefID, Expr, LegendFormat string }
		}
	}
	require.NoError(t, json.Unmarshal(content, &board))
	taken := map[[2]int]string{}
	for i, panel := range board.Panels {
		assert.Equal(t, i+1, panel.ID)
		assert.NotEmpty(t, panel.Title)
		assert.NotEmpty(t, panel.Description, panel.Title)
		assert.NotEmpty(t, panel.Targets, panel.Title)
		at := panel.GridPos
		assert.LessOrEqual(t, at.X+at.W, 24, panel.Title)
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				assert.Empty(t, taken[[2]int{x, y}], panel.Title)
				taken[[2]int{x, y}] = panel.Title
			}
		}
		for _, target := range panel.Targets {
			assert.NotEmpty(t, target.LegendFormat, panel.Title)
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

// The parts of an expression that are checked; the rest is numbers and operators.
var (
	exprQuoted    = regexp.MustCompile(`"[^"]*"`)
	exprSelector  = regexp.MustCompile(`([a-z_]+)\{([^}]*)\}`)
	exprMatcher   = regexp.MustCompile(`^([a-z_]+)="([^"]*)"$`)
	exprGrouping  = regexp.MustCompile(`([a-z_]+) by \(([a-z_, ]+)\) \(`)
	exprSpan      = regexp.MustCompile(`\[([^\]]*)\]`)
	exprName      = regexp.MustCompile(`[a-z_][a-z0-9_]*`)
	exprFunctions = []string{"time", "absent", "increase", "delta", "sum", "histogram_quantile"}
)

// check checks one expression against the exposed metrics, and returns the names of those in it.
func (e exposed) check(t *testing.T, expression string) (metrics []string) {
	t.Helper()
	assert.NoError(t, balanced(exprQuoted.ReplaceAllString(expression, "")), expression)
	for _, found := range exprSelector.FindAllStringSubmatch(expression, -1) {
		for one := range strings.SplitSeq(found[2], ",") {
			m := exprMatcher.FindStringSubmatch(strings.TrimSpace(one))
			if assert.NotNil(t, m, expression) {
				assert.Contains(t, e.labels[found[1]][m[1]], m[2], expression)
			}
		}
	}
	rest := exprSelector.ReplaceAllString(expression, "$1")
	var by []string
	for _, found := range exprGrouping.FindAllStringSubmatch(rest, -1) {
		by = append(by, strings.Split(found[2], ", ")...)
	}
	rest = exprGrouping.ReplaceAllString(rest, "$1(")
	for _, found := range exprSpan.FindAllStringSubmatch(rest, -1) {
		_, err := time.ParseDuration(found[1])
		assert.NoError(t, err, expression)
	}
	rest = exprSpan.ReplaceAllString(rest, "")
	for _, at := range exprName.FindAllStringIndex(rest, -1) {
		word := rest[at[0]:at[1]]
		if strings.HasPrefix(rest[at[1]:], "(") {
			assert.Contains(t, exprFunctions, word, expression)
			continue
		}
		if assert.Contains(t, e.labels, word, expression) {
			metrics = append(metrics, word)
		}
	}
	for _, label := range by {
		assert.True(t, slices.ContainsFunc(metrics, func(m string) bool { return e.labels[m][label] != nil }), "%s: %s", expression, label)
	}
	assert.NotEmpty(t, metrics, expression)
	return metrics
}

// balanced returns an error if a bracket has no partner.
func balanced(text string) error {
	var open []rune
	partner := map[rune]rune{')': '(', ']': '[', '}': '{'}
	for i, r := range text {
		switch r {
		case '(', '[', '{':
			open = append(open, r)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != partner[r] {
				return usagef("the bracket at %d has no partner", i)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return usagef("%d brackets stay open", len(open))
	}
	return nil
}

func TestAlertsAndDashboardNameWhatThereIsAndAllOfIt(t *testing.T) {
	t.Parallel()
	e := exposedByServe(t)
	var used []string
	for _, expression := range slices.Concat(alertRules(t), dashboardPanels(t)) {
		used = append(used, e.check(t, expression)...)
	}
	for _, family := range e.families {
		assert.True(t, slices.ContainsFunc(used, func(m string) bool {
			return slices.Contains([]string{family, family + "_sum", family + "_count", family + "_bucket"}, m)
		}), "nobody looks at %s", family)
	}
}
