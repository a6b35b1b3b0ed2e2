package core

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
)

// frame is the HTML of all digests of one cadence, with gaps for their content.
//
// What hermes returns is a template: html/template knows from where a gap stands how a text must be
// escaped there. The program is that knowledge, written down once, and many times as fast. Pages
// that it does not take are left to the template.
type frame struct {
	template *template.Template
	program  program
	// room is how many bytes a page, a card and an entry have beside the texts in them.
	room struct{ page, card, entry int }
}

func newFrame(s *Style, c Cadence) (*frame, error) {
	source, err := dress(theme{}, s, c)
	if err != nil {
		return nil, fmt.Errorf("dress the %s digest: %w", c, err)
	}
	f := &frame{}
	f.template, err = template.New(string(c)).Delims(gapOpen, gapClose).Parse(outdent(source))
	if err != nil {
		return nil, fmt.Errorf("compile the %s digest: %w", c, err)
	}
	// A template's gaps are judged when it is first used; later would be too late for an error.
	switch _, err := f.execute(&page{}, maxFrame); {
	case errors.Is(err, errTooLong):
		return nil, fmt.Errorf("app URL: %d bytes are too many for a mail", len(s.appURL))
	case err != nil:
		return nil, fmt.Errorf("try the %s digest: %w", c, err)
	}
	if f.program, err = compile(f.template); err != nil {
		return nil, fmt.Errorf("compile the %s digest: %w", c, err)
	}
	if err := f.try(); err != nil {
		return nil, fmt.Errorf("try the %s digest: %w", c, err)
	}
	return f, nil
}

// try has the template and the program write the same pages, with every byte in every text, so that
// no program is ever used that a change in html/template has made wrong. The lengths of pages that
// say next to nothing tell how much room a page, a card and an entry take.
func (f *frame) try() error {
	var every strings.Builder
	for c := range 256 {
		every.WriteByte(byte(c))
	}
	var lengths [3]int
	for _, text := range [...]string{every.String(), "x"} {
		full := card{Title: text, Link: "https://h/%2F?a=b&c+d#e", More: text}
		fuller := full
		fuller.Lines = []entry{{Text: text, LeftToRight: true}}
		for i, cards := range [...][]card{nil, {full}, {fuller}} {
			p := page{Subject: text, Preheader: text, Count: text, Cards: cards, More: text, Unsubscribe: full.Link, Notice: text}
			want, err := f.execute(&p, maxHTML)
			if err != nil {
				return err
			}
			out := bounded{limit: maxHTML}
			f.program.write(&out, place{page: &p})
			if out.err != nil || out.text.String() != want {
				return errors.New("html/template and the program made of it disagree")
			}
			lengths[i] = len(want)
		}
	}
	f.room.page, f.room.card, f.room.entry = lengths[0], lengths[1]-lengths[0], lengths[2]-lengths[1]
	return nil
}

// guess returns about how long f with the content of p is; rather too much than too little.
func (f *frame) guess(p *page) int {
	n := f.room.page + len(p.Subject) + len(p.Preheader) + len(p.Count) + len(p.More) + len(p.Unsubscribe) + len(p.Notice)
	for i := range p.Cards {
		c := &p.Cards[i]
		n += f.room.card + len(c.Title) + len(c.Link) + len(c.More)
		for j := range c.Lines {
			n += f.room.entry + len(c.Lines[j].Text)
		}
	}
	return n
}

// fill returns f with the content of p, or an error where that would have more than limit bytes.
func fill(f *frame, p *page, limit int) (string, error) {
	out := bounded{limit: limit}
	out.text.Grow(min(limit, f.guess(p)))
	f.program.write(&out, place{page: p})
	switch out.err {
	case nil:
		return out.text.String(), nil
	case errUnusual:
		return f.execute(p, limit)
	}
	return "", out.err
}

// execute is fill by html/template, which takes any page.
func (f *frame) execute(p *page, limit int) (string, error) {
	out := bounded{limit: limit}
	if err := f.template.Execute(&out, p); err != nil {
		return "", err
	}
	return out.text.String(), nil
}

// bounded collects a text up to a limit. What would pass the limit is refused, so that nobody
// goes on writing it.
type bounded struct {
	text  strings.Builder
	limit int
	// err is what keeps a program from writing on.
	err error
}

var (
	errTooLong = errors.New("too long")
	errUnusual = errors.New("unusual link")
)

// add appends s.
func (b *bounded) add(s string) {
	if b.text.Len()+len(s) > b.limit {
		b.err = errTooLong
		return
	}
	b.text.WriteString(s)
}

// Write appends p.
func (b *bounded) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > b.limit {
		return 0, errTooLong
	}
	return b.text.Write(p)
}
