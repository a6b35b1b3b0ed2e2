package checktest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

// Database is one that another program and a store have open. It has no rows.
type Database struct {
	Store ports.Store
	// Do runs a statement of the other program.
	Do func(statement string) error
	// Lift is what lifts the rules.
	Lift func(t require.TestingT) (back func())
	// Refusal is the error of a statement that is refused with those words.
	Refusal func(says string) string
	// TextHours says that any text may stand in for a number.
	TextHours bool
}

var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// Run tests that a database takes what core reads, and refuses what core tells as ignored.
func Run(t *testing.T, d Database) {
	d.do(t, "INSERT INTO users (id, email, display_name, digest_cadence) VALUES (1, 'ada@rfc.example', 'Ada', 'daily')")
	for _, c := range rules {
		t.Run(c.columns, func(t *testing.T) {
			right, wrong := c.right, c.wrong
			if d.TextHours {
				right, wrong = slices.Concat(right, c.textRight), slices.Concat(wrong, c.textWrong)
			}
			for _, values := range right {
				d.takes(t, c, values)
			}
			for _, values := range wrong {
				d.refuses(t, c, values)
			}
			d.leavesWhatWas(t, c, right[len(right)-1], wrong)
		})
	}
	t.Run("no value that core reads", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			c := rapid.SampledFrom(rules).Draw(r, "what")
			d.neverRefusesWhatCoreReads(r, c, c.any(r, d.TextHours))
		})
	})
}

// add and change are statements about the one row of the table.
func (c rule) add(values string) string {
	columns, key := "user_id", "1"
	if c.table == "held_emails" {
		columns, key = "recipient_user_id", "1"
	}
	if c.columns == "notification_ids" {
		columns, key = "recipient_user_id, status", "1, 'held'"
	}
	return "INSERT INTO " + c.table + " (" + columns + ", " + c.columns + ") VALUES (" + key + ", " + values + ")"
}

func (c rule) change(values string) string {
	if strings.Contains(c.columns, ", ") {
		return "UPDATE " + c.table + " SET (" + c.columns + ") = (SELECT " + values + ")"
	}
	return "UPDATE " + c.table + " SET " + c.columns + " = " + values
}

func (d Database) do(t require.TestingT, statement string) {
	require.NoError(t, d.Do(statement), statement)
}

func (d Database) takes(t *testing.T, c rule, values string) {
	d.do(t, "DELETE FROM "+c.table)
	d.do(t, c.add(values))
	assert.Empty(t, d.told(t), values)
	d.do(t, "DELETE FROM "+c.table)
	d.do(t, c.add(c.right[0]))
	d.do(t, c.change(values))
}

func (d Database) refuses(t *testing.T, c rule, values string) {
	d.do(t, "DELETE FROM "+c.table)
	assert.EqualError(t, d.Do(c.add(values)), d.Refusal(c.says), values)
	d.do(t, c.add(c.right[0]))
	assert.EqualError(t, d.Do(c.change(values)), d.Refusal(c.says), values)
	assert.Empty(t, d.told(t), "it is as it was")
}

// leavesWhatWas tests that a row which was wrong before can be changed in all else, and mended.
func (d Database) leavesWhatWas(t *testing.T, c rule, right string, wrong []string) {
	for i, values := range wrong {
		d.do(t, "DELETE FROM "+c.table)
		back := d.Lift(t)
		d.do(t, c.add(values))
		back()
		assert.NotEmpty(t, d.told(t), "core reads %s", values)
		d.do(t, "UPDATE "+c.table+" SET "+c.others())
		d.do(t, c.change(values))
		another := wrong[(i+1)%len(wrong)]
		assert.EqualError(t, d.Do(c.change(another)), d.Refusal(c.says), another)
		d.do(t, c.change(right))
		assert.Empty(t, d.told(t))
	}
}

func (d Database) neverRefusesWhatCoreReads(r *rapid.T, c rule, values string) {
	d.do(r, "DELETE FROM "+c.table)
	if d.Do(c.add(values)) == nil {
		return
	}
	back := d.Lift(r)
	defer back()
	d.do(r, c.add(values))
	require.NotEmpty(r, d.told(r), values)
}

// told returns what core says of the row's values that it does not read.
func (d Database) told(t require.TestingT) (all []string) {
	s := porttest.On(d.Store)
	found, err := s.Lookup(context.Background(), []int64{1})
	require.NoError(t, err)
	for _, r := range found {
		for _, remark := range (core.Schedule{}).Remarks(r, time.UTC, noon) {
			if remark.Quirk == core.UnreadableSetting {
				all = append(all, remark.Text)
			}
		}
	}
	rows, err := s.HeldOf(context.Background(), 1, 10)
	require.NoError(t, err)
	for _, row := range rows {
		if why := core.ExplainHeld(core.HeldSnapshot{Now: noon, Mail: row.HeldMail}, row, nil).Why; strings.Contains(why, "ignored: ") {
			all = append(all, why)
		}
	}
	return all
}
