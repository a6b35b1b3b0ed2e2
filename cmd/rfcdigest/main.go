// Command rfcdigest is the digest scheduler of the RFC app: once (tick), or for good (serve).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	_ "time/tzdata" // machines without a time zone database are no reason to mail people at night

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1 // the work failed
	exitUsage  = 2 // wrong usage or configuration
)

// usageError is a mistake in flags, environment or arguments.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// commandLine is everything that the command line can say.
type commandLine struct {
	Settings

	Demo    demoCommand    `cmd:"" help:"Try it: make a lifelike database, run a tick, leave the mails in a folder. Needs no set-up."`
	Migrate migrateCommand `cmd:"" help:"Add to the database what rfcdigest needs, or make a new one. It never takes anything away."`
	Tick    tickCommand    `cmd:"" help:"Run one tick: release held e-mail, let stale watches lapse, send what is due."`
	Serve   serveCommand   `cmd:"" help:"Run a tick now and at each multiple of the tick length, until stopped."`
	Plan    planCommand    `cmd:"" help:"Show who would get what, and why. Writes nothing."`
	Preview previewCommand `cmd:"" help:"Look at what would be sent, and why, in a browser, on this machine only. Writes nothing."`

	Explain  explainCommand  `cmd:"" help:"Explain one person's digest, notification by notification. Writes nothing."`
	SendTest sendTestCommand `cmd:"" help:"Send somebody's digest to another address, marked as a test. Records nothing."`
	Resend   resendCommand   `cmd:"" help:"Send a recorded digest once more, under its own Message-ID. Records nothing."`
	Copy     copyCommand     `cmd:"" help:"Copy what is rfcdigest's own from the database to another one, and check it."`
	Doctor   doctorCommand   `cmd:"" help:"Look at everything that digests need, and say how to mend it. Changes nothing."`

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
		// What is alive is a few megabytes, and a digest leaves a hundred kilobytes behind: at Go's own
		// setting, a fifth of a tick would be spent collecting them.
		debug.SetGCPercent(400)
	}
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
		kong.Exit(func(int) { answered = true }), // --help or --version has written what it had to say
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Vars{"version": fmt.Sprintf("rfcdigest %s (%s)", version(), runtime.Version())},
	)
	if err != nil {
		return complain(std, err)
	}
	command, err := parser.Parse(args)
	if answered {
		return exitDone
	}
	if err != nil {
		return complain(std, usagef("%s", redact(err.Error()))) // it may repeat a URL that stands in the wrong place
	}
	if command.Command() == "copy" {
		line.Copy.nameSource(&line.Settings)
	}
	if err := line.Settings.check(); err != nil {
		return complain(std, usageError{err})
	}
	return complain(std, command.Run(&line.Settings))
}

// complain writes err in one line and returns its exit code.
func complain(std streams, err error) int {
	if err == nil {
		return exitDone
	}
	text := strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " ") // joined errors have a line each
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(std.err, "rfcdigest: %s (see rfcdigest --help)\n", text)
		return exitUsage
	}
	fmt.Fprintf(std.err, "rfcdigest: %s\n", text)
	return exitFailed
}
