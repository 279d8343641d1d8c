package expr

// Options choose between readings of the language. The zero Options are the safe ones.
type Options struct {
	// ShortCircuit makes and and or skip the right side when the left decides. Whether
	// Architect does is undocumented, so by default both sides are computed and a NOT_SET
	// on either is an error: only flows that are right in both readings pass.
	ShortCircuit bool
	// Budget bounds one evaluation: steps taken and bytes made. 0 is DefaultBudget.
	Budget int
}

// DefaultBudget is far beyond what any expression of a real flow needs, and ends within
// milliseconds.
const DefaultBudget = 1 << 20
