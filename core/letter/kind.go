package letter

import (
	"fmt"
	"maps"
)

// Kind is how events of one kind are told. A sentence has these gaps:
//
//   - {actor}: who did it, or "Someone";
//   - {pr}: "PR #12", or "a PR" if the number is missing;
//   - {branch}: "branch feat/x", or "a branch"; {ref}: "feat/x";
//   - of several events also {n}, how many, and {prs} or {branches}: their numbers or names.
//
// The sentences of an app's own kinds are in the app's language, and are used in all letters. Those of
// [KnownKinds] are empty: catalogs have them.
type Kind struct {
	// One is the sentence for one event.
	One string
	// Many is the sentence for several events; empty means that they are counted, with the name of the kind.
	Many string
	// About says which of several events one sentence tells of.
	About About
}

// About says what events of a kind are about.
type About int

// What events are about.
const (
	// TheRFC is the zero value: one sentence for all of a kind.
	TheRFC About = iota
	// PRs are what happened: one sentence lists them. Of what happens to branches, Branches.
	PRs
	Branches
	// OnPR is where it happened: there is one sentence for each PR; OnBranch, for each branch.
	OnPR
	OnBranch
)

// Kinds are sentences by the names of kinds. An event of another kind reads "<actor>: <kind, underscores as spaces>".
type Kinds map[string]Kind

// KnownKinds returns the kinds that the RFC app sends. The caller may change the map.
func KnownKinds() Kinds { return maps.Clone(knownKinds) }

var knownKinds = Kinds{
	"pr_opened":    {About: PRs},
	"pr_merged":    {About: PRs},
	"pr_closed":    {About: PRs},
	"pr_reopened":  {About: PRs},
	"pr_commented": {About: OnPR},
	"pr_reviewed":  {About: OnPR},

	"branch_created": {About: Branches},
	"branch_updated": {About: OnBranch},
	"branch_deleted": {About: Branches},

	"rfc_proposed":  {},
	"rfc_graduated": {},
	"rfc_withdrawn": {},
}

// holes are what a sentence for one event of a known kind must name, and one for several; nil if there is none for several.
func (k Kind) holes() (one, many []hole) {
	switch k.About {
	case PRs:
		return []hole{actor, pr}, []hole{number, prs}
	case Branches:
		return []hole{actor, branch}, []hole{number, branches}
	case OnPR:
		return []hole{actor, pr}, []hole{number, pr}
	case OnBranch:
		return []hole{actor, ref}, []hole{number, ref}
	}
	return []hole{actor}, nil
}

// sentenceError names a kind whose sentence cannot be used.
func sentenceError(kindName string, err error) error {
	return fmt.Errorf("sentence for %s: %w", kindName, err)
}
