package core

import (
	"cmp"
	"net/url"
	"slices"
)

// Digest is the content of one catch-up mail, from which the subject, the text and the HTML are
// made: they differ in dress only.
type Digest struct {
	Cadence Cadence
	// Events counts the notifications, listed or not.
	Events int
	// RFCs counts the distinct RFCs among them, listed or not.
	RFCs int
	// Groups are the sections, in the order in which they are read.
	Groups []Group
	// More counts the RFCs that are left out of Groups.
	More int
}

// Group is the section of one RFC, or of the events that belong to none.
type Group struct {
	// Slug names the RFC; empty for the events that belong to none.
	Slug string
	// Title is one clean line.
	Title string
	// Link is the RFC's page; empty where there is none.
	Link string
	// Lines are clean, one for each kind of event, without a bullet.
	Lines []string
	// More counts the lines that are left out.
	More int
}

// maxSlug is the longest escaped slug that is made a link, in bytes: browsers and mail
// programs stop somewhere above 2,000 for the whole address.
const maxSlug = 1000

// topic is what is included of one RFC, or of none.
type topic struct {
	slug string
	// count is how many events there are in the end.
	count  int
	events []*judged
}

// topics sorts included notifications by RFC. Topics with most events come first, ties and
// events in the order of the lowest notification ID.
func topics(included []judged) []topic {
	var slugs register
	numbers := make([]int, len(included)) // of each event's section
	for i := range included {
		numbers[i] = slugs.number(included[i].Slug)
	}
	out := make([]topic, slugs.count)
	for i, n := range numbers {
		out[n].slug = included[i].Slug
		out[n].count++
	}
	room := make([]*judged, len(included))
	for i := range out {
		out[i].events, room = room[:0:out[i].count], room[out[i].count:]
	}
	for i, n := range numbers {
		out[n].events = append(out[n].events, &included[i])
	}
	slices.SortStableFunc(out, func(a, b topic) int { return cmp.Compare(b.count, a.count) })
	return out
}

// group makes the content of a digest of included notifications, and words their lines.
func group(included []judged, cadence Cadence, style *Style) Digest {
	all := topics(included)
	d := Digest{Cadence: cadence, Events: len(included), RFCs: len(all), Groups: make([]Group, 0, min(len(all), style.maxRFCs+1))}
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
		d.Groups = append(d.Groups, Group{
			Slug:  s.slug,
			Title: title(s.slug, s.events),
			Link:  style.link(s.slug),
			Lines: text[first:len(text):len(text)],
		})
	}
	return d
}

// title names a section: the RFC's cached title, else its slug.
func title(slug string, events []*judged) string {
	for _, e := range events {
		if t := Clean(e.Title); t != "" {
			return t
		}
	}
	if s := Clean(slug); s != "" {
		return s
	}
	return noRFC
}

// appendLines words the events of one section, a line for each kind, in the order of the lowest
// notification ID.
func appendLines(lines []string, events []*judged, style *Style) []string {
	type tally struct {
		first *judged
		count int
	}
	var kinds register
	tallies := make([]tally, 0, len(kinds.few))
	for _, e := range events {
		n := kinds.number(e.Kind)
		if n == len(tallies) {
			tallies = append(tallies, tally{first: e})
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
		lines = append(lines, string(append(line, unreadRemark...)))
	}
	return lines
}

// link returns the address of an RFC's page. A slug is one path segment (RFC 3986 §3.3); one of dots
// alone would be a way out of it, however it is written (§5.2.4).
func (s *Style) link(slug string) string {
	if slug == "" || slug == "." || slug == ".." {
		return ""
	}
	segment := url.PathEscape(slug)
	if len(segment) > maxSlug {
		return ""
	}
	return s.appURL + "/rfc/" + segment
}
