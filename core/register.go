package core

// register numbers names from 0, in the order in which they are first asked for.
type register struct {
	count int
	// few are the first names: to look at each is quicker than a map, and most often there are no others.
	few [16]string
	// numbers are those of the further names.
	numbers map[string]int
}

// number returns the number of name.
func (r *register) number(name string) int {
	for n := range min(r.count, len(r.few)) {
		if r.few[n] == name {
			return n
		}
	}
	if n, ok := r.numbers[name]; ok {
		return n
	}
	n := r.count
	r.count++
	if n < len(r.few) {
		r.few[n] = name
		return n
	}
	if r.numbers == nil {
		r.numbers = make(map[string]int)
	}
	r.numbers[name] = n
	return n
}
