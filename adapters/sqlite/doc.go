// Package sqlite keeps the store in an SQLite file: how the file is opened, migrated, filled and
// written about in errors. The statements are those of package sqlstore.
//
// The file is usually the app's own, with the app writing to it at the same time and reading what
// is written here. So nothing is written but what the app's SQLite, perhaps an older one, reads;
// times are text as the app writes it; and every transaction that writes asks for the write lock
// when it begins, and waits for it.
package sqlite
