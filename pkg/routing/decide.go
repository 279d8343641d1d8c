package routing

// A Decision is where a call goes, and why.
type Decision struct {
	Outcome  Outcome
	Rule     string // name of the rule; empty for the fallback
	Index    int    // of the rule; -1 for the fallback
	Reason   string // ReasonRule or ReasonFallback
	Queue    string
	Skills   []string
	Priority int // the sum
	ByValue  int // the share of it that value gives
}

// Why a decision is what it is.
const (
	ReasonRule     = "rule"
	ReasonFallback = "fallback"
)
