package page

import (
	"testing"
	"time"
)

// BenchmarkHTML times the HTML of ten lines, and says how many times as fast as hermes that is.
func BenchmarkHTML(b *testing.B) {
	l := plainLayout(b)
	d := sampleDigest(l, Day)
	b.ReportAllocs()
	for b.Loop() {
		_, page := l.HTML(d, Extras{})
		b.SetBytes(int64(len(page)))
	}
	each := b.Elapsed() / time.Duration(b.N)
	const mails = 40
	start := time.Now()
	for range mails {
		slowly(b, l, d)
	}
	b.ReportMetric(float64(time.Since(start)/mails)/float64(each), "x-hermes")
}

// BenchmarkHermes times hermes on the same ten lines.
func BenchmarkHermes(b *testing.B) {
	l := plainLayout(b)
	d := sampleDigest(l, Day)
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(slowly(b, l, d))))
	}
}

// BenchmarkFit times a digest that is too long by far.
func BenchmarkFit(b *testing.B) {
	l := plainLayout(b)
	d := Digest{RFCs: 60, Groups: many(l, 60, 100)}
	b.ReportAllocs()
	for b.Loop() {
		_, page := l.HTML(d, Extras{})
		b.SetBytes(int64(len(page)))
	}
}
