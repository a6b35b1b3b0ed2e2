// Package memory is a store and a mailer that live in memory: for tests, for trying things out,
// and for showing what the ports promise. They keep every promise of package ports but that of
// outliving the process. The mailer can be told to fail, before it did what it was asked to or after;
// so can any store, by porttest.Faulty.
package memory
