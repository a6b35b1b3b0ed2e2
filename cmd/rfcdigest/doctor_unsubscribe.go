package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/term"
	"github.com/wiggleverse/rfcdigest/core/links"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// pagePatience is how long the unsubscribe page may take.
const pagePatience = 5 * time.Second

// unsubscribing looks whether mails have a link to unsubscribe, and whether it leads to our page.
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
	at := strings.TrimRight(d.PublicURL, "/") + links.Path
	done := d.waiting(name, "asking "+at)
	found := askPage(ctx, at+"signed-by-nobody", "Unsubscribe from digests?")
	done()
	if found != "" {
		if d.Listen == "" {
			found += "; links in mails lead nowhere, unless another process answers them: no --listen"
		}
		d.warns(name, at+" "+found, "see that serve runs with --listen (DIGEST_LISTEN), and that what stands before it passes /unsubscribe/ on, without a login")
		return
	}
	d.passes(name, at+" answers with the page that unsubscribes")
}

// askPage returns what is wrong with the answer at address; empty if it is a page of ours, which has some words in it.
func askPage(ctx context.Context, address, words string) string {
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
		return "cannot be reached: " + texts.Clean(err.Error())
	}
	defer response.Body.Close()
	page, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16)) // ours is shorter
	switch {
	case response.StatusCode != http.StatusOK:
		return "answers " + texts.Clean(response.Status)
	case !strings.Contains(string(page), words):
		return "answers with another page"
	}
	return ""
}

// waiting shows on a terminal what the doctor waits for, until done is called.
func (d *doctor) waiting(name, what string) (done func()) {
	columns, ok := term.Columns(d.std.out)
	if !ok || d.asJSON {
		return func() {}
	}
	fmt.Fprint(d.std.out, term.Fitted(fmt.Sprintf("%s%s: %s …", term.Blanks(statusWidth+2), name, what), columns-1))
	return func() { fmt.Fprint(d.std.out, term.ClearLine) }
}
