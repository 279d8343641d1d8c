// Package validate exists so that a deployment is judged before anybody calls: one answer
// holds what reading and rendering found, what Genesys' validation would say of the flow and
// the data actions, whether everything that the artifacts refer to is there, and what an
// experienced admin would notice about the policy itself.
//
// A check of this package is one Rule in one file (rule_*.go) with a code, an explanation for
// the docs, and two cases under testdata/CODE: pass.yaml, which it leaves alone, and
// fail.yaml, which says in comments on which lines it must report what.
//
// Nothing is read or printed here; the date is an argument, and so is what an account has,
// where it is known.
package validate

//go:generate go run ./internal/checksgen -out ../../docs/checks.md
