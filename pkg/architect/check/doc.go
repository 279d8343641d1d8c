// Package check exists to say of a flow what Genesys' validation says (errors and warnings
// at its paths and under its codes) and what it lets through and should not (codes
// DR-FLOW-…, never errors). It needs no organisation: what is known of one is an
// architect.Org.
package check
