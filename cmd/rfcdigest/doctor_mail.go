package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/maildir"
	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/core/texts"
	"github.com/wiggleverse/rfcdigest/ports"
)

// mailPatience is how long a mail server may take to greet, encrypt and let in, together.
const mailPatience = 25 * time.Second

// mail looks at where mail goes.
func (d *doctor) mail(ctx context.Context) {
	mailer, named, err := d.newMailer()
	if err != nil {
		d.failsOf("mail", err, "set --mail (DIGEST_MAIL_URL), like smtp://USER:PASS@HOST:587")
		return
	}
	named.diagnose(ctx, d, mailer)
}

// mailServer asks a mail server what it can do.
func (d *doctor) mailServer(ctx context.Context, config smtp.Config, server *smtp.Mailer) {
	const name = "mail"
	done := d.waiting(name, "asking "+config.String())
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	can, err := server.Inspect(ctx)
	done()
	if err != nil {
		d.failsOf(name, ports.OutcomeOf(err).Err, "see that the server runs, and that --mail (DIGEST_MAIL_URL) has its name and port")
		return
	}
	found := fmt.Sprintf("%s is ready for mail, %s, %s; nothing was sent; %s", config, encryption(config.TLS), loginOf(config.Username), abilities(can))
	if troubles, mend := d.shortcomings(can); len(troubles) > 0 {
		d.warns(name, found+"; "+strings.Join(troubles, "; "), strings.Join(mend, "; "))
		return
	}
	d.passes(name, found)
}

// shortcomings says what keeps some mail from being sent, now or soon, and how to mend it.
func (d *doctor) shortcomings(can smtp.Abilities) (troubles, mend []string) {
	if n := d.unusual.Count; n > 0 && !can.UTF8 {
		troubles = append(troubles, fmt.Sprintf("without SMTPUTF8 it takes no mail for %s with an address that is not ASCII before the @: %s",
			texts.Plural(n, "recipient"), ids(d.unusual)))
		mend = append(mend, "have it offer SMTPUTF8 or use a server that does, or enter other addresses for them in the app")
	}
	if can.EndsSoon(d.now) {
		troubles = append(troubles, fmt.Sprintf("its certificate ends in %s; nothing is sent from then on", inTime(can.Certificate.NotAfter.Sub(d.now))))
		mend = append(mend, "have the server renew its certificate, and start to use it")
	}
	return troubles, mend
}

// inTime says in how much time something comes, in days or a smaller unit.
func inTime(left time.Duration) string {
	if left < 48*time.Hour {
		return texts.Plural(int(max(0, left).Hours()), "hour")
	}
	return texts.Plural(int(left.Hours())/24, "day")
}

// abilities says which limits the server announced.
func abilities(can smtp.Abilities) string {
	var parts []string
	if can.Size > 0 {
		parts = append(parts, "messages of at most "+inBytes(can.Size))
	}
	for _, limit := range []struct {
		n           int64
		thing, each string
	}{{can.MailMax, "message", "connection"}, {can.RcptMax, "recipient", "message"}, {can.RcptDomainMax, "domain", "message"}} {
		if limit.n > 0 {
			parts = append(parts, texts.Plural(int(limit.n), limit.thing)+" a "+limit.each)
		}
	}
	text := "it announces no limits"
	if len(parts) > 0 {
		text = "its limits: " + strings.Join(parts, ", ")
	}
	text += "; " + withOrWithout(can.Pipelining) + " PIPELINING, " + withOrWithout(can.UTF8) + " SMTPUTF8"
	if c := can.Certificate; c != nil {
		text += "; its certificate is good until " + texts.Timestamp(c.NotAfter) + " UTC"
	}
	return text
}

func withOrWithout(there bool) string {
	if there {
		return "with"
	}
	return "without"
}

func encryption(mode smtp.TLSMode) string {
	switch mode {
	case smtp.ImplicitTLS:
		return "with TLS"
	case smtp.NoTLS:
		return "without TLS"
	}
	return "with STARTTLS"
}

func loginOf(user string) string {
	if user == "" {
		return "without a login"
	}
	return "logged in"
}

// maildir looks at a folder for mail, and makes none.
func (d *doctor) maildir(dir string) {
	if place, err := maildir.Writable(dir); err != nil {
		d.fails("mail", fmt.Sprintf("cannot write into %s for maildir://%s (%v)", place, dir, err), "change its permissions, or set --mail (DIGEST_MAIL_URL) to another folder")
		return
	}
	d.warns("mail", fmt.Sprintf("maildir://%s can be written, but stays on this machine: nobody gets mail", dir), "set --mail (DIGEST_MAIL_URL) to a mail server, unless this is a trial")
}
