// Package blueprint exists so that everything a deployment consists of is one value, made
// from the deployment file and the templates alone: the text of every artifact beside its
// parsed tree, and every entity that must exist in the org with what it needs.
//
// Render is pure: no clock, no network, no id of an org. What only an org knows stands as a
// reference (genesys.Ref) in texts and entities until Resolve replaces it. The rendered texts
// are the one truth: they are parsed back and checked here, and what is validated, simulated
// and deployed is those texts, never the values they were made from.
//
// Values enter a template only through quoting functions, and a template that prints one
// raw, or a quoted one amid other text, is refused: in partials, too. So is one that leaves
// out or changes the mark or the name by which what it makes is found again. The conditions
// of rules are built as expression trees and printed.
//
// The tests compare the rendered call with package routing on accounts made at random; more
// of them are tried with
//
//	go test ./pkg/blueprint -run Agree -campaign 2000
//
// With DEALROUTE_ORACLES naming the folder that holds architect-flow.js and DEALROUTE_ORACLE_PACKAGE
// one in which purecloud-flow-scripting-api-sdk-javascript 0.0.18 is installed, they also
// ask Genesys' own validation about the flow of every example.
package blueprint
