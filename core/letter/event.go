package letter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// Event is a notification that a letter tells of. Texts are as stored.
type Event struct {
	// ID is the notification's.
	ID   int64
	Kind string
	// ActorID is 0, and Actor empty, if it is not known who did it.
	ActorID int64
	Actor   string
	// Slug is empty if the event belongs to no RFC.
	Slug, Title string
	// Branch is empty, and PR is 0, if it is about none.
	Branch string
	PR     int64
	// At is zero if it is not known.
	At time.Time
	// Moved says that it came from another account, so that it may be older than the window.
	Moved   bool
	Payload texts.Payload
}

// repeatedWithin is how long after an event the same event counts as written twice.
const repeatedWithin = 10 * time.Minute

// repeats reports whether e is f once more: what the app wrote twice within minutes. Two events without a summary
// may as well be two pushes to one branch.
func (e *Event) repeats(f *Event) bool {
	return e.Payload.Summary != "" && e.isLike(f)
}

// isLike reports whether e and f say the same within minutes.
func (e *Event) isLike(f *Event) bool {
	if e.Slug != f.Slug || e.PR != f.PR || e.Kind != f.Kind || e.ActorID != f.ActorID || e.Branch != f.Branch || e.Payload.Summary != f.Payload.Summary {
		return false
	}
	apart := e.At.Sub(f.At)
	return apart <= repeatedWithin && apart >= -repeatedWithin
}

// noted is an event with how its kind is told; nil if nothing is known of its kind.
type noted struct {
	*Event
	kind *telling
	// summary is that of its payload as it is shown; empty if there is nothing to see of it.
	summary string
	// group is which of the groups it is in that [gather] made.
	group int
}

// note notes events.
func (w *words) note(events []Event) []noted {
	all := make([]noted, len(events))
	for i := range events {
		e := &events[i]
		all[i].Event, all[i].kind = e, w.kinds[e.Kind]
		all[i].summary = shown(e.Payload.Summary)
	}
	return all
}

// shown returns a text as it is shown; empty if nothing of it is to be seen.
func shown(text string) string {
	if text = texts.Clean(text); texts.Shows(text) {
		return text
	}
	return ""
}

// few is how many events are gathered without a map.
const few = 16

// gather sorts events into groups that have a key in common, in the order in which those come first, and counts them. It is
// [first] that returns the groups.
func gather[K comparable](events []noted, key func(*noted) K) (groups int) {
	var known map[K]int // the groups by their keys; few are found as fast without it
	if len(events) > few {
		known = make(map[K]int, few)
	}
	for i := range events {
		k := key(&events[i])
		group, found := known[k]
		for j := i - 1; known == nil && j >= 0 && !found; j-- {
			group, found = events[j].group, key(&events[j]) == k
		}
		if !found {
			group = groups
			groups++
			if known != nil {
				known[k] = group
			}
		}
		events[i].group = group
	}
	slices.SortStableFunc(events, func(a, b noted) int { return a.group - b.group })
	return groups
}

// first returns the first group of events that were gathered, and the others.
func first(events []noted) (group, others []noted) {
	n := 1
	for n < len(events) && events[n].group == events[0].group {
		n++
	}
	return events[:n:n], events[n:]
}

// once returns events without those that repeat one before them.
func once(events []noted) []noted {
	kept := events[:0]
next:
	for _, e := range events {
		if e.Payload.Summary != "" {
			for _, before := range kept[max(0, len(kept)-mostCompared):] {
				if e.repeats(before.Event) {
					continue next
				}
			}
		}
		kept = append(kept, e)
	}
	return kept
}

// mostCompared is with how many events before it an event is compared at the most.
const mostCompared = 100

// title is what an RFC is called: the first title of its events of which something is to be seen, else its slug; empty
// for events that belong to none.
func title(events ...noted) string {
	for _, e := range events {
		if t := shown(e.Title); t != "" {
			return t
		}
	}
	if texts.Clean(events[0].Slug) == "" {
		return ""
	}
	return cmp.Or(shown(events[0].Slug), "RFC")
}

// kindWords returns the name of a kind as words.
func kindWords(name string) string {
	return texts.Clean(strings.ReplaceAll(name, "_", " "))
}
