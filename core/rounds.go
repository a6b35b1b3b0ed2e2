package core

import "math"

// Range is people by their IDs: those greater than After, up to and including Through.
type Range struct{ After, Through int64 }

// Everybody is the range of all people.
func Everybody() Range { return Range{Through: math.MaxInt64} }
