// Package architect exists so that an Architect flow in Genesys' YAML can be read
// and written back without loss and without an organisation.
//
// Parse gives a typed tree over the YAML nodes: every part has its place in the file and
// its path, such as /inboundCall/tasks/task[Entry]/actions[1]/playAudio, which is also
// the path in Genesys' own validation. What the tree does not know (an action, a key) is
// kept in the nodes, reported by name and line, and printed again by Print.
//
// The actions, their fields, branches and the flow types that take them stand in one
// table (Kinds), from which ACTIONS.md is generated. What
// Genesys' validation says of a flow is said by package check.
package architect
