package inbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// IMAP takes mail from a mailbox on a server (RFC 9051): each message that is not marked as seen, which is marked as seen once it
// was taken. Nothing is deleted. It is for those who have a mailbox, and no mail server.
type IMAP struct {
	// Address is host:port, and Mailbox what to look in, like INBOX.
	Address, Mailbox string
	User, Password   string
	// TLS is how to speak it. If nil, it is not spoken, which is for loopback only.
	TLS *tls.Config
	// Pause is how long it waits between looks; 0 means a minute.
	Pause time.Duration
	// Log is told of mail that could not be taken, and of servers that do not answer. No address is in it.
	Log *slog.Logger
}

// lookTime is how long one look may take. What is left then waits for the next.
const lookTime = 10 * time.Minute

// Serve hands mail to take, one after the other, until ctx ends. A message that take refuses stays unseen, does not stop
// those behind it, and is tried again at the next look. Trouble with the server is logged, and ends by itself or never.
func (m IMAP) Serve(ctx context.Context, take Take) error {
	pause := m.Pause
	if pause == 0 {
		pause = time.Minute
	}
	for {
		if err := m.look(ctx, take); err != nil && ctx.Err() == nil {
			m.Log.Warn("the mailbox for mail that comes back cannot be read", "server", m.Address, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// dial connects, with TLS if that is spoken.
func (m IMAP) dial(ctx context.Context) (net.Conn, error) {
	if m.TLS == nil {
		return new(net.Dialer).DialContext(ctx, "tcp", m.Address)
	}
	return (&tls.Dialer{Config: m.TLS}).DialContext(ctx, "tcp", m.Address)
}

// look takes what is unseen, over a connection of its own.
func (m IMAP) look(ctx context.Context, take Take) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	conn, err := m.dial(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c := imapclient.New(conn, nil)
	defer c.Close()
	if err := c.Login(m.User, m.Password).Wait(); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	if _, err := c.Select(m.Mailbox, nil).Wait(); err != nil {
		return fmt.Errorf("select %s: %w", m.Mailbox, err)
	}
	unseen, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen, imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	for _, uid := range unseen.AllUIDs() {
		if err := m.one(ctx, c, uid, take); errors.Is(err, errNotTaken) {
			m.Log.Warn("mail that came back was not taken, and will come again", "by", "imap", "error", err)
		} else if err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

// errNotTaken is that a message could not be taken, while the server is well.
var errNotTaken = errors.New("not taken")

// one takes one message, and marks it.
func (m IMAP) one(ctx context.Context, c *imapclient.Client, uid imap.UID, take Take) error {
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: maxRead}}
	found, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{part}}).Collect()
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	for _, message := range found {
		raw := message.FindBodySection(part)
		if raw == nil {
			continue // it is gone, or the answer is about another
		}
		mail, err := Read(bytes.NewReader(raw), Envelope{})
		if err == nil {
			err = take(ctx, mail)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errNotTaken, err)
		}
		err = c.Store(imap.UIDSetNum(uid), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
		if err != nil {
			return fmt.Errorf("mark as seen: %w", err)
		}
	}
	return nil
}
