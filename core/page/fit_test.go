package page

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core/texts"
)

// many returns n sections of RFCs with titles of the greatest length and so many lines each.
func many(l *Layout, n, lines int) []Group {
	groups := make([]Group, n)
	for i := range groups {
		groups[i] = section(l, fmt.Sprint("rfc-", i), strings.Repeat(`&'<>"`, texts.MaxLength/5))
		for j := range lines {
			groups[i].Lines = append(groups[i].Lines, fmt.Sprint(j, strings.Repeat(`"&`, 90), Unread))
		}
	}
	return groups
}

// checkFit reports what a fitted digest must be, whatever it was made from.
func checkFit(t require.TestingT, l *Layout, d Digest) Digest {
	before := slices.Clone(d.Groups)
	fitted, page := l.HTML(d, Extras{})
	require.True(t, reflect.DeepEqual(before, d.Groups), "the digest that was given has changed")
	require.LessOrEqual(t, len(page), maxHTML)

	root := parseHTML(t, page)
	require.Len(t, all(root, "table", "card"), len(fitted.Groups))
	require.Len(t, all(root, "table", "button"), 1)
	items := 0
	dropped := fitted.More - d.More
	for _, g := range d.Groups {
		i := slices.IndexFunc(fitted.Groups, func(f Group) bool { return f.Title == g.Title && f.Slug == g.Slug })
		if i < 0 {
			require.True(t, g.isRFC(), "only RFCs are counted when they are left out")
			dropped--
			continue
		}
		f := fitted.Groups[i]
		require.Equal(t, len(g.Lines)+g.More, len(f.Lines)+f.More)
		require.Equal(t, g.Lines[:len(f.Lines)], f.Lines)
		items += len(f.Lines) + min(f.More, 1)
	}
	require.Zero(t, dropped, "More counts the RFCs that were left out")
	require.Len(t, all(root, "li", ""), items)
	fitted.More, fitted.Groups = d.More, d.Groups
	require.True(t, reflect.DeepEqual(d, fitted), "the counts have changed")

	again, samePage := l.HTML(d, Extras{})
	require.Equal(t, page, samePage)
	return again
}

func TestFitLeavesOrdinaryDigestsAlone(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	for _, d := range []Digest{sampleDigest(l, Day), {Span: Week, Groups: many(l, 1, 0)}, {}} {
		assert.Equal(t, d, checkFit(t, l, d))
	}
	// All the room there is, for titles and lines of ordinary length.
	d := Digest{RFCs: 50}
	for i := range 50 {
		slug := fmt.Sprintf("rfc-%04d", i)
		d.Groups = append(d.Groups, section(l, slug, "A Federated Identity Model for Small Communities",
			"12 pr opened events", "Ada Lovelace commented on PR #123", "3 branch updated events", "Grace Hopper proposed this RFC"))
	}
	_, page := l.HTML(d, Extras{})
	assert.Len(t, all(parseHTML(t, page), "table", "card"), 50)
}

func TestFitLeavesOutRFCsFromTheEnd(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	d := Digest{Events: 240, RFCs: 63, More: 3, Groups: many(l, 60, 4)}
	d.Groups = append(d.Groups, section(l, "", "(no RFC)", "Someone: two words"))
	fitted := checkFit(t, l, d)
	kept := len(fitted.Groups) - 1
	assert.Greater(t, kept, 10)
	assert.Equal(t, d.Groups[:kept], fitted.Groups[:kept])
	assert.Equal(t, d.Groups[60], fitted.Groups[kept], "nothing would say that this one is missing")
	assert.Equal(t, 63-kept, fitted.More)

	// One more would have been too many.
	fitted.Groups = append(slices.Clone(d.Groups[:kept+1]), d.Groups[60])
	fitted.More--
	_, err := fill(l.frames[Day], l.page(fitted, Extras{}), maxHTML)
	assert.ErrorIs(t, err, errTooLong)
}

func TestFitShortensLongSections(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	long := section(l, "rfc-1", "Trust & Safety")
	for i := range 5000 {
		long.Lines = append(long.Lines, "Ada Lovelace: kind "+strconv.Itoa(i)+Unread)
	}
	fitted := checkFit(t, l, Digest{Span: Week, Events: 5000, RFCs: 1, Groups: []Group{long}})
	assert.Greater(t, len(fitted.Groups[0].Lines), 400)

	// It makes room for the others before any of them has to go.
	groups := append([]Group{long}, many(l, 5, 2)...)
	fitted = checkFit(t, l, Digest{Span: Week, Events: 5010, RFCs: 6, Groups: groups})
	assert.Zero(t, fitted.More)
	assert.Equal(t, groups[1:], fitted.Groups[1:])
	assert.Greater(t, len(fitted.Groups[0].Lines), 300)

	// Lines of any length at all.
	for i := range long.Lines {
		long.Lines[i] = strings.Repeat("x", 70_000)
	}
	fitted = checkFit(t, l, Digest{RFCs: 1, Groups: []Group{long}})
	assert.Len(t, fitted.Groups[0].Lines, 1)
	long.Lines[0] += long.Lines[0]
	fitted = checkFit(t, l, Digest{RFCs: 1, Groups: []Group{long}})
	assert.Empty(t, fitted.Groups[0].Lines)
}

func TestFitAtRandom(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	rapid.Check(t, func(t *rapid.T) {
		d := Digest{Events: rapid.IntRange(0, 9).Draw(t, "events"), More: rapid.IntRange(0, 2).Draw(t, "more")}
		for i := range rapid.IntRange(0, 25).Draw(t, "groups") {
			g := section(l, strings.Repeat("/", rapid.IntRange(min(i, 1), 400).Draw(t, "slug")), texts.Clean(fmt.Sprint(i, strings.Repeat("'", i*8))))
			line := strings.Repeat("<", rapid.IntRange(1, 400).Draw(t, "length"))
			g.Lines = slices.Repeat([]string{line}, rapid.SampledFrom([]int{0, 1, 3, 11, 40}).Draw(t, "lines"))
			d.Groups = append(d.Groups, g)
		}
		checkFit(t, l, d)
	})
}

func TestFrameLeavesRoom(t *testing.T) {
	t.Parallel()
	_, err := New("", "https://rfc.example/"+strings.Repeat("x", 20_000))
	assert.EqualError(t, err, "app URL: 20020 bytes are too many for a mail")

	// The longest of everything that is let in.
	l, err := New(strings.Repeat(`"`, 999), "https://rfc.example/"+strings.Repeat("'", 5_000))
	require.NoError(t, err)
	slug := strings.Repeat("'", maxSlug/3)
	groups := []Group{section(l, slug, texts.Clean(strings.Repeat(`"`, 999)), strings.Repeat("x", maxHTML)), section(l, "", "(no RFC)", strings.Repeat("x", maxHTML))}
	checkFit(t, l, Digest{RFCs: 1, Groups: groups})
}

func TestPreheader(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	long := strings.Repeat("é́", 119) + "xyz"
	for want, d := range map[string]Digest{
		"": {},
		"Trust & Safety, Layered Consent, الموافقة متعددة الطبقات, Too Long to Link, \"Quoted\" & 'quoted' and 4 more": sampleDigest(l, Day),
		"Someone: two words": {Groups: []Group{section(l, "", "(no RFC)", "Someone: two words")}},
		"A":                  {RFCs: 1, Groups: []Group{section(l, "a", "A"), section(l, "", "(no RFC)", "Someone: two words")}},
		"A and 1 more":       {RFCs: 2, Groups: []Group{section(l, "a", "A"), section(l, "b", long)}},
		"B":                  {RFCs: 1, Groups: []Group{section(l, "", "(no RFC)", "Someone: two words"), section(l, "b", "B")}},
		"(no RFC)":           {RFCs: 1, Groups: []Group{section(l, "\u200b", "(no RFC)", "Someone: two words")}},
		strings.Repeat("é́", 119) + "x… and 2 more": {RFCs: 3, Groups: []Group{section(l, "a", long), section(l, "b", "B")}},
		strings.Repeat("é́", 119) + "x…":            {Groups: []Group{section(l, "", "(no RFC)", long)}},
	} {
		assert.Equal(t, want, d.preheader())
	}
}
