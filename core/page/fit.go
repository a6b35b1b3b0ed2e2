package page

import "sort"

// fewLines is how many lines every section keeps as long as there is an RFC that could be left out instead.
const fewLines = 10

// HTML returns the HTML of d, at most 98,000 bytes, and as much of d as it has room for. What is left out is counted
// in More. Titles that are clean always fit. If a title is not, and too long by itself, there is no HTML.
func (l *Layout) HTML(d Digest, x Extras) (Digest, string) {
	frame := l.frames[d.Span]
	html, err := fill(frame, l.page(d, x), maxHTML)
	if err == nil {
		return d, html
	}
	cuts := newCuts(d)
	fitting := d
	// Each step leaves less, so this finds the first that is enough, or nearly: "… and 1 more" can be longer than
	// the line it stands for. The last step that succeeds is returned.
	sort.Search(cuts.steps(), func(step int) bool {
		shorter := cuts.take(step + 1)
		text, err := fill(frame, l.page(shorter, x), maxHTML)
		if err == nil {
			fitting, html = shorter, text
		}
		return err == nil
	})
	return fitting, html
}

// cuts are the steps that make a digest shorter and shorter. First the longest sections lose lines, down to fewLines.
// Then RFCs go, from the last to the second. Then the sections that are left lose their lines. The section without
// an RFC is never left out, since nothing would say so.
type cuts struct {
	digest Digest
	// lines, groups and rest are how many steps of each kind there are.
	lines, groups, rest int
}

// newCuts counts the steps by which d can be made shorter.
func newCuts(d Digest) cuts {
	longest, rfcs := 0, 0
	for _, g := range d.Groups {
		longest = max(longest, len(g.Lines))
		if g.isRFC() {
			rfcs++
		}
	}
	return cuts{
		digest: d,
		lines:  max(0, longest-fewLines),
		groups: max(0, rfcs-1),
		rest:   min(longest, fewLines),
	}
}

func (c cuts) steps() int { return c.lines + c.groups + c.rest }

// take returns the digest after the first n steps, and leaves the digest itself as it is.
func (c cuts) take(n int) Digest {
	limit := c.lines + c.rest - min(n, c.lines)
	n = max(0, n-c.lines)
	dropped := min(n, c.groups)
	limit -= n - dropped

	d := c.digest
	d.Groups = make([]Group, 0, len(c.digest.Groups))
	d.More += dropped
	kept := c.groups + 1 - dropped
	for _, g := range c.digest.Groups {
		if g.isRFC() {
			if kept == 0 {
				continue
			}
			kept--
		}
		if left := len(g.Lines) - limit; left > 0 {
			g.Lines, g.More = g.Lines[:limit:limit], g.More+left
		}
		d.Groups = append(d.Groups, g)
	}
	return d
}
