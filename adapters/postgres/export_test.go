package postgres

import (
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
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
