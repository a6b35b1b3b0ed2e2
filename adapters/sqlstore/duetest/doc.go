// Package duetest tests that a store never leaves out who is due, whatever other programs do to its
// database by SQL of their own. What that SQL looks like is up to each database.
package duetest
