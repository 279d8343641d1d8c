package prove

import (
	"context"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Input is what is to be proved of a deployment.
type Input struct {
	Deployment *deployment.Deployment
	Blueprint  *blueprint.Blueprint // as rendered; ids are made up
	Mode       Mode
	Now        time.Time // when the calls begin
	HubSpot    func(Account) dataaction.Sender
	Stop       bool // at the first property that does not hold
}

// An Account is the HubSpot that a call meets.
type Account struct {
	CRM    hubspot.CRM
	Faults []Fault
	Clock  func() time.Time
}

// A Fault is what HubSpot does to a request instead of answering it.
type Fault struct {
	Kind    string // as --fault of simulate names them
	Request int    // which request of the call, from 1; 0 for each
}

// Deployment shows the seven properties of a deployment.
func Deployment(ctx context.Context, in Input) (*Report, error) {
	return nil, nil
}
