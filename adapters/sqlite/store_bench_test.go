package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports/porttest"
)

const (
	// benchPeople is how many people a benchmark's database has, and benchEach how many notifications
	// each of them.
	benchPeople, benchEach = 5_000, 10
)

// benchCrowd makes a database in which everybody's last window ended a day before noon. As the app
// writes an event for all who hear of it, one person's notifications lie far apart.
func benchCrowd(b *testing.B) (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "app.db")
	_, err := Migrate(b.Context(), path)
	require.NoError(b, err)
	w := core.World{Users: people(benchPeople)}
	for i := range 500 {
		w.RFCs = append(w.RFCs, core.RFC{Slug: fmt.Sprintf("rfc-%04d", i), Title: "Quiet Consent in Shared Spaces"})
	}
	for id := range int64(benchPeople) {
		end := noon.Add(-24 * time.Hour)
		w.Ledger = append(w.Ledger, core.LedgerRow{Status: core.Sent, SentAt: end, Claim: core.Claim{ID: id + 1,
			Recipient: id + 1, Window: core.Window{Start: end.Add(-24 * time.Hour), End: end}, MessageID: fmt.Sprintf("%d@rfc.example", id), Attempts: 1}})
	}
	for i := range int64(benchPeople * benchEach) {
		w.Notifications = append(w.Notifications, core.Notification{ID: i + 1, Recipient: i%benchPeople + 1, ActorID: 1 + i*7%benchPeople,
			Kind: "pr_opened", Slug: fmt.Sprintf("rfc-%04d", i%500), PR: i % 100, Payload: `{"category": "watched"}`,
			CreatedAt: noon.Add(time.Duration(i/benchPeople-12) * time.Hour)})
	}
	require.NoError(b, Fill(b.Context(), path, w))
	return path
}

// BenchmarkTurnover times what a connection needs between two mails: the one is settled, with its ten
// notifications, and the next claimed. Connections share commits, each of which waits for the disk.
func BenchmarkTurnover(b *testing.B) {
	path := benchCrowd(b)
	for _, workers := range []int{1, 4, 16, 64} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			var commits atomic.Int64
			counted := &faults{onCommit: func() (bool, error) { commits.Add(1); return true, nil }}
			for left := b.N; left > 0; left -= benchPeople {
				b.StopTimer()
				fresh, err := os.ReadFile(path)
				require.NoError(b, err)
				copied := filepath.Join(b.TempDir(), "app.db")
				require.NoError(b, os.WriteFile(copied, fresh, 0o600))
				s, err := Open(b.Context(), copied, Options{wrapWriter: counted.wrap})
				require.NoError(b, err)
				b.StartTimer()
				turnOver(b, s, workers, min(left, benchPeople))
				b.StopTimer()
				require.NoError(b, s.Close())
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/digest")
			b.ReportMetric(float64(commits.Load())/float64(b.N), "commits/digest")
			b.ReportMetric(0, "ns/op") // the same as ns/digest
		})
	}
}

// turnOver makes digests for the first n people, shared out among workers.
func turnOver(b *testing.B, s *sqlstore.Store, workers, n int) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(workers, n) {
		all.Go(func() {
			var held core.Claim
			for id := next.Add(1); id <= int64(n); id = next.Add(1) {
				claim := benchClaim(id)
				var settled error
				if held.ID == 0 {
					claim.ID, settled = porttest.On(s).Claim(b.Context(), claim)
				} else {
					var claimed error
					claim.ID, settled, claimed = porttest.On(s).SettleAndClaim(b.Context(), held, noon, claim)
					assert.NoError(b, claimed)
				}
				if !assert.NoError(b, settled) {
					return
				}
				held = claim
			}
			assert.NoError(b, porttest.On(s).Settle(b.Context(), held, noon))
		})
	}
	all.Wait()
}

// benchClaim returns a claim on all that a person of a benchCrowd has.
func benchClaim(id int64) core.Claim {
	c := claimOf(id)
	c.Previous, c.MessageID = id, fmt.Sprintf("%032x@rfc.example", id)
	for i := range int64(benchEach) {
		c.Notifications = append(c.Notifications, i*benchPeople+id)
	}
	return c
}

// BenchmarkPage times what a tick reads of a page of 500 people: who they are, and their notifications.
func BenchmarkPage(b *testing.B) {
	const pageSize = 500
	s, err := Open(b.Context(), benchCrowd(b), Options{})
	require.NoError(b, err)
	b.Cleanup(func() { assert.NoError(b, s.Close()) })
	b.ReportAllocs()
	after, read := int64(0), 0
	for b.Loop() {
		page, err := porttest.On(s).Due(b.Context(), noon, after, pageSize)
		require.NoError(b, err)
		require.Len(b, page, pageSize)
		spans := make([]core.Span, len(page))
		for i, r := range page {
			spans[i] = core.Span{Recipient: r.ID, Since: r.Latest.End}
		}
		found, err := s.Since(b.Context(), spans)
		require.NoError(b, err)
		require.Len(b, found, pageSize*benchEach)
		read += len(found)
		after = page[len(page)-1].ID % benchPeople
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(read), "ns/notification")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(read)*benchEach, "ns/person")
}
