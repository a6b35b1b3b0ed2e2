package inbound

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/core/returned"
)

var bounces = flag.String("bounces", "", "a folder of reports: mail/*, and expected.tsv with a class for each (dead, not-now, complaint, auto-reply, delivered, none)")

// classes are the kinds in the words of expected.tsv.
var classes = map[returned.Kind]string{
	returned.Dead: "dead", returned.Unable: "not-now", returned.Refused: "not-now", returned.Delayed: "not-now", returned.Delivered: "delivered",
	returned.Complaint: "complaint", returned.Unsubscribe: "complaint", returned.AutoReply: "auto-reply", returned.Nothing: "none",
}

// differs says where we differ from Sisimai, which made expected.tsv of its own samples, and why.
var differs = map[string]string{
	"lhost-mfilter-05.eml":    "it is a report that Sisimai cannot read: 452 4.3.1 Insufficient system resources",
	"lhost-postfix-79.eml":    "it is a report that Sisimai cannot read: procmail found the mailbox locked",
	"lhost-x2-07.eml":         "it is a report that Sisimai cannot read: 554 5.4.14 Hop count exceeded",
	"rfc3464-37.eml":          "it is a report that Sisimai cannot read, and too unclear a one to call an address dead for it",
	"lhost-office365-13.eml":  "550 5.1.10 RESOLVER.ADR.RecipientNotFound is clear, and Sisimai calls it dead elsewhere (rhost-microsoft-03)",
	"lhost-postfix-80.eml":    "the sender's domain is listed in Spamhaus; nothing is said of the address",
	"lhost-trendmicro-02.eml": "that a message could not be delivered to somebody, and to others of the same domain, says nothing of their address",
	"lhost-trendmicro-03.eml": "the same",
	"rhost-aol-06.eml":        "a malformed answer of a name server is a fault, and no word that the domain is dead; Sisimai says so too, in lhost-postfix-17",
}

// judged is one report of others with the verdict on it.
type judged struct {
	file, class string
	message     []byte
	returned.Verdict
}

func ofOthers(t *testing.T) []judged {
	if *bounces == "" {
		t.Skip("no -bounces")
	}
	rows, err := os.ReadFile(filepath.Join(*bounces, "expected.tsv"))
	require.NoError(t, err)
	var all []judged
	for _, row := range strings.Split(string(rows), "\n") {
		column := strings.Split(row, "\t")
		if len(column) < 2 || strings.TrimPrefix(column[0], "# ") == "file" {
			continue
		}
		message, err := os.ReadFile(filepath.Join(*bounces, "mail", column[0]))
		require.NoError(t, err)
		mail, err := Read(bytes.NewReader(message), Envelope{})
		require.NoError(t, err)
		all = append(all, judged{column[0], column[1], message, returned.Judge(mail.Report)})
	}
	return all
}

// Reports of others, in a folder as Sisimai's samples are: -bounces says where. It prints how many are judged as the list has them.
func TestReportsOfOthers(t *testing.T) {
	same, reasoned, wronglyDead := 0, 0, 0
	all := ofOthers(t)
	for _, j := range all {
		why, known := differs[j.file]
		switch {
		case classes[j.Kind] == j.class:
			same++
			continue
		case known:
			reasoned++
		case j.Kind == returned.Dead:
			wronglyDead++
		}
		fmt.Printf("%s: %s there; here %s, since %s\n  %s\n", j.file, j.class, classes[j.Kind], j.Cause, why)
	}
	fmt.Printf("%d reports: %d (%.1f %%) as there, %d differ for a reason, %d are called dead for none\n", len(all), same, 100*float64(same)/float64(len(all)), reasoned, wronglyDead)
	assert.Zero(t, wronglyDead)
}

func TestSpeedOnReportsOfOthers(t *testing.T) {
	all := ofOthers(t)
	const rounds = 40
	begin := processorTime(t)
	for range rounds {
		for _, j := range all {
			mail, _ := Read(bytes.NewReader(j.message), Envelope{})
			returned.Judge(mail.Report)
		}
	}
	fmt.Printf("%.0f reports for each second of a processor\n", float64(rounds*len(all))/(processorTime(t)-begin).Seconds())
}

// processorTime is what this process has had of processors: on a busy machine the clock tells nothing.
func processorTime(t *testing.T) time.Duration {
	var use syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &use))
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
