package postgres_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
	"github.com/wiggleverse/rfcdigest/adapters/postgres/pgtest"
)

// throng are statements that add 20,000 people, each with a window and a notification. To 1,000 of them a digest with ten
// notifications is on its way.
var throng = []string{
	"ALTER TABLE users DISABLE TRIGGER USER; ALTER TABLE notification_digests DISABLE TRIGGER ALL; ALTER TABLE notifications DISABLE TRIGGER ALL",
	"INSERT INTO users (id, email, display_name, digest_cadence) SELECT id, 'p@rfc.example', 'P', 'daily' FROM generate_series(1, 20000) AS id",
	"INSERT INTO digest_people (user_id, person, first_digest, first_notification, gone) SELECT id, 0, 0, 0, 0 FROM users",
	"INSERT INTO digest_due (user_id, period, has_hour, due_at, revision) SELECT id, 86400, 0, 0, id FROM users",
	"INSERT INTO digest_preferences (user_id, failures) SELECT id, 0 FROM users",
	`INSERT INTO notification_digests (recipient_user_id, sent_at, period_start, period_end, signal_ids_included, status, message_id)
SELECT u.id, now(), now(), now(), '[]', CASE WHEN u.id > 19000 AND w = 2 THEN 'sending' ELSE 'sent' END, 'm' || u.id FROM users AS u, generate_series(CASE WHEN u.id > 19000 THEN 1 ELSE 2 END, 2) AS w`,
	`INSERT INTO notifications (id, recipient_user_id, event_kind, created_at) SELECT 10 * u.id + n, u.id, 'vote_cast', now() FROM users AS u, generate_series(0, CASE WHEN u.id > 19000 THEN 9 ELSE 0 END) AS n`,
}

// node is a part of a plan, with what it came to.
type node struct {
	Type      string  `json:"Node Type"`
	Relation  string  `json:"Relation Name"`
	Condition string  `json:"Index Cond"`
	Rows      float64 `json:"Actual Rows"`
	Removed   float64 `json:"Rows Removed by Filter"`
	Loops     float64 `json:"Actual Loops"`
	Plans     []node
}

func (n node) all() []node {
	all := []node{n}
	for _, p := range n.Plans {
		all = append(all, p.all()...)
	}
	return all
}

// question is a statement with values: each a query of what is in an array, or, if it begins with a quote, a value.
type question struct {
	name, statement string
	values          []string
}

const (
	several  = "FROM generate_series(10001, 10064)"
	underWay = "FROM notification_digests AS d WHERE d.status = 'sending' AND d.recipient_user_id <= 19064 ORDER BY d.recipient_user_id"
)

var questions = []question{
	{"settle", postgres.Sets.Settle, []string{"d.id " + underWay, "d.recipient_user_id " + underWay, "d.message_id " + underWay, "generate_series(950010, 190649)",
		"d.id FROM generate_series(0, 9), LATERAL (SELECT d.id " + underWay + ") AS d", "'2026-03-29'", "'2026-03-29'"}},
	{"reserve", postgres.Sets.Reserve, []string{"generate_series " + several}},
	{"claim", postgres.Sets.Claim, []string{"generate_series " + several, "now() " + several, "now() " + several, "'[]' " + several, "'m' " + several, "1 " + several, "now() " + several, "now() " + several, "'de' " + several,
		"max(id) FROM notification_digests WHERE recipient_user_id BETWEEN 10001 AND 10064 GROUP BY recipient_user_id ORDER BY recipient_user_id", "0 " + several, "generate_series(10001, 10002)"}},
	{"release", postgres.Sets.Release, []string{"d.id " + underWay, "d.recipient_user_id " + underWay, "d.message_id " + underWay, "now() " + underWay}},
}

// prepare has statements planned anew, when they are made.
func prepare(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for _, q := range questions {
		statement := q.statement
		for i := 11; i >= 0; i-- { // ?11 before ?1
			statement = strings.ReplaceAll(statement, fmt.Sprintf("?%d", i), fmt.Sprintf("$%d", i+1))
		}
		_, _ = conn.Exec(t.Context(), "DEALLOCATE "+q.name)
		_, err := conn.Exec(t.Context(), "PREPARE "+q.name+" AS "+statement)
		require.NoError(t, err)
	}
}

// explained returns the parts of the plan of a statement, which is made.
func (q question) explained(t *testing.T, tx pgx.Tx) []node {
	t.Helper()
	var values []string
	for _, v := range q.values {
		if !strings.HasSuffix(v, "'") {
			require.NoError(t, tx.QueryRow(t.Context(), "SELECT quote_literal(CAST(ARRAY(SELECT "+v+") AS text))").Scan(&v))
		}
		values = append(values, v)
	}
	var text []byte
	require.NoError(t, tx.QueryRow(t.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE "+q.name+" ("+strings.Join(values, ", ")+")").Scan(&text))
	var plan []struct{ Plan node }
	require.NoError(t, json.Unmarshal(text, &plan))
	return plan[0].Plan.all()
}

// No table is walked whose rows are many: with statistics or without, if it was empty when the statement was planned, and if
// its rows were counted while they were imported, and none was committed. Autovacuum may do that at any time. Of each table
// a statement about 64 people reads a few rows for each.
func TestSetsReadByIndexes(t *testing.T) {
	t.Parallel()
	pgtest.TakePlace(t)
	for name, statement := range map[string]string{"never": "", "all": "ANALYZE", "digests": "ANALYZE notification_digests", "notifications": "ANALYZE notifications", "others": "ANALYZE users, digest_due, digest_people, digest_preferences"} {
		t.Run("counted during the import: "+name, func(t *testing.T) { setsReadByIndexes(t, statement) })
	}
}

func setsReadByIndexes(t *testing.T, duringImport string) {
	url := made(t)
	t.Cleanup(func() { assert.NoError(t, drop(url)) })
	_, err := postgres.Migrate(t.Context(), url)
	require.NoError(t, err)
	conn := connectedTo(t, url)
	execute := func(statements ...string) {
		for _, s := range statements {
			_, err := conn.Exec(t.Context(), s)
			require.NoError(t, err, s)
		}
	}
	for name, value := range postgres.OnlyFew {
		execute("SET " + name + " = " + value)
	}
	execute(throng[0])
	prepare(t, conn)
	look(t, conn, "empty")
	execute("BEGIN")
	execute(throng[1:]...)
	_, err = connectedTo(t, url).Exec(t.Context(), duringImport)
	require.NoError(t, err)
	execute("COMMIT")
	look(t, conn, "planned when it was empty")
	prepare(t, conn)
	look(t, conn, "after the import")
	execute("ANALYZE")
	look(t, conn, "with statistics")
}

// look has each statement made, looks at how, and undoes it.
func look(t *testing.T, conn *pgx.Conn, when string) {
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	for _, q := range questions {
		tables := map[string]bool{}
		for _, n := range q.explained(t, tx) {
			if n.Relation == "" || !strings.Contains(n.Type, "Scan") {
				continue
			}
			tables[n.Relation] = true
			index := n.Condition
			for _, inner := range n.Plans { // of a bitmap
				index += inner.Condition
			}
			assert.NotEmpty(t, index, "%s, %s: %s of %s", when, q.name, n.Type, n.Relation)
			assert.LessOrEqual(t, (n.Rows+n.Removed)*n.Loops, 1000.0, "%s, %s: %s of %s", when, q.name, n.Type, n.Relation)
		}
		assert.GreaterOrEqual(t, len(tables), 2, "%s, %s", when, q.name)
	}
	require.NoError(t, tx.Rollback(t.Context()))
}
