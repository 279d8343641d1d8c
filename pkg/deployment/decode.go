package deployment

import "github.com/dealroute/dealroute/pkg/diag"

func parse(file string, _ []byte) (*Deployment, diag.Findings) {
	return nil, diag.Findings{{Message: "reading is not part of this commit", Position: diag.Position{File: file, Line: 1, Column: 1}}}
}
