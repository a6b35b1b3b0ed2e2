package app

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestReportsAreAdded(t *testing.T) {
	t.Parallel()
	var a, b, want Report
	for i := range reflect.TypeFor[Report]().NumField() {
		if reflect.TypeFor[Report]().Field(i).Type.Kind() == reflect.Int {
			reflect.ValueOf(&a).Elem().Field(i).SetInt(int64(i + 1))
			reflect.ValueOf(&b).Elem().Field(i).SetInt(int64(100 * i))
			reflect.ValueOf(&want).Elem().Field(i).SetInt(int64(101*i + 1))
		}
	}
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	a.OldestDue, b.OldestDue, want.OldestDue = late, early, early
	b.Stopped, want.Stopped = "no server", "no server"
	a.Failures, b.Failures = make([]Failure, maxFailures-1), []Failure{{Recipient: 1}, {Recipient: 2}}
	want.Failures = append(make([]Failure, maxFailures-1), Failure{Recipient: 1})
	a.add(b)
	assert.Equal(t, want, a)
	a.add(Report{Stopped: "another reason", OldestDue: late, Failures: b.Failures})
	assert.Equal(t, want, a, "it has the first reason, who waited longest, and as many failures as it may")
}
