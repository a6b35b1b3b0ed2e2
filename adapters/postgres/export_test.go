package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"

	"github.com/wiggleverse/rfcdigest/adapters/sqlstore/schema"
)

// Pool returns a pool of n connections to the database at url, which waits that long for the first.
func Pool(url string, n int, patience time.Duration) (*sql.DB, func(error) error) {
	d, err := parse(url)
	if err != nil {
		panic(err)
	}
	return newCrowded(stdlib.GetConnector(*d.config), n, patience), d.classify
}

// What tests look at.
var (
	Wanted    = wanted
	Sets      = sets
	OnlyFew   = onlyFew
	Plain     = plain
	Readable  = readable
	StampText = stampText
	Before    = dialect(nil).Before
)

// Stepped returns a migration that waits to be told to go on, over a connection.
func Stepped(ctx context.Context, db *bun.DB) (*schema.Migration, bun.Conn, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, conn, err
	}
	m := migration{Conn: conn}
	return wanted.NewMigration(schema.Database{Read: conn, Write: m.write, Index: m.index, Rest: rest}, func(schema.Progress) {}), conn, nil
}

// Connect returns connections as a migration has them.
func Connect(url string) (*bun.DB, error) {
	d, err := parse(url)
	return d.open(2, durable), err
}
