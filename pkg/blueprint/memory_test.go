package blueprint_test

import "runtime/debug"

// Memory for time: a third of what these tests took was the collection of garbage.
func init() { debug.SetGCPercent(400) }
