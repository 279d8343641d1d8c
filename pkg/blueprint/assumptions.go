package blueprint

import "github.com/dealroute/dealroute/pkg/deployment"

// An Assumption is a statement about a vendor that nothing published settles and on which an
// artifact rests. docs/assumptions.md has a section for each id.
type Assumption struct {
	ID   string
	Text string
}

func assumptionsOf(*deployment.Deployment) []Assumption { return nil }
