package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"strconv"
	"syscall"

	"github.com/wiggleverse/rfcdigest/core"
)

// enhanced is the status that many servers put before their words (RFC 3463).
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// reply returns the code of the reply in err, 0 where it is none, and the code as it is shown: with
// the enhanced status, and without the server's words, which may repeat an address or a secret.
func reply(err error) (code int, status string) {
	var e *textproto.Error
	if !errors.As(err, &e) {
		return 0, ""
	}
	status = strconv.Itoa(e.Code)
	if s := enhanced.FindString(e.Msg); s != "" {
		status += " " + s
	}
	return e.Code, status
}

// reason says in plain words why a connection failed, and what may help. Nothing that the server
// sent is in it, except for names in its certificate.
func reason(ctx context.Context, err error) string {
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		protocol    textproto.ProtocolError
		errno       syscall.Errno
		op          *net.OpError
	)
	code, status := reply(err)
	switch {
	case code != 0:
		return "unexpected reply " + status
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, errEndless):
		return errEndless.Error()
	case errors.Is(err, errUnasked):
		return errUnasked.Error()
	case errors.As(err, &protocol):
		return "the reply is not SMTP; is the port right?"
	case errors.As(err, &dns):
		return "host name not found; check the mail URL, and name resolution"
	case errors.As(err, &certificate):
		return "certificate not accepted: " + core.Clean(certificate.Err.Error())
	case errors.As(err, &record):
		return "no TLS there; smtps:// is for TLS from the start, smtp:// for STARTTLS"
	case errors.As(err, &op) && op.Op == "remote error":
		return "the server refused TLS: " + op.Err.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused; is the server running, and the port right?"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the server closed the connection"
	case errors.As(err, &errno):
		return errno.Error()
	}
	return "the exchange failed"
}
