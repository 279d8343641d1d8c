package simulate

import (
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
)

// Fixtures are a CRM and the state of an org for simulated calls, as crm.yaml holds them.
type Fixtures struct {
	Version    int        `yaml:"version"`
	Now        *time.Time `yaml:"now"`
	CRM        `yaml:",inline"`
	Calls      map[string]CallFixture `yaml:"calls"` // by ANI as it is given on the command line
	OrgFixture `yaml:",inline"`

	sheet sheet
	own   bool // of one call: a pipeline without stages takes any, as one whose stages somebody has deleted
}

// CRM is the HubSpot account of the fixtures.
type CRM = hubspot.CRM

// A CallFixture is what comes with a caller.
type CallFixture struct {
	Conversation map[string]string `yaml:"conversation"` // data that an earlier leg of the conversation left
	ANI          string            `yaml:"ani"`          // what the call really shows, when the key is a name
	DNIS         string            `yaml:"dnis"`
	OrgFixture   `yaml:",inline"`  // for this caller only
}

// An OrgFixture is how the org differs from one that is set up and whole.
type OrgFixture struct {
	Control   map[string]map[string]any `yaml:"control"` // columns of rows of the control table, by key
	Vanished  Vanished                  `yaml:"vanished"`
	Transfers Transfers                 `yaml:"transfers"`
	Tables    Tables                    `yaml:"tables"`
}

// Org is the difference as a run or a call takes it.
func (f OrgFixture) Org() Org {
	return Org{Rows: f.Control, MissingQueues: f.Vanished.Queues, MissingSkills: f.Vanished.Skills, MissingFlows: f.Vanished.Flows, FailingTransfers: f.Transfers.Failing, TableFails: f.Tables.Failing}
}

// Vanished lists what the deployment names and the org no longer has.
type Vanished struct {
	Queues []string `yaml:"queues"`
	Skills []string `yaml:"skills"`
	Flows  []string `yaml:"flows"`
}

// Transfers lists the queues and flows to which a transfer fails.
type Transfers struct {
	Failing []string `yaml:"failing"`
}

// Tables says whether the data tables of the org can be read.
type Tables struct {
	Failing bool `yaml:"failing"` // every look-up of a row fails
}

// fixtureLimits are far beyond what a person writes.
var fixtureLimits = source.Limits{Bytes: 16 << 20, Nodes: 1_000_000, Depth: 50}

// DecodeFixtures reads a fixtures file strictly. No finding holds a caller's number.
func DecodeFixtures(file string, data []byte) (*Fixtures, diag.Findings) {
	f := &Fixtures{sheet: sheet{text: source.New(file, data)}}
	doc, faults := f.sheet.text.Decode(fixtureLimits, f)
	var found diag.Findings
	for _, x := range faults {
		found = append(found, x.Finding(""))
	}
	if found != nil {
		return nil, privacy.Findings(found) // a key may be a caller's number; what check says has none
	}
	if f.Version != 1 {
		return nil, diag.Findings{{Message: fmt.Sprintf("version of the fixtures is %d, and this program knows 1", f.Version), Position: diag.Position{File: file, Line: 1, Column: 1}}}
	}
	f.sheet.root = source.Follow(doc.Content[0])
	if found = f.check(); found != nil {
		return nil, found
	}
	return f, nil
}
