package blueprint_test

import (
	"context"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// noon is when the calls of the tests come in.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A line is a rendered deployment on which one can call.
type line struct {
	t       testing.TB
	b       *blueprint.Blueprint
	program *simulate.Program
}

func prepare(t testing.TB, b *blueprint.Blueprint, readings simulate.Readings) line {
	t.Helper()
	a, err := simulate.Rendered(b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		t.Fatal(err)
	}
	readings.Interp.Rounds = 99 // whether Architect runs more is not known
	p, err := simulate.Prepare(a, readings)
	if err != nil {
		t.Fatal(err)
	}
	return line{t, b, p}
}

// A caller is one call with what stands around it.
type caller struct {
	ani          string
	crm          hubspot.CRM
	assume       func(*hubspottest.Assumptions)
	org          *simulate.Org
	faults       []transport.Fault
	conversation map[string]string
	at           time.Time
}

func (l line) call(c caller) *simulate.Outcome {
	l.t.Helper()
	if c.at.IsZero() {
		c.at = noon
	}
	if c.org == nil {
		c.org = l.newOrg()
	}
	now := c.at
	if c.assume == nil {
		c.assume = func(*hubspottest.Assumptions) {}
	}
	srv := hubspottest.New(c.crm, hubspottest.Clock(func() time.Time { return now }), hubspottest.Virtual(), hubspottest.Assume(c.assume))
	run := simulate.Run{
		Program: l.program, Org: c.org, Clock: func(t time.Time) { now = t },
		Sender: transport.Inject(transport.Handler(srv), c.faults...),
	}
	out, err := run.Do(context.Background(), simulate.Call{ANI: c.ani, DNIS: "+15135550100", At: c.at, Conversation: c.conversation})
	if err != nil {
		l.t.Fatalf("%s: %v", c.ani, err)
	}
	return out
}

// newOrg is an org as setup leaves it.
func (l line) newOrg() *simulate.Org {
	return &simulate.Org{Rows: l.b.Rows()}
}
