package dataaction

import "github.com/dealroute/dealroute/pkg/diag"

// Check reports what is wrong or risky in a definition, without running it.
func Check(d *Definition) diag.Findings { return nil }
