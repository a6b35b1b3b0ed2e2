package returned

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// dsn is a report about one recipient, with what Postfix would write around it.
func dsn(status, said, asked string) Report {
	text := "The mail system\n\n<ann@one.example>: host mx.one.example said: " + said
	if asked != "" {
		text += " (in reply to " + asked + " command)"
	}
	return Report{From: "MAILER-DAEMON@relay.example", ReportType: "delivery-status", Text: text,
		Recipients: []Recipient{{Final: "ann@one.example", Action: "failed", Status: status, Diagnostic: said}}}
}

func TestAnswersMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, said, asked string
		kind                Kind
		cause               Cause
	}{
		// Words count before codes.
		{"5.0.0", "550 5.1.1 User unknown", "", Dead, NoAddress},
		{"5.0.0", "550 Unknown user", "RCPT TO", Dead, NoAddress},
		{"5.0.0", "550 Unknown user", "end of DATA", Unable, Hearsay},
		{"5.0.0", "550 Unknown user", "", Unable, Hearsay},
		{"5.1.1", "550 Unknown user", "MAIL FROM", Refused, Sender},
		{"5.1.1", "552 5.1.1 mailbox of ann is over quota", "RCPT TO", Unable, Full},
		{"5.1.1", "550 5.1.1 Refused due to recipient preferences", "RCPT TO", Refused, Policy},
		{"5.1.1", "550 5.7.1 IP address blacklisted by recipient", "RCPT TO", Refused, Reputation},
		{"5.1.0", "550 5.1.0 <digest@rfc.example> sender rejected", "MAIL FROM", Refused, Sender},
		{"5.1.0", "550-5.1.0 MailFrom domain is listed in Spamhaus", "", Refused, Reputation},
		{"5.4.1", "550 5.4.1 [ann@one.example]: Recipient address rejected: Access denied", "RCPT TO", Dead, NoAddress},
		{"5.7.1", "554 5.7.1 <ann@one.example>: Recipient address rejected: Access denied", "end of DATA", Unable, Hearsay},
		{"5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "", Dead, NoAddress},
		{"5.0.0", "450 Requested action not taken: mailbox unavailable", "RCPT TO", Unable, Expired},
		{"5.5.0", "550 Requested action not taken: mailbox unavailable", "", Unable, Hearsay},
		{"5.1.2", "an MX or SRV record indicated no SMTP service", "", Dead, NoMail},
		{"5.2.1", "550 5.2.1 User unknown", "RCPT TO", Dead, NoAddress},
		{"5.0.0", "550 <ann@three.example>: User unknown", "", Dead, NoAddress},
		{"5.0.0", "554 delivery error: dd This user doesn't have a yahoo.example account (ann@yahoo.example)", "", Dead, NoAddress},
		{"5.0.0", "550 Unrouteable address", "RCPT TO", Dead, NoDomain},
		{"5.0.0", "No such domain.", "", Dead, NoDomain},
		{"5.4.4", "Host or domain name not found. Name service error for name=one.example type=A: Host not found", "", Dead, NoDomain},
		{"4.4.3", "Host or domain name not found. Name service error for name=one.example type=MX: Host not found, try again", "", Unable, Unreachable},
		{"5.4.4", "Name service error for name=one.example type=MX: Malformed or unexpected name server reply", "", Unable, Unreachable},
		{"4.0.0", "The domain one.example doesn't receive email: returned Null MX", "", Unable, Expired},
		{"5.1.10", "556 5.1.10 Recipient address has null MX", "", Dead, NoMail},
		{"5.3.2", "521 5.3.2 System not accepting network messages", "", Dead, NoMail},
		{"4.3.2", "421 4.3.2 System not accepting network messages", "", Unable, NotNow},
		// A name that looks like an answer is none.
		{"5.0.0", "550 user-unknown@one.example: see https://one.example/spam/mailbox-full", "RCPT TO", Unable, Unsaid},
		{"5.7.1", "550 5.7.1 no-such-user@one.example", "RCPT TO", Refused, Policy},
		// Codes, if there are no words.
		{"5.1.1", "550 5.1.1 nope", "", Dead, NoAddress},
		{"5.1.1", "550 5.1.1 nope", "MAIL FROM", Refused, Sender},
		{"5.1.2", "", "", Dead, NoDomain},
		{"5.1.3", "501 5.1.3 Bad", "", Dead, Malformed},
		{"5.1.6", "551 5.1.6 Gone", "", Dead, Moved},
		{"4.1.1", "450 4.1.1 later", "", Unable, Expired},
		{"5.7.17", "550 5.7.17 Sorry", "", Dead, OtherOwner},
		{"5.2.2", "", "", Unable, Full},
		{"5.2.1", "550 5.2.1 no", "", Unable, Disabled},
		{"5.7.13", "525 5.7.13 no", "", Unable, Disabled},
		{"5.7.26", "550 5.7.26 no", "", Refused, Authentication},
		{"5.7.606", "550 5.7.606 no", "", Refused, Reputation},
		{"5.7.99", "550 5.7.99 no", "", Refused, Policy},
		{"5.4.316", "", "", Unable, Expired},
		{"5.6.9", "550 5.6.9 no", "", Refused, Form},
		{"4.5.0", "451 4.5.0 no", "", Unable, NotNow},
		{"5.0.0", "421 no", "", Unable, NotNow},
		{"5.0.0", "552 no", "", Unable, Full},
		{"5.0.0", "530 no", "", Refused, Authentication},
		{"5.0.0", "550 Rejected", "end of DATA", Refused, Policy},
		{"5.0.0", "550 Rejected", "", Unable, Unsaid},
		{"5.0.0", "", "", Unable, Unsaid},
		{"", "", "", Unable, Unsaid},
		// Answers in answers.
		{"5.0.0", "5.1.0 - Unknown address error 550-'5.7.1 <ann@one.example>... Access denied' (delivery attempts: 0)", "", Refused, Policy},
		{"5.0.0", "550-5.7.1 This message does not have authentication 550-5.7.1 information or fails to pass", "", Refused, Authentication},
	} {
		v := Judge(dsn(c.status, c.said, c.asked))
		assert.Equal(t, c.kind, v.Kind, "%+v: %+v", c, v)
		assert.Equal(t, c.cause, v.Cause, "%+v: %+v", c, v)
		assert.NotContains(t, v.Said, "\n")
	}
}

// OpenSMTPD's delivery status says 5.0.0 of everything, and no more. What the server said stands in the text.
func TestAnAnswerInTheTextAloneCounts(t *testing.T) {
	t.Parallel()
	for said, kind := range map[string]Kind{
		"550 5.1.1 User unknown": Dead, "550 5.1.1 <ann@one.example>": Dead, "550 Invalid recipient": Dead, "550 Unknown user": Unable, "552 5.2.2 x": Unable, "554 5.7.1 x": Refused,
	} {
		r := Report{Text: "the following list of recipients:\n\nbob@one.example: 250 5.2.0 Ok\nann@one.example: " + said + "\n\n", Recipients: []Recipient{{Final: "ann@one.example", Action: "failed", Status: "5.0.0"}}}
		v := Judge(r)
		assert.Equal(t, kind, v.Kind, "%s: %+v", said, v)
		assert.Equal(t, said[:3], v.Reply)
		assert.Contains(t, v.Said, said)
	}
}

func TestActionsDecideWhatAnAnswerIsFor(t *testing.T) {
	t.Parallel()
	r := dsn("5.1.1", "550 5.1.1 User unknown", "RCPT TO")
	for action, kind := range map[string]Kind{"failed": Dead, "": Dead, "expired": Dead, "delayed": Delayed, "delivered": Delivered, "relayed": Delivered, "expanded": Delivered} {
		r.Recipients[0].Action = action
		assert.Equal(t, kind, Judge(r).Kind, action)
	}
}

// An address that forwards to several is dead once all of them are.
func TestTheMildestOfSeveralCounts(t *testing.T) {
	t.Parallel()
	dead := Recipient{Action: "failed", Status: "5.1.1"}
	others := map[Kind]Recipient{
		Dead: dead, Unable: {Action: "failed", Status: "5.2.2"}, Refused: {Action: "failed", Status: "5.7.1"}, Delayed: {Action: "delayed", Status: "4.4.1"}, Delivered: {Action: "delivered", Status: "2.0.0"},
	}
	for kind, other := range others {
		assert.Equal(t, kind, Judge(Report{Recipients: []Recipient{dead, other}}).Kind)
		assert.Equal(t, kind, Judge(Report{Recipients: []Recipient{other, dead}}).Kind)
	}
	assert.Equal(t, Delivered, Judge(Report{Recipients: []Recipient{others[Refused], others[Delivered], others[Delayed]}}).Kind)
}

func TestFeedbackIsAComplaintIfAReaderGaveIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		Feedback
		kind  Kind
		cause Cause
	}{
		{Feedback{Type: "abuse"}, Complaint, Spam}, {Feedback{Type: "fraud"}, Complaint, Spam}, {Feedback{Type: "other"}, Complaint, Spam}, {Feedback{}, Complaint, Spam},
		{Feedback{Type: "opt-out"}, Complaint, OptedOut}, {Feedback{Type: "opt-out-list"}, Complaint, OptedOut},
		{Feedback{Type: "auth-failure"}, Refused, Authentication}, {Feedback{Type: "abuse", AuthFailure: "dmarc"}, Refused, Authentication},
		{Feedback{Type: "virus"}, Refused, Content}, {Feedback{Type: "not-spam"}, Nothing, NotAReport},
	} {
		v := Judge(Report{Feedback: &c.Feedback, ToUnsubscribe: true})
		assert.Equal(t, c.kind, v.Kind, c)
		assert.Equal(t, c.cause, v.Cause, c)
	}
}

func TestWhatIsNoReportOfAServer(t *testing.T) {
	t.Parallel()
	says := "550 5.1.1 User unknown (in reply to RCPT TO command)"
	for name, c := range map[string]struct {
		Report
		kind Kind
	}{
		"a person":                              {Report{From: "ann@one.example", Subject: "Re: 3 new events", Text: says}, Nothing},
		"a person, with the subject":            {Report{From: "ann@one.example", Subject: "Undelivered Mail", Text: says}, Unable},
		"a person, with the fields":             {Report{From: "ann@one.example", Text: says, StatusInText: true, Recipients: []Recipient{{Action: "failed", Status: "5.1.1"}}}, Nothing},
		"a daemon":                              {Report{From: "mailer-daemon@one.example", Text: says}, Dead},
		"a daemon by its name":                  {Report{FromName: "Mail Delivery System", Text: says}, Dead},
		"a daemon, with the fields in words":    {Report{From: "Post_Master@one.example", StatusInText: true, Recipients: []Recipient{{Action: "failed", Status: "5.1.1"}}}, Dead},
		"an empty sender":                       {Report{From: "ann@one.example", NullSender: true, Text: says}, Dead},
		"an empty sender that answers":          {Report{From: "ann@one.example", NullSender: true, AutoSubmitted: "auto-replied", Text: says}, AutoReply},
		"an answer":                             {Report{From: "ann@one.example", Subject: "Out of Office: x", Text: says}, AutoReply},
		"an answer from before RFC 3834":        {Report{From: "ann@one.example", Precedence: "auto_reply", Text: says}, AutoReply},
		"no answer":                             {Report{From: "ann@one.example", AutoSubmitted: "no", Text: "Hi"}, Nothing},
		"a wish to unsubscribe":                 {Report{From: "ann@one.example", ToUnsubscribe: true, Text: says}, Unsubscribe},
		"a vacation message to that address":    {Report{From: "ann@one.example", ToUnsubscribe: true, AutoSubmitted: "auto-replied", Subject: "Away", Text: says}, AutoReply},
		"a program's wish to unsubscribe":       {Report{From: "ann@one.example", ToUnsubscribe: true, AutoSubmitted: "auto-generated", Text: says}, Unsubscribe},
		"a wish to unsubscribe, by its subject": {Report{From: "ann@one.example", Subject: " Unsubscribe ", AutoSubmitted: "auto-generated"}, Unsubscribe},
		"a report on a wish to unsubscribe":     {Report{From: "mailer-daemon@one.example", ToUnsubscribe: true, Recipients: []Recipient{{Action: "failed", Status: "5.1.1"}}}, Dead},
		"nothing at all":                        {Report{}, Nothing},
	} {
		assert.Equal(t, c.kind, Judge(c.Report).Kind, name)
	}
}

// The tables are searched in their order, so a row that another one hides would be dead.
func TestNoRowOfATableHidesAnother(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, s := range statuses {
		for _, code := range s.codes {
			assert.False(t, fitsAny(seen, strings.Replace(code, "*", "00", 1)), code)
			found, ok := ofStatus("5." + code)
			assert.True(t, ok || strings.HasSuffix(code, "*"), code)
			assert.True(t, !ok || found == finding{s.kind, s.cause}, code)
			seen = append(seen, code)
		}
	}
	for _, p := range phrases {
		for _, words := range p.words {
			assert.Equal(t, strings.TrimSpace(words), plain(words), "it can never be found")
			got, ok := ofWords(strings.ReplaceAll(words, "*", " x "))
			assert.True(t, ok, words)
			assert.Equal(t, finding{p.kind, p.cause}, got, words)
		}
	}
	for _, list := range [][]string{vague, certain, pipelined, openings} {
		for _, words := range list {
			assert.Equal(t, words, plain(words))
		}
	}
}

// Every verdict has words for its reason, and no mail but a server's report makes an address dead.
func TestVerdictsHoldForAnyReport(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		piece := rapid.OneOf(rapid.SampledFrom([]string{"550", "5.1.1", "user unknown", "in reply to RCPT TO", "mailbox full", "\n", " ", "@", "Action: failed", "no such domain"}), rapid.String())
		return strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		r := Report{Text: text.Draw(t, "text"), Subject: text.Draw(t, "subject"), From: "ann@one.example", StatusInText: true}
		for range rapid.IntRange(0, 2).Draw(t, "recipients") {
			r.Recipients = append(r.Recipients, Recipient{Action: text.Draw(t, "action"), Status: text.Draw(t, "status"), Diagnostic: text.Draw(t, "diagnostic")})
		}
		v := Judge(r)
		assert.NotEqual(t, Dead, v.Kind, "said by a person")
		r.NullSender = rapid.Bool().Draw(t, "null")
		v = Judge(r)
		assert.NotEmpty(t, v.Cause)
		assert.LessOrEqual(t, len(v.Said), maxSaid)
		assert.Equal(t, v, Judge(r))
	})
}
