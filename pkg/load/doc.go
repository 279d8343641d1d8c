// Package load lets a day of calls come in before the day comes: arrivals, limits, latency and
// faults on a virtual clock, and each call through the same loop as a single one.
//
// Calls overlap. Each is a coroutine that runs through the flow until it reads or writes what
// others share (a row of the control table, HubSpot, the platform's limits), and goes on when its
// virtual time is the earliest. So the model is one sequence of events, and equal seeds give equal
// days. Nothing is kept of a call but counts: in histograms, by minute and by queue.
//
// What the model takes for granted stands in docs/load.md; the results name it.
package load
