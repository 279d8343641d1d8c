// Package plan exists so that what will change in an org is known, as a value, before
// anything is changed: it compares what is there with what must be there and lists one
// change for each entity, in the order of work. It is pure.
package plan
