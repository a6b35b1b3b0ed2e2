// Package schema is what the SQL stores share about the schema of a database: what this release wants of
// it, what it has, and the way from one to the other. A store says in a [Schema] how its database tells
// what it has, and how it words what it wants.
//
// An index, function or trigger is made anew if its text is not the one that this release wants. Data that
// has to change with the schema is changed by a numbered [Step]. How many of those were made is stored, and
// a database on which a newer release made more is left alone.
//
// A [Migration] is made in many transactions, so that the app can go on. Our own tables that follow from the app's are
// filled a range of people at a time, by a [Pass], while triggers already keep them. That this has yet to be done is
// stored as well. Until it is, the database counts as not migrated.
package schema
