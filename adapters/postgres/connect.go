package postgres

import (
	"errors"
	"maps"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

const (
	// lockTimeout is how long a statement waits for another transaction to let go of a row or table,
	// unless the URL says otherwise.
	lockTimeout = "5s"
	// connectTimeout is how long a server may take to answer, unless the URL says otherwise.
	connectTimeout = 10 * time.Second
)

// asksPooler is a setting of no effect, which PostgreSQL takes since its name has a dot. A pooler refuses it even if it was
// told to ignore all the others.
const asksPooler = "rfcdigest.direct"

// ErrURL says that a text is not the URL of a PostgreSQL database. What is wrong with it is left
// unsaid, since that could be a part of a password.
var ErrURL = errors.New("want postgres://HOST:5432/NAME, with user and password before HOST, and %-escapes for what is special in a URL")

// database is a database that can be connected to.
type database struct {
	config *pgx.ConnConfig
	// pooled is true once a pooler has answered in place of the server.
	pooled *atomic.Bool
}

func parse(url string) (database, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return database{}, ErrURL
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	for name, value := range map[string]string{"application_name": "rfcdigest", "lock_timeout": lockTimeout, asksPooler: "on"} {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	// What is not prepared is run once: there is nothing to keep of it.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	return database{config, new(atomic.Bool)}, nil
}

// Name returns what a database may be called in front of people, who must not see the password in its
// URL. An error is [ErrURL].
func Name(url string) (string, error) {
	d, err := parse(url)
	if err != nil {
		return "", err
	}
	return d.name(), nil
}

func (d database) name() string {
	name := d.config.Database + " on " + d.address()
	if path := d.config.RuntimeParams["search_path"]; path != "" {
		name += " (schema " + path + ")"
	}
	return name
}

// address is the server's, or its folder; of several servers the first.
func (d database) address() string {
	if strings.HasPrefix(d.config.Host, "/") {
		return d.config.Host
	}
	return net.JoinHostPort(d.config.Host, strconv.Itoa(int(d.config.Port)))
}

// settings are those of a connection which the server's own may not be.
type settings map[string]string

// The settings of all connections, and of some only.
var (
	standing = settings{"timezone": "UTC", "datestyle": "ISO, MDY"}
	// onlyReads has each transaction see one moment. Its statements are for a page, and so planned anew
	// for what they ask, but not compiled.
	onlyReads = settings{"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read",
		"plan_cache_mode": "force_custom_plan", "jit": "off"}
	// durable has a commit return when it is on the disk; and each statement see what was committed
	// before, once it has waited for others.
	durable = settings{"synchronous_commit": "on", "default_transaction_isolation": "read committed"}
	// onlyFew is for statements about a few rows, which come again and again. They are planned once, to read by an index
	// what may become many by then.
	onlyFew = settings{"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
)

// preparing returns d with connections that prepare what they are sent, each statement once.
func (d database) preparing() database {
	config := d.config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	return database{config, d.pooled}
}

// open returns a pool of n connections, none of which is made yet.
func (d database) open(n int, more ...settings) *bun.DB {
	config := d.config.Copy()
	maps.Copy(config.RuntimeParams, standing)
	for _, some := range more {
		maps.Copy(config.RuntimeParams, some)
	}
	return bun.NewDB(newCrowded(connector{stdlib.GetConnector(*config), d, config}, n, crowdPatience), pgdialect.New())
}
