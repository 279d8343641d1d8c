// Package expr exists to run the expression language of Genesys Cloud Architect offline:
// the text a flow author types into an expression field is scanned, parsed, given its one
// static type as Genesys' own engine gives it, compiled once and evaluated many times.
//
// The way of a text is Parse → Check → Compile → Program.Eval; each step has a file of its
// own. A Scope names the variables, an Env holds their values while the expression runs,
// the clock and the objects of the organisation. The functions and operators stand in one
// table (functions_*.go) that the checker, the evaluator and GRAMMAR.md are made from.
//
// Laws the tests hold: what parses prints back to the same tree; any input gives an answer,
// an *Error or an *EvalError; an evaluation ends within its budget.
//
// The tests compare with published material when DEALROUTE_CORPUS names its folder. The
// long campaign against Genesys' own type checker is run with
//
//	DEALROUTE_ORACLES=<folder> DEALROUTE_ORACLE_PACKAGE=<folder with node_modules> \
//		go test ./pkg/architect/expr -run TestCampaign -campaign 2000
//
//go:generate go test -run TestGrammarPageIsCurrent -update .
package expr
