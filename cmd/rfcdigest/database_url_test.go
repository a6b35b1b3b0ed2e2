package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wiggleverse/rfcdigest/adapters/postgres"
)

func TestTheURLsOfOtherProgramsAreUnderstood(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("srv", 0o755))
	for _, name := range []string{"srv/x.db", "what?.db"} {
		require.NoError(t, os.WriteFile(name, nil, 0o600))
	}
	for text, want := range map[string]string{
		"sqlite://x.db": "x.db", "sqlite://./x.db": "./x.db", "sqlite:///srv/none.db": "/srv/none.db", "sqlite://srv/x.db": "srv/x.db", "sqlite://what?.db": "what?.db", "SQLite://x.db": "x.db",
		"sqlite+aiosqlite:///x.db": "x.db", "sqlite+pysqlite:///./x.db": "./x.db", "sqlite+aiosqlite:////srv/x.db": "/srv/x.db", "sqlite+pysqlcipher:///srv/x.db?timeout=5": "srv/x.db",
		"sqlite:////srv/x.db": "/srv/x.db", "sqlite://x.db?check_same_thread=False": "x.db", "sqlite:x.db": "x.db", "sqlite:/srv/none.db": "/srv/none.db", "sqlite3:db/x.db": "db/x.db", "sqlite3:///none.db": "/none.db",
		"jdbc:sqlite:x.db": "x.db", "jdbc:sqlite:/srv/none.db": "/srv/none.db", "file:/srv/none.db": "/srv/none.db", "file:///srv/none.db?mode=ro": "/srv/none.db",
	} {
		path, server, err := databaseURL(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, path, text)
		assert.Empty(t, server)
	}
	for _, scheme := range []string{"postgres", "postgresql", "postgresql+psycopg2", "postgresql+psycopg", "postgresql+asyncpg", "postgresql+pg8000", "jdbc:postgresql", "psql", "pgsql", "postgis", "Postgres"} {
		_, server, err := databaseURL(scheme + "://rfc:x@db.example:5433/app")
		require.NoError(t, err, scheme)
		name, err := postgres.Name(server)
		require.NoError(t, err)
		assert.Equal(t, "app on db.example:5433", name)
	}
	for option, want := range map[string]string{
		"sslmode=require": "sslmode=require", "ssl=require": "sslmode=require", "ssl=true": "sslmode=verify-full", "a=b&ssl=false": "a=b&sslmode=disable", "ssl=prefer&a=b": "sslmode=prefer&a=b",
		"schema=rfc": "search_path=rfc", "currentSchema=rfc&a=b": "search_path=rfc&a=b", "application_name=rfc": "application_name=rfc",
	} {
		_, server, err := databaseURL("postgresql+asyncpg://h/d?" + option)
		require.NoError(t, err)
		assert.Equal(t, "postgres://h/d?"+want, server)
	}
	for text, words := range map[string]string{
		"sqlite:///srv/x.db": "there is no /srv/x.db; if you mean srv/x.db, from here, write sqlite://srv/x.db", "file:./dev.db": "schema.prisma", "file:dev.db": "write sqlite://PATH",
		"sqlite://": "the path is missing", "sqlite:///": "the path is missing", "sqlite+aiosqlite://": "the path is missing", "sqlite:": "the path is missing", "sqlite://?mode=ro": "the path is missing",
		"sqlite://:memory:": "in memory", "sqlite:///:memory:": "in memory", "sqlite+aiosqlite:///:memory:": "in memory", "sqlite:///file:x?mode=memory&uri=true": "in memory",
		"/srv/rfc/app.db": "here sqlite:///srv/rfc/app.db", "app.db": "here sqlite://app.db", "": "want sqlite://PATH or postgres://HOST/NAME", "postgres:rfc": "want sqlite://PATH or postgres://HOST/NAME",
		"mysql+pymysql://u:" + password + "@h/d": "want sqlite://PATH or postgres://HOST/NAME", "jdbc:mysql://h/d?password=" + password: "want sqlite", "host=h password=" + password: "want sqlite",
		"postgres://u:p@" + password + "@h/d": "in the user and the password, write the at sign as %40", "postgresql+asyncpg://u@x:p@" + password + "@h/d": "write the at sign as %40",
	} {
		_, _, err := databaseURL(text)
		require.ErrorContains(t, err, words, text)
		assert.NotContains(t, err.Error(), password)
		assert.False(t, strings.Contains(err.Error(), "\n"))
	}
}

func TestMigrateMakesADatabaseUnlessItsNameLooksLikeAMistake(t *testing.T) {
	s := newSite(t).inside()
	s.write("empty.db", "")
	for _, name := range []string{"empty.db", "app.db", "app2.db"} {
		s.run("migrate", "--database", "sqlite://"+name).done()
	}
	s.sql("sessions.db", "CREATE TABLE sessions (id INTEGER)")
	for name, why := range map[string]string{
		"sessions.db": "there are tables in sessions.db, but none of the RFC app; check --database, or give --create to make them",
		"ap.db":       "there is no database at ap.db, but app.db is beside it; check --database, or give --create to make one",
		"apps.db":     "there is no database at apps.db, but app.db is beside it", "spp.db": "app.db is beside it", "pap.db": "app.db is beside it",
	} {
		before := s.tree()
		s.run("migrate", "--database", "sqlite://"+name).fails(exitFailed, why).silent()
		assert.Equal(t, before, s.tree())
	}
	for _, name := range []string{"sessions.db", "ap.db"} {
		s.run("migrate", "--create", "--database", "sqlite://"+name).done()
		s.run("migrate", "--database", "sqlite://"+name).done()
	}
	s, conn := onPostgres(t)
	_, err := conn.Exec(t.Context(), "CREATE TABLE sessions (id bigint)")
	require.NoError(t, err)
	s.run("migrate").fails(exitFailed, "there are tables in ", "but none of the RFC app", "give --create to make them").silent()
	_, err = conn.Exec(t.Context(), "DROP TABLE sessions")
	require.NoError(t, err)
	s.run("migrate").done()
}

func TestAnOptionThatTheServerDoesNotKnowIsNamed(t *testing.T) {
	s, _ := onPostgres(t)
	url := ""
	for _, variable := range s.env {
		if value, ok := strings.CutPrefix(variable, "DIGEST_DATABASE_URL="); ok {
			url = value
		}
	}
	join := "?"
	if strings.Contains(url, "?") {
		join = "&"
	}
	for _, option := range []string{"pgbouncer=true", "lock_timeout=soon"} {
		s.run("plan", "--database", url+join+option).fails(exitFailed, "refuses an option in its URL", strings.Split(option, "=")[0], "leave it out of --database")
	}
}
