package porttest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core"
)

// find returns the IDs of the people whom text finds.
func (s *storeTest) find(text string, after int64, limit int) (ids []int64) {
	s.Helper()
	found, err := s.Find(s.ctx, text, after, limit)
	require.NoError(s, err)
	for _, r := range found {
		ids = append(ids, r.ID)
	}
	return ids
}

var lookCases = []storeCase{
	{"people are found by a part of their name or address, or by their ID", func(s *storeTest) {
		s.fill(core.World{Users: []core.Recipient{
			{ID: 1, Name: "Ada Lovelace", Address: "ada@rfc.example", Cadence: core.Daily},
			{ID: 2, Name: "Karen Spärck Jones", Address: "KAREN@rfc.example", Cadence: core.Off},
			{ID: 12, Name: `100% "O_Brien" \ Söhne`, Cadence: "monthly"},
			{ID: big, Address: "ada2@rfc.example", Cadence: core.Weekly},
		}})
		for text, ids := range map[string][]int64{
			"lovelace": {1}, "ADA": {1, big}, "ärck": {2}, "karen@": {2}, "rfc.example": {1, 2, big}, "12": {12}, "2": {2, big},
			fmt.Sprint(big): {big}, "%": {12}, "_": {12}, `\`: {12}, `"`: {12}, "nobody": nil, "'": nil, "a\x00b": nil, "": {1, 2, 12, big},
		} {
			assert.Equal(s, ids, s.find(text, 0, 10), "%q", text)
		}
		assert.Equal(s, []int64{2, big}, s.find("rfc.example", 1, 10))
		assert.Equal(s, []int64{1, 2}, s.find("rfc.example", 0, 2))
		assert.Empty(s, s.find("", 0, 0))
	}},

	{"who is found comes with preferences and the newest window", func(s *storeTest) {
		ada := someone(1)
		ada.Preferences = core.Preferences{TimeZone: "Asia/Kathmandu", QuietStart: "22:00", QuietEnd: "07:30"}
		end := noon.Add(-24 * time.Hour)
		s.fill(core.World{Users: []core.Recipient{ada}, Ledger: []core.LedgerRow{
			{Status: core.Empty, Claim: core.Claim{ID: 3, Recipient: 1, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}}}}})
		found, err := s.Find(s.ctx, "1", 0, 10)
		require.NoError(s, err)
		ada.Latest = core.Entry{ID: 3, End: end, Status: core.Empty}
		assert.Equal(s, []core.Recipient{ada}, found)
	}},

	{"windows come back whole, the newest first", func(s *storeTest) {
		w := core.World{Users: []core.Recipient{someone(1), someone(2)}}
		for id := int64(1); id <= 6; id++ {
			end := noon.Add(time.Duration(id-6) * 24 * time.Hour)
			w.Ledger = append(w.Ledger, core.LedgerRow{SentAt: end.Add(time.Minute), Status: []core.Status{"", core.Sent, core.Sending}[id%3],
				Claim: core.Claim{ID: id, Recipient: 1 + id%2, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}, MessageID: fmt.Sprintf("%d@rfc.example", id),
					Notifications: []int64{id, big}, Attempts: 1}})
			if id%3 == 2 {
				w.Ledger[id-1].Lease = end.Add(10 * time.Minute)
			}
		}
		s.fill(w)
		rows, err := s.Windows(s.ctx, 1, 0, 10)
		require.NoError(s, err)
		assert.Equal(s, []core.LedgerRow{w.Ledger[5], w.Ledger[3], w.Ledger[1]}, rows)
		rows, err = s.Windows(s.ctx, 1, 6, 1)
		require.NoError(s, err)
		assert.Equal(s, []core.LedgerRow{w.Ledger[3]}, rows)
		rows, err = s.Windows(s.ctx, 1, 2, 10)
		require.NoError(s, err)
		assert.Empty(s, rows)
		rows, err = s.Windows(s.ctx, 7, 0, 10)
		require.NoError(s, err)
		assert.Empty(s, rows)

		row, found, err := s.Window(s.ctx, 3)
		require.NoError(s, err)
		assert.True(s, found)
		assert.Equal(s, w.Ledger[2], row)
		_, found, err = s.Window(s.ctx, 7)
		require.NoError(s, err)
		assert.False(s, found)
	}},
}
