package blueprint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/routing"
)

// policyHash tells the legs of a conversation whether they decide by the same policy. It
// covers what a kept decision depends on: the routing section, what its words mean, and in
// which account whose record is looked for.
func policyHash(d *deployment.Deployment) string {
	return genesys.Hash(policyText(d.Policy()) + callerText(d))[:16]
}

var policyForm = pattern.Of(`dealroute_policy\W+value\W+lit\W+([0-9a-f]{16})\b`)

// WithoutHashes takes out of a flow's text what changes with every other change of it: the
// hash in its mark, and that of the policy, by whatever place it stands in.
func WithoutHashes(flow string) string {
	for _, m := range genesys.Marks(flow) {
		flow = strings.ReplaceAll(flow, m.String(), genesys.Mark{Deployment: m.Deployment, Schema: m.Schema}.String())
	}
	if m := policyForm().FindStringSubmatch(flow); m != nil {
		flow = strings.ReplaceAll(flow, m[1], "…")
	}
	return flow
}

// callerText writes what decides whose record a caller's is.
func callerText(d *deployment.Deployment) string {
	return record("Portal", atom(d.HubSpot.Portal), "Countries", each(d.HubSpot.Lookup.HomeCountries, atom),
		"Match", atom(d.HubSpot.Lookup.Match), "Own", each(d.Own(), atom))
}

// policyText writes a policy so that equal ones, and only those, write the same: every
// field by its name, maps in the order of their keys, numbers by their text. A test changes
// each field of each type below, so that none can be forgotten here.
func policyText(p routing.Policy) string {
	return record(
		"Rules", each(p.Rules, ruleText),
		"Fallback", targetText(p.Fallback),
		"ValuePriority", given(p.ValuePriority, func(v routing.ValuePriority) string {
			return record("Per", atom(v.Per), "Add", atom(v.Add), "Max", atom(v.Max))
		}),
		"DealStage", atom(p.DealStage),
		"Duplicates", atom(p.Duplicates),
		"Company", atom(p.Company),
		"Pipelines", each(p.Pipelines, atom),
		"Stages", byName(p.Stages, atom),
		"Schedule", given(p.Schedule, func(s routing.Schedule) string {
			return record("Group", atom(s.Group), "EmergencyGroup", atom(s.EmergencyGroup), "Ends", byName(s.Ends, func(e routing.Ending) string {
				return record("Queue", atom(e.Queue), "Flow", atom(e.Flow))
			}))
		}),
		"Facts", byName(p.Facts, func(f routing.FactSource) string {
			return record("Contact", atom(f.Contact), "Deal", atom(f.Deal), "Type", atom(f.Type))
		}),
	) + keyedText(p.Keyed)
}

// keyedText is empty where callers are searched: such flows keep the hash that they have.
func keyedText(k *routing.Keyed) string {
	if k == nil {
		return ""
	}
	return record("Property", atom(k.Property), "Rollup", given(k.Rollup, func(r routing.Rollup) string {
		return record("Open", atom(r.Open), "All", atom(r.All), "Value", atom(r.Value))
	}))
}

func ruleText(r routing.Rule) string {
	return record("Name", atom(r.Name), "When", conditionText(r.When), "To", targetText(r.To))
}

func targetText(t routing.Target) string {
	return record("Queue", atom(t.Queue), "Flow", atom(t.Flow), "Skills", each(t.Skills, atom), "Priority", atom(t.Priority), "Flat", atom(t.Flat), "PreferOwner", atom(t.PreferOwner))
}

func conditionText(c routing.Condition) string {
	return record(
		"Outcome", each(c.Outcome, atom),
		"Stage", each(c.Stage, atom),
		"Pipeline", each(c.Pipeline, atom),
		"Won", given(c.Won, atom),
		"MinValue", given(c.MinValue, atom),
		"MaxValue", given(c.MaxValue, atom),
		"AnyOpen", given(c.AnyOpen, func(t routing.DealTest) string {
			return record("Stage", each(t.Stage, atom), "Pipeline", each(t.Pipeline, atom), "MinValue", given(t.MinValue, atom), "MaxValue", given(t.MaxValue, atom))
		}),
		"OpenDeals", given(c.OpenDeals, func(r routing.Range) string {
			return record("Min", given(r.Min, atom), "Max", given(r.Max, atom))
		}),
		"Failure", each(c.Failure, atom),
		"Lifecycle", each(c.Lifecycle, atom),
		"Caller", given(c.Caller, func(t routing.CallerTest) string {
			return record("Number", each(t.Number, atom), "Country", each(t.Country, atom))
		}),
		"Called", each(c.Called, atom),
		"At", each(c.At, atom),
		"Facts", byName(c.Facts, func(t routing.FactTest) string {
			return record("Any", each(t.Any, atom), "Not", each(t.Not, atom), "Prefix", atom(t.Prefix), "IgnoreCase", atom(t.IgnoreCase),
				"Min", given(t.Min, atom), "Max", given(t.Max, atom), "Within", given(t.Within, atom),
				"Before", given(t.Before, atom), "After", given(t.After, atom), "Set", given(t.Set, atom))
		}),
	)
}

// atom quotes a plain value, so that no text can look like what stands around it.
func atom[T any](x T) string { return fmt.Sprintf("%q", fmt.Sprint(x)) }

// record joins names and what was written of them.
func record(namesAndTexts ...string) string {
	var b strings.Builder
	for i := 0; i < len(namesAndTexts); i += 2 {
		b.WriteString(namesAndTexts[i] + ":" + namesAndTexts[i+1] + ";")
	}
	return "{" + b.String() + "}"
}

func given[T any](x *T, write func(T) string) string {
	if x == nil {
		return "~"
	}
	return write(*x)
}

func each[T any](list []T, write func(T) string) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(write(x) + ";")
	}
	return "[" + b.String() + "]"
}

func byName[T any](m map[string]T, write func(T) string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		b.WriteString(atom(k) + ":" + write(m[k]) + ";")
	}
	return "<" + b.String() + ">"
}
