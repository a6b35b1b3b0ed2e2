package core

import "time"

// Query asks for a page of people.
type Query struct {
	// Text is part of a name or an address, or an ID. Empty asks for all people who can have digests.
	Text string
	// Only narrows the list.
	Only Only
	// After is the ID after which the page starts.
	After int64
	// Limit is how many people the page has at the most, 1 or more.
	Limit int
}

// Only says which people a list is narrowed to. The zero value is all of them.
type Only string

const (
	// OnlyDue are the people for whom a tick would do something.
	OnlyDue Only = "due"
	// OnlyRefused are the people whose address was refused or suppressed, with any cadence.
	OnlyRefused Only = "suppressed"
)

// Has reports whether the list has r. p is the plan for r at now.
func (o Only) Has(r Recipient, p Plan, now time.Time) bool {
	switch o {
	case OnlyDue:
		return p.Action != Skip
	case OnlyRefused:
		return Stands(r, now) != ""
	}
	return true
}

// Listing is a page of people, by ascending ID.
type Listing struct {
	People []Listed
	// Next is the After of the next page; 0 if there is none. A page of a narrowed list may have fewer people than
	// its limit, even none, and still have a next one: the search for them ends after a while.
	Next int64
}

// Listed is one recipient with the plan for them.
type Listed struct {
	Recipient Recipient
	Plan      Plan
	// Zone is as in [Explanation].
	Zone *time.Location
	// Why is as in [Explanation]. If Trouble is set, it says why there is no plan.
	Why string
	// Trouble says that the plan could not be made.
	Trouble bool
}
