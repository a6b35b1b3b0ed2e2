package core

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestRegisterNumbersNamesInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r register
		var names []string
		for range rapid.IntRange(0, 200).Draw(t, "names") {
			name := strconv.Itoa(rapid.IntRange(0, 60).Draw(t, "name"))
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
			require.Equal(t, slices.Index(names, name), r.number(name))
			require.Equal(t, len(names), r.count)
		}
	})
}
