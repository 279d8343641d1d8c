package doctor

import (
	"fmt"
	"slices"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A Topic is a code of findings, with what docs/checks.md says of it.
type Topic struct {
	Code     string
	Title    string        // what is wrong, in a few words
	Text     string        // why it matters and what to do
	Severity diag.Severity // of most of its findings
}

// Topics lists the codes of this package.
func Topics() []Topic {
	return slices.Concat(accountTopics(), latencyTopics(), matchTopics(), capacityTopics())
}

// find makes a finding with the severity of its topic. A code without a topic is a mistake here.
func find(code, hint, format string, args ...any) diag.Finding {
	for _, t := range Topics() {
		if t.Code == code {
			return diag.Finding{Code: code, Severity: t.Severity, Message: fmt.Sprintf(format, args...), Hint: hint}
		}
	}
	panic("no topic " + code)
}
