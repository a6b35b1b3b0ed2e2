package core

import "time"

// The states of a watch that decay knows.
const (
	Watching = "watching"
	Dormant  = "dormant"
)

// DormantBefore returns the instant that a watch's last participation must lie before for the watch
// to lapse at now. A watch whose owner never took part has none, and is left alone.
func DormantBefore(now time.Time, days int) time.Time {
	return now.Add(-time.Duration(days) * 24 * time.Hour)
}
