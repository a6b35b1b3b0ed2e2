package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
	"github.com/wiggleverse/rfcdigest/ports"
)

// tooMany is PostgreSQL's code for having no connection left, for anybody, for the user or for the database.
const tooMany = "53300"

// locked is the code for a lock that another transaction has kept for longer than lock_timeout.
const locked = "55P03"

// noTable is the code for a table that is not there. The message names it, in whatever language the server speaks; gone finds
// ours in it.
const noTable = "42P01"

var gone = regexp.MustCompile(`\b(?:digest_\w+|held_emails)\b`)

// migrating is the command that migrates a database.
const migrating = `"rfcdigest migrate" with the same --database`

// raised is the code of an exception that a function raises. Class 22 is data that does not fit a type, and class 23 a
// constraint.
const raised = "P0001"

// unavailable returns the error of a database that, as a whole, does what it should not.
func (d database) unavailable(does, remedy string) error {
	return &ports.Trouble{What: "database " + d.name() + " " + does, Remedy: remedy, Kinds: []error{ports.ErrUnavailable}}
}

// classify turns PostgreSQL's own errors into words and into errors of package ports.
func (d database) classify(err error) error {
	var said *pgconn.PgError
	var connecting *pgconn.ConnectError
	switch {
	case err == nil || errors.Is(err, ports.ErrUnavailable):
		return err
	case errors.As(err, &said):
		if does, remedy := d.describe(said); said.Code == noTable && gone.MatchString(said.Message) {
			return schema.Unmigrated(d.name(), migrating)
		} else if said.Code == locked {
			return &ports.Trouble{What: "database " + d.name() + " " + does, Remedy: remedy, Kinds: []error{ports.ErrUnavailable, ports.ErrBusy}}
		} else if does != "" {
			return d.unavailable(does, remedy)
		}
		// A statement went wrong. The caller gets to read what PostgreSQL says, and not its type.
		err = fmt.Errorf("%s (SQLSTATE %s)", oneLine(said.Message), said.Code)
		if class := said.Code[:min(2, len(said.Code))]; class == "22" || class == "23" || said.Code == raised {
			return fmt.Errorf("%w: %w", ports.ErrRejected, err)
		}
		return err
	case errors.As(err, &connecting):
		return d.unavailable("cannot be reached ("+reason(connecting)+")", "see that the server runs, and that it listens on "+d.address())
	case lost(err):
		return d.unavailable("has ended the connection", "see whether the server was restarted, and run again")
	}
	return err
}

// failed returns the error of a verb on the database. One that is in words already names it.
func (d database) failed(verb string, err error) error {
	if err = d.classify(err); errors.As(err, new(*ports.Trouble)) {
		return err
	}
	return fmt.Errorf("%s %s: %w", verb, d.name(), err)
}

// lost reports whether err says that there is no connection any more.
func lost(err error) bool {
	var network net.Error
	return errors.As(err, &network) && !errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || strings.Contains(err.Error(), "conn closed")
}

// reason returns why no connection came about: the innermost error, which names neither user nor
// password.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if several, ok := err.(interface{ Unwrap() []error }); ok && len(several.Unwrap()) > 0 {
			inner = several.Unwrap()[0]
		}
		if inner == nil {
			return oneLine(err.Error())
		}
		err = inner
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// describe returns what an error means, after the name of the database, and what to do about it;
// empty if it is about a statement, not about the whole.
func (d database) describe(e *pgconn.PgError) (does, remedy string) {
	switch e.Code {
	case "28P01", "28000":
		return fmt.Sprintf("does not let user %q in", d.config.User), "check user and password in --database, and pg_hba.conf of the server"
	case "3D000":
		return "does not exist", "make it with createdb, or check --database"
	case "3F000":
		return "has no such schema", "make the one that search_path in --database names, or check that"
	case "42501":
		return fmt.Sprintf("does not let user %q do this: %s", d.config.User, oneLine(e.Message)), "grant the right to, or connect as the owner of the tables"
	case "25006":
		return "is read-only", "connect to the primary server, not to a standby of it"
	case "53100":
		return "cannot be written to: the server's disk is full", "free some space and run again; nothing is lost"
	case tooMany:
		return "has no connection left: " + oneLine(e.Message), "end some, or raise max_connections of the server (CONNECTION LIMIT of the user or database)"
	case locked:
		return "is locked: another transaction has kept what is needed for too long (the RFC app's, or somebody's at a prompt)",
			"try again, or see which in pg_stat_activity"
	}
	switch {
	case e.SeverityUnlocalized == "FATAL" && (e.Code == "42704" || e.Code == "55P02" || e.Code == "22023"):
		return "refuses an option in its URL: " + oneLine(e.Message), "leave it out of --database"
	case refusesSettings(e): // as PgBouncer says it
		return "is behind a pooler that does not pass on a connection's settings (" + oneLine(e.Message) + ")",
			"connect to the server itself; or take search_path and options out of --database, and give them to the user (ALTER ROLE … SET search_path = …)"
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57P"):
		return "does not answer: " + oneLine(e.Message), "see whether the server is being restarted, and run again"
	case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "58"), strings.HasPrefix(e.Code, "XX"):
		return fmt.Sprintf("has failed: %s (SQLSTATE %s)", oneLine(e.Message), e.Code), "see the server's log"
	}
	return "", ""
}
