package dataaction

// Options are the readings of what Genesys leaves open. The zero value takes the stricter one
// of each pair, or the one the vendor's published actions depend on.
type Options struct {
	DropNullOutputs  bool // a JSON null for a typed output counts as absent instead of violating the contract
	LiteralReference bool // ${input.x} without a value prints its own text instead of failing
	EmptyBodyFails   bool // a 2xx reply without a body is an error instead of {}
	QuoteBadDefaults bool // a default that is no JSON is inserted as a JSON string instead of raw
	DefaultOnFault   bool // a path that fails, not just leads nowhere, takes its default instead of failing
	ExactNames       bool // $Input.X never means the contract's input.x
	RejectTrailing   bool // text after the JSON of a success template is an error instead of a warning
	WholeNumbersOnly bool // 2.0 is no integer
	InputInSuccess   bool // the success template sees input
	PartialFails     bool // a reply with status 207 is an error instead of a success
	ShiftGaps        bool // flattening skips an element that lacks a member instead of leaving null
}
