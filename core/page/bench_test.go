package page

import (
	"testing"
	"time"

	"github.com/matcornic/hermes/v2"
	"github.com/stretchr/testify/require"
)

// BenchmarkHTML times the HTML of ten lines, and says how many times as fast as hermes that is, which is given the same
// lines in its own default theme.
func BenchmarkHTML(b *testing.B) {
	y, l := plainLayout(b), sampleLetter()
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(y.HTML(&l))))
	}
	each := b.Elapsed() / time.Duration(b.N)
	h := hermes.Hermes{Product: hermes.Product{Name: y.Name(), Link: l.Inbox.URL}}
	mail := hermes.Email{Body: hermes.Body{Title: l.Heading, Intros: l.Intro, Actions: []hermes.Action{{Button: hermes.Button{Text: l.Inbox.Label, Link: l.Inbox.URL}}}}}
	for _, c := range l.Cards {
		mail.Body.Dictionary = append(mail.Body.Dictionary, hermes.Entry{Key: c.Title})
		for _, line := range c.Lines {
			mail.Body.Dictionary = append(mail.Body.Dictionary, hermes.Entry{Value: line.String()})
		}
	}
	const mails = 40
	start := time.Now()
	for range mails {
		_, err := h.GenerateHTML(mail)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(time.Since(start)/mails)/float64(each), "x-hermes")
}
