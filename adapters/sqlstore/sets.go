package sqlstore

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Sets are statements that settle, claim or release many digests at once, for a database that is a journey away. None waits for
// a row that another transaction has locked.
type Sets struct {
	// Settle settles the ledger rows with the IDs ?0, recipients ?1 and Message-IDs ?2 at ?5, and marks the notifications
	// with the IDs ?3, which are in the rows ?4. All but ?5 and ?6, which are the same instant, are arrays. It returns the ID of
	// each row that was as it was claimed. A row of which a notification could not be marked is left to [Store.Mark].
	Settle string
	// Reserve reserves the people ?0 for a claim in the same transaction, of which it is the first statement, and returns
	// their IDs as {1,2,3}.
	Reserve string
	// Claim adds ledger rows for people who are reserved. Its values are arrays: recipients, ends and beginnings of
	// windows, lists of notifications, Message-IDs, attempts, leases, dates, languages, IDs of the rows before, and marks of
	// persons. ?11 are recipients whose number was used before. It returns the recipient and the ID of each row.
	Claim string
	// Release deletes the ledger rows with the IDs ?0, recipients ?1, Message-IDs ?2 and leases ?3, which are arrays, and
	// returns the ID of each row that was as it was claimed.
	Release string
}

// set is settlements and then claims that are made together, or releases.
type set struct {
	*Sets
	// settled and released are the places of settlements and releases among the changes, by the ID of their row, and
	// claimed those of claims, by recipient.
	settled, claimed, released map[int64]int
	changes                    []ports.Change
	results                    []ports.Result
}

// setOf returns changes as a set, whose results go to results; ok is false if they are none: only settlements at one
// instant and then claims are, or only releases, each about another row or person.
func (s *Store) setOf(changes []ports.Change, results []ports.Result) (_ *set, ok bool) {
	t := &set{Sets: s.dialect.Sets, settled: map[int64]int{}, claimed: map[int64]int{}, released: map[int64]int{}, changes: changes, results: results}
	if t.Sets == nil {
		return nil, false
	}
	for i, c := range changes {
		switch {
		case c.Do == ports.DoSettle && len(t.claimed) == 0 && c.At.Equal(changes[0].At):
			t.settled[c.Claim.ID] = i
		case c.Do == ports.DoClaim:
			t.claimed[c.Claim.Recipient] = i
		case c.Do == ports.DoRelease:
			t.released[c.Claim.ID] = i
		default:
			return nil, false
		}
	}
	n := len(t.settled) + len(t.claimed)
	return t, n == len(changes) || n == 0 && len(t.released) == len(changes)
}

// statements make the set. A change that is passed over is busy.
func (t *set) statements() (statements []engine.Statement) {
	for i := range t.results {
		t.results[i] = ports.Result{Err: ports.ErrBusy}
	}
	if len(t.claimed) > 0 {
		statements = append(statements, t.reserve())
	}
	if len(t.settled) > 0 {
		statements = append(statements, t.settle())
	}
	if len(t.claimed) > 0 {
		statements = append(statements, t.claim())
	}
	if len(t.released) > 0 {
		statements = append(statements, t.release())
	}
	return statements
}

func (t *set) settle() engine.Statement {
	type mark struct{ id, digest int64 }
	var recipients, ids, digests []int64
	var messages []string
	var marks []mark
	rows := sorted(t.settled)
	for _, id := range rows {
		c := t.changes[t.settled[id]].Claim
		recipients, messages = append(recipients, c.Recipient), append(messages, Plain(c.MessageID))
		for _, n := range c.Notifications {
			marks = append(marks, mark{n, id})
		}
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.id, b.id) })
	for _, m := range marks {
		ids, digests = append(ids, m.id), append(digests, m.digest)
	}
	at := t.changes[0].At
	return engine.Statement{Query: t.Settle, Args: []any{rows, recipients, messages, ids, digests, texts.Timestamp(at), at}, Each: func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		t.results[t.settled[id]].Err = nil
		return err
	}}
}

// reserve has the claims of people who are reserved not hold, until they do.
func (t *set) reserve() engine.Statement {
	return engine.Statement{Query: t.Reserve, Args: []any{sorted(t.claimed)}, Each: func(scan func(...any) error) error {
		var list string
		if err := scan(&list); err != nil {
			return err
		}
		for _, digits := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("{,}", r) }) {
			id, err := strconv.ParseInt(digits, 10, 64)
			if err != nil {
				return err
			}
			t.results[t.claimed[id]].Err = ports.ErrConflict
		}
		return nil
	}}
}

func (t *set) claim() engine.Statement {
	var before []int64 // whose numbers were used before
	recipients := sorted(t.claimed)
	claims := make([]core.Claim, len(recipients))
	for i, r := range recipients {
		claims[i] = t.changes[t.claimed[r]].Claim
		if claims[i].Person.FirstDigest != 0 {
			before = append(before, r)
		}
	}
	args := []any{recipients,
		each(claims, func(c core.Claim) time.Time { return c.Window.End.Truncate(time.Second) }),
		each(claims, func(c core.Claim) time.Time { return c.Window.Start.Truncate(time.Second) }),
		each(claims, func(c core.Claim) string { return idList(c.Notifications).json() }),
		each(claims, func(c core.Claim) *string { return unless(c.MessageID == "", Plain(c.MessageID)) }),
		each(claims, func(c core.Claim) int { return c.Attempts }),
		each(claims, func(c core.Claim) *time.Time { return unless(c.Lease.IsZero(), c.Lease.Truncate(time.Second)) }),
		each(claims, func(c core.Claim) *time.Time { return unless(c.Dated.IsZero(), c.Dated.Truncate(time.Second)) }),
		each(claims, func(c core.Claim) *string { return unless(c.Language == "", Plain(c.Language)) }),
		each(claims, func(c core.Claim) int64 { return c.Previous }),
		each(claims, func(c core.Claim) int64 { return c.Person.Mark }), before}
	return engine.Statement{Query: t.Claim, Args: args, Each: func(scan func(...any) error) error {
		var recipient, id int64
		err := scan(&recipient, &id)
		t.results[t.claimed[recipient]] = ports.Result{ID: id}
		return err
	}}
}

func (t *set) release() engine.Statement {
	rows := sorted(t.released)
	claims := make([]core.Claim, len(rows))
	for i, id := range rows {
		claims[i] = t.changes[t.released[id]].Claim
	}
	args := []any{rows,
		each(claims, func(c core.Claim) int64 { return c.Recipient }),
		each(claims, func(c core.Claim) string { return Plain(c.MessageID) }),
		each(claims, func(c core.Claim) time.Time { return c.Lease })}
	return engine.Statement{Query: t.Release, Args: args, Each: func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		t.results[t.released[id]].Err = nil
		return err
	}}
}

// sorted returns the keys of m, ascending.
func sorted(m map[int64]int) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func each[T any](claims []core.Claim, of func(core.Claim) T) []T {
	all := make([]T, len(claims))
	for i, c := range claims {
		all[i] = of(c)
	}
	return all
}

// unless returns v for a column, or null if it is empty.
func unless[T any](empty bool, v T) *T {
	if empty {
		return nil
	}
	return &v
}
