package preview_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/adapters/memory"
	"github.com/wiggleverse/rfcdigest/adapters/web/preview"
	"github.com/wiggleverse/rfcdigest/app/planner"
	"github.com/wiggleverse/rfcdigest/core"
)

// noon is the present in all of these tests.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// before returns the instant so long before noon.
func before(d time.Duration) time.Time { return noon.Add(-d) }

// One person of each kind, by ID. All others after them are due, and alike.
const (
	ada        = 1 // due, with something of every verdict
	waiting    = 2 // not due, no name, and something new
	hostile    = 3 // due
	asleep     = 4 // in quiet hours
	suppressed = 5
	unusable   = 6
	unsettled  = 7 // still being sent
	off        = 8 // no digests
	idle       = 9 // nothing new
	nobody     = 999
)

// evil is text that would do harm if it were taken for anything but text.
const evil = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`

// world has n people; the first nine are the ones above.
func world(n int64) core.World {
	w := core.World{RFCs: []core.RFC{{Slug: "rfc-0001", Title: "Trust & Safety"}, {Slug: "rfc-0002", Title: "Title " + evil}}}
	for id := int64(1); id <= n; id++ {
		w.Users = append(w.Users, core.Recipient{ID: id, Name: fmt.Sprintf("Person %d", id), Address: fmt.Sprintf("p%d@rfc.example", id), Cadence: core.Daily})
		end := before(25 * time.Hour)
		if id == waiting {
			end = before(5 * time.Hour)
		}
		row := core.LedgerRow{Status: core.Sent, SentAt: end, Claim: core.Claim{
			Recipient: id, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}, MessageID: fmt.Sprintf("m%d@rfc.example", id), Notifications: []int64{}}}
		if id == unsettled {
			row.Status, row.Lease = core.Sending, noon.Add(time.Minute)
		}
		w.Ledger = append(w.Ledger, row)
		if id != idle {
			w.Notifications = append(w.Notifications, event(100*id, id, before(time.Hour)))
		}
	}
	u := w.Users
	u[ada-1].Name = "Ada Lovelace"
	u[waiting-1].Name = ""
	u[hostile-1].Name, w.Notifications[hostile-1].Slug = evil, "rfc-0002"
	u[asleep-1].Preferences.QuietStart, u[asleep-1].Preferences.QuietEnd = "11:00", "13:00"
	u[suppressed-1].Preferences.SuppressedAddress, u[suppressed-1].Preferences.Failures = u[suppressed-1].Address, 3
	u[unusable-1].Address = "nowhere at all"
	u[off-1].Cadence = "off"
	w.Notifications = append(w.Notifications, verdicts()...)
	return w
}

func event(id, recipient int64, created time.Time) core.Notification {
	return core.Notification{ID: id, Recipient: recipient, Kind: "pr_opened", Slug: "rfc-0001", PR: id, CreatedAt: created, Payload: "{}"}
}

// verdicts are notifications of Ada's that are left out, for one reason each.
func verdicts() (ns []core.Notification) {
	for i := range 7 {
		ns = append(ns, event(int64(10+i), ada, before(2*time.Hour)))
	}
	ns[0].CreatedAt = before(10 * 24 * time.Hour)
	ns[1].CreatedAt = noon.Add(time.Minute)
	ns[2].IncludedAt = core.At(before(25 * time.Hour))
	ns[3].EmailedAt = core.At(before(time.Hour))
	ns[4].ReadAt = core.At(before(30 * time.Minute))
	ns[5].Payload = `{"category": "personal-direct"}`
	ns[6].ActorID = ada
	return ns
}

// site is the page over a store in memory.
type site struct {
	testing.TB
	handler http.Handler
	log     *bytes.Buffer
}

func newSite(t testing.TB, w core.World) *site {
	t.Helper()
	style, err := core.NewStyle(core.Brand{AppURL: "https://rfc.example", Domain: "rfc.example"})
	require.NoError(t, err)
	plans, err := planner.New(planner.Config{Style: style}, memory.New(w), memory.NewClock(noon))
	require.NoError(t, err)
	return siteOf(t, plans)
}

func siteOf(t testing.TB, source preview.Source) *site {
	t.Helper()
	format, err := mailfmt.New(mailfmt.Config{From: "RFCs <digest@rfc.example>", BoundaryKey: []byte("key")})
	require.NoError(t, err)
	s := &site{TB: t, log: new(bytes.Buffer)}
	s.handler = preview.New(preview.Config{
		Source: source,
		Render: func(m core.Message) ([]byte, error) {
			mail, err := format.Render(m, nil)
			return mail.Data, err
		},
		Now: func() time.Time { return noon }, Brand: "Wiggle <verse>", Database: "some <db>.db", Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	return s
}

// answer is what came back.
type answer struct {
	testing.TB
	status int
	header http.Header
	body   string
	root   *html.Node
}

// ask makes a request, which change may alter.
func (s *site) ask(path string, change ...func(*http.Request)) answer {
	s.Helper()
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8094"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	require.NoError(s, err)
	return answer{s, w.Code, w.Header(), w.Body.String(), root}
}

// get asks for a page that must exist.
func (s *site) get(format string, args ...any) answer {
	s.Helper()
	path := fmt.Sprintf(format, args...)
	a := s.ask(path)
	require.Equal(s, http.StatusOK, a.status, "%s\n%s", path, a.body)
	return a
}

// all returns the elements for which it holds, in their order.
func (a answer) all(holds func(*html.Node) bool) (found []*html.Node) {
	for n := range a.root.Descendants() {
		if n.Type == html.ElementNode && holds(n) {
			found = append(found, n)
		}
	}
	return found
}

// find returns the element with an ID, which must exist.
func (a answer) find(id string) *html.Node {
	a.Helper()
	found := a.all(func(n *html.Node) bool { return attr(n, "id") == id })
	require.Len(a, found, 1, "#%s in\n%s", id, a.body)
	return found[0]
}

func (a answer) has(id string) bool {
	return len(a.all(func(n *html.Node) bool { return attr(n, "id") == id })) > 0
}

// text is the text in the element with an ID, on one line.
func (a answer) text(id string) string {
	a.Helper()
	return text(a.find(id))
}

// follow asks for the page behind the link with an ID.
func (s *site) follow(a answer, id string) answer {
	s.Helper()
	return s.get("%s", attr(a.find(id), "href"))
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
