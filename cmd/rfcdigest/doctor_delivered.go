package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/adapters/inbound"
	"github.com/wiggleverse/rfcdigest/core/delivered"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// delivered looks at a mail that arrived, and at nothing else.
func (c *doctorCommand) delivered(d *doctor) error {
	defer c.MailCheck.Close()
	m, err := inbound.ReadDelivered(c.MailCheck)
	if err != nil {
		return fmt.Errorf("reading the mail: %w", err)
	}
	if m.Get("from") == "" && m.Get("message-id") == "" {
		return usagef("--mail-check %s: this is no mail; save one with its whole header, as mail programs do with .eml", c.MailCheck.Name())
	}
	d.origin(m)
	d.oneClick(m)
	d.signature(m.Signatures(inbound.Organisation), m.Author)
	d.authentication(m.Results())
	d.whenItLeft(m)
	d.partsOf(m)
	d.sizeOf(m)
	return d.conclude()
}

// origin looks whether a mail is one of ours.
func (d *doctor) origin(m delivered.Mail) {
	const name = "origin"
	switch {
	case m.Author == "":
		d.fails(name, "From has no address", "look at a mail of this program, saved as it arrived")
	case m.HomeOf() != m.Author:
		d.fails(name, fmt.Sprintf("the Message-ID is not at the sender's domain, %s: <%s>", texts.Clean(m.Author), texts.Clean(strings.Trim(m.Get("message-id"), "<>"))),
			"look at a mail of this program; if this is one, have the relay keep its Message-ID, by which second copies are known")
	case !m.Automatic():
		d.warns(name, "there is no Auto-Submitted: auto-generated, without which some programs answer that somebody is away", "have the relay keep that field")
	case !m.Listed():
		d.warns(name, "one of ours, but without a List-Id", "have the relay keep that field, unless this is a held e-mail, which belongs to no list")
	case d.domain != "localhost" && d.domain != m.Author:
		d.warns(name, fmt.Sprintf("the sender is at %s, and --from (DIGEST_FROM) at %s", texts.Clean(m.Author), d.domain), "give doctor the settings of the installation that sent it")
	default:
		d.passes(name, "one of ours: Message-ID at "+texts.Clean(m.Author)+", Auto-Submitted, List-Id")
	}
}

// oneClick looks whether mail programs may offer to unsubscribe with one click.
func (d *doctor) oneClick(m delivered.Mail) {
	const name = "one click"
	address, troubles := m.Unsubscribing()
	switch {
	case len(troubles) == 0:
		d.passes(name, "List-Unsubscribe has an https address, and List-Unsubscribe-Post has List-Unsubscribe=One-Click (RFC 8058)")
	case address == "" && !m.Listed():
		d.warns(name, "there is no address to unsubscribe at", "nothing is to do if this is a held e-mail, which has none")
	default:
		d.fails(name, strings.Join(troubles, "; "), "set --secret (DIGEST_SECRET) and --public-url (DIGEST_PUBLIC_URL) where digests are sent; "+
			"if they are, have the relay leave these fields as they are. Tests by send-test have none")
	}
}

// toSign says how to have widespread signers sign what they leave out unless they are told.
const toSign = "have the signer sign it. OpenDKIM: SignHeaders *,+List-Unsubscribe-Post,+Message-ID; Exim: dkim_sign_headers = _DKIM_SIGN_HEADERS:List-Unsubscribe-Post; " +
	"dkimpy: include_headers, or dkim.DKIM.SHOULD += (b'list-unsubscribe-post',); npm mailauth: headerList, or --header-fields"

// signature looks at what a mail is signed for. all are its signatures, the most useful one first.
func (d *doctor) signature(all []delivered.Signature, author string) {
	const name = "DKIM signature"
	if len(all) == 0 {
		d.fails(name, "there is no DKIM-Signature, so no mail program may offer one click, and large mail providers may refuse the mail",
			"have the relay sign as "+texts.Clean(author)+"; if it does, see what took the signature away")
		return
	}
	best := all[0]
	signer := texts.Clean(best.Domain)
	found := "signed by " + signer
	switch {
	case !best.Aligned:
		d.fails(name, fmt.Sprintf("%s, which does not belong to the sender's domain, %s, so it does not count for DMARC", found, texts.Clean(author)), "have the relay sign with d="+texts.Clean(author)+" too")
	case delivered.Unclickable(best.Open):
		d.fails(name, found+", but not for "+strings.Join(best.Open, ", ")+": mail programs may offer one click only if both List-Unsubscribe fields are signed (RFC 8058)", toSign)
	case len(best.Open) > 0:
		d.warns(name, found+", but not for "+strings.Join(best.Open, ", ")+", which can be changed on the way, and by those who send the mail again", toSign)
	default:
		d.passes(name, found+", for all fields that matter. Whether it is valid is not looked at here, since that takes DNS")
	}
}

// authentication looks at what the recipient's mail server found.
func (d *doctor) authentication(server string, results []delivered.Result) {
	const name = "authentication"
	if len(results) == 0 {
		d.warns(name, "the recipient's mail server does not say whether SPF, DKIM and DMARC pass (Authentication-Results)", "look at the same mail at a provider that says so, as large ones do")
		return
	}
	var found, bad []string
	for _, r := range results {
		found = append(found, r.Method+"="+texts.Clean(r.Value))
		if r.Value != "pass" {
			bad = append(bad, r.Method)
		}
	}
	text := texts.Clean(server) + " says " + strings.Join(found, ", ")
	switch strings.Join(bad, " ") {
	case "":
		d.passes(name, text)
	case "spf":
		d.warns(name, text, "add the relay to the SPF record of the envelope sender's domain; a mail that was forwarded fails this by nature")
	default:
		d.fails(name, text, "dkim: see that the key in DNS is the signer's, and that nothing changes the mail behind it; dmarc: needs dkim or spf to pass for the sender's own domain")
	}
}

// tooLate is how far Date may be from when a mail left: from then on spam filters count it.
const tooLate = 3 * time.Hour

// whenItLeft looks whether a mail left when its Date says.
func (d *doctor) whenItLeft(m delivered.Mail) {
	const name = "date"
	late, ok := m.Late()
	switch {
	case m.Made.IsZero():
		d.fails(name, "there is no Date that can be read", "have the relay leave that field as it is")
	case !ok:
		d.warns(name, "no Received says when the mail left", "look at a mail that came through a mail server")
	case late >= tooLate:
		d.warns(name, "it left "+inTime(late)+" after its Date, which spam filters count", "see in the log whether the relay refused it for that long, and in the relay's whether it waited there")
	case late <= -tooLate:
		d.warns(name, "its Date is "+inTime(-late)+" after it left, which spam filters count", "set the clocks of this machine and of the relay")
	default:
		d.passes(name, fmt.Sprintf("it left within %s of its Date", texts.Plural(int(max(late, -late).Hours())+1, "hour")))
	}
}

// partsOf looks whether what people read has arrived as it was.
func (d *doctor) partsOf(m delivered.Mail) {
	const name = "content"
	const whole = "have what stands on the way change no text and no links: click tracking, footers, warnings about mail from outside"
	var troubles []string
	if strings.TrimSpace(m.Text) == "" {
		troubles = append(troubles, "there is no text part")
	}
	if strings.TrimSpace(m.HTML) == "" {
		troubles = append(troubles, "there is no HTML part")
	}
	found := "a text and an HTML part"
	if address, _ := m.Unsubscribing(); address != "" && len(troubles) == 0 {
		inText, inHTML := m.Whole(address)
		if !inText {
			troubles = append(troubles, "the link to unsubscribe in the text is missing, or not that of List-Unsubscribe")
		}
		if !inHTML {
			troubles = append(troubles, "the link to unsubscribe in the HTML is missing, or not that of List-Unsubscribe")
		}
		found += ", each with its whole link to unsubscribe"
	}
	if len(troubles) > 0 {
		d.fails(name, strings.Join(troubles, "; "), whole)
		return
	}
	d.passes(name, found)
}

// gmailCuts is how many bytes of HTML Gmail shows. What is behind, such as the link to unsubscribe, is cut off.
const gmailCuts = 102_000

// sizeOf looks whether Gmail shows all of a mail.
func (d *doctor) sizeOf(m delivered.Mail) {
	const name = "size"
	found := fmt.Sprintf("%s of HTML; Gmail shows %s", inBytes(int64(len(m.HTML))), inBytes(gmailCuts))
	if len(m.HTML) > gmailCuts {
		d.warns(name, found, "lower --max-rfcs (DIGEST_MAX_RFCS)")
		return
	}
	d.passes(name, found)
}
