package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/smtp"
	"github.com/wiggleverse/rfcdigest/core"
)

const (
	// mailPatience is how long a mail server may take to greet, encrypt and let in, together.
	mailPatience = 25 * time.Second
	// pagePatience is how long the page that unsubscribes may take.
	pagePatience = 5 * time.Second
)

// mailServer looks where mail would go.
func (d *doctor) mailServer(ctx context.Context) {
	const name = "mail"
	scheme, rest, _ := strings.Cut(d.Mail, "://")
	mailer, err := d.newMailer()
	if err != nil {
		d.fails(name, plainly(err), "set --mail (DIGEST_MAIL_URL), like smtp://USER:PASS@HOST:587")
		return
	}
	switch scheme {
	case "discard":
		d.warns(name, "discard:// throws every mail away", "set --mail (DIGEST_MAIL_URL) to a mail server")
		return
	case "maildir":
		d.maildir(rest)
		return
	}
	config, err := smtp.ParseURL(d.Mail)
	if err != nil {
		return // newMailer has read it
	}
	done := d.waiting(name, "asking "+config.String())
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	conn, err := mailer.Dial(ctx)
	done()
	if err != nil {
		const see = "see that the server runs, and that --mail (DIGEST_MAIL_URL) has its name and port"
		found, mend := parted(plainly(errors.Unwrap(err)), "; ", see)
		if strings.HasSuffix(mend, "?") {
			mend = see
		}
		d.fails(name, found, mend)
		return
	}
	_ = conn.Close() // nothing was sent over it
	d.passes(name, fmt.Sprintf("%s is ready for mail, %s, %s; nothing was sent", config, encryption(config.TLS), loginOf(config.Username)))
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
	there := dir
	for {
		_, err := os.Stat(there)
		if !errors.Is(err, fs.ErrNotExist) || there == filepath.Dir(there) {
			break
		}
		there = filepath.Dir(there)
	}
	for _, place := range []string{there, filepath.Join(dir, "tmp"), filepath.Join(dir, "new")} {
		info, err := os.Stat(place)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
		if err == nil {
			err = mayWrite(place)
		}
		if err != nil {
			d.fails("mail", fmt.Sprintf("cannot write into %s for maildir://%s (%v)", place, dir, reasonOf(err)), "change its permissions, or set --mail (DIGEST_MAIL_URL) to another folder")
			return
		}
	}
	d.warns("mail", fmt.Sprintf("maildir://%s can be written, but stays on this machine: nobody gets mail", dir), "set --mail (DIGEST_MAIL_URL) to a mail server, unless this is a trial")
}

// reasonOf returns err without the path in it.
func reasonOf(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// unsubscribing looks whether recipients find a way to unsubscribe in their mails, and whether it leads here.
func (d *doctor) unsubscribing(ctx context.Context) {
	const name = "unsubscribe links"
	const without = ": mails have no link to unsubscribe, which large mail providers ask for"
	switch {
	case !d.keyring.CanSign() && d.PublicURL == "":
		d.warns(name, "no secret and no public URL"+without, "set --secret (DIGEST_SECRET) to what openssl rand -hex 32 prints, and --public-url (DIGEST_PUBLIC_URL)")
		return
	case !d.keyring.CanSign():
		d.warns(name, "no secret"+without, "set --secret (DIGEST_SECRET) to what openssl rand -hex 32 prints")
		return
	case d.PublicURL == "":
		d.warns(name, "no public URL"+without, "set --public-url (DIGEST_PUBLIC_URL) to where recipients reach serve --listen, with https")
		return
	}
	at := strings.TrimRight(d.PublicURL, "/") + core.UnsubscribePath
	done := d.waiting(name, "asking "+at)
	found := askPage(ctx, at+"signed-by-nobody")
	done()
	if found != "" {
		d.warns(name, at+" "+found, "see that serve runs with --listen, and that what stands before it passes /unsubscribe/ on, without a login")
		return
	}
	d.passes(name, at+" answers with the page that unsubscribes")
}

// askPage returns what is wrong with the answer at address; empty where it is our page.
func askPage(ctx context.Context, address string) string {
	ctx, cancel := context.WithTimeout(ctx, pagePatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "cannot be asked for"
	}
	// Mail programs that unsubscribe by themselves follow no redirect (RFC 8058).
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		if why := (*url.Error)(nil); errors.As(err, &why) {
			err = why.Err
		}
		if ctx.Err() != nil {
			return fmt.Sprintf("does not answer within %v", pagePatience)
		}
		return "cannot be reached: " + core.Clean(err.Error())
	}
	defer response.Body.Close()
	page, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16)) // what is cut off is not ours
	switch {
	case response.StatusCode != http.StatusOK:
		return "answers " + core.Clean(response.Status)
	case !strings.Contains(string(page), "Unsubscribe from digests?"):
		return "answers with another page"
	}
	return ""
}

// waiting says on a terminal what is waited for, until it is there.
func (d *doctor) waiting(name, what string) (done func()) {
	columns, ok := columnsOf(d.std)
	if !ok || d.asJSON {
		return func() {}
	}
	fmt.Fprint(d.std.out, fitted(fmt.Sprintf("%s%s: %s …", blanks(statusWidth+2), name, what), columns-1))
	return func() { fmt.Fprint(d.std.out, clearLine) }
}
