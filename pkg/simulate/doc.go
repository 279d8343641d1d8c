// Package simulate exists to answer where a caller goes and why, by running the artifacts
// that are or will be deployed: the flow through the step machine, its data actions as
// definitions, against a HubSpot that somebody hands in. It knows no template and no rule;
// what the flow does is the answer.
//
// Its tests hold the deployed call against package routing, which shares no code with the
// templates. TestTheCallIsThePolicy makes up deployments, accounts, faults and readings of
// what the vendors leave open; a longer campaign is
//
//	go test ./pkg/simulate -run TestTheCallIsThePolicy -rapid.checks 2000 -calls 20
package simulate
