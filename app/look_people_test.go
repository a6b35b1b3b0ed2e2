package app_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

func TestPeopleAreFoundByTheirIDOrTheirWholeAddress(t *testing.T) {
	t.Parallel()
	var w core.World
	for id, address := range map[int64]string{1: "ada@rfc.example", 2: "Ada@RFC.example", 3: "lada@rfc.example", 4: "ÜNAL@ünal.example", 5: "", 60: "7"} {
		w.Users = append(w.Users, core.Recipient{ID: id, Address: address, Name: "ada@rfc.example", Cadence: core.Off})
	}
	s := newStage(t, w)
	for who, want := range map[string][]int64{
		"1": {1}, "ADA@rfc.example": {1, 2}, " lada@rfc.example": {3}, "ünal@Ünal.EXAMPLE": {4}, "da@rfc.example": nil, "ada": nil, "9": nil, "7": nil,
		"60": {60}, "%@rfc.example": nil,
	} {
		found, err := s.ticker.Planner().People(t.Context(), who)
		require.NoError(t, err, who)
		var ids []int64
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		assert.Equal(t, want, ids, who)
	}
}
