package letter

import (
	"cmp"
	"unicode/utf8"

	"github.com/wiggleverse/rfcdigest/core/page"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

const (
	// longTitle is how much of a title a subject has, in graphemes.
	longTitle = 80
	// maxPreheader is about what mail programs show beside a subject, in graphemes.
	maxPreheader = 120
)

// subject leads with what waits for the reader, and ends with the day, so that mail programs do not take two digests for one
// conversation.
func (d *draft) subject() string {
	// Without the name, a line in a script that has no capitals would be all capitals to some filters: of RFC alone.
	said := d.writer.Name() + ": " + d.volume
	switch {
	case len(d.asks) > 0:
		said = d.count(SubjectNeeds, len(d.asks), value{titles, d.shortTitle(d.askTitle())})
	case d.numbers.RFCs == 1 && len(d.topics) == 1 && d.topics[0].slug != "":
		said = d.shortTitle(d.topics[0].title)
	}
	when := d.Day(d.End)
	if d.Often {
		when = d.DayAndClock(d.End)
	}
	return said + " (" + when + ")"
}

// shortTitle is a title in a line of the letter's own language.
func (d *draft) shortTitle(title string) string {
	return page.Isolate(texts.Shorten(title, longTitle), d.RightToLeft)
}

// askTitle is what the newest event that waits for the reader is about.
func (d *draft) askTitle() string {
	return cmp.Or(title(d.asks[0].noted), d.say(NoRFC))
}

// preheader is what lists of mails show beside the subject: what waits for the reader, else the titles of RFCs, or, if
// the subject has the only one, what happened.
func (d *draft) preheader(l *page.Letter) string {
	said := make([]string, 0, 16) // as few of them fit
	for i := range l.Needs.Asks {
		said = append(said, l.Needs.Asks[i].What.String())
	}
	if len(d.asks) > 0 || d.numbers.RFCs != 1 {
		for i := range d.topics {
			if d.topics[i].slug != "" {
				said = append(said, d.topics[i].title)
			}
		}
	}
	if len(said) == 0 {
		for _, card := range l.Cards {
			for _, line := range card.Lines {
				said = append(said, line.String())
			}
		}
	}
	return d.joinShort(said)
}

// joinShort joins as many texts as there is room for; of the first, as much.
func (k *ink) joinShort(said []string) string {
	const join = " · "
	from := k.Len()
	for i, text := range said {
		if i == 0 {
			k.WriteString(texts.Shorten(text, maxPreheader))
			continue
		}
		if !fitTogether(k.String()[from:], text, maxPreheader-len(join)) {
			break
		}
		k.WriteString(join)
		k.WriteString(text)
	}
	return k.String()[from:]
}

// fitTogether reports whether a and b have no more than n graphemes. There are never more graphemes than code points, and
// never more of those than bytes, which are quick to count.
func fitTogether(a, b string, n int) bool {
	return len(a)+len(b) <= n || utf8.RuneCountInString(a)+utf8.RuneCountInString(b) <= n || texts.Graphemes(a)+texts.Graphemes(b) <= n
}
