package page

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
)

const (
	// maxHTML is the most that the HTML of a digest has, in bytes: Gmail shows 102 kB of a mail and
	// hides the rest, mail systems on the way add to it, and the links at the end must not be hidden.
	maxHTML = 98_000
	// usualHTML is about how much an ordinary digest has.
	usualHTML = 10_000
	// maxFrame is the most that the HTML of a digest without sections may have, so that there is room for some.
	maxFrame = 40_000
)

// frame is the HTML of all digests of a span, with gaps for their content.
//
// What hermes returns is a template: html/template knows from the place of a gap how a text must be escaped
// there. The program has that knowledge too, and is many times as fast. It leaves unusual pages to the template.
type frame struct {
	template *template.Template
	program  program
	// slow says why the program makes no pages; nil if it does.
	slow error
}

// newFrame makes the frame of the digests of a span, and tries it.
func newFrame(l *Layout, span Span) (*frame, error) {
	source, err := dress(theme{}, l, span)
	if err != nil {
		return nil, fmt.Errorf("dress a digest: %w", err)
	}
	f := &frame{}
	f.template, err = template.New("digest").Delims(gapOpen, gapClose).Parse(outdent(source))
	if err != nil {
		return nil, fmt.Errorf("compile a digest: %w", err)
	}
	// A template's gaps are judged when it is first used; later would be too late for an error.
	switch _, err := f.execute(&page{}, maxFrame); {
	case errors.Is(err, errTooLong):
		return nil, fmt.Errorf("app URL: %d bytes are too many for a mail", len(l.appURL))
	case err != nil:
		return nil, fmt.Errorf("try a digest: %w", err)
	}
	f.speedUp(compile)
	return f, nil
}

// outdent takes the white space from the start of each line, and ends the last one.
func outdent(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		b.WriteString(strings.TrimLeft(line, " \t\n"))
	}
	return b.String() + "\n"
}

// speedUp has a program make the pages, if compile makes one and it does what the template does. A program
// depends on the inside of html/template. Another release of Go may change that, and then mails are only slower.
func (f *frame) speedUp(compile func(*template.Template) (program, error)) {
	if f.program, f.slow = compile(f.template); f.slow == nil {
		f.slow = f.try()
	}
}

// try has the template and the program write the same pages, with every byte in every text. So a program that a
// change in html/template has made wrong is never used.
func (f *frame) try() error {
	var every strings.Builder
	for c := range 256 {
		every.WriteByte(byte(c))
	}
	for _, text := range [...]string{every.String(), "x"} {
		full := card{Title: text, Link: "https://h/%2F?a=b&c+d#e", More: text}
		fuller := full
		fuller.Lines = []entry{{Text: text, LeftToRight: true}}
		for _, cards := range [...][]card{nil, {full}, {fuller}} {
			p := page{Subject: text, Preheader: text, Count: text, Cards: cards, More: text, Extras: Extras{Preferences: full.Link, Unsubscribe: full.Link, Notice: text}}
			want, err := f.execute(&p, maxHTML)
			if err != nil {
				return err
			}
			out := bounded{limit: maxHTML}
			f.program.write(&out, place{page: &p})
			if out.err != nil || out.text.String() != want {
				return errors.New("html/template and the program made of it disagree")
			}
		}
	}
	return nil
}

// fill returns f with the content of p, or an error if that would have more than limit bytes.
func fill(f *frame, p *page, limit int) (string, error) {
	if f.slow != nil {
		return f.execute(p, limit)
	}
	out := bounded{limit: limit}
	out.text.Grow(min(limit, usualHTML))
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

// bounded collects a text up to a limit. What would pass the limit is refused, so that no more of it is written.
type bounded struct {
	text  strings.Builder
	limit int
	// err is why a program stops writing; nil if it does not.
	err error
}

var (
	// errTooLong: the limit would be passed.
	errTooLong = errors.New("too long")
	// errUnusual: the program leaves this page to html/template.
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
