package core

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

// group sorts included notifications into sections and words their lines. Sections with most
// events come first, ties and lines in the order of the lowest notification ID.
func group(included []judged, cadence Cadence, style *Style) Digest {
	type section struct {
		slug   string
		events []judged
	}
	var sections []*section
	bySlug := make(map[string]*section)
	for _, j := range included {
		s := bySlug[j.Slug]
		if s == nil {
			s = &section{slug: j.Slug}
			bySlug[j.Slug] = s
			sections = append(sections, s)
		}
		s.events = append(s.events, j)
	}
	slices.SortStableFunc(sections, func(a, b *section) int { return cmp.Compare(len(b.events), len(a.events)) })

	d := Digest{Cadence: cadence, Events: len(included), RFCs: len(sections)}
	if bySlug[""] != nil {
		d.RFCs--
	}
	listed := 0
	for _, s := range sections {
		if s.slug != "" {
			if listed == style.maxRFCs {
				d.More++
				continue
			}
			listed++
		}
		d.Groups = append(d.Groups, Group{
			Slug:  s.slug,
			Title: title(s.slug, s.events),
			Link:  style.link(s.slug),
			Lines: lines(s.events, style),
		})
	}
	return d
}

// title names a section: the RFC's cached title, else its slug.
func title(slug string, events []judged) string {
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

// lines words the events of one section, a line for each kind.
func lines(events []judged, style *Style) []string {
	byKind := make(map[string][]judged)
	var kinds []string
	for _, e := range events {
		if byKind[e.Kind] == nil {
			kinds = append(kinds, e.Kind)
		}
		byKind[e.Kind] = append(byKind[e.Kind], e)
	}
	out := make([]string, 0, len(kinds))
	for _, kind := range kinds {
		line := ""
		if same := byKind[kind]; len(same) == 1 {
			line = style.summary(same[0])
		} else {
			line = plural(len(same), strings.TrimLeft(kindWords(kind)+" event", " "))
		}
		out = append(out, line+unreadRemark)
	}
	return out
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

// plural returns "1 thing" or "n things".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
