package main

// What the man page says besides what the grammar knows.

const manDescription = `rfcdigest sends the people of an RFC app one daily or weekly catch-up e-mail instead of many. It works beside
the app, on the app's SQLite or PostgreSQL database.

One tick releases e-mail that was held during quiet hours, lets watches lapse that nobody takes part in any
more, and sends each due person one digest of what they have not seen. What is sent is recorded before it
leaves, so that nothing is lost and nothing goes out twice, whatever is killed or refused in between. tick makes
one, for a timer to call; serve makes one every hour.

migrate comes first: it adds to the database what rfcdigest needs, and never takes anything away. plan shows
what a tick would do, and writes nothing.

Results go to standard output, logs to standard error: text on a terminal, JSON elsewhere.`

var manExitCodes = []struct {
	code    int
	meaning string
}{
	{exitDone, "Done."},
	{exitFailed, "The work failed; standard error says what, and what to do about it."},
	{exitUsage, "Wrong usage or configuration; nothing was done."},
}

var manEnvironment = [][2]string{
	{"NO_COLOR", "Where it is not empty, there are no colours on a terminal."},
	{"TERM", "Where it is dumb, there are none either."},
	{"GOGC", "How much memory is traded for time, as Go has it. The default is 400 here."},
}

var manFiles = [][2]string{
	{"rfcdigest.db", "The database, where --database names no other. Beside it, SQLite keeps rfcdigest.db-wal and rfcdigest.db-shm, so that its folder has to be writable."},
	{"outbox", "The Maildir that mail is left in, where --mail names nothing else."},
	{"/etc/rfcdigest.env", "The variables, where systemd runs rfcdigest by the unit that comes with it."},
}

var manExamples = [][2]string{
	{"rfcdigest demo", "See it work, with no set-up."},
	{"rfcdigest migrate --database sqlite:///srv/rfc/app.db", "Make the app's database ready."},
	{"rfcdigest plan --database sqlite:///srv/rfc/app.db --user 7", "Why does this person get a digest, or none?"},
	{"rfcdigest tick --mail smtp://digest:secret@mail.example:587", "Send what is due, now. A password is better kept in DIGEST_MAIL_URL."},
	{"rfcdigest serve --listen 127.0.0.1:8095 --public-url https://digest.rfc.example",
		"Send what is due every hour and, behind a TLS proxy, answer the unsubscribe links that mails have where DIGEST_SECRET is set."},
}

var manSeeAlso = []string{"openssl", "sqlite3", "systemctl"}
