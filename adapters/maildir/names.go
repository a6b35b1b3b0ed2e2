package maildir

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// names makes unique file names: seconds, then microseconds, process, count and a random number of the
// process (in containers, all processes may have one ID and all hosts one name), then the host. They
// sort in the order in which they were made.
type names struct {
	process string
	host    string
	count   *atomic.Uint64
}

func newNames() names {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return names{
		process: fmt.Sprintf("P%dR%s", os.Getpid(), hex.EncodeToString(random[:])),
		// A slash would name a folder, and a colon begins the flags of a message.
		host:  strings.NewReplacer("/", `\057`, ":", `\072`).Replace(host),
		count: new(atomic.Uint64),
	}
}

func (n names) next() string {
	now := time.Now()
	return fmt.Sprintf("%d.M%06dQ%08d%s.%s", now.Unix(), now.Nanosecond()/1000, n.count.Add(1), n.process, n.host)
}
