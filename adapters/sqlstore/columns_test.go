package sqlstore

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
)

func TestNumbersAreIntegersOrNothing(t *testing.T) {
	t.Parallel()
	for value, want := range map[any]number{
		int64(7): {7, true}, int64(-1 << 63): {-1 << 63, true}, "12": {12, true}, "1.0": {}, "": {}, "twelve": {}, 1.5: {}, nil: {}, "9223372036854775808": {},
	} {
		n := number{9, true}
		require.NoError(t, n.Scan(value))
		assert.Equal(t, want, n, "%v", value)
	}
	var n number
	require.NoError(t, n.Scan([]byte("31")))
	assert.Equal(t, number{31, true}, n)
}

func TestStampsAreReadUnreadableOrNone(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for value, want := range map[any]core.Stamp{
		nil: {}, "": {}, "2026-03-29T12:00:00Z": core.At(noon), "soon": {Set: true}, int64(0): {}, "0000-00-00 00:00:00": {Set: true}, " ": {Set: true},
	} {
		s := stamp{core.At(noon)}
		require.NoError(t, s.Scan(value))
		assert.Equal(t, want, s.Stamp, "%v", value)
	}
}

func TestIDsSurviveTheirEncoding(t *testing.T) {
	t.Parallel()
	encode := func(ids []int64) string {
		value, err := idList(ids).Value()
		require.NoError(t, err)
		return value.(string)
	}
	assert.Equal(t, "[]", encode(nil))
	assert.Equal(t, "[1, 2, 3]", encode([]int64{1, 2, 3}))
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Int64()).Draw(t, "ids")
		encoded := encode(ids)
		require.True(t, json.Valid([]byte(encoded)))
		var list idList
		require.NoError(t, list.Scan(encoded))
		if len(ids) == 0 {
			require.Nil(t, list)
			return
		}
		slices.Sort(ids)
		require.Equal(t, slices.Compact(ids), []int64(list))
	})
	for _, broken := range []any{nil, "", "null", "[1, ]", "[1.5]", `["1"]`, "{}", "[1, 2", int64(3)} {
		list := idList{1}
		require.NoError(t, list.Scan(broken))
		assert.Nil(t, list, "%v", broken)
	}
}
