package hubspot

// A Sample is part of the contacts of an account, and what HubSpot counts of all of them.
type Sample struct {
	Contacts []Contact // that were drawn, each once; all of them have a number
	Twins    []Contact // who were not, and have the digits of one of their numbers
	AllTwins bool      // Twins is everybody who does

	Drawn Draw
	Frame int // from how many contacts they were drawn

	Counts SampleCounts

	// Of contacts without a number of their own that have a company, so many were looked at, and of
	// these so many have a company with a number. ByCompany is nil where companies could not be read.
	Unnumbered int
	ByCompany  *int

	Searches int      // that reading it took
	Notes    []string // what could not be read, and why
}

// A Draw says how the contacts of a sample were drawn.
type Draw string

// The ways of drawing. The first records of a list are the oldest ones of an account, which are as
// good as no sample.
const (
	DrawnWhole  Draw = "whole"  // everybody with a number
	DrawnSpread Draw = "spread" // in pages that lie evenly between the one modified last and the one at the end of Frame
	DrawnRecent Draw = "recent" // those modified last
	DrawnOldest Draw = "oldest" // those made first: HubSpot refused the searches
)

// SampleCounts are what searches say of all contacts, by their total; nil where nobody knows.
type SampleCounts struct {
	All          *int
	Numbered     *int // have something in phone or mobilephone, or in the property by which callers are known
	Uncalculated *int // have something there of which HubSpot calculated no E.164
	Unkeyed      *int // have something there, and nothing in the property by which callers are known
	CompanyOnly  *int // have nothing there, and a company
}
