package page

import (
	"fmt"
	"html/template"
	"strings"
	"text/template/parse"
)

// compile returns the program that does what t does. t must have been executed once: then html/template has put
// behind each gap the names of the escapers that its place in the page needs. compile reads them there. An error names
// the first thing in t that no part of a program can do.
func compile(t *template.Template) (program, error) {
	return dot{in: "page"}.program(t.Tree.Root)
}

// dot is what a template's dot stands for.
type dot struct {
	// in is page, card or entry; or empty if dot is a text.
	in   string
	text field
}

// program compiles a list of nodes; nil for none.
func (d dot) program(list *parse.ListNode) (program, error) {
	if list == nil { // no else
		return nil, nil
	}
	p := make(program, 0, len(list.Nodes))
	for _, n := range list.Nodes {
		part, err := d.part(n)
		if err != nil {
			return nil, err
		}
		p = append(p, part)
	}
	return p, nil
}

// part compiles one node.
func (d dot) part(n parse.Node) (part, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		return static(n.Text), nil
	case *parse.ActionNode:
		return d.gap(n.Pipe)
	case *parse.RangeNode:
		return d.loop(&n.BranchNode)
	case *parse.IfNode:
		return d.choice(&n.BranchNode, false)
	case *parse.WithNode:
		return d.choice(&n.BranchNode, true)
	}
	return nil, errNoPart(n)
}

func errNoPart(n parse.Node) error { return fmt.Errorf("no part of a program does %s", n) }

// gap compiles the output of a text.
func (d dot) gap(pipe *parse.PipeNode) (part, error) {
	of, escapers := operand(pipe)
	f := d.field(of)
	if f == nil {
		return nil, errNoPart(pipe)
	}
	switch escapers {
	case " htmlescaper", " rcdataescaper": // for a text they are the same
		return escaped{f}, nil
	case " urlfilter urlnormalizer attrescaper":
		return link{f}, nil
	}
	return nil, errNoPart(pipe)
}

// loop compiles a range.
func (d dot) loop(n *parse.BranchNode) (part, error) {
	of, rest := operand(n.Pipe)
	if of == nil || rest != "" || n.ElseList != nil {
		return nil, errNoPart(n.Pipe)
	}
	switch d.in + of.String() {
	case "page.Cards":
		each, err := dot{in: "card"}.program(n.List)
		return cards{each}, err
	case "card.Lines":
		each, err := dot{in: "entry"}.program(n.List)
		return entries{each}, err
	}
	return nil, errNoPart(n.Pipe)
}

// choice compiles an if, or a with, which moves dot to its text if that is not empty.
func (d dot) choice(n *parse.BranchNode, moves bool) (part, error) {
	of, rest := operand(n.Pipe)
	if of == nil || rest != "" {
		return nil, errNoPart(n.Pipe)
	}
	var c choice
	inner := d
	if f := d.field(of); f != nil {
		c.holds = func(at place) bool { return f(at) != "" }
		if moves {
			inner = dot{text: f}
		}
	} else if d.in+of.String() == "entry.LeftToRight" && !moves {
		c.holds = func(at place) bool { return at.entry.LeftToRight }
	} else {
		return nil, errNoPart(n.Pipe)
	}
	var err error
	if c.then, err = inner.program(n.List); err != nil {
		return nil, err
	}
	c.otherwise, err = d.program(n.ElseList)
	return c, err
}

// operand returns what goes into pipe, and the names of the escapers that it goes through, a blank before each. It is
// nil if pipe is anything else.
func operand(pipe *parse.PipeNode) (of parse.Node, escapers string) {
	if len(pipe.Decl) > 0 {
		return nil, ""
	}
	for i, c := range pipe.Cmds {
		if len(c.Args) != 1 {
			return nil, ""
		}
		if i == 0 {
			of = c.Args[0]
			continue
		}
		name, ok := strings.CutPrefix(c.Args[0].String(), "_html_template_")
		if !ok {
			return nil, ""
		}
		escapers += " " + name
	}
	return of, escapers
}

// field returns the text that of stands for; nil if it is none.
func (d dot) field(of parse.Node) field {
	if of == nil {
		return nil
	}
	if name := d.in + of.String(); name != "." {
		return fields[name]
	}
	return d.text
}

// fields are the texts that a template can name, by what dot stands for.
var fields = map[string]field{
	"page.Subject":     func(at place) string { return at.page.Subject },
	"page.Preheader":   func(at place) string { return at.page.Preheader },
	"page.Count":       func(at place) string { return at.page.Count },
	"page.More":        func(at place) string { return at.page.More },
	"page.Preferences": func(at place) string { return at.page.Preferences },
	"page.Unsubscribe": func(at place) string { return at.page.Unsubscribe },
	"page.Notice":      func(at place) string { return at.page.Notice },
	"card.Title":       func(at place) string { return at.card.Title },
	"card.Link":        func(at place) string { return at.card.Link },
	"card.More":        func(at place) string { return at.card.More },
	"entry.Text":       func(at place) string { return at.entry.Text },
}
