package interp_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
)

var update = flag.Bool("update", false, "rewrite the expected traces of testdata/cases")

// A case is an archive of flow.yaml, world.yaml, modules (module*.yaml) and want. The
// comment before the first file holds options, one a line: notSetQueue=failure.
type flowCase struct {
	path    string
	ar      *txtar.Archive
	program *interp.Program
	script  *world.File
	quiet   bool
}

func cases(t testing.TB) []flowCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var out []flowCase
	for _, p := range paths {
		out = append(out, readCase(t, p))
	}
	return out
}

func readCase(t testing.TB, path string) flowCase {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := flowCase{path: path, ar: ar, script: &world.File{}}
	o := interp.Options{}
	for _, line := range strings.Split(string(ar.Comment), "\n") {
		key, v, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "notSetQueue":
			o.NotSetQueue = interp.NotSet(v)
		case "notSetSkill":
			o.NotSetSkill = interp.NotSet(v)
		case "notSetParticipantData":
			o.NotSetParticipantData = interp.NotSet(v)
		case "notSetScreenPop":
			o.NotSetScreenPop = interp.NotSet(v)
		case "trace":
			c.quiet = v == "off"
		default:
			if v != "" {
				t.Fatalf("%s: unknown option %q", path, key)
			}
		}
	}
	var flow *architect.File
	for _, f := range ar.Files {
		switch {
		case f.Name == "flow.yaml":
			flow = parse(t, path, f.Name, f.Data)
		case strings.HasPrefix(f.Name, "module"):
			o.Modules = append(o.Modules, parse(t, path, f.Name, f.Data))
		case f.Name == "world.yaml":
			s, found := world.Decode(f.Name, f.Data)
			if s == nil {
				t.Fatalf("%s: %v", path, found)
			}
			c.script = s
		}
	}
	c.program, err = interp.Compile(flow, o)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return c
}

func parse(t testing.TB, path, name string, data []byte) *architect.File {
	t.Helper()
	f, found := architect.Parse(name, data)
	if found.Has(diag.Error) {
		t.Fatalf("%s: %v", path, found)
	}
	return f
}

// call is the script's call with a number where it gives none.
func (c flowCase) call() interp.Call {
	call := c.script.Start()
	if call.ANI == "" {
		call.ANI = "tel:+15135550142"
	}
	return call
}

func TestCases(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(c.path), ".txtar"), func(t *testing.T) {
			w := world.New(c.script)
			r, err := interp.Run(context.Background(), c.program, c.call(), w, interp.RunOptions{Trace: c.level()})
			got := format(r, err, w.Notes())
			i := slices.IndexFunc(c.ar.Files, func(f txtar.File) bool { return f.Name == "want" })
			if *update {
				if i < 0 {
					c.ar.Files = append(c.ar.Files, txtar.File{Name: "want"})
					i = len(c.ar.Files) - 1
				}
				c.ar.Files[i].Data = []byte(got)
				if err := os.WriteFile(c.path, txtar.Format(c.ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if i < 0 {
				t.Fatal("the case expects nothing; run with -update and read what it wrote")
			}
			if want := string(c.ar.Files[i].Data); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func format(r interp.Result, err error, notes []string) string {
	var b strings.Builder
	for _, s := range r.Path {
		fmt.Fprintf(&b, "%d %s/%s %s", s.At.Milliseconds(), s.Task, s.Action, s.Type)
		if s.Branch != "" {
			fmt.Fprintf(&b, " -> %s", s.Branch)
		}
		if s.Elapsed > 0 {
			fmt.Fprintf(&b, " (%d ms)", s.Elapsed.Milliseconds())
		}
		for _, n := range s.Inputs {
			fmt.Fprintf(&b, " %s=%s", n.Name, n.Value)
		}
		if len(s.Outputs) > 0 {
			b.WriteString(" |")
		}
		for _, n := range s.Outputs {
			fmt.Fprintf(&b, " %s=%s", n.Name, n.Value)
		}
		b.WriteByte('\n')
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "error %s %s: %s\n", p.Pos, p.Action, p.Message)
	}
	for _, p := range r.Warnings {
		fmt.Fprintf(&b, "warning %s: %s\n", p.Pos, p.Message)
	}
	for _, n := range notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	if err != nil {
		fmt.Fprintf(&b, "refused %v\n", err)
	}
	fmt.Fprintf(&b, "end %s %s", r.Ending, r.Target)
	if r.Ending == interp.EndQueue {
		fmt.Fprintf(&b, " %q priority %d", r.Skills, r.Priority)
	}
	fmt.Fprintf(&b, "\ntime %d ms, %d actions\n", r.Elapsed.Milliseconds(), r.Actions)
	keys := make([]string, 0, len(r.ParticipantData))
	for k := range r.ParticipantData {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, "data %s=%q\n", k, r.ParticipantData[k])
	}
	if r.ScreenPop != nil {
		fmt.Fprintf(&b, "pop %s %v\n", r.ScreenPop.Script, r.ScreenPop.Inputs)
	}
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "outcome %s %s\n", o.Name, o.Value)
	}
	if r.ExternalTag != "" || r.UUIData != "" || r.WrapupCode != "" || len(r.Milestones) > 0 {
		fmt.Fprintf(&b, "tag %q uui %q wrapup %q milestones %q\n", r.ExternalTag, r.UUIData, r.WrapupCode, r.Milestones)
	}
	return b.String()
}

// level of tracing: a case that runs thousands of actions shows only its end.
func (c flowCase) level() interp.Trace {
	if c.quiet {
		return interp.TraceOff
	}
	return interp.TraceFull
}

func parseQuiet(src string) (*architect.File, diag.Findings) {
	f, found := architect.Parse("random.yaml", []byte(src))
	if found.Has(diag.Error) {
		return nil, found
	}
	return f, nil
}
