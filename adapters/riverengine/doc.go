// Package riverengine lets a fleet of processes share the work of each tick, by River's job queue in
// PostgreSQL.
//
// River elects one process as the leader. At each multiple of the tick length, the leader inserts one
// job, a round. A free process takes it and inserts a job for each range of people. Free processes take
// those. Every job carries the round's instant, which decides everything in it.
//
// The queue only spreads work. The ledger sees to it that no one gets a digest twice, so a job that runs
// twice sends nothing twice. If a job is lost, the next round finds the people who are still due. So jobs
// have few retries, and the next round deletes the jobs that still wait: the queue never holds more than
// one round.
//
// River's tables are in the first schema of the URL's search_path. If another program has its own River
// tables there, use another schema for this one: the leader manages all jobs that it finds.
package riverengine
