package simulate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/secret"
)

// Artifacts are what a call runs on, rendered or read from an org. Ids are resolved.
type Artifacts struct {
	Flow    *architect.File
	Actions []Action
	Table   string // name of the control table
	TableID string // as the breaker's action names it in its URL
	Owners  string // name of the table of owners; empty when there is none
}

// An Action is a data action of the flow.
type Action struct {
	Category    string // name of its integration
	Definition  *dataaction.Definition
	Credentials map[string]secret.Value
	Auth        *dataaction.Definition // of its integration; nil without one
	HubSpot     bool                   // its requests and its time count as HubSpot's
}

// Readings choose between what the platform may do where no document says it.
type Readings struct {
	Interp     interp.Options
	DataAction dataaction.Options
}

// A Program is a set of artifacts made ready to run many calls. It does not change: any
// number of runs may go on in it at once.
type Program struct {
	flow    *interp.Program
	actions map[*architect.Action]*action   // by the flow's action that calls them
	types   map[string]map[string]expr.Type // of the contracts' outputs, by actionKey
	table   string
	tableID string
	owners  string

	from  Artifacts
	under Readings
}

// Under is the program under other readings, without compiling again what they do not touch.
func (p *Program) Under(r Readings) (*Program, error) {
	if r.Interp.ShortCircuit != p.under.Interp.ShortCircuit {
		was := p.under
		was.DataAction, was.Interp.ShortCircuit = r.DataAction, r.Interp.ShortCircuit
		q, err := Prepare(p.from, was)
		if err != nil {
			return nil, err
		}
		return q.Under(r)
	}
	out := *p
	out.flow, out.under = p.flow.Under(r.Interp), r
	if r.DataAction == p.under.DataAction {
		return &out, nil
	}
	out.actions = map[*architect.Action]*action{}
	again := map[*action]*action{}
	for x, was := range p.actions {
		if was == nil {
			continue
		}
		if again[was] == nil {
			dp, err := dataaction.Compile(was.Definition, r.DataAction)
			if err != nil {
				return nil, fmt.Errorf("data action %q: %w", was.Definition.Name, err)
			}
			again[was] = &action{was.Action, dp, was.auth}
		}
		out.actions[x] = again[was]
	}
	return &out, nil
}

// Flow is the compiled flow.
func (p *Program) Flow() *interp.Program { return p.flow }

type action struct {
	Action
	program *dataaction.Program
	auth    *dataaction.Program // nil without one
}

// Prepare compiles flow and actions once.
func Prepare(a Artifacts, r Readings) (*Program, error) {
	p := &Program{actions: map[*architect.Action]*action{}, types: map[string]map[string]expr.Type{}, table: a.Table, tableID: a.TableID, owners: a.Owners, from: a, under: r}
	given := map[string]*action{}
	for _, x := range a.Actions {
		dp, err := dataaction.Compile(x.Definition, r.DataAction)
		if err != nil {
			return nil, fmt.Errorf("data action %q: %w", x.Definition.Name, err)
		}
		k := actionKey(x.Category, x.Definition.Name)
		given[k] = &action{x, dp, nil}
		if x.Auth != nil {
			if given[k].auth, err = dataaction.Compile(x.Auth, r.DataAction); err != nil {
				return nil, fmt.Errorf("auth action %q: %w", x.Auth.Name, err)
			}
		}
		p.types[k] = outputTypes(x.Definition)
	}
	o := r.Interp
	o.Keep = append(slices.Clone(kept), o.Keep...)
	o.OutputType = func(t *architect.Target, output string) expr.Type {
		if ty, ok := p.types[actionKey(t.Category, t.Name)][output]; ok {
			return ty
		}
		return expr.String
	}
	var err error
	if p.flow, err = interp.Compile(a.Flow, o); err != nil {
		return nil, fmt.Errorf("flow %q: %w", a.Flow.Flow.Name, err)
	}
	for _, f := range append([]*architect.File{a.Flow}, o.Modules...) {
		if f == nil || f.Flow == nil {
			continue
		}
		architect.Walk(f.Flow, func(x *architect.Action) {
			if x.Target != nil {
				p.actions[x] = given[actionKey(x.Target.Category, x.Target.Name)]
			}
		})
	}
	return p, nil
}

// actionKey compares categories without regard to letter case, as Genesys does.
func actionKey(category, name string) string {
	return strings.ToLower(category) + "/" + name
}

// outputTypes are the types of a contract's flattened outputs.
func outputTypes(d *dataaction.Definition) map[string]expr.Type {
	out := map[string]expr.Type{}
	for _, f := range dataaction.Flatten(d.Output) {
		out[f.Name] = f.Type
	}
	return out
}
