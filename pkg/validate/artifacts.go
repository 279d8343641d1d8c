package validate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/secret"
)

// An execution is a data action of ours that the flow calls.
type execution struct {
	step   *architect.Action
	action blueprint.ActionArtifact
}

func (x execution) hubspot() bool {
	return x.action.Role == blueprint.RoleFindContact || x.action.Role == blueprint.RoleFindCompany || x.action.Role == blueprint.RoleFindDeals
}

// timeout is how long the flow waits; false when it does not say.
func (x execution) timeout() (time.Duration, bool) { return x.step.Value("timeout").Duration() }

// executions lists the flow's calls of the deployment's data actions, in the order of the
// file. A call of anything else is refused when the flow is checked.
func executions(b *blueprint.Blueprint) []execution {
	var out []execution
	architect.Walk(b.Flow.Tree.Flow, func(a *architect.Action) {
		if a.Key != "callData" || a.Target == nil {
			return
		}
		i := slices.IndexFunc(b.Actions, func(x blueprint.ActionArtifact) bool { return x.Definition.Name == a.Target.Name })
		if i >= 0 {
			out = append(out, execution{a, b.Actions[i]})
		}
	})
	return out
}

// Waits are how long the flow waits at most for each data action that asks HubSpot, by role. One
// without a timeout of its own is left out.
func Waits(b *blueprint.Blueprint) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, x := range executions(b) {
		if t, ok := x.timeout(); ok && x.hubspot() {
			out[x.action.Role] = max(out[x.action.Role], t)
		}
	}
	return out
}

// A sender that keeps the request and gives no answer.
type recorder struct{ sent []dataaction.Request }

func (r *recorder) Send(_ context.Context, q dataaction.Request) (dataaction.Response, error) {
	r.sent = append(r.sent, q)
	return dataaction.Response{}, errors.New("recorded only")
}

// searchOf is the largest search that an action sends to HubSpot, made by the action itself
// out of inputs of ordinary size; ok is false when it sends none.
func searchOf(a blueprint.ActionArtifact) (body []byte, q hubspot.SearchRequest, ok bool) {
	if !hubspot.IsSearch(a.Definition.Request.URLTemplate) {
		return nil, q, false
	}
	p, err := dataaction.Compile(a.Definition, dataaction.Options{LiteralReference: true})
	if err != nil {
		return nil, q, false // reported by the check of the definition
	}
	inputs := map[string]any{}
	for _, f := range dataaction.Flatten(a.Definition.Input) {
		switch f.Type {
		case expr.Integer, expr.Decimal:
			inputs[f.Name] = 123456789012
		case expr.Boolean:
			inputs[f.Name] = true
		default:
			inputs[f.Name] = sample(f.Name)
		}
	}
	var r recorder
	dataaction.Run(context.Background(), p, inputs, &r, dataaction.RunOptions{
		Credentials: map[string]secret.Value{blueprint.FieldToken: secret.New("none")},
	})
	if len(r.sent) == 0 {
		return nil, q, false
	}
	body = r.sent[0].Body
	return body, q, json.NewDecoder(bytes.NewReader(body)).Decode(&q) == nil
}

// sample is an input by its name: HubSpot's ids have up to 12 digits.
func sample(input string) string {
	switch {
	case strings.Contains(input, "Cut"):
		return "+49 30 23 12 51 42"
	case strings.HasPrefix(input, "number"):
		return "+15135550199"
	case strings.HasPrefix(input, "national"):
		return "5135550199"
	case strings.HasPrefix(input, "contact"), strings.HasPrefix(input, "company"):
		return "123456789012"
	}
	return cmp.Or(input, "x")
}
