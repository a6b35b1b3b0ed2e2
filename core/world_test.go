package core

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWholeRangesBeginAndEndWithEverybody(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []Range{{0, math.MaxInt64}}, Whole(nil))
	assert.Equal(t, []Range{{0, math.MaxInt64}}, Whole([]Range{{3, 9}}))
	assert.Equal(t, []Range{{0, 9}, {12, 20}, {20, math.MaxInt64}}, Whole([]Range{{3, 9}, {12, 20}, {20, 21}}))
	assert.Equal(t, [2]bool{true, false}, [2]bool{Range{0, 9}.First(), Range{0, 9}.Last()})
	assert.Equal(t, [2]bool{false, true}, [2]bool{Range{9, math.MaxInt64}.First(), Range{9, math.MaxInt64}.Last()})
}
