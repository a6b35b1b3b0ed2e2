package web

import (
	"log/slog"
	"sync"
	"time"

	"github.com/wiggleverse/rfcdigest/core/links"
)

// faultsEvery is how often a kind of fault is logged at the most: anybody can send bad tokens, as many as they like.
// The metrics count them all.
const faultsEvery = 10 * time.Minute

// faultWords say in the log what a fault means.
var faultWords = map[links.TokenFault]string{
	links.Malformed:     "unsubscribing: a link is incomplete, or somebody tries",
	links.UnknownSecret: "unsubscribing: a link was signed with a secret that is not in --secret; its recipient still gets digests",
	links.BadSignature:  "unsubscribing: a link was changed on its way, or somebody tries",
}

// faultLog logs faults of tokens, now and then a line of each kind, and never a token.
type faultLog struct {
	log *slog.Logger

	mu   sync.Mutex
	last map[links.TokenFault]time.Time
}

// say logs a fault, unless it has done so lately. secret is the ID of the secret that the token names.
func (f *faultLog) say(fault links.TokenFault, secret string) {
	f.mu.Lock()
	last, said := f.last[fault]
	now := time.Now()
	quiet := said && now.Sub(last) < faultsEvery
	if !quiet {
		f.last[fault] = now
	}
	f.mu.Unlock()
	if !quiet {
		f.log.Warn(faultWords[fault], "key_id", secret, "silent_for", faultsEvery.String())
	}
}
