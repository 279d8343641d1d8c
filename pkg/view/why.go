package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// because says where the decision comes from. at gives the place of a rule.
func because(o *simulate.Outcome, at func(rule string) string) string {
	from := "no rule matches: the fallback"
	if o.Rule != "" {
		from = at(o.Rule)
	}
	switch o.Reason {
	case "kept":
		if from = "kept from an earlier leg of the conversation"; o.Rule == "" {
			from += ": the fallback"
		}
	case "error":
		if from = "the flow's error handling"; o.Rule != "" {
			from = strings.TrimPrefix(at(o.Rule)+", then the flow's error handling", ", ")
		}
	case "schedule":
		from = "closed by schedule"
	}
	return from
}

// elsewhere says, from what the call met, why its target is not the one that was decided.
func elsewhere(o *simulate.Outcome) []string {
	var out []string
	queue := o.Result.Queue
	names := func() string { // the first target is the rule's, the next one the fallback's
		if o.Rule != "" && len(out) == 0 {
			return ", which the rule names"
		}
		return ", which the fallback names"
	}
	gone := func(t expr.Type, name string) bool {
		return slices.Contains(o.Gone, simulate.Thing{Type: t, Name: name})
	}
	for _, t := range o.Gone {
		if t.Type == expr.Queue {
			out = append(out, fmt.Sprintf("not %s%s: there is no such queue", t.Name, names()))
		}
	}
	again := false
	for _, f := range o.Failed {
		switch {
		case f.Handling:
			out = append(out, fmt.Sprintf("error handling transfers to %s, and that failed: the call ends", f.To))
		case f.To != queue:
			if s := fmt.Sprintf("not %s%s: the transfer to it failed", f.To, names()); !gone(expr.Queue, f.To) && (len(out) == 0 || !strings.HasPrefix(out[len(out)-1], "not "+f.To+",")) {
				out = append(out, s)
			}
		case f.Skills > 0 && len(o.Result.Skills) == 0:
			again = true
			out = append(out, fmt.Sprintf("the transfer to %s with skills failed; it was tried again without", f.To))
		default:
			out = append(out, fmt.Sprintf("a first transfer to %s failed", f.To))
		}
	}
	if o.Result.Handled && queue != "" {
		return append(out, fmt.Sprintf("%s is where error handling sends every call, without skills and priority", queue))
	}
	if queue == "" || again || len(o.Failed) > 0 {
		return out
	}
	who := names()
	for _, t := range o.Gone {
		if t.Type == expr.Skill && !gone(expr.Queue, queue) {
			out = append(out, fmt.Sprintf("without %s%s: there is no such skill", t.Name, who))
		}
	}
	return out
}

// asked says why HubSpot was not asked, or why its answer was of no use.
func asked(o *simulate.Outcome) []string {
	var out []string
	var last *simulate.ActionRun // that asked HubSpot
	for i, a := range o.Actions {
		if a.HubSpot {
			last = &o.Actions[i]
		}
		if a.Failure != "" {
			out = append(out, a.Action+": "+a.Failure)
		}
	}
	if o.Reason == "kept" {
		return out
	}
	failed := o.Outcome == string(routing.LookupFailed)
	switch {
	case last == nil && (failed || o.Outcome == string(routing.NoRecord)):
		out = append(out, "HubSpot was not asked: "+unasked(o))
	case last == nil || last.Failure != "" || o.Result.Handled:
	case o.Truncated && failed:
		out = append(out, last.Action+": "+partly+", and none of those read is open; whether another one is, is not known")
	case o.Truncated:
		out = append(out, last.Action+": "+partly+"; the value is that of those read")
	case !failed:
	default:
		out = append(out, last.Action+": HubSpot's answer lacks what the flow needs")
	}
	return out
}

// partly is what a flow means that calls the value truncated.
var partly = fmt.Sprintf("not all deals of the caller were read (one answer holds %d deals, one request asks for those of %d contacts)", routing.PageSize, routing.MaxContacts)

// unasked is why there was no request at all.
func unasked(o *simulate.Outcome) string {
	if s := row(o); s != "" {
		return s
	}
	if o.Result.Handled {
		return "the flow's error handling acted before"
	}
	if o.Row.Key != "" || o.Outcome != string(routing.NoRecord) {
		return "the flow went on without"
	}
	if o.Number != "" {
		return "the caller's number is one of the deployment's own"
	}
	_, err := phone.Parse(o.Call.ANI, "")
	switch {
	case strings.TrimSpace(o.Call.ANI) == "":
		return "the call shows no number"
	case errors.Is(err, phone.ErrWithheld):
		return "the number is withheld"
	case errors.Is(err, phone.ErrShort):
		return "the number has fewer than 7 digits"
	}
	return "what the call shows is not a phone number that the flow can read"
}

// row is what the control table says against asking HubSpot, or empty.
func row(o *simulate.Outcome) string {
	if o.Row.Branch == "failure" {
		return fmt.Sprintf("row %q of the control table could not be read", o.Row.Key)
	}
	for _, c := range o.Row.Cells {
		switch v := c.Value; {
		case !v.IsSet():
		case c.Name == "enabled" && v.Type() == expr.Boolean && !v.Bool():
			return "enrichment is switched off"
		case c.Name == "openUntil" && v.Type() == expr.String:
			if t, err := time.Parse(time.RFC3339, v.Text()); err == nil && o.Call.At.Before(t) {
				return "the breaker is open until " + v.Text()
			}
		}
	}
	return ""
}
