package inbound

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// Take does what follows from a mail that came back. If it fails, the mail comes again: so taking the same mail
// twice must do no harm. That can happen anyway: the program that hands mail over may not hear that it arrived.
type Take func(ctx context.Context, mail returned.Mail) error

// LMTP takes mail from a mail server (RFC 2033). It knows no users, and is for the server beside it. A
// client may hand over any mail; only mail with a good token counts.
type LMTP struct {
	// Listener is where it listens. Serve closes it.
	Listener net.Listener
	// Log is told of mail that could not be taken. No address is in it.
	Log *slog.Logger
}

// The bounds of what LMTP serves at once. A line may be as long as a message: it is of reports that others make, and
// what is refused here would be lost.
const (
	maxSessions   = 16
	maxRecipients = 100
	maxLine       = 64 << 20
	sessionIdle   = 5 * time.Minute // RFC 5321 §4.5.3.2.7
)

// Serve hands mail to take until ctx ends, several at once. A mail is accepted once take has it, for all of its
// recipients or for none; else the server is told to try again (451).
func (l LMTP) Serve(ctx context.Context, take Take) error {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{ctx: ctx, take: take, log: l.Log}, nil
	}))
	s.LMTP, s.Domain, s.EnableSMTPUTF8 = true, "rfcdigest", true
	s.MaxRecipients, s.MaxLineLength, s.ReadTimeout, s.WriteTimeout = maxRecipients, maxLine, sessionIdle, sessionIdle
	s.ErrorLog = slog.NewLogLogger(l.Log.Handler(), slog.LevelError)
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(netutil.LimitListener(l.Listener, maxSessions)); ctx.Err() == nil {
		return fmt.Errorf("serve LMTP on %s: %w", l.Listener.Addr(), err)
	}
	return nil
}

// session is one connection.
type session struct {
	ctx        context.Context
	take       Take
	log        *slog.Logger
	sender     string
	recipients []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.Reset()
	s.sender = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.recipients = append(s.recipients, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	mail, err := Read(r, Envelope{Sender: s.sender, HasSender: true})
	if err != nil {
		return tryAgain
	}
	if _, err := io.Copy(io.Discard, r); err != nil { // the mail is not here before its end is
		return tryAgain
	}
	addresses := mail.Addresses
	for _, recipient := range s.recipients {
		mail.Addresses = append([]string{recipient}, addresses...)
		if err := s.take(s.ctx, mail); err != nil {
			s.log.Warn("mail that came back was not taken, and will come again", "by", "lmtp", "error", err)
			return tryAgain
		}
	}
	return nil
}

func (s *session) Reset()        { s.sender, s.recipients = "", nil }
func (s *session) Logout() error { return nil }

// tryAgain is what the server is told of mail that was not taken.
var tryAgain = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Not taken, try again later"}
