package interp_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/internal/made"
)

// TestStepsAreDescribed holds every step of random flows, and of the cases, against what the
// ops say of where they lead.
func TestStepsAreDescribed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := compiled(t, made.Flow(rapid.Uint64().Draw(t, "flow")))
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "answers"), 5))
		s := p.Start(interp.Call{ANI: "x"})
		for range 40 {
			e, err := p.NextDescribed(s)
			if err != nil {
				t.Fatalf("%v", err)
			}
			if e == nil {
				break
			}
			if err := p.ResumeDescribed(s, made.Answer(e, r.IntN(60))); err != nil {
				t.Fatalf("%v", err)
			}
		}
	})
	for _, c := range cases(t) {
		s, w := c.program.Start(c.call()), world.New(c.script)
		for range 200 {
			e, err := c.program.NextDescribed(s)
			var refused *interp.Refusal
			if err != nil && !errors.As(err, &refused) {
				t.Fatalf("%s: %v", c.path, err)
			}
			if e == nil {
				break
			}
			o, err := w.Do(t.Context(), e)
			if err != nil {
				break
			}
			if err := c.program.ResumeDescribed(s, o); err != nil {
				t.Fatalf("%s: %v", c.path, err)
			}
		}
	}
}

// TestValuesAreDescribed: what an op holds as a value it reads, and its flows says so. The
// cases have every op.
func TestValuesAreDescribed(t *testing.T) {
	seen := map[string]int{}
	for _, c := range cases(t) {
		unread, ops := c.program.Unread()
		for _, u := range unread {
			t.Errorf("%s: flows leaves out %s", c.path, u)
		}
		for name, n := range ops {
			seen[name] += n
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func \((?:\w+ )?(\*?)(\w+)\) flows\(f? ?\*flow\)`).FindAllStringSubmatch(string(src), -1) {
			all++
			if seen[m[1]+"interp."+m[2]] == 0 {
				t.Errorf("no case has %s", m[2])
			}
		}
	}
	if all < 20 {
		t.Errorf("%d ops found: the test looks in the wrong place", all)
	}
}
