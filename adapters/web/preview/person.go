package preview

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// person is one recipient, in one of the views.
type person struct {
	ID            int64
	Name, Address string
	// Facts are the person's settings.
	Facts []fact
	Badge badge
	// Why is the plan's reason in a sentence, and Remarks are about the settings.
	Why     string
	Remarks []core.Remark
	// Refused is what is held against the address; nil if nothing is. SaysWhy is set if Why does not say it.
	Refused *refused
	SaysWhy bool
	Views   []view
	// One of these is set, by the view.
	Mail    *mailShown
	Text    *string
	Headers []header
	Source  *source
	Reasons *reasons
	Windows *windows
	// Nothing says why there is nothing to show in a view.
	Nothing string
	// Draft says why a mail that is shown would not go out.
	Draft string
}

type fact struct{ Name, Value string }

// view is a link to one of the views.
type view struct {
	Name, Label, Href string
	Current           bool
}

// view returns the view that is shown.
func (p *person) view() view {
	for _, v := range p.Views {
		if v.Current {
			return v
		}
	}
	return view{}
}

// CurrentView is the name of the view that is shown.
func (p *person) CurrentView() string { return p.view().Name }

// CurrentLabel is the label of the view that is shown.
func (p *person) CurrentLabel() string { return p.view().Label }

func (s *site) newPerson(t state, e core.Explanation) *person {
	r := e.Recipient
	p := &person{ID: r.ID, Name: texts.Clean(r.Name), Address: texts.Clean(r.Address), Badge: badgeOf(e.Plan), Why: e.Why, Remarks: e.Remarks, Facts: facts(r)}
	p.Refused = newRefused(r, e.Zone, t.now)
	p.SaysWhy = e.Plan.Reason != core.Suppressed && e.Plan.Reason != core.Refused
	if p.Name == "" {
		p.Name = "No name"
	}
	for _, name := range views {
		p.Views = append(p.Views, view{
			Name: name, Label: strings.ToUpper(name[:1]) + name[1:], Current: name == t.view,
			Href: t.with(func(t *state) { t.view = name; t.verdict, t.skip = "", 0 }).href(),
		})
	}
	switch t.view {
	case whyView:
		p.Reasons = newReasons(t, e)
	case windowsView:
		p.Windows = newWindows(t, e)
	default:
		s.showMail(p, t, e)
	}
	return p
}

// showMail fills in one of the views that show the mail.
func (s *site) showMail(p *person, t state, e core.Explanation) {
	if !e.Drafted {
		p.Nothing = nothing(e)
		return
	}
	if e.Plan.Action != core.Send {
		p.Draft = string(e.Plan.Reason)
	}
	if t.view == textView {
		p.Text = &e.Draft.Text
		return
	}
	raw, err := s.Render(e.Draft)
	switch {
	case t.view == mailView:
		p.Mail = newMail(t, e.Draft, raw)
	case err != nil:
		p.Nothing = "No mail can be made of this: " + texts.Clean(err.Error()) + "."
	case t.view == headersView:
		p.Headers = readHeaders(raw)
	default:
		p.Source = &source{Size: len(raw), Text: string(raw)}
	}
}

// nothing says why there is no mail to show.
func nothing(e core.Explanation) string {
	if e.Recipient.Cadence.Period() == 0 {
		return "There is no mail to show: this cadence has no digests."
	}
	return "There is no mail to show: nothing in the window is for a digest. “Why” says what became of each notification."
}

// source is a mail as it travels.
type source struct {
	Size int
	Text string
}

// facts returns the settings of r, as they are stored.
func facts(r core.Recipient) []fact {
	zone := texts.Clean(r.Preferences.TimeZone)
	if zone == "" {
		zone = "UTC"
	}
	all := []fact{{"Cadence", texts.Clean(string(r.Cadence))}, {"Time zone", zone}, {"Quiet hours", cmp.Or(r.Preferences.QuietWords(), "none")}}
	if r.Preferences.Rhythm != "" {
		all = append(all, fact{"Rhythm", texts.Clean(r.Preferences.Rhythm)})
	} else {
		all = append(all, fact{"Send hour", sendHour(r)})
	}
	if r.Preferences.PausedUntil != "" {
		all = append(all, fact{"Paused until", texts.Clean(r.Preferences.PausedUntil)})
	}
	return all
}

func sendHour(r core.Recipient) string {
	p := r.Preferences
	if p.SendHour == nil {
		return "none"
	}
	hour := fmt.Sprintf("%02d:00", *p.SendHour)
	if r.Cadence != core.Weekly {
		return hour
	}
	day := texts.Clean(p.SendWeekday)
	if day == "" {
		day = "monday"
	}
	return hour + " on " + day
}
