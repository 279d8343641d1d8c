package reconcile

import (
	"context"

	"github.com/dealroute/dealroute/pkg/genesys"
)

// An Org is the client of a Genesys Cloud org: what all kinds together need of it. Each
// kind gets its part only, which its file says. Errors match those of package genesys by
// errors.Is.
type Org interface {
	Account
	Roles
	Clients
	Integrations
	Actions
	Drafts
	Trials
	Rows
	Queues
	Scripts
	Flows
	Routes
}

// An Account tells who a client is.
type Account interface {
	Who(context.Context) (genesys.Identity, error)
}

// A Mover moves an entity into a division.
type Mover interface {
	MoveToDivision(ctx context.Context, k genesys.Kind, id, divisionID string) error
}

// A Reader finds and reads entities. A name that ends in "*" is the beginning of one.
type Reader interface {
	Find(ctx context.Context, kind genesys.Kind, name string) ([]genesys.Object, error)
	Read(ctx context.Context, kind genesys.Kind, id string) (genesys.Object, error)
}

// A Writer makes, changes and deletes entities.
type Writer interface {
	Create(ctx context.Context, kind genesys.Kind, body map[string]any) (genesys.Object, error)
	Update(ctx context.Context, kind genesys.Kind, id string, body map[string]any) (genesys.Object, error)
	Delete(ctx context.Context, kind genesys.Kind, id string) error
}

// Entities is what nearly every kind needs, and many need no more.
type Entities interface {
	Reader
	Writer
}
