package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A pooler like PgBouncer may give each transaction another connection to the server. So nothing can be set for a session,
// or prepared for it: what a transaction needs is set at its start, and each statement is sent whole. It is told by what it
// says to the settings that a connection begins with. Directly at the server there is none of that.

// passedOn are settings at the start of a connection that PgBouncer sees to itself.
var passedOn = []string{"application_name", "client_encoding", "datestyle", "timezone", "standard_conforming_strings"}

// connector makes connections to a server, or to a pooler in front of it.
type connector struct {
	driver.Connector
	database
	config *pgx.ConnConfig // of the connections, with all their settings
}

// refusesSettings reports whether err is a pooler's answer to settings that it does not pass on.
func refusesSettings(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == "08P01" && strings.Contains(said.Message, "startup parameter")
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if !c.pooled.Load() {
		conn, err := c.Connector.Connect(ctx)
		if !refusesSettings(err) || c.config.RuntimeParams["search_path"]+c.config.RuntimeParams["options"] != "" {
			return conn, err
		}
	}
	config, made := c.config.Copy(), &pooledConn{}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	var locally []string
	for _, name := range slices.Sorted(maps.Keys(config.RuntimeParams)) {
		if slices.Contains(passedOn, name) {
			continue
		}
		if !strings.HasPrefix(name, "default_transaction_") {
			locally = append(locally, fmt.Sprintf("set_config('%s', '%s', true)", name, strings.ReplaceAll(config.RuntimeParams[name], "'", "''")))
		}
		delete(config.RuntimeParams, name)
	}
	made.options.IsoLevel = pgx.TxIsoLevel(c.config.RuntimeParams["default_transaction_isolation"])
	made.settings = "SELECT " + strings.Join(locally, ", ")
	conn, err := stdlib.GetConnector(*config).Connect(ctx)
	if err != nil {
		return nil, err
	}
	c.pooled.Store(true)
	made.Conn = conn.(*stdlib.Conn)
	return made, nil
}

// pooledConn is a connection to a pooler.
type pooledConn struct {
	*stdlib.Conn
	options  pgx.TxOptions
	settings string // is run at the start of each transaction
}

// BeginTx implements [driver.ConnBeginTx].
func (c *pooledConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.Isolation == 0 && c.options.IsoLevel == pgx.RepeatableRead {
		o.Isolation = driver.IsolationLevel(sql.LevelRepeatableRead)
	} else if o.Isolation == 0 {
		o.Isolation = driver.IsolationLevel(sql.LevelReadCommitted)
	}
	tx, err := c.Conn.BeginTx(ctx, o)
	if err != nil {
		return nil, err
	}
	if _, err := c.ExecContext(ctx, c.settings, nil); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// PrepareContext implements [driver.ConnPrepareContext]. The server hears of the statement when it is run.
func (c *pooledConn) PrepareContext(_ context.Context, query string) (driver.Stmt, error) {
	return unprepared{c.Conn, query}, nil
}

// unprepared is a statement that is sent whole each time.
type unprepared struct {
	conn  *stdlib.Conn
	query string
}

func (unprepared) Close() error  { return nil }
func (unprepared) NumInput() int { return -1 }

func (s unprepared) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.ExecContext(ctx, s.query, args)
}

func (s unprepared) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.QueryContext(ctx, s.query, args)
}

var errNoContext = errors.New("want a call with a context")

// Exec and Query are of [driver.Stmt], and are not called.
func (unprepared) Exec([]driver.Value) (driver.Result, error) { return nil, errNoContext }
func (unprepared) Query([]driver.Value) (driver.Rows, error)  { return nil, errNoContext }

// begun returns the connection of a driver, how it begins transactions, and what it runs at their start, if anything.
func begun(conn any) (_ *pgx.Conn, _ pgx.TxOptions, settings string) {
	if c, ok := conn.(*pooledConn); ok {
		return c.Conn.Conn(), c.options, c.settings
	}
	return conn.(*stdlib.Conn).Conn(), pgx.TxOptions{}, ""
}

// IsPooled reports whether what answers at url is a pooler that does not pass settings on.
func IsPooled(ctx context.Context, url string) (bool, error) {
	d, err := parse(url)
	if err != nil {
		return false, err
	}
	db := d.open(1)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return false, d.classify(err)
	}
	return d.pooled.Load(), nil
}
