package smtp

import (
	"fmt"
	"net"
)

// maxReply is how much a server may say in a row, in bytes: to one command, or to all that were said
// in one write. A reply line has 512 (RFC 5321 §4.5.3.1.5); this leaves room for long lists of
// extensions and for TLS.
const maxReply = 64 << 10

var errEndless = fmt.Errorf("more than %d bytes in one reply", maxReply)

// wire is a connection to a server that may speak for so long, and then has to listen. Without
// it, a reply that never ends would fill the memory.
type wire struct {
	net.Conn
	heard int // bytes read since the last write
	// torn says that not all of a write left. Under TLS the last record of it is then one that
	// cannot be opened, and so is the end of what it was to carry.
	torn bool
}

// Read fails once the server has said too much.
func (w *wire) Read(p []byte) (int, error) {
	if w.heard >= maxReply {
		return 0, errEndless
	}
	n, err := w.Conn.Read(p[:min(len(p), maxReply-w.heard)])
	w.heard += n
	return n, err
}

// Write gives the server the word again.
func (w *wire) Write(p []byte) (int, error) {
	w.heard = 0
	n, err := w.Conn.Write(p)
	w.torn = w.torn || n < len(p)
	return n, err
}
