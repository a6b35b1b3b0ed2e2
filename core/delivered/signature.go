package delivered

import (
	"slices"
	"strings"
)

// Signature is what a DKIM-Signature says of itself (RFC 6376 §3.5).
type Signature struct {
	// Domain is the signer's.
	Domain string
	// Aligned says that it belongs to the same organisation as the author's (RFC 7489 §3.1.1).
	Aligned bool
	// Open are the fields of the header that matter and that the signature does not cover, in the order of [covered].
	Open []string
}

// covered returns the fields that a signature is to cover, as they are written: first those without which no
// mail program may offer one click (RFC 8058 §4).
func covered() []string {
	return []string{"List-Unsubscribe", "List-Unsubscribe-Post", "From", "Date", "Subject", "To", "Message-ID"}
}

// Signatures returns what the signatures of m say, the most useful one first: aligned before others, then the one
// that leaves less open. organisation returns the organisation that a domain belongs to.
func (m Mail) Signatures(organisation func(domain string) string) []Signature {
	var all []Signature
	for _, value := range m.values("dkim-signature") {
		tags := tagsOf(value)
		s := Signature{Domain: strings.ToLower(tags["d"]), Open: m.open(strings.Split(tags["h"], ":"))}
		s.Aligned = s.Domain != "" && organisation(s.Domain) == organisation(m.Author)
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b Signature) int {
		if a.Aligned != b.Aligned {
			if a.Aligned {
				return -1
			}
			return 1
		}
		return weight(a.Open) - weight(b.Open)
	})
	return all
}

// Unclickable reports whether one of the fields is one without which no mail program may offer one click.
func Unclickable(open []string) bool {
	return slices.ContainsFunc(open, func(name string) bool { return strings.HasPrefix(name, "List-Unsubscribe") })
}

// weight is how much it matters that fields are open.
func weight(open []string) int {
	n := len(open)
	if Unclickable(open) {
		n += len(covered())
	}
	return n
}

// open returns those of the fields that matter of which there are more than signed names. A signature covers as many
// fields of a name as it names, from the bottom up (RFC 6376 §5.4.2).
func (m Mail) open(signed []string) (open []string) {
	for _, name := range covered() {
		named := 0
		for _, s := range signed {
			if strings.EqualFold(strings.TrimSpace(s), name) {
				named++
			}
		}
		if len(m.values(strings.ToLower(name))) > named {
			open = append(open, name)
		}
	}
	return open
}

// tagsOf reads a list of tags (RFC 6376 §3.2).
func tagsOf(list string) map[string]string {
	tags := map[string]string{}
	for tag := range strings.SplitSeq(list, ";") {
		if name, value, ok := strings.Cut(tag, "="); ok {
			tags[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return tags
}
