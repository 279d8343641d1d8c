package interp_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/internal/made"
)

func compiled(t interface{ Fatalf(string, ...any) }, src string) *interp.Program {
	return compiledUnder(t, src, interp.Options{NotSetParticipantData: interp.NotSetEmpty})
}

func compiledUnder(t interface{ Fatalf(string, ...any) }, src string, o interp.Options) *interp.Program {
	f, found := parseQuiet(src)
	if f == nil {
		t.Fatalf("%v\n%s", found, src)
	}
	p, err := interp.Compile(f, o)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	for _, x := range p.Findings() {
		t.Fatalf("%v\n%s", x, src)
	}
	return p
}

// shown is a result in words.
func shown(r interp.Result) string {
	pop := r.ScreenPop
	if r.ScreenPop = nil; pop == nil {
		return fmt.Sprintf("%+v", r)
	}
	return fmt.Sprintf("%+v %+v", r, *pop)
}

// drive runs a state to its end with random answers and tells what it saw.
func drive(t interface{ Fatalf(string, ...any) }, p *interp.Program, s *interp.State, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for range 100_000 {
		e, err := p.Next(s)
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		if e == nil {
			res := s.Result()
			res.Path, res.Problems, res.Warnings = nil, nil, nil
			return b.String() + shown(res)
		}
		fmt.Fprintf(&b, "%s %s %v %v %v;", e.Kind, e.Name, e.Inputs, e.Key, e.Transfer)
		if err := p.Resume(s, made.Answer(e, r.IntN(60))); err != nil {
			t.Fatalf("resume: %v", err)
		}
	}
	t.Fatalf("the run does not end")
	return ""
}

func TestEveryRunEndsWithinItsBudget(t *testing.T) {
	longest := 0
	rapid.Check(t, func(t *rapid.T) {
		src := made.Flow(rapid.Uint64().Draw(t, "flow"))
		p := compiled(t, src)
		s := p.Start(interp.Call{ANI: "x", At: time.Unix(0, 0)})
		drive(t, p, s, rapid.Uint64().Draw(t, "answers"))
		if !s.Ended() || s.Actions() > 11_000 {
			t.Fatalf("ended %v after %d actions", s.Ended(), s.Actions())
		}
		longest = max(longest, s.Actions())
	})
	if longest < 1000 {
		t.Errorf("the longest run had %d actions: no flow came near its budget", longest)
	}
}

func TestCloneGoesItsOwnWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, made.Flow(rapid.Uint64().Draw(t, "flow")))
		s := p.Start(interp.Call{ANI: "x", ParticipantData: map[string]string{"p0": "before"}})
		s.Record(interp.TraceFull)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "steps"), 3))
		for range r.IntN(12) {
			e, _ := p.Next(s)
			if e == nil {
				break
			}
			if err := p.Resume(s, made.Answer(e, r.IntN(60))); err != nil {
				t.Fatalf("%v", err)
			}
		}
		if r.IntN(2) == 0 {
			p.Next(s) //nolint:errcheck // stands at an effect or at the end
		}
		key, steps := string(s.AppendKey(nil)), fmt.Sprint(s.Steps())
		c := s.Clone()
		if got := string(c.AppendKey(nil)); got != key {
			t.Fatalf("a clone has another key")
		}
		other := s.Clone()
		drive(t, p, other, rapid.Uint64().Draw(t, "other"))
		if string(s.AppendKey(nil)) != key || string(c.AppendKey(nil)) != key || fmt.Sprint(s.Steps()) != steps {
			t.Fatalf("running a clone changed its original")
		}
		seed := rapid.Uint64().Draw(t, "answers")
		if a, b := drive(t, p, s, seed), drive(t, p, c, seed); a != b {
			t.Fatalf("clone and original differ\n%s\n%s", a, b)
		}
	})
}

// TestEqualKeysHaveOneFuture visits the states of a random flow by different paths and
// compares the futures of those with one key. Time and budget are no part of the key, so
// they are made equal first.
func TestEqualKeysHaveOneFuture(t *testing.T) {
	pairs := 0
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, made.Flow(rapid.Uint64().Draw(t, "flow")))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "walks"), 4))
		seen := map[string][]*interp.State{}
		for range 10 {
			s := p.Start(interp.Call{ANI: "x"})
			for range 10 {
				e, _ := p.Next(s)
				if e == nil {
					break
				}
				if err := p.Resume(s, made.Answer(e, r.IntN(60))); err != nil {
					t.Fatalf("%v", err)
				}
				k := string(s.AppendKey(nil))
				if len(seen[k]) < 3 {
					seen[k] = append(seen[k], s.Clone())
				}
			}
		}
		keys := make([]string, 0, len(seen))
		for k := range seen {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			seed := r.Uint64()
			first := ""
			for i, s := range seen[k] {
				s.SetElapsed(0)
				s.SetActions(0)
				got := drive(t, p, s, seed)
				if i > 0 {
					pairs++
					if got != first {
						t.Fatalf("one key, two futures\n%s\n%s", first, got)
					}
				}
				first = got
			}
		}
	})
	enough := 100
	if testing.Short() {
		enough = 20 // a fifth of the flows are tried then
	}
	if pairs < enough {
		t.Errorf("only %d pairs were compared", pairs)
	}
}

// TestWorldThatAnswersNonsense: whatever a world says, Resume takes it or says why not.
func TestWorldThatAnswersNonsense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, made.Flow(rapid.Uint64().Draw(t, "flow")))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "answers"), 5))
		w := worldFunc(func(e *interp.Effect) interp.Outcome {
			o := made.Answer(e, r.IntN(60))
			switch r.IntN(12) {
			case 0:
				o.Branch = []string{"", "yes", "failure", "Success"}[r.IntN(4)]
			case 1:
				o.Outputs = []interp.Named{{Name: "n", Value: expr.OfString("x")}, {}}
			case 2:
				o.Value = expr.OfInt(1)
			case 3:
				o.Elapsed = time.Duration(r.Int64())
			case 4:
				o.Digits = "äöü 12345678901234567890"
			}
			return o
		})
		if _, err := interp.Run(context.Background(), p, interp.Call{}, w, interp.RunOptions{}); err != nil && err.Error() == "" {
			t.Fatalf("an error without words")
		}
	})
}

type worldFunc func(*interp.Effect) interp.Outcome

func (f worldFunc) Do(_ context.Context, e *interp.Effect) (interp.Outcome, error) { return f(e), nil }
func (f worldFunc) Now() time.Time                                                 { return time.Unix(0, 0) }

// FuzzFlow: whatever text is read as a flow compiles or not, and runs to an end or is
// refused; keys and clones can be taken of every state on the way.
func FuzzFlow(f *testing.F) {
	for i := range uint64(5) {
		f.Add([]byte(made.Flow(i)), i)
	}
	for _, c := range cases(f) {
		f.Add(c.ar.Files[0].Data, uint64(1))
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) {
		file, _ := architect.Parse("f", src)
		p, err := interp.Compile(file, interp.Options{Budget: 500})
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(seed, 6))
		s := p.Start(interp.Call{ANI: "x", At: time.Unix(0, 0)})
		for range 20_000 {
			e, err := p.Next(s)
			s.Clone().AppendKey(nil)
			if err != nil || e == nil {
				return
			}
			if err := p.Resume(s, made.Answer(e, r.IntN(60))); err != nil {
				return
			}
			s.AppendKey(nil)
		}
		t.Fatal("the run does not end")
	})
}
