package page

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestADigestIsShownLightOrDark(t *testing.T) {
	t.Parallel()
	l := plainLayout(t)
	d := sampleLetter()
	page := l.HTML(&d)
	assert.Equal(t, d.Preheader, Preheader(page))
	for scheme, rules := range map[string]string{"light": "@media not all", "dark": "@media all"} {
		shown := InScheme(page, scheme)
		assert.Contains(t, shown, `<meta name="color-scheme" content="`+scheme+`">`)
		assert.Contains(t, shown, rules)
		assert.NotContains(t, shown, "prefers-color-scheme")
	}
	assert.Equal(t, "no page", InScheme("no page", "dark"))
}
