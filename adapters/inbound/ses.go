package inbound

import (
	"encoding/json"
	"strings"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

// notification is what Amazon SES says in JSON of a mail, as its topics pass it on by mail or by HTTP.
type notification struct {
	NotificationType string `json:"notificationType"`
	EventType        string `json:"eventType"`
	Bounce           struct {
		BouncedRecipients []struct {
			EmailAddress   string `json:"emailAddress"`
			Action         string `json:"action"`
			Status         string `json:"status"`
			DiagnosticCode string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		ComplaintFeedbackType string `json:"complaintFeedbackType"`
	} `json:"complaint"`
	Delivery struct {
		Recipients   []string `json:"recipients"`
		SMTPResponse string   `json:"smtpResponse"`
	} `json:"delivery"`
	Mail struct {
		Source        string `json:"source"`
		CommonHeaders struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
	} `json:"mail"`
}

// notification reads what Amazon SES says, if the text is that.
func (p *parser) notification(text string) {
	begin := strings.IndexByte(text, '{')
	if begin < 0 || !strings.Contains(text, `"bounce`) && !strings.Contains(text, `"complaint`) && !strings.Contains(text, `"delivery`) {
		return
	}
	// Sendmail breaks lines of more than 998 bytes so.
	text = strings.NewReplacer("!\r\n ", "", "!\n ", "").Replace(text[begin:])
	var n notification
	if json.NewDecoder(strings.NewReader(text)).Decode(&n) != nil {
		return
	}
	r := &p.mail.Report
	switch n.NotificationType + n.EventType {
	case "Bounce":
		for _, one := range n.Bounce.BouncedRecipients[:min(len(n.Bounce.BouncedRecipients), maxGroups)] {
			r.Recipients = append(r.Recipients, returned.Recipient{Final: one.EmailAddress, Action: keyword(one.Action), Status: keyword(one.Status), Diagnostic: typed(one.DiagnosticCode)})
		}
	case "Complaint":
		r.Feedback = &returned.Feedback{Type: keyword(n.Complaint.ComplaintFeedbackType)}
	case "Delivery":
		r.Recipients = append(r.Recipients, returned.Recipient{Action: "delivered", Diagnostic: n.Delivery.SMTPResponse})
	default:
		return
	}
	p.address(n.Mail.Source)
	if p.mail.MessageID == "" {
		p.mail.MessageID = strings.Trim(n.Mail.CommonHeaders.MessageID, "<>")
	}
}
