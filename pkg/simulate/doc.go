// Package simulate exists to answer where a caller goes and why, by running the artifacts
// that are or will be deployed: the flow through the step machine, its data actions as
// definitions, against a HubSpot that somebody hands in. It knows no template and no rule;
// what the flow does is the answer.
package simulate
