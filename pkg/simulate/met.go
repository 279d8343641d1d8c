package simulate

import (
	"slices"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
)

// Met is what a call met outside the flow, and what the flow made of the caller's number:
// what an explanation of its outcome can rest on.
type Met struct {
	Number    string   // the caller's as the flow read it; empty when it gave none
	Truncated bool     // the caller has more deals than were read
	Row       Row      // of the control table, read last
	Gone      []Thing  // looked for by name and not found
	Failed    []Failed // transfers, in their order
}

// A Row is a read of the control table.
type Row struct {
	Key    string         // empty: none was read
	Branch string         // found, notFound or failure
	Cells  []interp.Named // what the flow took from it
}

// A Thing is an object of the org.
type Thing struct {
	Type expr.Type
	Name string
}

// A Failed transfer is one that the call came back from.
type Failed struct {
	To       string
	Skills   int
	Handling bool // error handling tried it
}

// see keeps of an answer what may explain the call. table is the name of the control table.
func (m *Met) see(e *interp.Effect, o interp.Outcome, table string) {
	switch e.Kind {
	case interp.EffectTable:
		if e.Name == table {
			m.Row = Row{Key: e.Key.Text(), Branch: o.Branch, Cells: o.Outputs}
		}
	case interp.EffectFind:
		if t := (Thing{e.Type, e.Name}); !o.Value.IsSet() && !slices.Contains(m.Gone, t) {
			m.Gone = append(m.Gone, t)
		}
	case interp.EffectTransfer:
		if o.Branch == "failure" {
			m.Failed = append(m.Failed, Failed{To: e.Name, Skills: len(e.Transfer.Skills), Handling: e.Transfer.Handling})
		}
	}
}

// late is why an answer is of no use to the flow that came after the flow's own timeout, or
// empty.
func late(e *interp.Effect, o interp.Outcome) string {
	if e.Timeout == 0 || o.Branch == "timeout" || o.Elapsed < e.Timeout {
		return ""
	}
	return "an answer after " + o.Elapsed.String() + ", and the flow waits " + e.Timeout.String()
}
