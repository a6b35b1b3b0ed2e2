package mailfmt

import (
	"testing"

	"github.com/stretchr/testify/assert"
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
