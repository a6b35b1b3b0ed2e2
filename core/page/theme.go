package page

import "strings"

// gapOpen and gapClose stand around the template actions that fill a digest's content into what hermes returns. They
// are control characters, which clean names and URLs do not have. In the theme below they are written ⟦ and ⟧.
//
// A gap stands where text may stand, between the tags of no table or row, since hermes reads its
// own output as HTML again and moves text that is out of place. It has no quotes, nor any of < > &.
const gapOpen, gapClose = "\x02", "\x03"

// theme is what digests look like, for hermes.
//
// The widths need no media queries: browsers narrow the column to the window, and Outlook, which does not know
// max-width, takes its 600 pixels.
type theme struct{}

// Name is the theme's.
func (theme) Name() string { return "rfcdigest" }

// HTMLTemplate is the theme itself, with hermes's actions and our gaps.
func (theme) HTMLTemplate() string {
	return strings.NewReplacer("⟦", gapOpen, "⟧", gapClose).Replace(themeHead + themeBody)
}

// PlainTextTemplate is empty: the words of the plain text are not laid out by hermes.
func (theme) PlainTextTemplate() string { return "" }

// themeHead has the style sheet. Rules for all are copied into the style attribute of every element
// they match, so whatever is in a card is kept short; rules in @media stay here, and win, as hermes
// makes them important. Selectors must not count siblings: a card is dressed once for all.
const themeHead = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>⟦.Subject⟧</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background-color: #f4f3ef; -webkit-text-size-adjust: 100%; }
.preheader { display: none; max-height: 0; max-width: 0; overflow: hidden; opacity: 0; font-size: 1px; line-height: 1px; mso-hide: all; }
.page { width: 100%; table-layout: fixed; background-color: #f4f3ef; }
.margin { padding: 36px 16px 40px; border-top: 4px solid #0b6663; overflow-wrap: anywhere; word-break: break-word; }
.column { width: 600px; max-width: 100%; table-layout: fixed; margin: 0 auto; }
td { font: 16px/24px -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif; color: #1f2429; }
.notice { margin: 0 0 24px; padding: 12px 16px; background-color: #fdf3d6; border-left: 4px solid #b7791f; font-size: 14px; line-height: 21px; color: #4a3512; }
.brand { margin: 0 0 24px; font-size: 15px; font-weight: 700; color: #0b6663; }
h1 { margin: 0 0 8px; font-size: 30px; line-height: 36px; font-weight: 700; letter-spacing: -0.4px; }
.count { margin: 0; font-weight: 600; }
.opening { margin: 0 0 28px; color: #59616a; }
.card { width: 100%; table-layout: fixed; margin: 0 0 16px; }
.card td { padding: 20px 24px; background-color: #ffffff; border: 1px solid #e3e0d8; border-radius: 12px; }
h2 { margin: 0 0 8px; font-size: 18px; line-height: 25px; font-weight: 600; }
h2 a { color: #0b6663; text-decoration: none; }
ul { margin: 0 8px 0 20px; padding: 0; }
li { margin: 6px 0 0; }
.quiet { font-size: 14px; color: #59616a; }
.more { margin: 0; padding: 4px 0 0; color: #59616a; }
.button { margin: 28px 0 0; }
.button td { background-color: #0b6663; border-radius: 8px; }
.button a { display: inline-block; padding: 14px 28px; font-weight: 600; line-height: 20px; color: #ffffff; text-decoration: none; border-radius: 8px; }
.footer { margin: 40px 0 0; padding: 20px 0 0; border-top: 1px solid #dddad1; font-size: 14px; line-height: 20px; }
.footer a { color: #59616a; text-decoration: underline; }
@media (max-width: 480px) {
	.margin { padding: 24px 12px 32px; }
	.card td { padding: 16px 18px; }
	h1 { font-size: 26px; line-height: 32px; }
	.button { width: 100%; }
	.button a { display: block; text-align: center; }
}
@media (prefers-color-scheme: dark) {
	body, .page { background-color: #14171a; }
	td { color: #e6e8ea; }
	.brand, h2 a { color: #6cc9c0; }
	.notice { background-color: #3a2f16; color: #f2e2b8; }
	.opening, .quiet, .more, .footer a { color: #a4acb4; }
	.card td { background-color: #1e2226; border-color: #31373d; }
	.button td { background-color: #6cc9c0; }
	.button a { color: #0c2423; }
	.margin { border-color: #6cc9c0; }
	.footer { border-color: #31373d; }
}
</style>
</head>
`

// themeBody has one card with one line, for all cards and all lines.
const themeBody = `<body>
<div class="preheader">⟦.Preheader⟧</div>
<div role="article" aria-roledescription="email" lang="en">
<table class="page" role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="margin">
	<table class="column" role="presentation" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td>
		⟦with .Notice⟧<p class="notice">⟦.⟧</p>
		⟦end⟧<p class="brand" dir="auto">{{.Hermes.Product.Name}}</p>
		<h1>{{.Email.Body.Title}}</h1>
		<p class="count">⟦.Count⟧</p>
		{{range .Email.Body.Intros}}<p class="opening">{{.}}</p>{{end}}
		⟦range .Cards⟧<table class="card" role="presentation" cellpadding="0" cellspacing="0"><tr><td>
			<h2 dir="auto">⟦if .Link⟧<a href="⟦.Link⟧">⟦.Title⟧</a>⟦else⟧⟦.Title⟧⟦end⟧</h2>
			<ul>⟦range .Lines⟧
				<li dir="⟦if .LeftToRight⟧ltr⟦else⟧auto⟦end⟧">⟦.Text⟧</li>⟦end⟧⟦with .More⟧
				<li class="quiet">⟦.⟧</li>⟦end⟧
			</ul>
		</td></tr></table>
		⟦end⟧⟦with .More⟧<p class="more">⟦.⟧</p>
		⟦end⟧{{range .Email.Body.Actions}}<table class="button" role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td><a href="{{.Button.Link}}">{{.Button.Text}}</a></td></tr></table>
		{{end}}<p class="footer">{{range .Email.Body.Dictionary}}<a href="{{.Value}}">{{.Key}}</a>{{end}}⟦with .Preferences⟧ &nbsp;·&nbsp; <a href="⟦.⟧">When digests come</a>⟦end⟧⟦with .Unsubscribe⟧ &nbsp;·&nbsp; <a href="⟦.⟧">Unsubscribe</a>⟦end⟧</p>
	</td></tr></table>
</td></tr></table>
</div>
</body>
</html>
`
