package app

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestARetryRoundAddsToTheReportOfItsTick(t *testing.T) {
	t.Parallel()
	// Who was considered has been counted, and who still waits is counted anew.
	first, anew := []string{"Considered"}, []string{"Left", "Waiting", "Deferred", "Suppressed"}
	var a, b, want Report
	for i := range reflect.TypeFor[Report]().NumField() {
		field := reflect.TypeFor[Report]().Field(i)
		if field.Type.Kind() != reflect.Int {
			continue
		}
		of := func(r *Report) reflect.Value { return reflect.ValueOf(r).Elem().Field(i) }
		of(&a).SetInt(int64(i + 1))
		of(&b).SetInt(int64(100 * i))
		switch {
		case slices.Contains(first, field.Name):
			of(&want).Set(of(&a))
		case slices.Contains(anew, field.Name):
			of(&want).Set(of(&b))
		default:
			of(&want).SetInt(int64(101*i + 1))
		}
	}
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	a.OldestDue, b.OldestDue, want.OldestDue = early, late, late
	a.Stopped, b.Stopped, want.Stopped = "no server", "another reason", "another reason"
	a.DurationMS, b.DurationMS, want.DurationMS = 1, 2, 3
	a.Failures, b.Failures = make([]Failure, maxFailures-1), []Failure{{Recipient: 1}, {Recipient: 2}}
	want.Failures = append(make([]Failure, maxFailures-1), Failure{Recipient: 1})
	a.again(b)
	assert.Equal(t, want, a)
}
