// Package riverengine lets a fleet of processes share the work of each tick, by way of River's job
// queue in PostgreSQL.
//
// At each multiple of the tick length, whichever process River has elected leader inserts one job,
// a round. Whoever is free takes it, does what comes before digests, and inserts a job for each
// range of people who may be due; whoever is free takes those. Every job carries the round's instant,
// which decides everything in it.
//
// The queue only spreads work. That nobody gets a digest twice is for the ledger to see to, so a job
// that runs twice sends nothing twice; and a job that is lost loses nothing, since the next round finds
// who is still due. Therefore jobs are tried again seldom, and those that wait are dropped when the
// next round divides the people anew: the queue never holds more than one round.
//
// River's tables are in the first schema of the URL's search_path. Where another program keeps
// River tables of its own there, give this one another schema: the leader looks after all jobs that it
// finds.
package riverengine
