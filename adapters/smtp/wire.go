package smtp

import (
	"fmt"
	"net"
)

// maxReply is how many bytes a server may say in answer to one write. A reply line has 512
// (RFC 5321 §4.5.3.1.5); this leaves room for long lists of extensions and for TLS.
const maxReply = 64 << 10

var errEndless = fmt.Errorf("more than %d bytes in one reply", maxReply)

// wire is a connection that limits what the server may say between two writes. Without it, a
// reply that never ends would fill the memory.
type wire struct {
	net.Conn
	heard int // bytes read since the last write
	// torn says that a write did not leave in full. Under TLS the server cannot decrypt its last
	// record, and so never sees the end of what was written.
	torn bool
}

// Read fails if the server has said too much.
func (w *wire) Read(p []byte) (int, error) {
	if w.heard >= maxReply {
		return 0, errEndless
	}
	n, err := w.Conn.Read(p[:min(len(p), maxReply-w.heard)])
	w.heard += n
	return n, err
}

// Write has the server's limit begin anew.
func (w *wire) Write(p []byte) (int, error) {
	w.heard = 0
	n, err := w.Conn.Write(p)
	w.torn = w.torn || n < len(p)
	return n, err
}
