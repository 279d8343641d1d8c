package doctor

import "github.com/dealroute/dealroute/pkg/diag"

func latencyTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-101", Severity: diag.Warning, Title: "answers take longer than callers wait",
			Text: "More than one answer in twenty came later than the flow waits for it, as far as one can tell from here: such a caller goes the way of `lookup_failed`, and the breaker opens. It is an error where half of the answers come too late. " +
				"Genesys Cloud asks from its own region, not from this machine: repeat it from a machine near that region before you raise `enrichment.budget`.",
		},
	}
}
