package architect

import "slices"

// Types are the root keys of flows, in no order that means anything: what tells the file of a
// flow from other YAML.
func Types() []string { return slices.Clone(flowTypes) }
