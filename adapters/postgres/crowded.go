package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// crowdPatience is how long a pool waits for its first connection if the server has none left.
	crowdPatience = 10 * time.Second
	// crowdRest is how long a pool makes do with the connections that it has before it asks for more.
	crowdRest = 30 * time.Second
)

// crowded makes the connections of a pool on a server that may have none left for a while. A pool that has one makes do
// with those that it has, and one that has none waits for the first.
type crowded struct {
	driver.Connector
	pool *sql.DB
	most int // connections of the pool
	// patience is how long it waits for the first.
	patience time.Duration
}

// newCrowded returns a pool of n connections.
func newCrowded(c driver.Connector, n int, patience time.Duration) *sql.DB {
	made := &crowded{Connector: c, most: n, patience: patience}
	made.pool = sql.OpenDB(made)
	made.limit(n)
	return made.pool
}

func (c *crowded) limit(n int) {
	c.pool.SetMaxOpenConns(n)
	c.pool.SetMaxIdleConns(n)
}

// Connect implements [driver.Connector].
func (c *crowded) Connect(ctx context.Context) (driver.Conn, error) {
	begun := time.Now()
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		conn, err := c.Connector.Connect(ctx)
		var said *pgconn.PgError
		if !errors.As(err, &said) || said.Code != tooMany {
			return conn, err
		}
		if others := c.pool.Stats().OpenConnections - 1; others > 0 { // this one is counted already
			c.limit(others)
			time.AfterFunc(crowdRest, func() { c.limit(c.most) })
			return nil, driver.ErrBadConn // the pool asks again, and waits for one of the others
		}
		if time.Since(begun)+pause > c.patience {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}
