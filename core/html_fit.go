package core

import "sort"

// fewLines is how many lines every section keeps as long as there is an RFC that could be left out instead.
const fewLines = 10

// fit returns d, or as much of it as the HTML has room for, and the HTML. What is left out is
// counted in it. Ordinary digests are rendered once. Clean titles always fit; if one that is not
// should be too long all by itself, there is no HTML.
func (s *Style) fit(d Digest, x extras) (Digest, string) {
	frame := s.html.frame(d.Cadence)
	html, err := fill(frame, s.page(d, x), maxHTML)
	if err == nil {
		return d, html
	}
	cuts := newCuts(d)
	fitting := d
	// Further steps leave less, so this finds the first that is enough, or nearly: "… and 1 more" can
	// be longer than what it stands for. The last one that succeeds is the one that is returned.
	sort.Search(cuts.steps(), func(step int) bool {
		shorter := cuts.take(step + 1)
		text, err := fill(frame, s.page(shorter, x), maxHTML)
		if err == nil {
			fitting, html = shorter, text
		}
		return err == nil
	})
	return fitting, html
}

// cuts are the ways to make a digest shorter, from the least to the most that can be left out:
// first the longest sections lose lines, down to fewLines; then RFCs go, from the last to the
// second; then what is left loses its lines. The section without an RFC is never left out, since
// nothing would say so.
type cuts struct {
	digest Digest
	// lines, groups and rest are how many steps of each of the three sorts there are.
	lines, groups, rest int
}

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
