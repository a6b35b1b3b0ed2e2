package page

import (
	"html"
	"strings"
)

// What the head of a digest says of colours; see the theme.
const (
	bothSchemes = "light dark"
	darkRules   = "@media (prefers-color-scheme: dark)"
)

// InScheme returns the HTML of a digest so that every browser shows it in scheme: light, or dark. Other HTML is
// returned as it is.
func InScheme(page, scheme string) string {
	head, body, found := strings.Cut(page, "</head>")
	if !found {
		return page
	}
	rules := "@media not all"
	if scheme == "dark" {
		rules = "@media all"
	}
	return strings.NewReplacer(bothSchemes, scheme, darkRules, rules).Replace(head) + "</head>" + body
}

// Preheader returns the text in the HTML of a digest that lists of mails show; empty if there is none.
func Preheader(page string) string {
	_, rest, _ := strings.Cut(page, `<div class="preheader"`)
	_, rest, _ = strings.Cut(rest, ">")
	text, _, _ := strings.Cut(rest, "</div>")
	return html.UnescapeString(text)
}
