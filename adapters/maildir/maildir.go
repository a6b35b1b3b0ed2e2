// Package maildir delivers mail into a folder, each message in its own file. Mail programs can open such
// folders, and text editors the files.
package maildir

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/wiggleverse/rfcdigest/adapters/mailfmt"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/ports"
)

// Mailer writes each message into the subfolder tmp, and moves it to new when it is complete and
// durable, so that new only has complete messages. Lines end with LF, as is the custom in maildirs.
// Several processes may write into one folder.
type Mailer struct {
	dir    string
	format *mailfmt.Format
	names  names
}

var _ ports.Mailer = (*Mailer)(nil)

// New returns a mailer into dir. The first Dial makes dir and its parents.
func New(dir string, format *mailfmt.Format) (*Mailer, error) {
	if dir == "" {
		return nil, errors.New("maildir: no folder given; want one like maildir://outbox")
	}
	return &Mailer{dir: dir, format: format, names: newNames()}, nil
}

// Dial makes tmp, new and cur if they are missing. An error names the folder.
func (m *Mailer) Dial(ctx context.Context) (ports.MailConn, error) {
	err := ctx.Err()
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err == nil {
			err = os.MkdirAll(filepath.Join(m.dir, sub), 0o700)
		}
	}
	if err == nil {
		err = syncDir(m.dir)
	}
	if err != nil {
		return nil, m.refusal(err)
	}
	_ = syncDir(filepath.Dir(m.dir)) // fails if we may not read it, which does no harm
	return &conn{mailer: m}, nil
}

// refusal returns an error for a folder that takes no mail at all.
func (m *Mailer) refusal(err error) *ports.SendError {
	why := err
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		why = errors.New("disk full; make room there")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		why = errors.New("not allowed to write there; change its permissions, or use another folder")
	case errors.Is(err, syscall.ENOTDIR):
		why = errors.New("not a folder; use another name")
	case errors.Is(err, fs.ErrNotExist):
		why = errors.New("it has gone; the next connection makes it anew")
	case errors.As(err, &path):
		why = path.Err
	case errors.As(err, &link):
		why = link.Err
	}
	return &ports.SendError{Outcome: ports.ServerRefusal, Broken: true, Err: fmt.Errorf("maildir %q: %w", m.dir, why)}
}

type conn struct {
	mailer *Mailer
	broken bool
}

var errClosed = errors.New("the connection is closed")

// Send writes message. nil means that it is complete, in new, and durable. If it is complete
// but perhaps not durable, it is in doubt.
func (c *conn) Send(ctx context.Context, message core.Message, _ *core.Message) error {
	if c.broken {
		return &ports.SendError{Outcome: ports.ConnectionSpent, Broken: true, Err: errClosed}
	}
	mail, err := c.mailer.format.Render(message, nil)
	if err != nil {
		return &ports.SendError{Outcome: ports.MessageRefusal, Err: err}
	}
	if e := c.deliver(ctx, bytes.ReplaceAll(mail.Data, []byte("\r\n"), []byte("\n"))); e != nil {
		c.broken = e.Broken
		return e
	}
	return nil
}

// deliver takes data through tmp into new.
func (c *conn) deliver(ctx context.Context, data []byte) *ports.SendError {
	if err := ctx.Err(); err != nil {
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: err}
	}
	m := c.mailer
	name := m.names.next()
	tmp := filepath.Join(m.dir, "tmp", name)
	err := writeFile(tmp, data)
	if err == nil && ctx.Err() != nil {
		_ = os.Remove(tmp)
		return &ports.SendError{Outcome: ports.TemporaryRefusal, Broken: true, Err: ctx.Err()}
	}
	if err == nil {
		err = os.Rename(tmp, filepath.Join(m.dir, "new", name))
	}
	if err != nil {
		_ = os.Remove(tmp) // mail programs do not look into tmp
		return m.refusal(err)
	}
	if err := syncDir(filepath.Join(m.dir, "new")); err != nil {
		e := m.refusal(err)
		e.Outcome = ports.Doubtful
		return e
	}
	return nil
}

// Close ends the connection.
func (c *conn) Close() error {
	c.broken = true
	return nil
}

// writeFile writes a file that was not there before, and makes its content durable.
func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return cmp.Or(err, f.Close())
}

// syncDir makes the entries of a folder durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return cmp.Or(d.Sync(), d.Close())
}
