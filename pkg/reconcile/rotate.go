package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/secret"
)

// A key that is replaced must never be missing. The value of a supplied credential is written over
// in one call after it was looked at. The run-time client gets a second one of its name: the
// credential takes the secret of that when the platform lets it do what the first may do, and the
// first one goes last. The platform shows no field of a credential, so the record says which client's
// secret is in it; while another's is on its way it says that, and a run that ends then
// leaves two clients of which nobody knows which is used. A third one then takes their place: to give
// one of the two a new secret would end the old one before the credential has the new one.

// inUse stands in the record behind the id of the client whose secret a credential holds.
const inUse = "used"

// A NotThereError says that there is nothing yet that could be rotated.
type NotThereError struct{ Credential genesys.Key }

func (e *NotThereError) Error() string {
	return fmt.Sprintf("credential %q is not there, or not as it must be, so there is no key to replace", e.Credential.Name)
}

// usedClient gives the id of the client whose secret a credential holds; empty when nobody knows.
func (r *run) usedClient(credential genesys.Key) string {
	id, state := r.printed(credential)
	if n, _ := r.recorded(genesys.RecordGeneration); state != inUse || integer(n) <= 0 {
		return ""
	}
	return id
}

// renewals finds the clients that must be made anew: those that are to be rotated, and those of
// which there are several and nobody knows which is used.
func (r *run) renewals(found []plan.Found) {
	for _, d := range r.desired {
		for _, need := range d.Needs {
			if !feeds(need, d) {
				continue
			}
			used, several := false, 0
			for i, f := range found {
				if f.Key != need || !f.Owned {
					continue
				}
				if several++; f.ID == r.usedClient(d.Key) {
					used, found[i].Used = true, 1
				}
			}
			switch {
			case several == 0:
			case slices.Contains(r.Rotate, d.Key):
				r.renewed[need] = "rotated: a new one takes its place, and it goes when the credential has the secret of that"
			case several > 1 && (!used || slices.ContainsFunc(twins(found), tells)):
				r.renewed[need] = "nobody knows which of several of that name is used; a new one takes their place"
			}
		}
	}
	for i, f := range found {
		if f.Owned {
			found[i].Renewed = r.renewed[f.Key]
		}
	}
}

// tells reports whether two of one key tell of two setups that ran at the same time: what one of
// them has noted of a client, the other may have written over.
func tells(twin genesys.Key) bool {
	return slices.Contains([]genesys.Kind{genesys.Credential, genesys.Integration, genesys.Role}, twin.Kind)
}

// valueGiven has the credentials that are to be rotated written also where no record tells
// what they hold.
func (r *run) valueGiven(found []plan.Found) {
	for i, f := range found {
		d, _ := r.desired.Get(f.Key)
		if f.Owned && f.Unfinished == "" && supplied(d) && !r.keepsPrints() && slices.Contains(r.Rotate, f.Key) {
			found[i].Unfinished = "it takes the value that is given"
		}
	}
}

// rotation narrows a plan to what is to be rotated.
func (r *run) rotation(p plan.Plan) (plan.Plan, error) {
	if len(r.Rotate) == 0 {
		return p, nil
	}
	var out plan.Plan
	there := map[genesys.Key]bool{}
	for _, c := range p.Changes {
		part := slices.Contains(r.Rotate, c.Key)
		if part && (c.Action == plan.Keep || c.Action == plan.Update || c.Blocks) {
			there[c.Key] = true
		}
		for _, k := range r.Rotate {
			d, _ := r.desired.Get(k)
			part = part || feeds(c.Key, d)
		}
		if part {
			out.Changes = append(out.Changes, c)
		}
	}
	for _, k := range r.Rotate {
		if !there[k] {
			return out, &NotThereError{k}
		}
	}
	for _, c := range out.Changes {
		if c.Key.Kind == genesys.OAuthClient && c.Action == plan.Create {
			return out, &NotThereError{r.Rotate[0]}
		}
	}
	return out, nil
}

// secretIsOnItsWay notes, before the secret of a new client is written into a credential that holds
// that of another one, that nobody knows which of the two is used.
func (r *run) secretIsOnItsWay(ctx context.Context, credential, client genesys.Key) error {
	if !r.keepsPrints() {
		return nil
	}
	id, _ := r.resolveRef(genesys.Ref{Key: client, Field: "id"})
	return r.notePrint(ctx, credential, id, onItsWay)
}

// proven waits until a new client may do what its role says, before anything depends on it.
func (k *clientKind) proven(ctx context.Context, r *run, client genesys.Key, id string, s secret.Value) error {
	d, _ := r.desired.Get(client)
	var needed []string
	for _, need := range d.Needs {
		role, _ := r.desired.Get(need)
		policies, _ := role.Content["permissionPolicies"].([]any)
		for _, p := range policies {
			actions, _ := object(p)["actionSet"].([]any)
			for _, a := range actions {
				needed = append(needed, text(object(p)["domain"])+":"+text(object(p)["entityName"])+":"+text(a))
			}
		}
	}
	return r.poll(ctx, client, genesys.RoleHeld, func() (bool, error) {
		who, err := k.org.WhoIs(ctx, id, s)
		if err != nil {
			// The platform may not know a client at once that it has just made.
			return !errors.Is(err, genesys.ErrNoClient), fmt.Errorf("sign in with the new client: %w", err)
		}
		lacks := slices.DeleteFunc(slices.Clone(needed), who.May)
		if len(lacks) == 0 || len(who.Permissions) == 0 { // which grants the platform tells of is not documented
			return true, nil
		}
		return false, fmt.Errorf("the new client may not yet do %s", strings.Join(lacks, ", "))
	})
}

// tryRotated runs the published actions behind a credential that was written, before what it held
// is given up.
func (r *Reconciler) tryRotated(ctx context.Context) error {
	for _, c := range r.plan.Changes {
		d, wanted := r.run.desired.Get(c.Key)
		if !wanted || c.Key.Kind != genesys.Credential || c.Action != plan.Update || !r.run.rotates(d) {
			continue
		}
		for _, a := range r.run.desired {
			if a.Key.Kind != genesys.DataAction {
				continue
			}
			if by, ok := r.run.behind(a); !ok || by.Key != c.Key {
				continue
			}
			id, ok := r.run.resolveRef(genesys.Ref{Key: a.Key, Field: "id"})
			if !ok {
				continue
			}
			if err := r.run.actions.try(ctx, r.run, a, id, false); err != nil {
				return fmt.Errorf("with the new value of credential %q data action %q fails, so what it had before is kept: %w", c.Key.Name, a.Key.Name, err)
			}
		}
	}
	return nil
}

// rotates reports whether a credential takes another value while calls use it.
func (r *run) rotates(d genesys.Entity) bool {
	return slices.Contains(r.Rotate, d.Key) || slices.ContainsFunc(d.Needs, func(need genesys.Key) bool { return feeds(need, d) && r.renewed[need] != "" })
}
