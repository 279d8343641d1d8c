package interp_test

import (
	"context"
	"os"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
)

// rendered is a flow as the templates of this project rendered it once, with the world of
// one known caller.
func rendered(t testing.TB) (*interp.Program, *world.File) {
	t.Helper()
	flow, err := os.ReadFile("testdata/rendered.yaml")
	if err != nil {
		t.Fatal(err)
	}
	answers, err := os.ReadFile("testdata/rendered-world.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := interp.Compile(parse(t, "rendered.yaml", "rendered.yaml", flow), interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Findings(); len(f) > 0 {
		t.Fatal(f)
	}
	s, found := world.Decode("rendered-world.yaml", answers)
	if s == nil {
		t.Fatal(found)
	}
	return p, s
}

// BenchmarkCall is one whole call through the rendered flow. The answers of the world are
// made before, as a load or proof run has them.
func BenchmarkCall(b *testing.B) {
	p, s := rendered(b)
	call := s.Start()
	w := newCanned(b, p, s)
	b.ReportAllocs()
	for b.Loop() {
		w.next = 0
		r, err := interp.Run(context.Background(), p, call, w, interp.RunOptions{})
		if err != nil || r.Ending != interp.EndQueue {
			b.Fatal(r, err)
		}
		b.ReportMetric(float64(r.Actions), "actions/op")
	}
}

// BenchmarkCallMemo is the same call when many are run, each answer known by its id.
func BenchmarkCallMemo(b *testing.B) {
	p, s := rendered(b)
	call := s.Start()
	w := newCanned(b, p, s)
	memo := interp.NewMemo(p)
	for i := range w.outcomes {
		w.outcomes[i].ID = uint64(i + 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.next = 0
		r, err := interp.Run(context.Background(), p, call, w, interp.RunOptions{Memo: memo})
		if err != nil || r.Ending != interp.EndQueue {
			b.Fatal(r, err)
		}
		b.ReportMetric(float64(r.Actions), "actions/op")
	}
}

// BenchmarkScripted is the same with the world file's answers read at each question.
func BenchmarkScripted(b *testing.B) {
	p, s := rendered(b)
	call := s.Start()
	b.ReportAllocs()
	for b.Loop() {
		r, err := interp.Run(context.Background(), p, call, world.New(s), interp.RunOptions{})
		if err != nil || r.Ending != interp.EndQueue {
			b.Fatal(r, err)
		}
	}
}

// BenchmarkClone and BenchmarkKey are what a search over states pays for each.
func BenchmarkClone(b *testing.B) {
	p, s := rendered(b)
	st := p.Start(s.Start())
	if _, err := p.Next(st); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		st.Clone()
	}
}

func BenchmarkKey(b *testing.B) {
	p, s := rendered(b)
	st := p.Start(s.Start())
	if _, err := p.Next(st); err != nil {
		b.Fatal(err)
	}
	var key []byte
	b.ReportAllocs()
	for b.Loop() {
		key = st.AppendKey(key[:0])
	}
}

// A canned world gives the outcomes of an earlier run again.
type canned struct {
	interp.World
	outcomes []interp.Outcome
	next     int
}

func newCanned(t testing.TB, p *interp.Program, s *world.File) *canned {
	w := &canned{World: world.New(s)}
	w.outcomes = record(t, p, s)
	return w
}

func (w *canned) Do(context.Context, *interp.Effect) (interp.Outcome, error) {
	w.next++
	return w.outcomes[w.next-1], nil
}

func record(t testing.TB, p *interp.Program, s *world.File) []interp.Outcome {
	t.Helper()
	var out []interp.Outcome
	w := world.New(s)
	st := p.Start(s.Start())
	for {
		e, err := p.Next(st)
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			return out
		}
		o, err := w.Do(context.Background(), e)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
		if err := p.Resume(st, o); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRenderedCall(t *testing.T) {
	p, s := rendered(t)
	r, err := interp.Run(context.Background(), p, s.Start(), world.New(s), interp.RunOptions{Trace: interp.TraceFull})
	if err != nil {
		t.Fatal(err)
	}
	if r.Queue != "Sales" || r.Priority != 11 || len(r.Problems) > 0 || r.ParticipantData["dealroute_rule"] != "negotiation" {
		t.Errorf("%s", format(r, err, nil))
	}
}
