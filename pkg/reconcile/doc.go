// Package reconcile exists to make an org what a deployment says: it reads what is there,
// lets package plan compute the changes, and applies that very plan along the graph of
// dependencies. There is no state file; what is ours is found by its mark, its integration
// or its name.
//
// Each kind of entity is one file that says how ours are found, what is compared (written
// the way the server returns it), how it is created, changed and removed, and what must
// become true before the next one may use it.
package reconcile
