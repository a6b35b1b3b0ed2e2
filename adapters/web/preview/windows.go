package preview

import (
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// windows are a person's recorded windows and held e-mails, the newest first.
type windows struct {
	Rows []window
	Held []held
}

type held struct {
	ID                   int64
	Created              moment
	Subject, Status, Why string
}

type window struct {
	ID         int64
	Start, End moment
	// Href leads to the person as of the window's end; empty if that cannot be read.
	Href   string
	Status string
	// Later says that the window ended after the page's instant.
	Later         bool
	Notifications int
	MessageID     string
	Sent          moment
	Trouble       string
}

func newWindows(t state, e core.Explanation) *windows {
	ws := new(windows)
	for _, w := range e.Windows {
		one := window{
			ID: w.ID, Start: newMoment(w.Window.Start, e.Zone), End: newMoment(w.Window.End, e.Zone), Status: statusWord(w.Status), Later: w.Window.End.After(t.now),
			Notifications: len(w.Notifications), MessageID: texts.Clean(w.MessageID), Sent: newMoment(w.SentAt, e.Zone), Trouble: texts.Clean(strings.TrimSpace(w.Error + " " + w.Return.Words())),
		}
		if one.End.Known() {
			one.Href = t.with(func(t *state) { t.moveTo(w.Window.End); t.view = mailView }).href()
		}
		ws.Rows = append(ws.Rows, one)
	}
	for _, h := range e.Held {
		ws.Held = append(ws.Held, held{h.ID, newMoment(h.CreatedAt, e.Zone), texts.Clean(h.Subject), texts.Clean(string(h.Status)), h.Why})
	}
	return ws
}

// statusWord says what became of a window.
func statusWord(s core.Status) string {
	switch s {
	case core.Empty:
		return "empty, no mail"
	case core.Redirected:
		return "redirected, nothing counts as sent"
	case "":
		return "recorded by the Python scheduler"
	}
	return texts.Clean(string(s))
}
