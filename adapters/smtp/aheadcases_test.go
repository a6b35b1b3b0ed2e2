package smtp

import "github.com/wiggleverse/rfcdigest/ports"

// aheadCase is one thing that happens to two messages, if the commands for the second go out with the end of the first.
type aheadCase struct {
	step        string
	event       string        // what is said at that step, of the second message if not said otherwise
	first, next ports.Outcome // 0: accepted
	broken      bool          // after both
	whole       int           // how many messages the server has
}

// firstDot is the final dot of the first message, as a step of a case.
const firstDot = "the first dot"

// tooMany are two replies where one is due.
const tooMany = "250 ok\r\n250 ok"

// aheadCases has a row for each step and each event. They hold in all ways to speak.
var aheadCases = []aheadCase{
	{firstDot, "250 taken", 0, 0, false, 2},
	{firstDot, "421 closing", ports.ConnectionSpent, ports.ConnectionSpent, true, 1},
	{firstDot, "451 4.5.0 later", ports.TemporaryRefusal, 0, false, 2},
	{firstDot, "554 5.7.1 no", ports.SenderRefusal, 0, false, 2},
	{firstDot, hangUp, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, silence, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, "secret", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, endlessList, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, tooMany, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, "554 no\r\n250 ok", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{firstDot, lost, ports.Doubtful, ports.ConnectionSpent, true, 1},

	// The server has taken a message, so that 4xx at MAIL is about the connection.
	{"MAIL", "421 closing", 0, ports.ConnectionSpent, true, 1},
	{"MAIL", "452 4.5.3 too many", 0, ports.ConnectionSpent, true, 1},
	{"MAIL", "503 5.5.1 behind a message", 0, 0, false, 2},
	{"MAIL", "550 no", 0, ports.SenderRefusal, false, 1},
	{"MAIL", hangUp, 0, ports.ConnectionSpent, true, 1},
	{"MAIL", silence, 0, ports.ConnectionSpent, true, 1},
	{"MAIL", "secret", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"MAIL", endlessList, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"MAIL", tooMany, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"MAIL", lost, ports.Doubtful, ports.ConnectionSpent, true, 1},

	{"RCPT", "421 closing", 0, ports.ConnectionSpent, true, 1},
	{"RCPT", "450 4.2.0 greylisted", 0, ports.TemporaryRefusal, false, 1},
	{"RCPT", "550 5.1.1 unknown", 0, ports.RecipientRefusal, false, 1},
	{"RCPT", hangUp, 0, ports.TemporaryRefusal, true, 1},
	{"RCPT", silence, 0, ports.TemporaryRefusal, true, 1},
	{"RCPT", "secret", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"RCPT", endlessList, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"RCPT", tooMany, ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"RCPT", "550 no\r\n550 no", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"RCPT", lost, ports.Doubtful, ports.ConnectionSpent, true, 1},

	{"DATA", "421 closing", 0, ports.ConnectionSpent, true, 1},
	{"DATA", "452 full", 0, ports.TemporaryRefusal, false, 1},
	{"DATA", "554 no", 0, ports.SenderRefusal, false, 1},
	{"DATA", hangUp, 0, ports.TemporaryRefusal, true, 1},
	{"DATA", silence, 0, ports.TemporaryRefusal, true, 1},
	{"DATA", "250 ok", ports.Doubtful, ports.ConnectionSpent, true, 1},
	{"DATA", endlessList, ports.Doubtful, ports.ConnectionSpent, true, 1},
	// All replies before have their places, so what comes behind 354 says nothing about the first message.
	{"DATA", "354 go on\r\n250 ok", 0, ports.TemporaryRefusal, true, 1},
	{"DATA", "354 go on\r\n421 closing", 0, ports.ConnectionSpent, true, 1},
	{"DATA", lost, 0, ports.TemporaryRefusal, true, 1},

	{dot, "421 closing", 0, ports.ConnectionSpent, true, 2},
	{dot, "451 4.5.0 later", 0, ports.TemporaryRefusal, false, 2},
	{dot, "554 5.7.1 no", 0, ports.SenderRefusal, false, 2},
	{dot, hangUp, 0, ports.Doubtful, true, 2},
	{dot, silence, 0, ports.Doubtful, true, 2},
	{dot, "secret", 0, ports.Doubtful, true, 2},
	{dot, lost, 0, ports.Doubtful, true, 2},
}

// aheadScripts are cases of more than one event.
var aheadScripts = map[string]struct {
	script      script
	first, next ports.Outcome
	broken      bool
}{
	"both refused":                  {script{dot: {"554 no"}, "RCPT": {"250 ok", "550 no"}}, ports.SenderRefusal, ports.RecipientRefusal, false},
	"nobody, and DATA yes":          {script{"RCPT": {"250 ok", "550 no"}, earlyDATA: {"354 go on"}, dot: {"250 taken", "554 nobody"}}, 0, ports.RecipientRefusal, false},
	"MAIL refused, all else yes":    {script{"MAIL": {"250 ok", "550 no"}, earlyRCPT: {"250 ok"}}, 0, ports.SenderRefusal, true},
	"refused, then 421":             {script{"RCPT": {"250 ok", "550 no"}, earlyDATA: {"421 closing"}}, 0, ports.RecipientRefusal, true},
	"refused, then hangs up":        {script{"RCPT": {"250 ok", "550 no"}, earlyDATA: {hangUp}}, 0, ports.RecipientRefusal, true},
	"refused, then silent":          {script{"RCPT": {"250 ok", "550 no"}, earlyDATA: {silence}}, ports.Doubtful, ports.ConnectionSpent, true},
	"refused, then no SMTP":         {script{"RCPT": {"250 ok", "550 no"}, earlyDATA: {"secret"}}, ports.Doubtful, ports.ConnectionSpent, true},
	"the dot's lost, MAIL refused":  {script{dot: {lost}, "MAIL": {"250 ok", "550 no"}}, ports.Doubtful, ports.ConnectionSpent, true},
	"the dot's lost, RCPT refused":  {script{dot: {lost}, "RCPT": {"250 ok", "550 no"}}, ports.Doubtful, ports.ConnectionSpent, true},
	"the dot's twice, RCPT refused": {script{dot: {tooMany}, "RCPT": {"250 ok", "550 no"}}, ports.Doubtful, ports.ConnectionSpent, true},
	"MAIL's lost, RCPT refused":     {script{"MAIL": {"250 ok", lost}, "RCPT": {"250 ok", "550 no"}}, ports.Doubtful, ports.ConnectionSpent, true},
}
