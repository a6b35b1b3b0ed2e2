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
// Calls queue for a few goroutines that write, each on a connection of its own, and return when what
// they asked for is durable. What a write reads first cannot change before it is committed, also not
// by another process: either write transactions exclude each other, or each locks what it reads.
//
// In the first case one goroutine writes. Calls that come while it works share its next transaction,
// so that many workers pay for one commit. Where one of them fails, the transaction is undone and made
// again with a savepoint for each, so that it spoils nothing else.
//
// In the second case each call has a transaction of its own, about one person or, at a turnover, two.
// So nobody waits for a lock while holding what others are after, and there are no deadlocks. One that
// fails is tried once more, since another transaction may have been in the way. Where a call is nearly
// always the same few statements, as a claim is, they are sent all at once, and committed if each of
// them came to what it should have.
package sqlstore
