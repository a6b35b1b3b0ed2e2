package returned

import "strings"

// vague are phrases that count only if the enhanced status code says nothing in particular.
var vague = []string{"access denied", "rejected by", "not allowed", "not permitted", "denied", "refused"}

// certain are phrases by which a server cannot mean anybody but the recipient, at any command: of au
// (KDDI), Yahoo, BSD's mail.local, IMail, Notes, Verizon, iCloud, Exchange, qmail, Exim and OpenSMTPD.
var certain = []string{
	"<@>: user unknown", "delivery error: dd this user doesn't", "mail.local: unknown user", "unknown user: @", "invalid final delivery userid",
	"not listed in public name", "not listed in domino directory", "invalid user address", "no valid recipients for this mm",
	"recipient no longer on server", "recipientnotfound", "recipient not found by smtp addr", "no mailbox here by that name", "unknown local part", "unknown local-part",
	"550 invalid recipient",
}

// command is the step of an SMTP transaction (RFC 5321 §3.3) at which a server said no.
type command int

const (
	unknownCommand command = iota
	beforeRecipient
	atRecipient
	atData
)

// marks are the words with which reports say at which step it was: Postfix, Exim, Sendmail and what was made after it,
// InterScan, qmail, DragonFly, m-FILTER, Yahoo, Gmail and others. The one that stands first in a report counts.
var marks = []struct {
	at    command
	words []string
}{
	{atRecipient, []string{
		"in reply to rcpt to", "after rcpt to", "after pipelined rcpt to", ">>> rcpt to", "<<< rcpt to", "does not like recipient",
		"did not like our rcpt to", "smtp command rcpt", "smtp:rcpt", "error following rcpt", "[rcpt_to]",
		"(state 13)", "(state 14)",
	}},
	{beforeRecipient, []string{
		"in reply to mail from", "in reply to helo", "in reply to ehlo", "after mail from", "after pipelined mail from", "after helo", "after ehlo",
		"after initial connection", ">>> mail from", ">>> helo", ">>> ehlo", "sender was rejected", "my name was rejected",
		"did not like our mail from", "smtp command mail", "error following mail", "[mail_from]", "(state 9)",
	}},
	{atData, []string{
		"in reply to end of data", "in reply to data", "after end of data", "after data", "after pipelined end of data", ">>> data",
		"after i sent the message", "did not like our data", "smtp command data", "(data)", "(state 15)",
		"(state 16)", "(state 17)", "(state 18)",
	}},
}

// pipelined are what a server answers to the mail itself if it refused all recipients, and both were sent together
// (RFC 2920). The report then has the answer about the recipient under the wrong command.
var pipelined = []string{"error: no valid recipients", "need rcpt"}

// askedAt returns the step that a text, as [plain] returns it, tells of.
func askedAt(text string) command {
	if hasAny(text, pipelined) {
		return atRecipient
	}
	first, at := len(text), unknownCommand
	for _, m := range marks {
		for _, words := range m.words {
			if i := strings.Index(text[:first], words); i >= 0 {
				first, at = i, m.at
			}
		}
	}
	return at
}

// plain returns a text in lower case, with single blanks, without links, with @ for each address, and without the
// codes that the second line of an answer and those after it begin with (RFC 5321 §4.2.1).
func plain(text string) string {
	var b strings.Builder
	for i, word := range strings.Fields(strings.ToLower(text)) {
		if strings.Contains(word, "://") || i > 0 && isContinued(word) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(withoutAddress(word))
	}
	return b.String()
}

// isContinued reports whether a word is like 550-5.1.1, which begins a further line of an answer.
func isContinued(word string) bool {
	return len(word) > 4 && isReply(word[:3]) && word[3] == '-' && isStatus(word[4:])
}

// withoutAddress returns a word with @ for an address in it, and what is around the address.
func withoutAddress(word string) string {
	at := strings.IndexByte(word, '@')
	if at < 0 || len(word) == 1 {
		return word
	}
	const around = `<>()[]"',;:`
	begin := strings.LastIndexAny(word[:at], around) + 1
	end := len(word)
	if i := strings.IndexAny(word[at:], around); i >= 0 {
		end = at + i
	}
	return word[:begin] + "@" + strings.TrimRight(word[end:], ".")
}

// isReply reports whether s is a reply code that says no (RFC 5321 §4.2.1).
func isReply(s string) bool {
	return len(s) == 3 && (s[0] == '4' || s[0] == '5') && '0' <= s[1] && s[1] <= '5' && '0' <= s[2] && s[2] <= '9'
}

// isStatus reports whether s is an enhanced status code (RFC 3463 §2).
func isStatus(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || !strings.Contains("245", parts[0]) {
		return false
	}
	for _, part := range parts[1:] {
		if len(part) < 1 || len(part) > 3 || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// codes returns the reply code and the enhanced status code that an answer begins with, or the first that stand in it. A
// status behind a reply code comes before others: some servers wrap the answer of another in one of their own.
func codes(answer string) (reply, status string) {
	words := strings.FieldsFunc(answer, func(r rune) bool { return strings.ContainsRune(" \t\r\n-'\"()[]<>#:;,", r) })
	for i, word := range words {
		switch {
		case isStatus(word):
			if behind := i > 0 && words[i-1] == reply; status == "" || behind {
				status = word
			}
			if reply != "" {
				return reply, status
			}
		case reply == "" && isReply(word):
			reply = word
		}
	}
	return reply, status
}
