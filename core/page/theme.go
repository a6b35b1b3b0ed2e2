package page

// theme is what digests look like, for hermes, which makes their frame: the document with a slot for each thing that a
// digest says. A slot is a name between control characters, which clean names do not have.
//
// Most styles are rules, which all the programs that matter keep in the head of a mail. What a mail cannot do without
// stands in the elements: the column, and the button's border, which is left of a button if a program paints over
// its background, as Thunderbird does in the dark. Thunderbird and Outlook heed no rule in @media: nothing hangs on one.
type theme struct{}

// Name is the theme's.
func (theme) Name() string { return "rfcdigest" }

// HTMLTemplate is the theme itself, with hermes's actions and our slots.
func (theme) HTMLTemplate() string { return themeHead + themeBody }

// PlainTextTemplate is empty: hermes does not make the plain text.
func (theme) PlainTextTemplate() string { return "" }

// slotMark stands before and after the name of a slot.
const slotMark = "\x02"

const themeHead = `<!doctype html>
<html lang="` + slotMark + `LANG` + slotMark + `" dir="` + slotMark + `DIR` + slotMark + `">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>` + slotMark + `SUBJECT` + slotMark + `</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 0; background-color: #f4f3ef; -webkit-text-size-adjust: 100%; }
.preheader { display: none; max-height: 0; max-width: 0; overflow: hidden; opacity: 0; font-size: 1px; line-height: 1px; mso-hide: all; }
.page { width: 100%; table-layout: fixed; background-color: #f4f3ef; }
.margin { padding: 28px 16px 40px; border-top: 4px solid #0b6663; overflow-wrap: anywhere; word-break: break-word; }
.column, .card, .needs { table-layout: fixed; }
td { font: 16px/24px -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif; color: #1f2429; }
a { color: #0b6663; }
p { margin: 0; }
h1 { margin: 0 0 6px; font-size: 28px; line-height: 34px; font-weight: 700; letter-spacing: -0.4px; }
h2 { margin: 0 0 8px; font-size: 18px; line-height: 25px; font-weight: 600; }
ul { margin: 0 8px 0 20px; padding: 0; }
li { margin: 6px 0 0; }
.notice { margin: 0 0 24px; padding: 12px 16px; background-color: #fdf3d6; border-left: 4px solid #b7791f; font-size: 14px; line-height: 21px; color: #4a3512; }
.brand { margin: 0 0 16px; font-size: 15px; font-weight: 700; color: #0b6663; }
.intro { color: #59616a; }
.needs, .card { width: 100%; margin: 20px 0 0; }
.needs td { padding: 18px 22px; background-color: #fff4e5; border-radius: 12px; }
.needs h2 { font-size: 20px; font-weight: 700; color: #8a3f06; }
.needs p { margin: 10px 0 0; }
.needs a { color: #8a3f06; font-weight: 600; }
.card td { padding: 18px 22px; background-color: #ffffff; border: 1px solid #e3e0d8; border-radius: 12px; }
.quiet { margin: 10px 0 0; font-size: 14px; line-height: 20px; color: #59616a; }
.quiet a { color: #59616a; }
.rest { margin: 24px 8px 0 20px; }
.button { margin: 28px 0 0; }
.footer { margin: 36px 0 0; padding: 18px 0 0; border-top: 1px solid #dddad1; font-size: 14px; line-height: 22px; color: #59616a; }
.footer a { color: #59616a; }
@media (max-width: 480px) {
	.margin { padding: 20px 12px 32px; }
	.needs td, .card td { padding: 14px 16px; }
	h1 { font-size: 25px; line-height: 30px; }
}
@media (prefers-color-scheme: dark) {
	body, .page { background-color: #14171a; }
	td { color: #e6e8ea; }
	a, .brand { color: #6cc9c0; }
	.notice { background-color: #3a2f16; color: #f2e2b8; }
	.intro, .quiet, .quiet a, .footer, .footer a { color: #a4acb4; }
	.needs td { background-color: #33240f; border-color: #a8691c !important; }
	.needs h2, .needs a { color: #f5b968; }
	.card td { background-color: #1e2226; border-color: #31373d; }
	.button a { color: #0c2423 !important; background-color: #6cc9c0 !important; border-color: #6cc9c0 !important; }
	.margin { border-color: #6cc9c0; }
	.footer { border-color: #31373d; }
}
</style>
</head>
`

const themeBody = `<body>
<div class="preheader" style="display:none">` + slotMark + `PREHEADER` + slotMark + `</div>
<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td class="margin">
<table class="column" role="presentation" align="center" width="600" style="width:600px;max-width:100%;margin:0 auto" cellpadding="0" cellspacing="0" border="0"><tr><td>
` + slotMark + `NOTICE` + slotMark + `<p class="brand"><span dir="auto">{{.Hermes.Product.Name}}</span></p>
<h1>` + slotMark + `HEADING` + slotMark + `</h1>
` + slotMark + `INTRO` + slotMark + slotMark + `NEEDS` + slotMark + slotMark + `CARDS` + slotMark + `<p class="button">` + slotMark + `INBOX` + slotMark + `</p>
<p class="footer">` + slotMark + `FOOTER` + slotMark + `</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`

// The markup around the sections, which are tables because Outlook gives nothing else a background and a border.
const (
	needsOpen  = `<table class="needs" role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td style="border:1px solid #e0a458;border-top:4px solid #b4540a">` + "\n"
	cardOpen   = `<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td>` + "\n"
	cardClose  = "</td></tr></table>\n"
	buttonLink = ` style="display:inline-block;padding:12px 26px;border:2px solid #0b6663;border-radius:8px;background-color:#0b6663;color:#ffffff;font-weight:600;text-decoration:none"`
)
