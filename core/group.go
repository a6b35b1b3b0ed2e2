package core

import (
	"cmp"
	"slices"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// topic is the included events of one RFC, or of none.
type topic struct {
	slug   string
	events []*judged
}

// topics sorts included notifications by RFC. Those with most events come first. Ties and events are in the order of
// their lowest notification ID.
func topics(included []judged) (all []topic) {
	at := map[string]int{}
	for i := range included {
		slug := included[i].Slug
		n, ok := at[slug]
		if !ok {
			n = len(all)
			at[slug], all = n, append(all, topic{slug: slug})
		}
		all[n].events = append(all[n].events, &included[i])
	}
	slices.SortStableFunc(all, func(a, b topic) int { return cmp.Compare(len(b.events), len(a.events)) })
	return all
}

// group makes a digest of the included notifications.
func group(included []judged, span page.Span, style *Style) page.Digest {
	all := topics(included)
	d := page.Digest{Span: span, Events: len(included), RFCs: len(all), Groups: make([]page.Group, 0, min(len(all), style.maxRFCs+1))}
	text := make([]string, 0, len(included)) // the lines of all groups
	listed := 0
	for i := range all {
		s := &all[i]
		if s.slug == "" {
			d.RFCs--
		} else if listed == style.maxRFCs {
			d.More++
			continue
		} else {
			listed++
		}
		first := len(text)
		text = appendLines(text, s.events, style)
		d.Groups = append(d.Groups, page.Group{
			Slug:  s.slug,
			Title: title(s.slug, s.events),
			Link:  style.Link(s.slug),
			Lines: text[first:len(text):len(text)],
		})
	}
	return d
}

// title names a section: the RFC's cached title, else its slug. Some events belong to no RFC.
func title(slug string, events []*judged) string {
	for _, e := range events {
		if t := texts.Clean(e.Title); t != "" {
			return t
		}
	}
	return cmp.Or(texts.Clean(slug), "(no RFC)")
}

// appendLines words the events of one section, a line for each kind, in the order of the lowest
// notification ID.
func appendLines(lines []string, events []*judged, style *Style) []string {
	type tally struct {
		first *judged
		count int
	}
	var tallies []tally
	at := map[string]int{}
	for _, e := range events {
		n, ok := at[e.Kind]
		if !ok {
			n = len(tallies)
			at[e.Kind], tallies = n, append(tallies, tally{first: e})
		}
		tallies[n].count++
	}
	room := make([]byte, 0, 512)
	for _, t := range tallies {
		line := room
		if t.count == 1 {
			line = style.appendSummary(line, t.first)
		} else {
			line = style.appendCount(line, t.count, t.first.Kind)
		}
		lines = append(lines, string(append(line, page.Unread...)))
	}
	return lines
}
