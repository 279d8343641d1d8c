// Package reconcile exists to make an org what a deployment says: it reads what is there,
// lets package plan compute the changes, and applies that very plan along the graph of
// dependencies. There is no state file; what is ours is found by its mark, its integration
// or its name.
//
// Each kind of entity is one file that says how ours are found, what is compared (written
// the way the server returns it), how it is created, changed and removed, and what must
// become true before the next one may use it.
//
// # Ending in between
//
// A run may end at any call. What it leaves is found and finished by the next one:
//
//	a data action that is only a draft      published; deleted when nothing desires it
//	an integration that is not configured   known by the name it has until then
//	a client whose secret is lost           its credential takes a new one (see record.go)
//	a script that is not published          published
//	a flow whose version is not recorded    recorded when its text is ours; otherwise drift
//	an entity whose create was answered late, or that two setups made   the one that is not used goes
//
// What somebody changed between the plan and its application is not written over: an entity is
// looked at once more before it is changed (changed.go), and setup plans again.
//
// Tests make each call of a setup and of a destroy go wrong, in turn. The whole matrix of
// calls and faults takes minutes:
//
//	go test ./pkg/reconcile -run Disturbed -every-fault -timeout 30m
package reconcile
