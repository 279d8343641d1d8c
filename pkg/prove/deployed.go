package prove

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// Published is what an org has of a deployment, as it was read back from there.
type Published struct {
	Artifacts simulate.Artifacts
	Rows      map[string]map[string]any // of the control table, by key
}

// A Tried is a caller who went through what an org has, held against the policy.
type Tried struct {
	Rule  string            // whom the caller is of; empty for the fallback
	Call  *simulate.Outcome // nil when it could not go on, or nobody was found
	Flaws []string          // why it is not as the policy says; none when it is
	None  bool              // nobody whom this rule takes is known
}

// fallback stands for a rule's place where none takes the caller.
const fallback = -1

// Callers are those whom the rules of a deployment take, made up.
type Callers struct {
	w        *whole
	rendered *artifacts
}

// CallersOf looks for them, which takes a while and needs no org. in.Mode does not matter.
func CallersOf(in Input) (*Callers, error) {
	w, err := newWhole(in)
	if err != nil {
		return nil, err
	}
	for i := range w.p.Rules {
		w.found.rule(i)
	}
	return &Callers{w, w.strict}, nil
}

// Through sends a caller for each rule, and one for the fallback, through what an org has, once. Of
// known, an account with numbers, one is taken for a rule that nobody is made up for. Notes say what
// else there is to know.
//
// That enrichment is switched off, the breaker open, or the token expired, is a state of the org and no fault of it:
// the callers are tried as if it were not so.
func (c *Callers) Through(ctx context.Context, org Published, known hubspot.CRM) (tried []Tried, notes []string, err error) {
	w, rendered := c.w, c.rendered
	w.strict = &artifacts{roles: rendered.roles, table: rendered.table, script: rendered.script, shown: rendered.shown, rows: map[string]map[string]any{}, first: rendered.first, token: rendered.token}
	r := readings()[0].is
	r.Interp.Rounds = 99 // as the rendered ones
	if w.strict.program, err = simulate.Prepare(org.Artifacts, r); err != nil {
		return nil, nil, err
	}
	var missing []string
	for _, key := range slices.Sorted(maps.Keys(rendered.rows)) {
		row, there := org.Rows[key]
		if !there {
			missing = append(missing, fmt.Sprintf("the control table has no row %q", key))
			continue
		}
		w.strict.rows[key] = maps.Clone(row)
	}
	if row := w.strict.rows["switch"]; row != nil && row["enabled"] == false {
		row["enabled"] = true
		notes = append(notes, "enrichment is switched off in the org; the callers were tried as if it were on")
	}
	if row := w.strict.rows["breaker"]; row != nil {
		if until, _ := row["openUntil"].(string); openTime().MatchString(until) {
			if t, err := time.Parse(time.RFC3339, until); err == nil && t.After(w.in.Now) {
				notes = append(notes, "the breaker is open in the org; the callers were tried as if it were not")
			}
		}
		row["openUntil"] = ""
	}
	if row := w.strict.rows[genesys.TokenRow]; row != nil && w.d.HubSpot.Auth.Outside() {
		until, _ := row[genesys.TokenExpiry].(string)
		if t, err := time.Parse(time.RFC3339, until); !openTime().MatchString(until) || err != nil || !t.After(w.in.Now) {
			notes = append(notes, `the access token in the org has expired; the callers were tried as if it had not. "dealroute token renew" renews it`)
		}
		row[genesys.TokenExpiry] = blueprint.ValidToken
	}
	for i := range w.p.Rules {
		s := w.of1(i, known)
		tried = append(tried, w.tryDeployed(ctx, w.p.Rules[i].Name, s))
	}
	tried = append(tried, w.tryDeployed(ctx, "", w.of1(fallback, known)))
	if len(missing) > 0 && len(tried) > 0 { // it is everybody's
		last := &tried[len(tried)-1]
		last.Flaws = append(missing, last.Flaws...)
	}
	return tried, notes, ctx.Err()
}

// of1 is a caller whom a rule takes, or the fallback; nil when nobody is known.
func (w *whole) of1(i int, callers hubspot.CRM) *situation {
	if i == fallback {
		if x, ok := w.found.find(w.found.base(), nil, upTo(len(w.p.Rules))); ok {
			return w.found.situation(x)
		}
	} else if x, ok := w.found.rule(i); ok {
		return w.found.situation(x)
	}
	for _, c := range callers.Contacts {
		for _, name := range []string{hubspot.PropPhone, hubspot.PropMobile} {
			text, _ := c.Properties.Get(name)
			s := w.found.situation(w.found.base())
			s.CRM, s.ANI = callers, text
			if text == "" || !w.address(text).usable {
				continue
			}
			f, _ := w.facts(&s.Witness, func(string) string { return "" })
			if d := routing.Decide(w.p, f); i == fallback && d.Rule == "" || i != fallback && d.Rule == w.p.Rules[i].Name {
				return s
			}
		}
	}
	return nil
}

func (w *whole) tryDeployed(ctx context.Context, rule string, s *situation) Tried {
	t := Tried{Rule: rule}
	if s == nil {
		t.None = true
		return t
	}
	o := w.traced(ctx, s, nil)
	want := w.of(&s.Witness, o.failed)
	t.Call = o.Outcome
	for _, f := range w.judge(s, o, want) {
		if f.property != Privacy && f.property != Wait { // which are a matter of what was rendered
			t.Flaws = append(t.Flaws, f.message)
		}
	}
	return t
}
