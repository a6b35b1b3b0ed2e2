package main

import (
	"fmt"
	"iter"
	"strings"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// heldMail says which held e-mails do not go out as the app may think, how many they are, and names one of each sort.
func (d *doctor) heldMail(b core.Backlog, releases iter.Seq2[core.ReleasePlan, error]) error {
	var odd, hopeless int
	var oneOdd, oneHopeless core.ReleasePlan
	for p, err := range releases {
		if err != nil {
			return err
		}
		if p.Mail.OddNotifications != "" {
			odd, oneOdd = odd+1, p
		}
		if p.Action == core.GiveUp {
			hopeless, oneHopeless = hopeless+1, p
		}
	}
	var all, mend []string
	say := func(n int, id int64, what, how string) {
		if n > 0 {
			all = append(all, fmt.Sprintf("%s %s, like ID %d", texts.Plural(n, "e-mail"), what, id))
			mend = append(mend, how)
		}
	}
	say(b.Stuck, b.LastStuck, "waiting for ever, with a status that nobody knows", "enter the status held, or dropped to let them go")
	say(b.GivenUp, b.LastGivenUp, "given up, for the reason in error", "enter the status held to try them again, or dropped to let them go")
	say(hopeless, oneHopeless.Mail.ID, "that the next tick gives up ("+string(oneHopeless.Reason)+")", "mend recipient_user_id, the address or the text")
	say(odd, oneOdd.Mail.ID, "with notification IDs that are no list, as '"+texts.Clean(oneOdd.Mail.OddNotifications)+"'", "enter them as [1, 2], so that digests leave them out")
	if len(all) == 0 {
		d.passes("held mail", fmt.Sprintf("%d waiting, none given up", b.Held))
		return nil
	}
	d.warns("held mail", strings.Join(all, "; "), "in held_emails, "+strings.Join(mend, "; "))
	return nil
}
