package main

import (
	"fmt"
	"net/url"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// configuration looks at settings that are valid, but may not be what is wanted. Invalid ones end every command
// before it starts.
func (d *doctor) configuration() {
	if d.domain == "localhost" {
		d.warns("sender", d.From+" is on localhost: mail from there is refused elsewhere, and nobody can answer it", "set --from (DIGEST_FROM) to an address of your own domain")
	} else {
		d.passes("sender", d.From)
	}
	const public = "set --app-url (DIGEST_APP_URL) to the RFC app's public address"
	mail, _ := d.namedMail() // another check reports the error
	app, err := url.Parse(d.AppURL)
	switch {
	case err != nil: // checked before
	case d.mailsLocalLinks(mail) && d.RedirectAllTo == "":
		d.fails("app URL", d.AppURL+" leads nowhere from other people's machines, and --mail is not on this one: nothing is sent", public)
	case core.IsLocal(app.Hostname()):
		d.warns("app URL", d.AppURL+" leads nowhere from other people's machines", public)
	case app.Scheme != "https":
		d.warns("app URL", d.AppURL+" is not encrypted", "set --app-url (DIGEST_APP_URL) to an https:// address")
	default:
		d.passes("app URL", d.AppURL)
	}
	every := fmt.Sprintf("every %v", d.every())
	if d.Enabled {
		d.passes("schedule", every+", mail is on")
	} else {
		d.warns("schedule", every+", but mail is off: nobody gets a digest, only watches lapse", "leave out --no-enabled (DIGEST_ENABLED=false)")
	}
}

// installation looks whether the database belongs to this installation.
func (d *doctor) installation() {
	const name = "installation"
	mail, _ := d.namedMail()
	owner, mine := core.ReadInstallation(d.facts[core.FactInstallation]), d.style.Installation()
	is := fmt.Sprintf("the database belongs to %s, mail from %s", texts.Clean(owner.AppURL), texts.Clean(owner.Domain))
	switch {
	case d.RedirectAllTo != "":
		d.warns(name, "every mail goes to "+d.RedirectAllTo+" instead, and nothing counts as sent", "leave out --redirect-all-to (DIGEST_REDIRECT_ALL_TO), unless this is a copy")
	case owner == core.Installation{}:
		d.passes(name, "the database has no name yet; the first tick that sends through a mail server names it")
	case !owner.Same(mine) && mail.server == nil:
		d.warns(name, fmt.Sprintf("%s, and this is %s, mail from %s, which stays on this machine", is, mine.AppURL, mine.Domain),
			"set --app-url (DIGEST_APP_URL) and --from (DIGEST_FROM) to what they are there, unless this is a trial")
	case !owner.Same(mine):
		d.fails(name, fmt.Sprintf("%s, and this is %s, mail from %s: nothing is sent", is, mine.AppURL, mine.Domain),
			"use --redirect-all-to ADDRESS if this is a copy; run rfcdigest tick --adopt once if the app or the sender has got another address")
	case d.facts[core.FactRedirected] != "":
		d.passes(name, is+"; mail was redirected to "+texts.Clean(d.facts[core.FactRedirected])+", which the next tick forgets")
	default:
		d.passes(name, is)
	}
}

// secretsMatch looks for odd secrets, and whether the processes that sign links and those that answer them have the
// same ones.
func (d *doctor) secretsMatch() {
	troubles := d.secretTroubles(d.facts, true, true)
	for _, t := range troubles {
		d.warns("secrets", t.found, t.mend)
	}
	switch {
	case len(troubles) > 0:
	case !d.keyring.CanSign():
		d.passes("secrets", "none")
	case d.facts == nil:
		d.passes("secrets", texts.Plural(len(d.secrets), "secret")+", not compared with the links that went out, since the database cannot be read")
	case d.facts[core.FactSigner] == "":
		d.passes("secrets", fmt.Sprintf("%s, the first with key ID %s; nothing was signed on this database yet", texts.Plural(len(d.secrets), "secret"), d.keyring.ID()))
	default:
		d.passes("secrets", "links that went out last can be answered; they have key ID "+d.facts[core.FactSigner])
	}
}
