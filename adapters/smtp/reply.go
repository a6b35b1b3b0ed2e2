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
	"strings"
	"syscall"

	"github.com/wiggleverse/rfcdigest/ports"
)

// enhanced is the status at the head of many servers' texts (RFC 3463 §2): class, subject, detail.
var enhanced = regexp.MustCompile(`^[245]\.(\d{1,3}\.\d{1,3})\b`)

// answer is a reply that is a no. Its zero value is no reply.
type answer struct {
	code int
	// status is the enhanced status, like 5.1.1; empty if the server gave none. detail is the same without
	// the class, for which the code is the better source.
	status, detail string
	// greylisted says that the text speaks of a greylist. There is no standard code for that.
	greylisted bool
}

// answerIn returns the reply in err; the zero answer if err is not a reply.
func answerIn(err error) (a answer) {
	var e *textproto.Error
	if !errors.As(err, &e) {
		return a
	}
	a.code = e.Code
	if found := enhanced.FindStringSubmatch(e.Msg); found != nil {
		a.status, a.detail = found[0], found[1]
	}
	words := strings.ToLower(e.Msg)
	a.greylisted = strings.Contains(words, "greylist") || strings.Contains(words, "graylist")
	return a
}

// String returns the answer as it is shown: without the server's words, which may repeat an address or a secret.
func (a answer) String() string {
	if a.status == "" {
		return strconv.Itoa(a.code)
	}
	return strconv.Itoa(a.code) + " " + a.status
}

// reason says why a connection failed, and what may help. Of what the server sent, it only shows names in the
// certificate.
func reason(ctx context.Context, err error) *ports.Trouble {
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		protocol    textproto.ProtocolError
		errno       syscall.Errno
		op          *net.OpError
	)
	answer := answerIn(err)
	switch {
	case answer.code != 0:
		return &ports.Trouble{What: "unexpected reply " + answer.String()}
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return &ports.Trouble{What: "no answer in time"}
	case errors.Is(err, errEndless):
		return &ports.Trouble{What: errEndless.Error()}
	case errors.Is(err, errUnasked), errors.Is(err, errAstray):
		return &ports.Trouble{What: err.Error()}
	case errors.As(err, &protocol):
		return &ports.Trouble{What: "the reply is not SMTP", Remedy: "see that the mail URL has the right port"}
	case errors.As(err, &dns):
		return &ports.Trouble{What: "host name not found", Remedy: "check the mail URL, and name resolution"}
	case errors.As(err, &certificate):
		what, remedy := distrust(certificate.Err)
		return &ports.Trouble{What: "certificate not accepted: " + what, Remedy: remedy}
	case errors.As(err, &record):
		return &ports.Trouble{What: "no TLS there", Remedy: "use smtp:// for STARTTLS; smtps:// is for TLS from the start"}
	case errors.As(err, &op) && op.Op == "remote error":
		return &ports.Trouble{What: "the server refused TLS: " + op.Err.Error()}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &ports.Trouble{What: "connection refused", Remedy: "see that the server runs, and that the mail URL has its name and port"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &ports.Trouble{What: "the server closed the connection"}
	case errors.As(err, &errno):
		return &ports.Trouble{What: errno.Error()}
	}
	return &ports.Trouble{What: "the exchange failed"}
}
