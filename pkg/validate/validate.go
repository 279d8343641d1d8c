package validate

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/prove"
)

// Input is what is judged.
type Input struct {
	Deployment *deployment.Deployment
	Blueprint  *blueprint.Blueprint // nil when nothing could be rendered
	Earlier    diag.Findings        // what reading the file and rendering it found
	Now        time.Time            // versions of HubSpot's API end at a date
	Account    *Account             // nil when nothing is known of the account
	Online     *Online              // nil when no account was asked

	Accounts     bool                     // only what the two accounts are asked about, and versions that end
	AccountsOnly bool                     // only what plan and setup tell of the two accounts
	Proof        *prove.Report            // nil when nothing was proved
	Source       []byte                   // the text of the deployment file, for what its comments allow
	Severities   map[string]diag.Severity // by code: what findings count as here
}

// An Answer is everything that was found.
type Answer struct {
	Findings diag.Findings
	Allowed  []Allowed // by comments of the file
	Asked    []Rule    // those of this package that could be
	Unasked  []Rule    // those that could have been, had RunUntil been given the time
}

// An Account is what a HubSpot account has that a deployment can name.
type Account struct {
	Name       string                         // in sentences, such as "the account"
	Pipelines  []hubspot.Pipeline             // nil: not known
	Properties map[string]map[string][]string // by object and name: the options, where it has some; an object that is missing is not known

	Live  bool                               // asked before calls are led there: what is missing makes them fail
	Types map[string]map[string]PropertyType // by object and name, where they are known

	Owners       string   // which of HubSpot's owners are no users of the org, in words; empty: none, or nobody asked
	Unpreferring []string // queues of rules that prefer owners which do not route to preferred agents
}

// A Rule is one check of this package.
type Rule struct {
	Code     string
	Title    string        // what is wrong, in a few words
	Text     string        // why it matters and what to do; for the docs
	Severity diag.Severity // of most of its findings

	check func(*check)
	// A rule about artifacts is asked only when there are some.
	artifacts bool
	// A rule about what the account has is asked only when that is known.
	account bool
	// A rule about what reads of both accounts found is asked only when there were some.
	online bool
	// A rule that time alone makes true is asked of accounts, too.
	ends bool

	// What plan and setup tell, too, and not in words of their own.
	preflight bool
	// Setup begins nothing while an error of it is found.
	stops bool
	// What its findings count as where the account is the one that calls will be made to.
	live diag.Severity
	// A rule about a property of the proof is asked only when it was proved; this is its id.
	property string
	// The property that does not hold when this finds something: of a rule of the file, at its
	// name, or altogether.
	says string
}

// Run gives all findings, the earlier ones and the assumptions that the artifacts rest on
// included, in the order of reading. Errors of reading and of rendering are what they are: no
// comment allows them, and none is made less grave.
func Run(in Input) Answer { return RunUntil(context.Background(), in) }

// RunUntil is Run that ends early when the context does. What a check that was not made to its end
// had found by then is left out, and the answer lists it with those that were not begun.
func RunUntil(ctx context.Context, in Input) Answer {
	all := append(diag.Findings{}, in.Earlier...)
	seen := map[diag.Finding]bool{}
	stops := map[diag.Finding]bool{}
	for _, f := range in.Earlier {
		seen[f] = true
		stops[f] = f.Severity.AtLeast(diag.Error)
	}
	add := func(fs diag.Findings) {
		for _, f := range fs {
			if !seen[f] {
				seen[f] = true
				all = append(all, f)
			}
		}
	}
	var asked, unasked []Rule
	for _, r := range Rules() {
		if !in.asks(r) {
			continue
		}
		if ctx.Err() != nil {
			unasked = append(unasked, r)
			continue
		}
		if r.live != "" && in.Account != nil && in.Account.Live {
			r.Severity = r.live
		}
		c := &check{ctx: ctx, in: in, d: in.Deployment, b: in.Blueprint, rule: r}
		r.check(c)
		if c.late {
			unasked = append(unasked, r)
			continue
		}
		add(c.found)
		asked = append(asked, r)
	}
	if in.Blueprint != nil && !in.AccountsOnly && !in.Accounts {
		add(assumptions(in.Blueprint))
	}
	all = once(all)
	var allowed []Allowed
	if in.Deployment != nil && in.Source != nil {
		all, allowed = in.allow(all, stops, unasked)
	}
	for i, f := range all {
		if s, ok := in.Severities[f.Code]; ok && (!stops[f] || s.AtLeast(diag.Error)) {
			all[i].Severity = s
		}
	}
	return Answer{all.Sorted(), allowed, asked, unasked}
}

// InAccount gives what only the account can tell: names of the deployment file that mean
// nothing there.
func InAccount(d *deployment.Deployment, a Account) diag.Findings {
	var all diag.Findings
	for _, r := range Rules() {
		if r.account && !r.artifacts {
			c := &check{ctx: context.Background(), in: Input{Deployment: d, Account: &a}, d: d, rule: r}
			r.check(c)
			all = append(all, c.found...)
		}
	}
	return all.Sorted()
}

// assumptions are findings that never fail anything: they say what an answer rests on. Their
// codes are the ids of docs/assumptions.md.
func assumptions(b *blueprint.Blueprint) diag.Findings {
	var out diag.Findings
	for _, a := range b.Assumptions {
		out = append(out, diag.Finding{Code: a.ID, Severity: diag.Assumption, Message: a.Text})
	}
	return out
}

// A check is one rule at work.
type check struct {
	ctx   context.Context
	late  bool // the context ended before the check did
	in    Input
	d     *deployment.Deployment
	b     *blueprint.Blueprint
	rule  Rule
	found diag.Findings
}

// ended tells a check that takes long to give up: nobody waits for it any more.
func (c *check) ended() bool {
	c.late = c.late || c.ctx.Err() != nil
	return c.late
}

// at reports about the value at a path of the deployment file; value is underlined. What is
// in no section of the file is reported at its name, which every file has.
func (c *check) at(path, value, hint, format string, args ...any) *diag.Finding {
	p := c.d.Pos(path)
	if p.Line == 1 && p.Column == 1 {
		p, value = c.d.Pos("name"), c.d.Name
	}
	return c.place(p, len([]rune(value)), hint, format, args...)
}

// place reports about a place in any file.
func (c *check) place(p diag.Position, length int, hint, format string, args ...any) *diag.Finding {
	c.found = append(c.found, diag.Finding{
		Code: c.rule.Code, Severity: cmp.Or(c.rule.Severity, diag.Error), Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: p, Length: length,
	})
	return &c.found[len(c.found)-1]
}
