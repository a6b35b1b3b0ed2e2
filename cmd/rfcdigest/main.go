// Command rfcdigest is the digest scheduler of the RFC app. It makes one tick (tick), or one after another (serve).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"modernc.org/sqlite"

	"github.com/wiggleverse/rfcdigest/adapters/inbound"
	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/cmd/rfcdigest/internal/shell"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // the work failed
	exitUsage  = 2 // wrong usage or configuration
	// exitTryAgain (EX_TEMPFAIL of sysexits.h) has a mail server keep the mail that it pipes to inbound, and try again.
	exitTryAgain = inbound.TemporaryFailure
)

// usageError is a mistake in flags, environment or arguments.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// commandLine is everything that the command line can say.
type commandLine struct {
	Settings
	EnvFile string `placeholder:"FILE" help:"Take variables that are not set from this file, as systemd's EnvironmentFile= does: a NAME=value on each line (none)."`

	Demo    demoCommand    `cmd:"" help:"Try it: make a lifelike database, run a tick, leave the mails in a folder. Needs no set-up."`
	Migrate migrateCommand `cmd:"" help:"Add to the database what rfcdigest needs, or make a new one. It takes nothing of the app's away."`
	Tick    tickCommand    `cmd:"" help:"Run one tick: release held e-mail, let stale watches lapse, send what is due."`
	Serve   serveCommand   `cmd:"" help:"Run a tick now and at each multiple of the tick length, until stopped."`
	Plan    planCommand    `cmd:"" help:"Show who would get what, and why. Writes nothing."`
	Preview previewCommand `cmd:"" help:"Look at what would be sent, and why, in a browser, on this machine only. Writes nothing."`

	Explain    explainCommand    `cmd:"" help:"Explain one person's digest, notification by notification. Writes nothing."`
	Suppressed suppressedCommand `cmd:"" help:"List the addresses that mail servers refused, or that were entered as suppressed; have mail go there again."`
	SendTest   sendTestCommand   `cmd:"" help:"Send one person's digest to another address, marked as a test. Records nothing."`
	Resend     resendCommand     `cmd:"" help:"Send a recorded digest once more, under its own Message-ID or a new one. Records nothing."`
	Inbound    inboundCommand    `cmd:"" help:"Take one mail that came back from standard input, as a mail server's aliases pipe it."`
	Doctor     doctorCommand     `cmd:"" help:"Check everything that digests need, and say how to mend what is wrong. Changes nothing."`

	Export exportCommand `cmd:"" help:"Print all that is kept about one person, as JSON."`
	Forget forgetCommand `cmd:"" help:"Delete what is kept about one person: settings, held e-mail, answers of mail servers."`
	Prune  pruneCommand  `cmd:"" help:"Delete old windows, and held e-mail that was sent long ago, beside the app and a tick. serve does so by itself."`
	Remove removeCommand `cmd:"" help:"Take out of the database what migrate put in. Data stays, unless --with-data is given."`

	Catalog    catalogCommand    `cmd:"" help:"For translators: the sentences of digests."`
	Completion completionCommand `cmd:"" help:"Print a script that completes commands and flags in a shell."`
	Man        manCommand        `cmd:"" help:"Print the man page."`

	Version kong.VersionFlag `help:"Print the version and exit."`
}

// streams are where a command writes to: results on out, logs on err.
type streams struct {
	out, err io.Writer
}

func main() {
	if os.Getenv("GOGC") == "" {
		// Few megabytes are alive, but each digest leaves 30 kB of garbage. At Go's default, a tick takes some hundredths more
		// of the processor to collect it.
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		// Unless that makes Go hold more than this; what SQLite holds is not in it.
		debug.SetMemoryLimit(80 << 20)
	}
	// A commit waits until its data are on the disk and how many there are, but no longer for the time of the change. SQLite
	// as Linux distributions build it does the same. Some systems have no such call, and keep what they had.
	_, _ = sqlite.Fdatasync(true)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, std streams) int {
	var line commandLine
	answered := false
	parser, err := kong.New(&line,
		kong.Name("rfcdigest"),
		kong.Description("The digest scheduler of the Wiggleverse RFC app: one daily or weekly catch-up e-mail instead of many."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { answered = true }), // --help or --version has been printed
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Vars{"version": fmt.Sprintf("rfcdigest %s (%s)", schema.Release(), runtime.Version())},
	)
	if err != nil {
		return complain(std, err)
	}
	if len(args) > 0 && args[0] == shell.Asked {
		shell.Complete(std.out, parser.Model, args[1:])
		return exitDone
	}
	command, err := parser.Parse(args)
	if answered {
		return exitDone
	}
	if err != nil {
		err = usagef("%s", redact(plainly.Replace(err.Error()))) // it may repeat a URL in the wrong place
	} else if err = line.Settings.check(); err != nil {
		err = usageError{err}
	} else {
		err = command.Run(&line.Settings)
	}
	code := complain(std, err)
	if code != exitDone && asked(parser, args) == "inbound" {
		return exitTryAgain // any other would have the server tell the sender of the report
	}
	return code
}

// asked returns the command that args ask for. If they cannot be read as far as that, it is the first that they name.
func asked(parser *kong.Kong, args []string) string {
	if line, err := kong.Trace(parser, args); err == nil && line.Selected() != nil {
		return line.Selected().Name
	}
	for _, arg := range args {
		for _, command := range parser.Model.Children {
			if command.Name == arg {
				return arg
			}
		}
	}
	return ""
}

// complain writes err in one line and returns its exit code.
func complain(std streams, err error) int {
	if err == nil {
		return exitDone
	}
	text := oneLine(err.Error())
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(std.err, "rfcdigest: %s (see rfcdigest --help)\n", text)
		return exitUsage
	}
	fmt.Fprintf(std.err, "rfcdigest: %s\n", text)
	return exitFailed
}

// plainly says what kong says of a flag in the words of people who do not program.
var plainly = strings.NewReplacer("expected a valid 64 bit int but got", "want a whole number, not", "expected duration but got", "want a time like 30m, not",
	"bool value must be true, 1, yes, false, 0 or no but got", "want true or false, not", `expected string value but got "EOL" (<EOL>)`, "want a value after it", "(from envar ", "(from ")

// printJSON prints v on one line.
func printJSON(std streams, v any) error {
	e := json.NewEncoder(std.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printed prints found, as JSON or for people, or returns err if there is one.
func printed(std streams, asJSON bool, found interface{ Print(io.Writer) error }, err error) error {
	switch {
	case err != nil:
		return err
	case asJSON:
		return printJSON(std, found)
	}
	return found.Print(std.out)
}

// oneLine returns the text of an error in one line. Joined errors have a line each.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\n", "; ")), " ")
}
