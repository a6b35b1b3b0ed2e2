// Package sqlstore is the store over an SQL database, in the words that SQL databases share. What
// they do not share is a [Dialect], which the package of one database passes in.
//
// # Reading
//
// The app writes most of what is read here, and SQLite lets any column hold any value. So columns
// are read as text and interpreted here, a row at a time: what cannot be read costs its own field,
// at the worst its own row, never a page. SQL narrows by person, time and status, and takes more
// where it cannot be exact; core decides.
//
// # Writing
//
// One goroutine writes, on one connection. Calls that come while it works share its next
// transaction, so that many workers pay for one commit, and return when that is durable. Where one
// of them fails, the transaction is undone and made again with a savepoint for each, so that it
// spoils nothing else. What a write reads first cannot change before it is committed: the dialect's
// write transactions exclude each other, also across processes.
package sqlstore
