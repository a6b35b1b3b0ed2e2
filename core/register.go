package core

import "slices"

// register numbers names from 0, in the order in which they are first asked for.
type register struct {
	names []string
	// numbers are the names' places in names, once there are more than a few.
	numbers map[string]int
}

// fewNames is how many names are found sooner by looking at each than by a map.
const fewNames = 16

// number returns the number of name.
func (r *register) number(name string) int {
	if r.numbers == nil {
		if n := slices.Index(r.names, name); n >= 0 {
			return n
		}
	} else if n, ok := r.numbers[name]; ok {
		return n
	}
	r.names = append(r.names, name)
	if r.numbers != nil {
		r.numbers[name] = len(r.names) - 1
	} else if len(r.names) > fewNames {
		r.numbers = make(map[string]int, 4*fewNames)
		for n, name := range r.names {
			r.numbers[name] = n
		}
	}
	return len(r.names) - 1
}
