package show

import (
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/wiggleverse/rfcdigest/core"
	"github.com/wiggleverse/rfcdigest/core/texts"
)

// NothingHeld says that every address gets mail.
const NothingHeld = "Nothing is held against anybody's address: none is suppressed, and none was refused lately."

// standings are what may be held against an address, with the words for the list and for the count.
var standings = []struct {
	is            core.Standing
	word, counted string
}{
	{core.RefusedTooOften, "suppressed", "suppressed"},
	{core.Entered, "entered", "entered as suppressed by somebody else"},
	{core.RefusedLately, "refused", fmt.Sprintf("refused lately, and suppressed after %d days in a row", core.MaxFailures)},
	{core.OnTrial, "on trial", "tried once more, since their time is over"},
}

// Refused prints a line for each address that something is held against, then how many there are, and what to do.
func Refused(w io.Writer, now time.Time, refused iter.Seq2[core.Recipient, error]) error {
	count := map[core.Standing]int{}
	first := int64(0)
	for r, err := range refused {
		if err != nil {
			return err
		}
		if first == 0 {
			first = r.ID
			fmt.Fprintf(w, "At %s UTC; all times are UTC.\n", texts.Timestamp(now))
		}
		stands := core.Stands(r, now)
		count[stands]++
		for _, s := range standings {
			if s.is == stands {
				fmt.Fprintf(w, "%-10s  %s, %s: %s\n", s.word, Name(r), Address(r), core.WhyRefused(r, nil, now))
			}
		}
	}
	if first == 0 {
		_, err := fmt.Fprintln(w, NothingHeld)
		return err
	}
	var parts []string
	for _, s := range standings {
		if n := count[s.is]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s.counted))
		}
	}
	_, err := fmt.Fprintf(w, "%s.\nCorrect a wrong address in the app: a new one starts clean. If one works again, say so: rfcdigest suppressed --lift %d (or --lift-all).\n",
		strings.Join(parts, "; "), first)
	return err
}

// refusedAddress is one address in JSON. All text is clean.
type refusedAddress struct {
	User     int64         `json:"user"`
	Name     string        `json:"name"`
	Address  string        `json:"address"`
	Standing core.Standing `json:"standing"`
	// Days is on how many days in a row it was refused; 0 if the app or an operator entered it.
	Days    int    `json:"days"`
	Entered bool   `json:"entered"`
	Reason  string `json:"reason"`
	// Until is when mail is tried again; null if only lifting it helps, or if mail is tried already.
	Until *time.Time `json:"until"`
	Why   string     `json:"why"`
}

// RefusedAsJSON returns what [Refused] prints, for JSON.
func RefusedAsJSON(now time.Time, refused iter.Seq2[core.Recipient, error]) (any, error) {
	all := []refusedAddress{}
	for r, err := range refused {
		if err != nil {
			return nil, err
		}
		p, stands := r.Preferences, core.Stands(r, now)
		one := refusedAddress{
			User: r.ID, Name: texts.Clean(r.Name), Address: texts.Clean(r.Address), Standing: stands, Days: max(0, p.Failures), Entered: stands == core.Entered,
			Reason: texts.Clean(p.SuppressedReason), Why: core.WhyRefused(r, nil, now),
		}
		if stands != core.Entered && now.Before(p.RetryAt) {
			one.Until = orNull(p.RetryAt)
		}
		all = append(all, one)
	}
	return struct {
		Now       time.Time        `json:"now"`
		Addresses []refusedAddress `json:"addresses"`
	}{now.UTC(), all}, nil
}
