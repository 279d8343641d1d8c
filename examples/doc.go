// Package examples exists so that the examples of the project are in the program too: the
// demo runs one of them from an installed binary, render writes any of them out, and tests run
// all of them.
package examples

import "embed"

// FS holds the examples, each in a folder of its own with its fixtures beside it.
//
//go:embed */*
var FS embed.FS

// An Example is one folder of FS.
type Example struct{ Name, Shows string }

// All lists the examples, the first ones for a first file.
func All() []Example {
	return []Example{
		{"minimal", "the least that a deployment needs"},
		{"basic", "rules by stage and value, a first deployment whole; with a suite of calls"},
		{"guide", "the three rules of the integration guide for Genesys Cloud and HubSpot"},
		{"pipelines", "several pipelines, and the owner of a deal who is asked first"},
		{"hours", "office hours, and what callers hear outside of them"},
		{"companies", "callers from a company, by its switchboard's number, too"},
		{"household", "several contacts with one number, whose deals count together"},
		{"germany", "numbers as people in Germany, Austria and Switzerland type them"},
		{"high-volume", "more calls than HubSpot answers searches for"},
		{"unique-phone", "the contact read by a unique property, without a search"},
		{"rollup", "one request a call, by properties in which HubSpot counts deals"},
		{"oauth", "an account that allows apps and no service keys"},
		{"custom-templates", "templates of one's own, with what was changed in them"},
		{"every-setting", "every setting that is built, to look settings up in"},
	}
}
