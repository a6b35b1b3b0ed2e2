package core

import (
	"fmt"
	"strings"
)

// TimeLayout is how instants are written for people and in the app's SQLite tables, in UTC.
const TimeLayout = "2006-01-02 15:04:05"

// Describe returns p as stable text: one line, then, where p has them, the window, the message and
// the verdicts, indented.
func Describe(p Plan) string {
	var b strings.Builder
	b.WriteString(Summarize(p) + "\n")
	if p.Reason == NoCadence {
		return b.String()
	}
	fmt.Fprintf(&b, "  window   %s to %s", Timestamp(p.Window.Start), Timestamp(p.Window.End))
	if !p.Since.Equal(p.Window.Start) {
		fmt.Fprintf(&b, ", late arrivals from %s", Timestamp(p.Since))
	}
	b.WriteString("\n")
	if p.Action == Send {
		fmt.Fprintf(&b, "  to       %s\n", strings.TrimSpace(p.Message.To.Name+" <"+p.Message.To.Mailbox+">"))
		fmt.Fprintf(&b, "  subject  %s\n", p.Message.Subject)
		fmt.Fprintf(&b, "  id       <%s>\n", p.Message.ID)
	}
	for _, j := range p.Judgements {
		fmt.Fprintf(&b, "  %-8d %s\n", j.ID, j.Verdict)
	}
	return b.String()
}

// Summarize returns p in one line.
func Summarize(p Plan) string {
	line := fmt.Sprintf("recipient %d: %s, %s", p.Recipient, p.Action, p.Reason)
	if p.Action == Send {
		line += ": " + p.Digest.count()
	}
	return line
}

// DescribeRelease returns p in one line.
func DescribeRelease(p ReleasePlan) string {
	return fmt.Sprintf("held e-mail %d to recipient %d: %s, %s", p.Mail.ID, p.Mail.Recipient, p.Action, p.Reason)
}

// DescribeRecovery returns p in one line.
func DescribeRecovery(p RecoveryPlan) string {
	return fmt.Sprintf("digest %d to recipient %d: %s, %s", p.Claim.ID, p.Claim.Recipient, p.Action, p.Reason)
}
