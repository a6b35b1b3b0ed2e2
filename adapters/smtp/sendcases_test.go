package smtp

import "github.com/wiggleverse/rfcdigest/ports"

// sendCase is what a server says, and the outcome.
type sendCase struct {
	name    string
	script  script
	outcome ports.Outcome // 0: accepted
	code    int
	broken  bool
	whole   bool // the server has the message up to its final dot
	text    string
}

// sendCases has a row for each outcome. They hold whether or not the commands go out together.
var sendCases = []sendCase{
	{"yes", nil, 0, 0, false, true, ""},
	{"yes with other codes of the 200s", script{"MAIL": {"251 ok"}, "RCPT": {"220 ok"}, dot: {"252 ok"}}, 0, 0, false, true, ""},
	{"yes in several lines", script{dot: {"250-2.0.0\r\n250-taken\r\n250 as 1234"}}, 0, 0, false, true, ""},

	{"MAIL for now", script{"MAIL": {"451 secret@people.example later"}}, ports.RateRefusal, 451, false, false, "MAIL: 451"},
	{"RCPT for now", script{"RCPT": {"450 4.2.0 <secret@people.example> greylisted"}}, ports.TemporaryRefusal, 450, false, false, "RCPT: 450 4.2.0"},
	{"DATA for now", script{"DATA": {"452 full"}}, ports.TemporaryRefusal, 452, false, false, "DATA: 452"},
	{"message for now", script{dot: {"451 4.3.0 secret@people.example later"}}, ports.RateRefusal, 451, false, true, "message: 451 4.3.0"},

	{"MAIL for good", script{"MAIL": {"550 sender secret@people.example"}}, ports.SenderRefusal, 550, false, false, "MAIL: 550"},
	{"RCPT for good", script{"RCPT": {"550-5.1.1 <secret@people.example>\r\n550 5.1.1 unknown"}}, ports.RecipientRefusal, 550, false, false, "RCPT: 550 5.1.1"},
	{"DATA for good", script{"DATA": {"554 no secret@people.example"}}, ports.SenderRefusal, 554, false, false, "DATA: 554"},
	{"message for good", script{dot: {"554 5.7.1 spam for secret@people.example"}}, ports.SenderRefusal, 554, false, true, "message: 554 5.7.1"},

	{"MAIL 421", script{"MAIL": {"421 closing"}}, ports.ConnectionSpent, 421, true, false, "MAIL: 421"},
	{"RCPT 421", script{"RCPT": {"421 4.7.0 closing"}}, ports.ConnectionSpent, 421, true, false, "RCPT: 421 4.7.0"},
	{"DATA 421", script{"DATA": {"421 closing"}}, ports.ConnectionSpent, 421, true, false, "DATA: 421"},
	{"message 421", script{dot: {"421 closing"}}, ports.ConnectionSpent, 421, true, true, "message: 421"},

	{"hangs up at MAIL", script{"MAIL": {hangUp}}, ports.ConnectionSpent, 0, true, false, "MAIL: the server closed the connection"},
	{"hangs up at RCPT", script{"RCPT": {hangUp}}, ports.TemporaryRefusal, 0, true, false, "RCPT: the server closed"},
	{"hangs up at DATA", script{"DATA": {hangUp}}, ports.TemporaryRefusal, 0, true, false, "DATA: the server closed"},
	{"hangs up after the dot", script{dot: {hangUp}}, ports.Doubtful, 0, true, true, "answer to the message: the server closed"},

	{"silent at MAIL", script{"MAIL": {silence}}, ports.ConnectionSpent, 0, true, false, "no answer in time"},
	{"silent at RCPT", script{"RCPT": {silence}}, ports.TemporaryRefusal, 0, true, false, "no answer in time"},
	{"silent at DATA", script{"DATA": {silence}}, ports.TemporaryRefusal, 0, true, false, "no answer in time"},
	{"silent after the dot", script{dot: {silence}}, ports.Doubtful, 0, true, true, "answer to the message: no answer in time"},

	{"nonsense at MAIL", script{"MAIL": {"secret@people.example"}}, ports.ConnectionSpent, 0, true, false, "not SMTP"},
	{"nonsense at RCPT", script{"RCPT": {"2x0 ok"}}, ports.TemporaryRefusal, 0, true, false, "not SMTP"},
	{"no 354 at DATA", script{"DATA": {"250 ok"}}, ports.TemporaryRefusal, 0, true, false, "DATA: unexpected reply 250"},
	{"nonsense after the dot", script{dot: {"secret@people.example"}}, ports.Doubtful, 0, true, true, "not SMTP"},
	{"another 354 after the dot", script{dot: {"354 go on"}}, ports.Doubtful, 0, true, true, "unexpected reply 354"},
	{"half a list after the dot", script{dot: {"250-taken\r\n550 no\r\n"}}, ports.Doubtful, 0, true, true, "no answer in time"},

	// Under TLS, unless a buffer ends just there, the end of the input counts as the end of the line.
	{"endless line at MAIL", script{"MAIL": {endlessLine}}, ports.ConnectionSpent, 0, true, false, "more than 65536 bytes|not SMTP"},
	{"endless list at RCPT", script{"RCPT": {endlessList}}, ports.TemporaryRefusal, 0, true, false, "more than 65536 bytes"},
	{"endless line after the dot", script{dot: {endlessLine}}, ports.Doubtful, 0, true, true, "more than 65536 bytes|not SMTP"},
	{"endless list after the dot", script{dot: {endlessList}}, ports.Doubtful, 0, true, true, "more than 65536 bytes"},

	// If the commands go out together, the second reply counts as the one to DATA, and cannot be that.
	{"answers RCPT twice", script{"RCPT": {"250 ok\r\n250 ok"}}, ports.TemporaryRefusal, 0, true, false, "a reply that nothing was asked for|DATA: unexpected reply 250"},
	{"answers the dot before it", script{"DATA": {"354 go on\r\n250 taken"}}, ports.TemporaryRefusal, 0, true, false, "nothing was asked for"},
	{"closes in the middle of the message", script{"DATA": {"354 go on\r\n421 closing"}}, ports.ConnectionSpent, 421, true, false, "message: 421"},
}
