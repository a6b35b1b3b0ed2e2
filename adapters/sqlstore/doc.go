// Package sqlstore is the store over an SQL database, in the words that SQL databases share. What
// they do not share is a [Dialect], which the package of one database passes in. Package engine runs the
// statements.
//
// The app writes most of what is read here, and SQLite lets any column hold any value. So columns
// are read as text and interpreted here, a row at a time: what cannot be read costs its own field,
// at the worst its own row, never a page. SQL narrows by person, time and status, and takes more
// if it cannot be exact; core decides.
//
// Models say which columns there are. What runs for each page or digest is SQL text, prepared once on each
// connection: to have bun build it, and the database parse it, would cost more than many of the statements.
// What is rarely read goes through bun's query builder. What is written is prepared: PostgreSQL's driver
// keeps each text, so that values must not be part of it.
//
// What a write reads first cannot change before it is committed, not even by another process.
package sqlstore
