package validate

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/examples"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// edited is the basic example after an edit: one priority is another one each time.
func edited(b *testing.B) func() []byte {
	b.Helper()
	data, err := examples.FS.ReadFile("basic/dealroute.yaml")
	if err != nil {
		b.Fatal(err)
	}
	const was = "priority: 10}"
	if !strings.Contains(string(data), was) {
		b.Fatal("the example has no such priority")
	}
	n := 0
	return func() []byte {
		n++
		return []byte(strings.Replace(string(data), was, fmt.Sprintf("priority: %d}", 10+n%80), 1))
	}
}

// BenchmarkEdit is what stands between an edit of the basic example and what it does to a
// call, part by part and as a whole: the file is read and rendered, the artifacts prepared, one
// call run, and everything found that needs no proof.
func BenchmarkEdit(b *testing.B) {
	crm, err := examples.FS.ReadFile("basic/crm.yaml")
	if err != nil {
		b.Fatal(err)
	}
	next := edited(b)
	parse := func() *deployment.Deployment {
		d, fs := deployment.Parse("dealroute.yaml", next())
		if d == nil {
			b.Fatal(fs)
		}
		return d
	}
	render := func(d *deployment.Deployment) *blueprint.Blueprint {
		bp, fs := blueprint.Render(d, templates.FS)
		if bp == nil {
			b.Fatal(fs)
		}
		return bp
	}
	prepare := func(bp *blueprint.Blueprint) *simulate.Program {
		a, err := simulate.Rendered(bp, secret.New(hubspottest.DefaultToken))
		if err != nil {
			b.Fatal(err)
		}
		p, err := simulate.Prepare(a, simulate.Readings{})
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	call := func(bp *blueprint.Blueprint, p *simulate.Program) {
		f, fs := simulate.DecodeFixtures("crm.yaml", crm)
		if err := fs.Err(); err != nil {
			b.Fatal(err)
		}
		now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
		server := hubspottest.New(f.CRM, hubspottest.Clock(func() time.Time { return now }), hubspottest.Virtual(), hubspottest.WithLimits(hubspottest.Limits{}),
			hubspottest.Define("deals", hubspottest.Property{Name: "renewal_date"}))
		run := &simulate.Run{Program: p, Org: &simulate.Org{Rows: bp.Rows()}, Sender: transport.Handler(server), Trace: interp.TraceFull, Clock: func(t time.Time) { now = t }}
		o, err := run.Do(context.Background(), simulate.Call{ANI: "+15135550142", DNIS: "+15135550100", At: now})
		if err != nil {
			b.Fatal(err)
		}
		if o.Result.Queue != "Sales" {
			b.Fatalf("the call ended in %q", o.Result.Queue)
		}
	}
	find := func(d *deployment.Deployment, bp *blueprint.Blueprint) {
		Run(Input{Deployment: d, Blueprint: bp, Now: time.Unix(0, 0)})
	}
	part := func(name string, once func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				once()
			}
		})
	}
	d := parse()
	bp := render(d)
	p := prepare(bp)
	part("parse", func() { parse() })
	part("render", func() { render(d) })
	part("prepare", func() { prepare(bp) })
	part("call", func() { call(bp, p) })
	part("find", func() { find(d, bp) })
	part("whole", func() {
		d := parse()
		bp := render(d)
		call(bp, prepare(bp))
		find(d, bp)
	})
}
