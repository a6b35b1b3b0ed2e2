package mailfmt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
)

// digest returns a mail as people get it most: ten lines about two RFCs, in the words of title and
// actor. Its HTML is as long, and as full of attributes, as what core writes.
func digest(title, actor string) core.Message {
	const (
		style = `font:16px/24px -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif;color:#1f2429`
		dark  = "@media (prefers-color-scheme: dark){\nbody, .page {\nbackground-color: #14171a !important\n}\n}\n"
	)
	m := message()
	m.UnsubscribeURL = "https://digest.rfc.example/unsubscribe/" + strings.Repeat("AbCdEf012345_-", 4)
	m.UnsubscribeMailbox = "leave@rfc.example"
	var text, html strings.Builder
	text.WriteString("Activity on RFCs you watch, from the past day.\n\n")
	html.WriteString("<!DOCTYPE html><html lang=\"en\"><head>\n<meta charset=\"utf-8\"/>\n<style type=\"text/css\">" + strings.Repeat(dark, 20) + "</style></head>\n<body>\n")
	for card := range 2 {
		fmt.Fprintf(&text, "\n%s\n https://rfc.example/rfc/rfc-%04d\n", title, card)
		fmt.Fprintf(&html, "<table class=\"card\" role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"width:100%%\"><tbody><tr><td style=\"%s\">\n"+
			"<h2 dir=\"auto\" style=\"margin:0 0 8px\"><a href=\"https://rfc.example/rfc/rfc-%04d\" style=\"color:#0b6663;text-decoration:none\">%s</a></h2>\n<ul style=\"margin:0;padding:0\">\n", style, card, title)
		for line := range 5 {
			fmt.Fprintf(&text, " · %s opened PR #%d (still unread in your inbox)\n", actor, line)
			fmt.Fprintf(&html, "<li dir=\"auto\" style=\"margin:6px 0 0\"><span style=\"%s\">%s opened PR #%d</span> "+
				"<span class=\"quiet\" dir=\"ltr\" style=\"display:inline-block;font-size:14px;color:#59616a\">(still unread in your inbox)</span></li>\n", style, actor, line)
		}
		html.WriteString("</ul>\n</td></tr></tbody></table>\n")
	}
	text.WriteString("\nOpen your inbox: https://rfc.example/inbox\n")
	html.WriteString(strings.Repeat("<p class=\"footer\" style=\"margin:40px 0 0;border-top:1px solid #dddad1\"><a href=\"https://rfc.example/settings\">Manage…</a></p>\n", 26) + "</body></html>\n")
	m.Text, m.HTML = text.String(), html.String()
	return m
}

// The second figure is a library's for the same work, so that the two can be compared on any machine.
func BenchmarkRender(b *testing.B) {
	for _, c := range []struct{ name, title, actor string }{
		{"Latin", "Trust & Safety — a first draft…", "Grace Hopper"},
		{"Chinese", "信任與安全:第一份草案", "葛麗絲·霍普"},
		{"Arabic", "الثقة والأمان: مسودة أولى", "غريس هوبر"},
	} {
		m := digest(c.title, c.actor)
		format := newFormat(b)
		for _, by := range []struct {
			name   string
			render func() []byte
		}{
			{"own", func() []byte {
				out, err := format.Render(m, nil)
				require.NoError(b, err)
				return out.Data
			}},
			{"go-mail", func() []byte { return mailfmt.RenderByGoMail(format, m) }},
		} {
			b.Run(c.name+"/"+by.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(by.render())))
				for b.Loop() {
					by.render()
				}
			})
		}
	}
}

// Garbage of each mail costs time in all of them.
func TestRenderLeavesLittleBehind(t *testing.T) {
	m := digest("Trust & Safety — a first draft…", "Grace Hopper")
	format := newFormat(t)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = format.Render(m, nil) }), 18.0)
}
