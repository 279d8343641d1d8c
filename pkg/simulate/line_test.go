package simulate_test

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// noon is when the calls of the tests come in.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// called is what a caller dials who dials nothing else.
const called = "+15135550100"

// A line is a deployment on which one can call.
type line struct {
	text string // of the deployment file
	d    *deployment.Deployment
	b    *blueprint.Blueprint
	p    *simulate.Program
	memo *remembered
}

// remembered is a memo of which every second call is run: what is said of calls is said of both
// ways to run them.
type remembered struct {
	memo  *interp.Memo
	calls int
}

func (r *remembered) next(p *simulate.Program) *interp.Memo {
	if r.calls++; r.calls%2 == 0 {
		return nil
	}
	if r.memo == nil {
		r.memo = interp.NewMemo(p.Flow())
	}
	return r.memo
}

// A failer is what of a test or of a property is needed to give up.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// rendered reads and renders a deployment file.
func rendered(t failer, text string) line {
	t.Helper()
	d, fs := deployment.Parse("dealroute.yaml", []byte(text))
	if err := fs.Err(); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	b, fs := blueprint.Render(d, templates.FS)
	if err := fs.Err(); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return line{text: text, d: d, b: b}
}

// under prepares the artifacts under a reading of what the platform leaves open.
func (l line) under(t failer, r simulate.Readings) line {
	t.Helper()
	a, err := simulate.Rendered(l.b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		t.Fatalf("%v", err)
	}
	l.memo = &remembered{}
	r.Interp.Rounds = 99 // whether Architect runs more is not known
	if l.p, err = simulate.Prepare(a, r); err != nil {
		t.Fatalf("%v", err)
	}
	return l
}

// newOrg is an org as setup leaves it.
func (l line) newOrg() *simulate.Org {
	return &simulate.Org{Rows: l.b.Rows()}
}

// A caller is one call with what stands around it.
type caller struct {
	ani, dnis    string
	crm          hubspot.CRM
	assume       hubspottest.Assumptions
	org          *simulate.Org
	own          simulate.Org
	faults       []transport.Fault
	conversation map[string]string
	at           time.Time
	latency      func(hubspottest.Kind) time.Duration
	trace        interp.Trace
	scopes       []string // of the key; none: all that the project asks for
	token        string   // that the platform holds, where it renews them itself; empty: a valid one
}

// oldToken is an access token that has expired, and noToken none at all.
const oldToken, noToken = "old", "none"

// call sends one call through the flow.
func (l line) call(t failer, c caller) *simulate.Outcome {
	t.Helper()
	if c.at.IsZero() {
		c.at = noon
	}
	if c.org == nil {
		c.org = l.newOrg()
	}
	now := c.at
	options := []hubspottest.Option{
		hubspottest.Clock(func() time.Time { return now }), hubspottest.Virtual(), hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.Assume(func(a *hubspottest.Assumptions) { *a = c.assume }), l.define("contacts"), l.define("deals"),
	}
	if c.scopes != nil {
		options = append(options, hubspottest.Token(hubspottest.DefaultToken, c.scopes...))
	}
	if c.latency != nil {
		options = append(options, hubspottest.Latency(c.latency))
	}
	held := secret.New(cmp.Or(c.token, hubspottest.DefaultToken))
	if l.d.HubSpot.Auth.ByPlatform() {
		const key = hubspottest.DefaultToken
		options = append(options, hubspottest.Granted(oldToken, hubspottest.Grant{Scopes: hubspottest.DefaultScopes(), Expires: c.at}), hubspottest.OAuthApps(hubspottest.OAuthApp{
			ClientID: key, ClientSecret: key, RefreshToken: key, Scopes: hubspottest.DefaultScopes(), TokenURL: l.d.HubSpot.Auth.TokenURL,
		}))
		if c.scopes == nil {
			options = append(options, hubspottest.Token(key))
		}
	}
	if c.token == noToken {
		held = secret.Value{}
	}
	srv := hubspottest.New(c.crm, options...)
	run := simulate.Run{
		Program: l.p, Memo: l.memo.next(l.p), Org: c.org, Trace: c.trace, Clock: func(t time.Time) { now = t }, Token: held,
		Sender: transport.Inject(transport.Handler(srv), c.faults...),
	}
	o, err := run.Do(context.Background(), simulate.Call{ANI: c.ani, DNIS: cmp.Or(c.dnis, called), At: c.at, Conversation: c.conversation, Own: c.own})
	if err != nil {
		t.Fatalf("%q: %v", c.ani, err)
	}
	return o
}

// define makes the properties of the facts known to the account, also those that no record has.
func (l line) define(object string) hubspottest.Option {
	var ps []hubspottest.Property
	for _, f := range l.d.HubSpot.Facts {
		name := f.Contact
		if object == "deals" {
			name = f.Deal
		}
		if name != "" && !strings.HasPrefix(name, "hs_") {
			ps = append(ps, hubspottest.Property{Name: name, Type: "string"})
		}
	}
	return hubspottest.Define(object, ps...)
}
