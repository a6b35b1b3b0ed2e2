package returned

import (
	"slices"
	"strings"
)

// daemons are the names under which mail servers write reports, without what is between their letters.
var daemons = []string{"mailerdaemon", "postmaster", "maildeliverysystem", "maildeliverysubsystem", "mdaemon", "doublebounce"}

// subjects are parts of the subjects of reports, in lower case.
var subjects = []string{
	"undeliver", "delivery status notification", "delivery failure", "failure notice", "delivery failed", "returned mail",
	"delivery notification", "mail failure", "mail system error", "could not be delivered", "message delivery has failed",
	"delivery has failed", "failed delivery", "failure delivery", "delivery problem", "non-delivery", "nondeliver",
	"error sending your mail", "not member", "loop alert", "mail status report", "mail delivery status report",
}

// openings are what reports say in their text, as [plain] returns it.
var openings = []string{
	"could not be delivered to", "delivery to the following recipient", "unable to deliver message to",
	"you are not a member of this mailing list", "was not delivered to", "has not been delivered to", "was automatically rejected:",
}

// isBounce reports whether r is from a mail server, and reports in words. human is the text for people.
func isBounce(r Report, human string) bool {
	name, _, _ := strings.Cut(strings.ToLower(r.From), "@")
	switch {
	case len(r.Failed) > 0, r.ReportType == "delivery-status", strings.Contains(human, "was automatically rejected:") && isAutomatic(r):
		return true
	case slices.Contains(daemons, letters(name)), slices.Contains(daemons, letters(strings.ToLower(r.FromName))):
		return true
	}
	return r.NullSender && !isAutomatic(r)
}

// letters returns the letters of s.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r
		}
		return -1
	}, s)
}

// replies by programs begin their subject so, in lower case.
var autoSubjects = []string{
	"automatic reply", "auto reply", "autoreply", "auto-reply", "auto response", "autoresponse", "auto-response", "automatic response",
	"auto:", "out of office", "out of the office", "vacation", "abwesend", "abwesenheit", "automatische antwort", "réponse automatique",
	"absence du bureau", "respuesta automática", "fuera de la oficina", "risposta automatica", "resposta automática", "automatisch antwoord", "autosvar",
	"automaattinen vastaus", "自動返信", "不在", "автоответ", "automatyczna odpowiedź",
}

// isAutomatic reports whether a program answered (RFC 3834 §5, and what was usual before it).
func isAutomatic(r Report) bool {
	subject := strings.TrimSpace(strings.ToLower(r.Subject))
	return r.AutoSubmitted != "" && r.AutoSubmitted != "no" || r.Automatic || r.Precedence == "auto_reply" || r.Precedence == "auto-reply" ||
		r.ReportType == "disposition-notification" ||
		slices.ContainsFunc(autoSubjects, func(begin string) bool { return strings.HasPrefix(subject, begin) })
}
