// Package memory is a store and a mailer that live in memory: for tests, for trying things out,
// and for showing what the ports promise. They keep every promise of package ports but that of
// outliving the process, and can be told to fail, before doing what they were asked to or after.
package memory
