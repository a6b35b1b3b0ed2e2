package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// databaseURL returns what --database means: the path of an SQLite file, or the URL of a PostgreSQL database. The URLs of Python's, Java's
// and other programs are understood if they have one meaning only.
func databaseURL(text string) (path, server string, err error) {
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(text, "jdbc:"), ":")
	dialect, driver, _ := strings.Cut(strings.ToLower(scheme), "+")
	const want = "want sqlite://PATH or postgres://HOST/NAME"
	postgres := slices.Contains([]string{"postgres", "postgresql", "psql", "pgsql", "postgis"}, dialect) && strings.HasPrefix(rest, "//")
	switch {
	case postgres && loginWithAt.MatchString(rest): // what comes after it would be taken for the host, and shown
		err = errors.New("in the user and the password, write the at sign as %40")
	case postgres:
		return "", "postgres:" + serverOptions.Replace(rest), nil
	case ok && (dialect == "sqlite" || dialect == "sqlite3"):
		path, err = sqlitePath(rest, driver != "")
	case ok && dialect == "file" && strings.HasPrefix(rest, "/"):
		path, err = sqlitePath(rest, false)
	case ok && dialect == "file":
		err = errors.New("a path of Prisma's begins beside schema.prisma: write sqlite://PATH, with the path from here")
	case !ok && text != "" && !strings.Contains(text, "="):
		err = fmt.Errorf("%s, here sqlite://%s", want, text)
	default:
		err = errors.New(want)
	}
	if err != nil {
		shown, _, _ := strings.Cut(redact(text), "?")
		if strings.Contains(shown, "=") { // as libpq writes it, with a password
			shown = "…"
		}
		err = usagef("--database %q: %w", shown, err)
	}
	return path, "", err
}

// loginWithAt is what follows the scheme if there is more than one @ before the path.
var loginWithAt = regexp.MustCompile(`^//[^/?#@]*@[^/?#@]*@`)

// sqlitePath reads what follows sqlite: in a URL. If SQLAlchemy wrote it, three slashes are before a path from here, and four before one from
// the root. Ours has two and three. Options after the path have no meaning here.
func sqlitePath(rest string, alchemy bool) (path string, err error) {
	there := func(path string) bool { _, err := os.Stat(path); return err == nil }
	path = strings.TrimPrefix(rest, "//")
	if !there(path) {
		path, _, _ = strings.Cut(path, "?")
	}
	switch {
	case strings.Trim(path, "/") == "":
		return "", errors.New("the path is missing, like sqlite://rfcdigest.db")
	case strings.Contains(rest, ":memory:"), strings.Contains(rest, "mode=memory"):
		return "", errors.New("a database in memory is seen by its own process only: want a file, like sqlite://rfcdigest.db")
	case alchemy, strings.HasPrefix(path, "//"):
		return strings.TrimPrefix(path, "/"), nil
	case filepath.IsAbs(path) && !there(path) && there(path[1:]):
		return "", fmt.Errorf("there is no %s; if you mean %s, from here, write sqlite://%[2]s", path, path[1:])
	}
	return path, nil
}

// serverOptions gives the options of a PostgreSQL URL that asyncpg, Prisma and Java have names of their own for those that the server knows.
var serverOptions = strings.NewReplacer("?ssl=true", "?sslmode=verify-full", "&ssl=true", "&sslmode=verify-full", "?ssl=false", "?sslmode=disable", "&ssl=false", "&sslmode=disable",
	"?ssl=", "?sslmode=", "&ssl=", "&sslmode=", "?schema=", "?search_path=", "&schema=", "&search_path=", "currentSchema=", "search_path=")
