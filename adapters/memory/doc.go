// Package memory has a store, a mailer, a clock and time zones in memory: for tests, for trying things
// out, and as examples of what the ports promise. They keep every promise of package ports, but are
// gone with the process. The mailer can be made to fail before or after it accepts a message; any
// store can be, by porttest.Faulty.
package memory
