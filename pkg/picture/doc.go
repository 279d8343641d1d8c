// Package picture exists so that a flow, a set of rules and the way of one call
// through them can be seen.
//
// A Graph is what is to be seen, without places: of a flow (Flow), of a
// deployment's rules (Rules). Lay gives every part of it a place. SVG, Dot and
// Mermaid write it. Equal graphs give equal bytes.
//
// What a call, a suite or a counterexample did with a graph are marks on it
// (Mark); they never move a box, so that two pictures of one flow can be laid
// over each other.
package picture
