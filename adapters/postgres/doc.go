// Package postgres keeps the store in a PostgreSQL database (of version 12 or newer): how it is connected to, migrated, filled
// and written about in errors. The statements are those of package sqlstore.
//
// The database is usually the app's own. All tables are in the schema that is the first on the search
// path, which the URL can set (?search_path=rfc). Several processes may work on it at once: each
// locks a person's ledger before it adds to it, so that of two claims one wins. Connections have settings
// and prepared statements of their own, so a pooler in between has to leave a session its connection.
package postgres
