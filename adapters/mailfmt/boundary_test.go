package mailfmt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestBoundaryIsNotInTheContent(t *testing.T) {
	t.Parallel()
	f := &Format{key: []byte("k")}
	first := f.boundary("a@b", "text", "html")
	assert.Equal(t, boundaryAt(f.key, "a@b", 0), first)
	second := f.boundary("a@b", "text", "html --"+first+"--")
	assert.Equal(t, boundaryAt(f.key, "a@b", 1), second)
	assert.Equal(t, boundaryAt(f.key, "a@b", 2), f.boundary("a@b", second, first))
	assert.LessOrEqual(t, len(first), 70)
}

func TestBoundaryDependsOnKeyAndID(t *testing.T) {
	t.Parallel()
	f, g := &Format{key: []byte("k")}, &Format{key: []byte("l")}
	assert.NotEqual(t, f.boundary("a@b"), g.boundary("a@b"))
	assert.NotEqual(t, f.boundary("a@b"), f.boundary("b@b"))
	assert.Equal(t, f.boundary("a@b"), f.boundary("a@b"))
}

func TestBoundaryIsFoundWhereverItIs(t *testing.T) {
	t.Parallel()
	b := boundaryAt([]byte("k"), "a@b", 0)
	for before := range 200 {
		for _, around := range []string{"x", "0", "\n"} {
			text := strings.Repeat(around, before)
			assert.True(t, contains(text+b, b))
			assert.True(t, contains(text+b+text, b))
			assert.False(t, contains(text+b[1:]+text, b))
			assert.False(t, contains(text+b[:63]+"\n"+text, b))
		}
	}
	pieces := rapid.SampledFrom([]string{b, b[:32], b[32:], b[1:], b[:63], "0", "x", "é", " ", "\n", strings.Repeat("ab", 50), strings.Repeat("-", 63)})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 20).Draw(t, "pieces"), "")
		require.Equal(t, strings.Contains(text, b), contains(text, b))
	})
}
