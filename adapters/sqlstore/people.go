package sqlstore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/engine"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// People implements [ports.Roster].
func (s *Store) People(ctx context.Context, who ports.Who, after int64, limit int) ([]core.Recipient, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	what := fmt.Sprintf("read people (%s) after %d", who, after)
	if now, ok := who.Due(); ok {
		if err := s.dialect.Ready(ctx); err != nil {
			return nil, s.db.Failed(ctx, what, err)
		}
		return s.recipients(ctx, what, s.dueQuery(), after, now.Unix(), limit)
	}
	condition, args := onRoster, []any{after, limit}
	if words, ok := who.Matching(); ok {
		id, err := strconv.ParseInt(words, 10, 64)
		if err != nil {
			id = math.MinInt64
		}
		part := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(Plain(words)) + "%"
		condition, args = matching, append(args, part, id)
	} else if who.Refused() {
		condition = "p.suppressed_address <> ''"
	}
	return s.recipients(ctx, what, s.selectRecipients("0", "users AS u")+"\nWHERE u.id > ?0 AND "+condition+"\nORDER BY u.id LIMIT ?1", args...)
}

const (
	// onRoster is the condition that users AS u can have digests at all.
	onRoster = "u.digest_cadence IN ('daily', 'weekly') AND u.email <> ''"
	// matching finds them by part of a name or address, for which no index could serve: it goes through the
	// people until the page is full.
	matching = `(lower(u.display_name) LIKE lower(?2) ESCAPE '\' OR lower(u.email) LIKE lower(?2) ESCAPE '\' OR u.id = CAST(?3 AS BIGINT))`
)

// Lookup implements [ports.Roster].
func (s *Store) Lookup(ctx context.Context, ids []int64) ([]core.Recipient, error) {
	return s.recipients(ctx, "look up "+texts.Plural(len(ids), "recipient"),
		s.selectRecipients("0", s.dialect.List+" AS asked CROSS JOIN users AS u")+"\nWHERE u.id = asked.value", listed(ids))
}

func (s *Store) recipients(ctx context.Context, what, query string, args ...any) (found []core.Recipient, err error) {
	row := new(recipientRow)
	err = s.db.Each(ctx, what, gather(&found, row, row.into()...), query, args...)
	return found, err
}

// dueQuery reads through digest_due if it has no index by due_at, all pages together once from the start to the end.
// Which is better is for each database to say. CROSS JOIN, here and elsewhere, has people looked up by what is in
// digest_due, never the other way around, also if the planner takes their numbers for small. If a database merges
// the two nevertheless, it must not begin with the first of all users; so it is told of the others as well.
func (s *Store) dueQuery() string {
	return s.selectRecipients("due.revision", "digest_due AS due CROSS JOIN users AS u") + `
WHERE u.id = due.user_id AND due.user_id > ?0 AND u.id > ?0 AND due.due_at <= ?1 AND ` + onRoster + `
ORDER BY due.user_id LIMIT ?2`
}

// selectRecipients is the select list, and the tables, of a [recipientRow]. It finds the newest ledger row by its
// ID, so that a long history costs no more than a short one.
func (s *Store) selectRecipients(revision, from string) string {
	d := s.dialect
	return "SELECT " + d.columns(new(userRow)) + ", " + revision + ", " + d.columns(new(personRow)) + ", " + d.columns(new(preferenceRow)) + ", " +
		d.columns(new(ledgerRow), newestColumns...) + `
FROM ` + from + `
LEFT JOIN digest_people AS who ON who.user_id = u.id
LEFT JOIN digest_preferences AS p ON p.user_id = u.id
LEFT JOIN notification_digests AS d
 ON d.id = (SELECT max(newest.id) FROM notification_digests AS newest WHERE newest.recipient_user_id = u.id)`
}

var newestColumns = []string{"id", "period_end", "status"}

// recipientRow is a person with all that is kept for them.
type recipientRow struct {
	user        userRow
	revision    number
	person      personRow
	preferences preferenceRow
	newest      ledgerRow
}

func (r *recipientRow) into() []any {
	return slices.Concat(into(&r.user), []any{&r.revision}, into(&r.person), into(&r.preferences), into(&r.newest, newestColumns...))
}

// core returns false if the row has no ID to find the person by.
func (r *recipientRow) core() (core.Recipient, bool) {
	out := core.Recipient{
		ID: r.user.ID.value, Address: texts.Mailbox(string(r.user.Email)), Name: string(r.user.DisplayName), Cadence: core.Cadence(r.user.DigestCadence),
		Person:      core.Person{Mark: r.person.Person.value, FirstDigest: r.person.FirstDigest.value, FirstNotification: r.person.FirstNotification.value},
		Preferences: r.preferences.core(), Revision: r.revision.value,
	}
	if newest := &r.newest; newest.ID.ok && out.Person.HasDigest(newest.ID.value) {
		out.Latest = core.Entry{ID: newest.ID.value, End: newest.PeriodEnd.At, Status: core.Status(newest.Status)}
	}
	return out, r.user.ID.ok
}

// otherCadence is the condition that the cadence is not the first value. The app's column may have a type of its own, which knows no empty text.
const otherCadence = "(digest_cadence IS NULL OR digest_cadence <> ?0)"

// Unsubscribe implements [ports.Subscriptions].
func (s *Store) Unsubscribe(ctx context.Context, recipient, mark int64) error {
	return s.db.Write(ctx, fmt.Sprintf("unsubscribe recipient %d", recipient), func(ctx context.Context, tx engine.Tx) error {
		_, err := tx.Change(ctx, `UPDATE users SET digest_cadence = ?0 WHERE id = ?1 AND `+otherCadence+`
 AND EXISTS (SELECT 1 FROM digest_people AS who WHERE who.user_id = users.id AND who.person = ?2)`, string(core.Off), recipient, mark)
		return err
	})
}
