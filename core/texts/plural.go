package texts

import (
	"strconv"
	"strings"
)

// Plural says "1 thing" or "n things".
func Plural(n int, thing string) string { return strconv.Itoa(n) + " " + Things(n, thing) }

// Things returns thing, an English noun, as it stands after n.
func Things(n int, thing string) string {
	switch {
	case n == 1:
		return thing
	case strings.HasSuffix(thing, "person"):
		return strings.TrimSuffix(thing, "rson") + "ople"
	case strings.HasSuffix(thing, "s"), strings.HasSuffix(thing, "ch"):
		return thing + "es"
	}
	return thing + "s"
}
