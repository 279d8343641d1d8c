// Package deployment reads dealroute.yaml, the one file that describes a deployment: every
// mistake in it is reported at once, each with its place, a reason and a next step, and what
// it leaves out gets its default.
//
// One walk over the YAML nodes (decode.go) fills the Go types of this package, which mirror
// the file; a second pass (check_*.go) asks what the values mean together. Codes of findings
// stand in codes.go. The JSON Schema for editors is made from the same types.
package deployment

//go:generate go run ./internal/schemagen -out schema.json
