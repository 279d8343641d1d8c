// Package dataaction exists so that a Genesys Cloud data action can be read, checked and run
// as its definition says, without an org: input contract, Velocity request templates, the
// call, status and body rules, translation map, success template, output contract and the
// flattening that Architect shows.
//
// It opens no connection and reads no clock: the caller gives a Sender. What Genesys does not
// document, or documents two ways, is a switch in Options whose zero value is the stricter
// reading; a run reports the readings it used as findings of severity assumption.
package dataaction
