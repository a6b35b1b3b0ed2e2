package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/app"
	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/returned"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// mailBack looks whether mail can come back, and what came lately.
func (d *doctor) mailBack() {
	const name = "mail that returns"
	if named, err := d.namedMail(); err != nil || named.server == nil {
		return // none can
	}
	if d.ReturnPath == "" {
		d.warns(name, "no return path: if a relay takes mail and cannot deliver it, nobody is told", "set --return-path (DIGEST_RETURN_PATH), like digest+{token}@"+d.domain+
			", and have what comes there end in rfcdigest inbound, or in serve --inbound")
		return
	}
	if many := disliked(d.facts, d.now); len(many) > 0 {
		d.warns(name, "within a day "+strings.Join(many, "; "), "look for \"mail came back\" in the log; see to the sending address's SPF, DKIM and DMARC, and to its reputation")
		return
	}
	d.passes(name, "counts for the mail that it is about, by its address "+d.ReturnPath)
}

// disliked says for which reasons many mails were refused today or yesterday.
func disliked(facts map[string]string, now time.Time) (many []string) {
	for fact := range facts {
		cause, is := strings.CutPrefix(fact, core.FactDisliked)
		if !is {
			continue
		}
		n := 0
		for _, day := range []time.Time{now, now.AddDate(0, 0, -1)} {
			n = max(n, app.Disliked(facts, returned.Cause(cause), day.UTC().Format(time.DateOnly)))
		}
		if n >= app.DislikedADay {
			many = append(many, fmt.Sprintf("%s came back, since %s", texts.Plural(n, "mail"), cause))
		}
	}
	slices.Sort(many)
	return many
}
