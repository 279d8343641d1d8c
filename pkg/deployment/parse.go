package deployment

import "github.com/dealroute/dealroute/pkg/diag"

// Parse reads a deployment file. The deployment is nil when a finding is an error.
func Parse(file string, data []byte) (*Deployment, diag.Findings) {
	return parse(file, data)
}
