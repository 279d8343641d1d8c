package prove

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/words"
)

// FlowOptions bound the proof of a flow.
type FlowOptions struct {
	Interp interp.Options
	States int // at most; 0 is 200,000
	Rounds int // how often a caller is asked for keys at one place; 0 is 4
	At     time.Time
	Stop   bool // at the first property that does not hold
}

// callers are what trunks show of a caller.
var callers = []string{"tel:+15135550187", "+15135550187", "sip:+15135550187@203.0.113.7", "5135550187", "tel:+4930231251000", "", "anonymous", "sip:anonymous@anonymous.invalid", "911"}

// callerNumbers are what HubSpot and others may hold of these callers.
var callerNumbers = []string{"+15135550142", "5135550142", "+4930231251000"}

// Flow shows what holds of any inbound call flow: how calls end, how long they wait for data
// actions, and whether an expression can fail. The error is one of compiling the flow, or the
// context's.
func Flow(ctx context.Context, f *architect.File, o FlowOptions) (*Report, error) {
	p, err := interp.Compile(f, o.Interp)
	if err != nil {
		return nil, err
	}
	set := setting{
		starts:  []start{{call: interp.Call{DNIS: "+15135550100", At: o.At}, anis: callers, brings: map[string][]string{}}},
		hubspot: func(*interp.Effect) bool { return true },
		more:    callerNumbers,
		ending:  silent, states: o.States, rounds: o.Rounds, stop: o.Stop,
	}
	meetings := p.Meetings()
	for s, m := range meetings { // what the flow compares with what a call brings
		for _, l := range m.Literals {
			switch text := l.Text(); {
			case s.Builtin == "" || text == "":
			case s.Builtin != "Call.Ani":
				set.starts[0].brings[s.Builtin] = append(set.starts[0].brings[s.Builtin], text)
			default:
				set.starts[0].anis = append(set.starts[0].anis[:len(set.starts[0].anis):len(set.starts[0].anis)], text)
				if strings.HasPrefix(text, "+") {
					set.starts[0].anis = append(set.starts[0].anis, "tel:"+text)
				}
			}
		}
	}
	if names, _ := p.Attributes(); len(names) > 0 {
		set.starts[0].data = map[string][]string{}
		for _, n := range names {
			values := []string{"", "1", "something else"}
			if m := meetings[interp.Source{Data: n}]; m != nil {
				a := answer{literals: m.Literals, lengths: m.Lengths}
				for _, l := range m.Literals {
					values = append(values, l.Text())
				}
				if m.Number {
					values = append(values, a.numbers()...)
				}
				for _, n := range a.beside(mostLength) {
					values = append(values, strings.Repeat("7", n))
				}
			}
			set.starts[0].data[n] = values
		}
	}
	x, err := explore(ctx, p, set)
	if err != nil {
		return nil, err
	}
	r := &Report{Mode: Full, States: len(x.nodes), Paths: x.ways(), Cut: x.cut}
	var endless bool
	var path []int32
	hub := func(e edge) time.Duration { return e.hub }
	r.WorstWait, path, endless = x.longest(hub)
	r.WorstHubSpot = r.WorstWait
	r.WorstPath = x.words(path, hub)
	r.Properties = []Property{
		x.property(Ending, "No call is disconnected without a word"),
		x.property(Wait, "The wait for data actions is bounded"),
		x.property(Expressions, "No expression can fail"),
	}
	if w := &r.Properties[1]; endless && w.Verdict == Holds {
		w.Verdict, w.Pos = Broken, f.Flow.Pos
		w.Message = "a caller can wait for data actions again and again without pressing a key"
		w.Hint = "leave the circle after a number of tries"
	} else if w.Verdict == Holds {
		w.Message = fmt.Sprintf("at most %s until the next key", r.WorstWait.Round(time.Second))
	}
	return r, nil
}

// silent is a call that ends although its caller was told nothing.
func silent(it *item, r interp.Result) string {
	if r.Ending != interp.EndDisconnect || it.state.Told() {
		return ""
	}
	if r.Handled {
		return "error handling disconnects a caller who was told nothing"
	}
	return "a caller is disconnected who was told nothing since the last key or failed transfer"
}

// property is the verdict of the search on one.
func (x *explorer) property(id, title string) Property {
	p := Property{ID: id, Title: title, Verdict: Holds}
	switch f, d := x.faults[id], x.doubts[id]; {
	case f != nil:
		p.Verdict, p.Message, p.Hint, p.Pos, p.Counterexample = Broken, f.message, f.hint, f.pos, f.example
	case x.open != nil:
		o := x.open.Finding
		p.Verdict, p.Message, p.Hint, p.Pos = NotDecided, o.Message, o.Hint, o.Position
	case d != nil:
		p.Verdict, p.Pos = NotDecided, d.pos
		p.Message = "perhaps " + d.message + "; too many states had to be taken together to tell"
		p.Hint = "make what the flow keeps at one time less"
	}
	return p
}

// words tell what takes time on a way over nodes, and how long.
func (x *explorer) words(path []int32, of func(edge) time.Duration) []string {
	var out []string
	for i, n := range path {
		var took time.Duration
		for _, e := range x.nodes[n].edges {
			ends := e.to < 0 || e.keyed
			if i+1 == len(path) && ends || i+1 < len(path) && !ends && e.to == path[i+1] {
				took = max(took, of(e))
			}
		}
		if took > 0 {
			out = append(out, x.nodes[n].what+": "+words.Ms(took.Milliseconds()))
		}
	}
	return out
}
