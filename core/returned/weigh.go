package returned

import "strings"

// weigh says what an answer means, from its words, its codes, and the text for people around it. What tells more goes
// first: the words of the server, its enhanced status code, the words of the report, its reply code. Words go before
// codes because servers choose those with more care: Exim and OpenSMTPD have 5.0.0 for everything, and others 5.1.1.
func weigh(answer, human, status, reply string) finding {
	if reply == "521" && status == "5.3.2" { // together: the host takes no mail at all (RFC 7504 §6)
		return finding{Dead, NoMail}
	}
	if found, ok := ofWords(answer); ok {
		return believed(found, answer+" "+human, status, reply)
	}
	if found, ok := ofStatus(status); ok && !isVague(status) {
		if found.kind == Dead && askedAt(human) == beforeRecipient {
			return finding{Refused, Sender}
		}
		return found
	}
	if reply+status != "" && hasAny(answer, vague) {
		return finding{Refused, Policy}
	}
	if found, ok := ofWords(human); ok {
		return believed(found, human, status, reply)
	}
	if found, ok := ofStatus(status); ok {
		return found
	}
	if found, ok := ofReply(reply); ok {
		return found
	}
	if at := askedAt(human); at == beforeRecipient || at == atData && strings.HasPrefix(reply, "5") {
		return finding{Refused, Policy} // it was not about the recipient
	}
	return finding{Unable, Unsaid}
}

// believed returns what is left of a finding that the address or its domain is dead, if words alone say so. Servers say
// "user unknown" also of senders, and after the whole mail, to hide that they filter it. So the words count if the
// status is about the address too (X.1.X), if the server was asked for the address, or if they can mean nothing else.
func believed(found finding, text, status, reply string) finding {
	if found.kind != Dead {
		return found
	}
	at := askedAt(text)
	switch {
	case at == beforeRecipient:
		return finding{Refused, Sender}
	case strings.HasPrefix(status, "4."), strings.HasPrefix(reply, "4"):
		return finding{Unable, Expired}
	case strings.HasPrefix(status, "5.1."), status == "5.4.1": // the latter is Exchange's, for addresses that no directory has
		return found
	case at == atRecipient, found.cause == NoDomain, found.cause == NoMail, hasAny(text, certain):
		return found
	}
	return finding{Unable, Hearsay}
}

// isVague reports whether an enhanced status code says no more than what it is about: the last number is 0, for
// "other" (RFC 3463 §3).
func isVague(status string) bool {
	return status == "" || strings.HasSuffix(status, ".0")
}

// firstAnswer returns the first line of a report that has the answer of a server, with the lines that go on with it. The
// line begins with the text before, which may be empty.
func firstAnswer(text, before string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if reply, _ := codes(l); reply == "" || !strings.HasPrefix(strings.TrimSpace(l), before) {
			continue
		}
		end := i + 1
		for end < len(lines) && end < i+6 && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		return strings.TrimSpace(strings.Join(lines[i:end], "\n"))
	}
	return ""
}

// unwrapped returns the answer in an answer, as IronPort writes it: 5.1.0 - Unknown address error 550-'5.7.1 Access denied'.
func unwrapped(said string) string {
	if i := strings.Index(said, "-'"); i >= 3 && isReply(said[i-3:i]) {
		return said[i-3:]
	}
	return said
}

// maxSaid bounds [Verdict.Said], in bytes.
const maxSaid = 300

// line returns what a server said as one line.
func line(said string) string {
	said = strings.Join(strings.Fields(strings.ToValidUTF8(said, "\uFFFD")), " ")
	if len(said) > maxSaid {
		said = strings.ToValidUTF8(said[:maxSaid], "")
	}
	return said
}
