package simulate

import (
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// Owners are what an org knows of HubSpot's owners.
type Owners struct {
	Rows  map[string]map[string]any // of the table of owners, by the owner's id in HubSpot
	Users []string                  // ids of the users who exist; nil: all do
	Fails bool                      // every look-up in the table fails

	Why func(owner string) string // why an owner has no row, where somebody knows; may be nil
}

// read reads a row of the table of owners.
func (o Owners) read(e *interp.Effect) interp.Outcome {
	row, ok := o.Rows[e.Key.Text()]
	switch {
	case o.Fails:
		return interp.Outcome{Branch: "failure", Elapsed: tableRead}
	case !ok:
		return interp.Outcome{Branch: "notFound", Elapsed: tableRead}
	}
	return found(row, e, nil)
}

// An Owner is the one whom a call was to reach first.
type Owner struct {
	Wanted bool   // the target prefers owners
	ID     string // in HubSpot; empty: the deal and the contact have none, or nobody read them
	User   string // by the table; empty: it names none
	Branch string // of the look-up in the table; empty: nobody looked
	Why    string // why it has no row of him, as far as that is known
}
