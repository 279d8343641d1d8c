package prove_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// The long campaign; see doc.go.
var (
	mutants   = flag.Int("mutants", 0, "how many mutants of each of the two examples TestEveryMutantIsFound makes; 0: it is skipped")
	seed      = flag.Uint64("mutants.seed", 1, "which mutants")
	of        = flag.String("mutants.of", "", "only of this example")
	only      = flag.String("mutants.kind", "", "only mutants whose kind, place or change has one of these texts, separated by |")
	campaigns = []string{"basic", "every-setting"}
)

// A mutant is a set of artifacts with one seeded defect.
type mutant struct {
	kind, where, what string
	make              func() (*blueprint.Blueprint, error) // the error: the checker refuses it
}

func (m mutant) String() string { return fmt.Sprintf("%s, %s: %s", m.kind, m.where, m.what) }

// mutants are those of a subject, in an order that does not change.
func (s *subject) mutants() []mutant {
	return slices.Concat(s.flowMutants(), s.actionMutants(), s.policyMutants())
}

// chosen draws n of them, as many of one kind as of another as far as there are so many.
func chosen(all []mutant, n int, seed uint64) []mutant {
	r := rand.New(rand.NewPCG(seed, 1))
	by := map[string][]mutant{}
	for _, m := range all {
		by[m.kind] = append(by[m.kind], m)
	}
	kinds := slices.Sorted(maps.Keys(by))
	for _, k := range kinds {
		r.Shuffle(len(by[k]), func(i, j int) { by[k][i], by[k][j] = by[k][j], by[k][i] })
	}
	var out []mutant
	for round := 0; len(out) < n; round++ {
		before := len(out)
		for _, k := range kinds {
			if round < len(by[k]) && len(out) < n {
				out = append(out, by[k][round])
			}
		}
		if len(out) == before {
			break
		}
	}
	return out
}

// A verdict is what became of a mutant.
type verdict string

const (
	refused   verdict = "refused by the checker"
	found     verdict = "found"
	beyond    verdict = "found, and no call of the sample differs"
	equal     verdict = "equal"
	waitsOnly verdict = "equal but for waits and requests that are allowed"
	lost      verdict = "NOT FOUND"
	wrong     verdict = "FOUND UNDER THE WRONG PROPERTY"
	dead      verdict = "THE COUNTEREXAMPLE DOES NOT REPLAY"
	same      verdict = "the same artifacts"
)

// A judgement of a mutant.
type judgement struct {
	mutant
	verdict    verdict
	properties []string // that the proof says are broken
	message    string
	difference *difference
	took       time.Duration
}

// judge proves a mutant, and asks the sample.
func (m *sample) judgeMutant(ctx context.Context, x mutant) (j judgement) {
	j = judgement{mutant: x}
	b, err := x.make()
	var p [2]*simulate.Program
	if err == nil {
		p, err = programs(b)
	}
	if errors.Is(err, errSame) {
		j.verdict = same
		return j
	}
	if err != nil {
		j.verdict, j.message = refused, err.Error()
		return j
	}
	in := m.s.input(b)
	in.Stop, in.Mode = true, prove.Quick
	ask := func() (bad []prove.Property) {
		start := time.Now()
		report, err := prove.Deployment(ctx, in)
		j.took += time.Since(start)
		if err != nil {
			j.verdict, j.message = dead, "the proof itself fails: "+err.Error()
		} else {
			bad = report.Broken()
		}
		return bad
	}
	bad := ask()
	difference, broken, waits := m.compare(p)
	if len(bad) == 0 && (difference != nil || len(broken) > 0) && j.verdict == "" { // quick mode leaves something out
		in.Mode = prove.Full
		bad = ask()
	}
	if j.verdict != "" {
		return j
	}
	j.difference = difference
	for _, x := range bad {
		j.properties = append(j.properties, x.ID)
		j.message = strings.TrimSpace(j.message + "\n" + x.Message)
	}
	switch {
	case len(bad) == 0 && difference == nil && waits:
		j.verdict = waitsOnly
	case len(bad) == 0 && difference == nil && len(broken) == 0:
		j.verdict = equal
	case len(bad) == 0:
		j.verdict = lost
	case !m.replays(p, b, bad, &j):
		j.verdict = dead
	case difference == nil && len(broken) == 0:
		j.verdict = beyond
	case !slices.ContainsFunc(bad, func(x prove.Property) bool { return broken[x.ID] || x.Verdict == prove.NotDecided || m.shows(b, x) }):
		j.verdict = wrong
		j.message += fmt.Sprint("\nthe sample says ", slices.Sorted(maps.Keys(broken)))
	default:
		j.verdict = found
	}
	return j
}

// deviations are what a finding says of the policy and its replay must show.
var deviations = []*regexp.Regexp{
	regexp.MustCompile(`^rule "([^"\\]*)" is taken`), regexp.MustCompile(`^the call goes to \w+ "([^"\\]*)", and`), regexp.MustCompile(`^the priority is (-?[0-9]+),`),
	regexp.MustCompile(`^participant data \w+ is "([^"\\]*)", and`), regexp.MustCompile(`^the outcome is (\w+),`), regexp.MustCompile(`^the skills are \["([^"\\]*)"`),
}

// replays sends the counterexamples' world files through the mutant's flow, and, where only the
// flow differs, through the original one, which must fare otherwise.
func (m *sample) replays(p [2]*simulate.Program, b *blueprint.Blueprint, bad []prove.Property, j *judgement) bool {
	for _, x := range bad {
		if x.Counterexample == nil {
			if x.ID == prove.Rules || x.Verdict == prove.NotDecided {
				continue // that nobody is there is shown by no call
			}
			j.message += "\nno counterexample"
			return false
		}
		data, err := x.Counterexample.World.Encode()
		if err != nil {
			j.message += "\n" + err.Error()
			return false
		}
		file, fs := world.Decode("counterexample.yaml", data)
		if fs.Err() != nil {
			j.message += "\n" + fs.Err().Error()
			return false
		}
		is, _, err := m.replayed(b, file)
		if err != nil && x.ID != prove.Ending {
			j.message += "\n" + err.Error()
			return false
		}
		if i := slices.IndexFunc(x.Counterexample.Call, func(l string) bool { return strings.Contains(l, "does not lead") }); i >= 0 {
			j.message += "\n" + x.Counterexample.Call[i]
			return false
		}
		for _, re := range deviations {
			if said := re.FindStringSubmatch(x.Message); said != nil && err == nil && !strings.Contains(is, said[1]) {
				j.message += fmt.Sprintf("\nthe replay shows no %q: %s", said[1], is)
				return false
			}
		}
		// the file has what the mutant asked for: what else the original asks for is not there
		was, unsaid, err := m.replayed(m.s.b, file)
		if whole := strings.HasPrefix(j.where, "flow:") && !strings.Contains(j.kind, "output of a"); whole && !unsaid && err == nil && was == is {
			j.message += "\nthe original flow fares alike: " + is
			return false
		}
	}
	return true
}

// shows reports whether the replay of a counterexample itself breaks the property.
func (m *sample) shows(b *blueprint.Blueprint, x prove.Property) bool {
	if x.Counterexample == nil {
		return false
	}
	r, _, err := m.play(b, x.Counterexample.World)
	switch x.ID {
	case prove.Wait:
		return r.Elapsed > m.s.d.Enrichment.Budget
	case prove.Expressions:
		return r.Handled || len(r.Problems) > 0
	case prove.Ending:
		return err != nil || r.Ending == interp.EndDisconnect
	}
	return false
}

// replayed is what becomes of a call on a world file: by the step machine alone. unsaid tells
// that the flow asked for more than the file has.
func (m *sample) replayed(b *blueprint.Blueprint, file *world.File) (text string, unsaid bool, err error) {
	r, unsaid, err := m.play(b, file)
	if err != nil {
		return "", false, err
	}
	text = fmt.Sprint(r.Ending, r.Target, r.Skills, r.Priority, r.Preferred, r.ParticipantData, r.Handled, r.Elapsed, len(r.Problems))
	if r.ScreenPop != nil {
		text += fmt.Sprint(r.ScreenPop.Script, r.ScreenPop.Inputs)
	}
	for _, s := range r.Path {
		if s.Type == "playAudio" || s.Type == "callData" {
			text += fmt.Sprint(s.Type, s.Inputs, s.Branch)
		}
	}
	return text, unsaid, nil
}

func (m *sample) play(b *blueprint.Blueprint, file *world.File) (interp.Result, bool, error) {
	b, err := b.Resolve(simulate.MadeUp)
	if err != nil {
		return interp.Result{}, false, err
	}
	types := map[string]map[string]expr.Type{}
	for _, a := range b.Actions {
		types[a.Definition.Name] = map[string]expr.Type{}
		for _, f := range dataaction.Flatten(a.Definition.Output) {
			types[a.Definition.Name][f.Name] = f.Type
		}
	}
	o := interp.Options{Rounds: 99, OutputType: func(t *architect.Target, output string) expr.Type { return types[t.Name][output] }}
	prog, err := interp.Compile(b.Flow.Tree, o)
	if err != nil {
		return interp.Result{}, false, err
	}
	w := world.New(file)
	r, err := interp.Run(context.Background(), prog, file.Start(), w, interp.RunOptions{Trace: interp.TraceFull})
	return r, len(w.Notes()) > 0, err
}

// reasons say why a mutant changes nothing for anybody, by a text that its description has.
var reasons = [][2]string{
	{"error handling", "no expression of the flow fails, so that error handling is never reached"},
	{"initial value changed", "the variable is assigned before it is read, or the value is that of a part that is not reached"},
	{"null unguarded", "the flow gives every input, an empty text at least"},
	{"escape dropped", "by its contract the input has digits and a plus, and nothing to escape"},
	{"action waits long", "the flow's own timeout is shorter"},
	{"action gives up early", "the answer that is lost is one that comes in the last moment"},
	{"contract requires nothing", "the success template gives every member"},
	{"header dropped", "the emulator takes JSON that is not announced"},
	{"default changed", "a path with a filter always answers; the default is of a reply without a list, which is unusable either way"},
	{"default dropped", "a path with a filter always answers; without a default a reply without a list fails as the unusable one does"},
	{"number2", "nobody of the sample has a line that is written in several ways and a contact under each"},
	{"number3", "nobody of the sample has a line that is written in several ways and a contact under each"},
	{"national2", "nobody of the sample has a line that is written in several ways and a contact under each"},
	{"national3", "nobody of the sample has a line that is written in several ways and a contact under each"},
	{"fallback removed, flow: Target/With how many skills?", "the transfer behind it goes to the same queue, fails too, and leads to the fallback"},
	{"jump dropped, flow: Contact/Find contact", "the next step finds no usable answer, and does the same"},
	{"jump dropped, flow: Deals/Find deals", "the next step finds no usable answer, and does the same"},
	{"limit changed", "nobody has so many lookalikes that a longer page has others"},
	{"number: ", "no caller of the sample dials from a place that this is about"},
	{"comparison one off", "at the bound both sides give the same"},
	{"statements swapped", "neither reads what the other one writes"},
	{"steps swapped", "neither reads what the other one writes"},
	{"statement dropped", "what it writes is there already, or not read"},
	{"paths swapped", "both read the same of every reply"},
}

func reason(m mutant) string {
	for _, r := range reasons {
		if strings.Contains(m.String(), r[0]) {
			return r[1]
		}
	}
	return ""
}

// Every mutant that changes what some caller gets is found, under a property that the calls
// themselves show to be broken, with a counterexample that replays.
func TestEveryMutantIsFound(t *testing.T) {
	if *mutants == 0 {
		t.Skip("a long campaign: -mutants 500")
	}
	for _, name := range campaigns {
		if *of != "" && *of != name {
			continue
		}
		s := subjectOf(t, name)
		m := s.sample(t)
		all := slices.DeleteFunc(s.mutants(), func(x mutant) bool {
			return !slices.ContainsFunc(strings.Split(*only, "|"), func(text string) bool { return strings.Contains(x.String(), text) })
		})
		counts, by, slowest := map[verdict]int{}, map[string]int{}, time.Duration(0)
		picked := chosen(all, *mutants, *seed)
		for i, x := range picked {
			j := m.judgeMutant(t.Context(), x)
			counts[j.verdict]++
			for _, p := range j.properties {
				by[p]++
			}
			slowest = max(slowest, j.took)
			switch j.verdict {
			case lost, wrong, dead:
				t.Errorf("%s %d: %s: %s\nbroken %v: %s\n%s", name, i, j.verdict, x, j.properties, j.message, j.difference)
			case equal, waitsOnly:
				t.Logf("%s %d: %s: %s (%s)", name, i, j.verdict, x, cmp.Or(reason(x), "no call of the sample differs"))
			default:
				t.Logf("%s %d: %s: %s %v %s", name, i, j.verdict, x, j.properties, j.message)
			}
		}
		t.Logf("%s: %d mutants in all, %d made: %v; by property %v; the slowest proof took %s", name, len(all), len(picked), counts, by, slowest)
	}
}

// String shows the first thing that differs.
func (d *difference) String() string {
	if d == nil {
		return "no call of the sample differs"
	}
	was, is := strings.Fields(d.was), strings.Fields(d.is)
	i := 0
	for i < min(len(was), len(is)) && was[i] == is[i] {
		i++
	}
	part := func(words []string) string {
		text := strings.Join(words[max(0, min(i-2, len(words))):], " ")
		return text[:min(len(text), 160)]
	}
	return fmt.Sprintf("%s: was …%s… is …%s…", d.situation, part(was), part(is))
}

// twenty and some are a defect of nearly each kind, in both examples, with the properties of which one
// must be the first that does not hold.
var twenty = []struct {
	of, mutant string // the mutant's text begins so
	properties []string
}{
	{"basic", "fallback removed, flow: Target/Does the queue exist?", []string{prove.Expressions}},
	{"basic", "branch emptied, flow: Contact/Find contact: timeout", []string{prove.Requests, prove.Policy}},
	{"basic", "message dropped, flow: LastResort", []string{prove.Ending}},
	{"basic", "switch ignored, flow: Control/Read the switch", []string{prove.Requests}},
	{"basic", "timeout missing, flow: Deals/Find deals: left out", []string{prove.Wait}},
	{"basic", "timeout longer, flow: Contact/Find contact: one second", []string{prove.Wait}},
	{"basic", "guard opened, flow: Choose/First rule that holds: then of If(IsSet(Flow.Fact_score)", []string{prove.Expressions}},
	{"basic", "comparison one off, flow: Choose/First rule that holds: >= is > in Flow.Fact_score >= 80.0", []string{prove.Policy}},
	{"basic", "bound off by one, flow: Choose/First rule that holds: 80.0 is 80.01", []string{prove.Policy}},
	{"basic", "breaker not read, flow: Control/Read the breaker", []string{prove.Requests}},
	{"basic", "order of cases changed, flow: Choose/First rule that holds: 2 and 3", []string{prove.Policy}},
	{"basic", "case dropped, flow: Target/What the rule asks for: 4", []string{prove.Policy}},
	{"basic", "path yields nothing, action: findDeals: openAmounts: $.nothing", []string{prove.Policy}},
	{"basic", "filter dropped, action: findDeals: 1", []string{prove.Policy}},
	{"basic", `property dropped from the search, action: findDeals: "renewal_date"`, []string{prove.Policy, prove.Rules}},
	{"basic", "personal value written, flow: Target/Decided by an earlier leg?/Write the decision down: dealroute_note = Flow.Ani", []string{prove.Privacy}},
	{"basic", "priority changed, flow: Target/With how many skills?/To the queue with skills: Flow.Base", []string{prove.Policy}},
	{"basic", "policy: bound off by a cent, policy: routing.rules[5].when.minValue", []string{prove.Policy}},
	{"every-setting", "switch ignored, flow: Control/Read the switch", []string{prove.Requests}},
	{"every-setting", "message dropped, flow: Schedule/Open now?/Say why", []string{prove.Ending}},
	{"every-setting", "skill list order changed, flow: Target/With how many skills?/To the queue with skills: 0 and 1", []string{prove.Policy}},
	{"every-setting", "input of the screen pop swapped, flow: Target/Something to show?/Which script?/Show the agent: stage and value", []string{prove.Policy}},
	{"every-setting", "disconnect inserted, flow: Contact: first", []string{prove.Ending}},
}

// A defect of nearly each kind is found, in a few seconds; each is refuted by a call that replays.
func TestTwentyDefectsAreFound(t *testing.T) {
	for _, name := range campaigns {
		s := subjectOf(t, name)
		all, none := s.mutants(), &sample{s: s} // the long campaign asks the sample
		for _, x := range twenty {
			if x.of != name {
				continue
			}
			i := slices.IndexFunc(all, func(m mutant) bool { return strings.HasPrefix(m.String(), x.mutant) })
			if i < 0 {
				t.Errorf("%s: there is no mutant %s", name, x.mutant)
				continue
			}
			j := none.judgeMutant(t.Context(), all[i])
			if j.verdict != beyond || !slices.ContainsFunc(x.properties, func(p string) bool { return slices.Contains(j.properties, p) }) {
				t.Errorf("%s: %s: %s %v %s, want %v", name, j.verdict, j.mutant, j.properties, j.message, x.properties)
			}
			t.Log(name, j.mutant, j.took, j.properties, j.message)
		}
	}
}
