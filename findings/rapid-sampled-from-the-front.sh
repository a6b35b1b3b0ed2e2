#!/usr/bin/env bash
# pgregory.net/rapid 1.3.0: SampledFrom prefers the front of its list, as integers prefer small ones; OneOf does not. A list of 600, as long as that
# of time zones, gives its first tenth more than half of all draws. The documentation says only that it produces values from the slice. Guessed: each element about as often as any other, as its neighbours OneOf and Permutation do.
# Seen on 2026-11-29, of 10,000 draws (seeds 0 to 9,999): 5,668 from the first 60 of 600, 2,162 from the last 300; 3,485 times the first of three in OneOf; 1,274 times the first of eight ahead in Permutation. Needs Go; exits 1 if the first is below 5,000 or the others are not as even.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '%s\n' 'module front' '' 'go 1.25' '' 'require pgregory.net/rapid v1.3.0' >go.mod
cat >main.go <<'END'
package main

import (
	"fmt"

	"pgregory.net/rapid"
)

func main() {
	var all []int
	for i := range 600 {
		all = append(all, i)
	}
	sampled, one, permuted := rapid.SampledFrom(all), rapid.OneOf(rapid.Just(0), rapid.Just(1), rapid.Just(2)), rapid.Permutation(all[:8])
	var front, back, third, eighth int
	for seed := range 10_000 {
		if n := sampled.Example(seed); n < 60 {
			front++
		} else if n >= 300 {
			back++
		}
		if one.Example(seed) == 0 {
			third++
		}
		if permuted.Example(seed)[0] == 0 {
			eighth++
		}
	}
	fmt.Println("SampledFrom, first 60 of 600:", front)
	fmt.Println("SampledFrom, last 300 of 600:", back)
	fmt.Println("OneOf, first of 3:", third)
	fmt.Println("Permutation, first of 8 ahead:", eighth)
	if front < 5000 || third > 3700 || eighth > 1450 {
		panic("changed")
	}
}
END
go mod tidy >/dev/null 2>&1
go run . 2>&1 || { echo "changed"; exit 1; }
