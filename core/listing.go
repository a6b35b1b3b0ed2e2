package core

// Query asks for a page of people.
type Query struct {
	// Text is part of a name or an address, or an ID; empty asks for all who can have digests.
	Text string
	// Due leaves out those about whom a tick would do nothing.
	Due bool
	// After is the ID after which the page starts.
	After int64
	// Limit is how many people the page has at the most.
	Limit int
}

// Listing is a page of people, by ascending ID.
type Listing struct {
	People []Listed
	// Next is the After of the page that follows; 0 where there is none. A page that asks for those who
	// are due may have fewer than its limit, if only none, and another after it: it is not looked for
	// them without end.
	Next int64
}

// Listed is one recipient with the plan for them.
type Listed struct {
	Recipient Recipient
	Plan      Plan
	// Why is as in [Explanation]; where Trouble is set, it is why there is no plan.
	Why     string
	Trouble bool
}
