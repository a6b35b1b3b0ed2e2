package preview

import (
	"github.com/wiggleverse/rfcdigest/core"
)

// windows are those that were recorded of a person, the newest first.
type windows struct{ Rows []window }

type window struct {
	ID         int64
	Start, End moment
	// Href leads to the person as they stood at the window's end; empty where that cannot be read.
	Href   string
	Status string
	// Later says that the window ended after the instant that is looked from.
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
			ID: w.ID, Start: newMoment(w.Window.Start), End: newMoment(w.Window.End), Status: statusWord(w.Status), Later: w.Window.End.After(t.now),
			Notifications: len(w.Notifications), MessageID: core.Clean(w.MessageID), Sent: newMoment(w.SentAt), Trouble: core.Clean(w.Error),
		}
		if one.End.Known() {
			one.Href = t.with(func(t *state) { t.moveTo(w.Window.End); t.view = mailView }).href()
		}
		ws.Rows = append(ws.Rows, one)
	}
	return ws
}

// statusWord says what became of a window.
func statusWord(s core.Status) string {
	switch s {
	case core.Empty:
		return "empty, no mail"
	case "":
		return "recorded by the Python scheduler"
	}
	return core.Clean(string(s))
}
