package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
)

// A suiteOptions says what is asked of a suite beside its calls.
type suiteOptions struct {
	failUnder string
	shard     string
	mutate    bool
	first     string // file for a first suite
}

// listed reports whether calls of a list, or for one, are run by themselves.
func (o simulateOptions) listed() bool {
	return o.against == "" && o.suite != "" || o.checks.first != ""
}

// checkSuite refuses what says nothing, or two things.
func (o simulateOptions) checkSuite() error {
	s := o.checks
	with := func(flag, more string) error {
		return fail(fmt.Errorf("%s goes with --suite", flag), more)
	}
	switch {
	case o.suite == "" && s.failUnder != "":
		return with("--fail-under", "it is about the rules that the calls of a suite cover")
	case o.suite == "" && s.shard != "":
		return with("--shard", "it runs a part of a suite")
	case o.suite == "" && s.mutate:
		return with("--mutate", "it asks which changes of the rules a suite notices")
	case o.against != "" && s != suiteOptions{}:
		return fail(errors.New("--against and --fail-under, --shard, --mutate, --init-suite exclude each other"), "what moves is no failure; ask what is expected of the calls apart from it")
	case (o.suite == "" || o.against != "") && slices.Contains([]string{"junit", "github"}, o.settings.format):
		return fail(fmt.Errorf("-o %s says what of a suite is not as expected", o.settings.format), "name it with --suite, without --against; or use text or json")
	case !o.listed():
		return nil
	}
	flag := "--suite"
	if s.first != "" {
		flag = "--init-suite"
	}
	alone := []struct {
		given bool
		name  string
		why   string
	}{
		{o.suite != "" && s.first != "", "--suite", "write a first suite, then run it"},
		{len(o.anis) > 0, "--ani", "a list names its callers itself"},
		{o.every != "", "--every", "calls of a list know nothing of each other; each says when it comes"},
		{o.trace, "--trace", "look at one call with --ani"},
		{s.mutate && o.flow == "deployed", "--mutate and --flow deployed", ""},
		{s.mutate && o.crm == "live", "--mutate and --crm live", ""},
		{s.first != "" && o.crm == "live", "--crm live", "its calls have records of their own, of people who do not exist"},
		{s.first != "" && o.flow == "deployed", "--flow deployed", "write it for the rendered flow, then run it on the deployed one"},
		{s.first != "" && o.world != "", "--world", "its calls have records of their own"},
		{s.first != "" && len(o.faults) > 0, "--fault", "each call of it says its own"},
		{s.first != "" && s.failUnder+s.shard != "", "--fail-under and --shard", "write a first suite, then run it"},
		{s.first != "" && o.settings.format != "text" && !o.settings.json, "-o " + o.settings.format, "use text or json"},
		{o.settings.format == markdown, "-o markdown", "it says which calls move, with --against"},
	}
	for _, x := range alone {
		switch {
		case !x.given:
		case strings.HasPrefix(x.name, "--mutate"):
			return fail(errors.New(x.name+" exclude each other"), "changes of the rules are rendered, and tried on fixtures")
		default:
			return fail(fmt.Errorf("%s and %s exclude each other", flag, x.name), x.why)
		}
	}
	return nil
}

// part reads --shard.
func (o suiteOptions) part() (*view.Shard, error) {
	if o.shard == "" {
		return nil, nil
	}
	a, b, ok := strings.Cut(o.shard, "/")
	k, err := strconv.Atoi(a)
	n, err2 := strconv.Atoi(b)
	if !ok || err != nil || err2 != nil || k < 1 || n < k || n > maxShards {
		return nil, fail(fmt.Errorf("--shard %q is no part of a suite", o.shard), fmt.Sprintf("write it as 3/8, the third of eight; there are %d at most", maxShards))
	}
	return &view.Shard{Number: k, Of: n}, nil
}

const maxShards = 10_000

// readPercent reads --fail-under; below 0 without one.
func readPercent(flag, text string) (float64, error) {
	if text == "" {
		return -1, nil
	}
	p, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || p != p || p < 0 || p > 100 {
		return 0, fail(fmt.Errorf("%s %q is no share", flag, text), "write percent from 0 to 100, such as 90")
	}
	return p, nil
}

// mostFailures is how many failed calls are told with all that is to be said; more are counted.
const mostFailures = 1000

// mostPassed is how many others a report of tests lists.
const mostPassed = 10_000

// openSuite opens a file of calls, "-" for standard input.
func openSuite(env session, name string) (*simulate.List, io.Closer, error) {
	in, shown := io.NopCloser(env.IO.In), "standard input"
	if name == stdin {
		if err := env.claim("--suite " + stdin); err != nil {
			return nil, nil, err
		}
	} else {
		f, err := openFile(name)
		if err != nil {
			return nil, nil, fail(fmt.Errorf("read the suite %s: %w", name, err), "docs/suite.md has the format; --init-suite writes a first one")
		}
		in, shown = f, name
	}
	l, err := simulate.OpenList(shown, in, simulate.ListOptions{})
	if err != nil {
		in.Close() //nolint:errcheck // it was only read
		return nil, nil, listError(err)
	}
	return l, in, nil
}

// A judgedCall is what becomes of one of a suite.
type judgedCall struct {
	entry    simulate.Entry
	name     string
	expects  bool
	rejected []view.Expectation
	ready    *ready
	outcomes []*simulate.Outcome
	told     diag.Findings
}

// waysShown is of how many failures a page has the way through the rules.
const waysShown = 10

// A suite is a list of calls that is run.
type suite struct {
	s      *simulation
	env    session
	b      *blueprint.Blueprint
	out    view.Suite
	rules  []string
	files  *callFiles
	all    *simulate.Branches
	cover  *simulate.Coverage
	kept   *keptCalls                     // for mutants; nil: none are made
	each   func(legs []*simulate.Outcome) // sees every call, one after the other; may be nil
	ways   []*simulate.Outcome            // of the first failures, in their order: what came instead; for a page
	seeing sync.Mutex
	mask   *privacy.Mask
}

// runSuite runs a list of calls and says what of it is not as expected.
func runSuite(ctx context.Context, env session, s *simulation, b *blueprint.Blueprint) error {
	o := s.options.checks
	shard, err := o.part()
	if err != nil {
		return err
	}
	under, err := readPercent("--fail-under", o.failUnder)
	if err != nil {
		return err
	}
	list, closer, err := openSuite(env, s.options.suite)
	if err != nil {
		return err
	}
	defer closer.Close() //nolint:errcheck // it was only read
	s.say(env)
	u := newSuite(env, s, b, list, shard)
	if o.mutate {
		u.kept = newKeptCalls()
	}
	pictures := u.drawn()
	if err := u.run(ctx, list); err != nil {
		return err
	}
	u.out.Suite.Hash = list.Sum()
	if err := u.covered(ctx); err != nil {
		return err
	}
	if o.mutate {
		if u.out.Mutants, err = u.mutants(ctx); err != nil {
			return err
		}
	}
	u.out.Rate()
	answer := endSuite(env, u.out, under)
	return s.options.report.after(env, answer, func() (report.Page, error) {
		x := report.Tested{Answer: u.out, Run: env.ran(s.loaded.path), Command: s.options.ranAs(), No: answer != nil}
		x.Run.Hash = s.hash
		x.Rules, x.Flow = pictures()
		if x.Rules != nil {
			rules := picture.Rules(s.loaded.deployment)
			for _, o := range u.ways {
				x.Ways = append(x.Ways, rules.Decided(o))
			}
		}
		return report.Suite(x), nil
	})
}

func newSuite(env session, s *simulation, b *blueprint.Blueprint, list *simulate.List, shard *view.Shard) *suite {
	u := &suite{s: s, env: env, b: b, files: s.callFiles(s.options.suite), all: s.program.Branches(), mask: s.newMask()}
	u.cover = u.all.Coverage()
	for _, r := range s.loaded.deployment.Routing.Rules {
		u.rules = append(u.rules, r.Name)
	}
	u.out = view.Suite{Schema: view.Schema, Suite: view.Fingerprint{File: list.Name()}, On: s.fingerprint(), Shard: shard, Failures: []view.SuiteFault{}}
	return u
}

// endSuite prints the answer and says whether it is no.
func endSuite(env session, out view.Suite, under float64) error {
	var err error
	switch env.settings.format {
	case "json":
		err = view.JSON(env.IO.Out, out)
	case "junit":
		err = view.SuiteJUnit(env.IO.Out, out)
	case "github":
		err = view.SuiteGitHub(env.IO.Out, out)
	default:
		err = view.PrintSuite(env.IO.Out, out)
	}
	if err != nil {
		return err
	}
	if !out.Covers(under) {
		diag.Fprintf(env.IO.Err, "%g %% of the rules took a call, the fallback included, and --fail-under asks for %g\n", out.Coverage.Percent, under)
		return errNo
	}
	if out.Failed > 0 {
		return errNo
	}
	return nil
}

// fingerprint is that of all that calls go through.
func (s *simulation) fingerprint() view.Fingerprint {
	return view.Fingerprint{File: s.loaded.path, Hash: s.hash}
}

// printOf is the fingerprint of a flow's text and of data actions.
func printOf(flow string, actions []simulate.Action) string {
	var texts []string
	for _, x := range actions {
		texts = append(texts, string(x.Definition.Export()))
	}
	slices.Sort(texts)
	return genesys.Hash(flow + "\x00" + strings.Join(texts, "\x00"))[:16]
}

// workers is how many calls are under way at once. A real account is asked by one after the other.
func (s *simulation) workers() int {
	if s.live {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}

// see shows a call, leg by leg, to whoever wants to see all of them.
func (u *suite) see(legs []*simulate.Outcome) {
	if u.each != nil {
		u.seeing.Lock()
		defer u.seeing.Unlock()
		u.each(legs)
	}
}

// run sends the calls through the flow.
func (u *suite) run(ctx context.Context, list *simulate.List) error {
	n := u.s.workers()
	desks, covers := make([]*desk, n), make([]*simulate.Coverage, n)
	for i := range n {
		desks[i], covers[i] = u.s.desk(u.files), u.all.Coverage()
	}
	next := list.Next
	if k := u.out.Shard; k != nil {
		next = func() (simulate.Entry, error) {
			for {
				e, err := list.Next()
				if err != nil || (e.Number-1)%k.Of == k.Number-1 {
					return e, err
				}
			}
		}
	}
	var calls, failures atomic.Int64
	defer u.env.working("running the suite", func() string {
		return fmt.Sprintf("%s calls, %s failed", words.Thousands(calls.Load()), words.Thousands(failures.Load()))
	})()
	var told diag.Findings
	err := simulate.Ordered(ctx, n, next, func(ctx context.Context, w int, e simulate.Entry) (judgedCall, error) {
		return u.judge(ctx, desks[w], covers[w], e)
	}, func(j judgedCall) error {
		u.out.Calls++
		if j.expects {
			u.out.Expected++
		}
		for _, f := range j.told {
			told.Add(f)
		}
		switch {
		case j.rejected != nil:
			u.out.Failed++
			if len(u.out.Failures) < mostFailures {
				f, err := u.failure(ctx, j)
				if err != nil {
					return err
				}
				u.out.Failures = append(u.out.Failures, f)
				if at := j.rejected[0].Leg - 1; u.s.options.report.given && len(u.ways) == len(u.out.Failures)-1 && len(u.ways) < waysShown && at >= 0 && at < len(j.outcomes) {
					u.ways = append(u.ways, j.outcomes[at])
				}
			}
		case j.expects && len(u.out.Passed) < mostPassed && (u.env.settings.format == "junit" || u.s.options.report.given):
			u.out.Passed = append(u.out.Passed, u.caseOf(j))
		}
		if u.kept != nil && j.expects && j.rejected == nil {
			u.kept.add(j.ready, j.outcomes, u.rules)
		}
		calls.Store(int64(u.out.Calls))
		failures.Store(int64(u.out.Failed))
		return nil
	})
	for _, c := range covers {
		u.cover.Join(c)
	}
	if err != nil {
		if fs := (diag.Findings)(nil); errors.As(err, &fs) {
			return unreadable(fs, privacy.Excerpt(list.Text(), u.s.loaded.deployment.Own()...), false)
		}
		return err
	}
	for _, f := range told.Sorted() {
		diag.Print(u.env.IO.Err, f, nil) //nolint:errcheck // a note nobody can read stops nothing
	}
	return nil
}

// judge makes a call and holds it against what is expected.
func (u *suite) judge(ctx context.Context, k *desk, cover *simulate.Coverage, e simulate.Entry) (judgedCall, error) {
	j := judgedCall{entry: e}
	c, found := e.Read()
	if found.Has(diag.Error) {
		return j, found
	}
	r, told, err := k.ready(c)
	if err != nil {
		return j, err
	}
	outcomes, err := k.brief(ctx, r)
	if err != nil {
		return j, err
	}
	for _, o := range outcomes {
		cover.Add(o)
	}
	u.see(outcomes)
	j.name, j.told = c.Name, append(found, told...)
	j.expects, j.rejected = u.against(r, outcomes)
	if j.rejected != nil || u.kept != nil {
		j.ready = r
		j.outcomes, err = k.call(ctx, r, nil)
	}
	return j, err
}

// against holds outcomes against what is expected.
func (u *suite) against(r *ready, outcomes []*simulate.Outcome) (expects bool, rejected []view.Expectation) {
	for i, o := range outcomes {
		want := r.Expect
		if i > 0 {
			want = r.Legs[i-1].Expect
		}
		for _, x := range want {
			expects = true
			if came, met := x.Judge(o, u.rules); !met {
				rejected = append(rejected, view.Expectation{What: x.Name, Want: x.Want, Came: came, Leg: i + 1, Line: x.Place.Line, Column: x.Place.Column, Hint: u.hint(x)})
			}
		}
	}
	return expects, rejected
}

// hint offers the nearest name where the deployment has none of what is expected.
func (u *suite) hint(x simulate.Expectation) *string {
	d := u.s.loaded.deployment
	var known []string
	switch x.Known {
	case "rule":
		known = append(slices.Clone(u.rules), simulate.NoRule)
	case "queue":
		known = append(known, d.Routing.Fallback.Queue)
		for _, r := range d.Routing.Rules {
			known = append(known, r.To.Queue)
		}
		for _, e := range d.Endings() {
			known = append(known, e.Queue)
		}
	default:
		return nil
	}
	if x.Want == "none" || slices.Contains(known, x.Want) {
		return nil
	}
	hint := cmp.Or(diag.DidYouMean(x.Want, known), fmt.Sprintf("the deployment has no %s of that name", x.Known))
	return &hint
}

// caseOf names a call. The name is what somebody calls it, and may have a number in it.
func (u *suite) caseOf(j judgedCall) view.SuiteCase {
	c := view.SuiteCase{Number: j.entry.Number, File: j.entry.Place.File, Line: j.entry.Place.Line, Column: j.entry.Place.Column}
	if j.name != "" {
		name := u.mask.Text(j.name)
		c.Name = &name
	}
	return c
}

// failure tells of a call that is not as expected. It is made once more, so that the mask hears
// what is personal in it.
func (u *suite) failure(ctx context.Context, j judgedCall) (view.SuiteFault, error) {
	mask := u.s.newMask()
	if _, err := u.s.desk(u.files).call(ctx, j.ready, mask); err != nil {
		return view.SuiteFault{}, err
	}
	f := view.SuiteFault{SuiteCase: u.caseOf(j), ANI: mask.Number(j.ready.call.ANI), Expected: j.rejected}
	for i := range f.Expected {
		x := &f.Expected[i]
		name := x.What[strings.LastIndexByte(x.What, '.')+1:]
		if name != x.What {
			x.Want, x.Came = mask.Data(name, x.Want), mask.Data(name, x.Came)
		} else if x.What == "value" {
			x.Want, x.Came = mask.Amount(x.Want), mask.Amount(x.Came)
		} else if !slices.Contains([]string{"queue", "rule", "flow", "skills"}, x.What) {
			x.Want = mask.Text(x.Want)
		}
	}
	last := j.outcomes[j.rejected[len(j.rejected)-1].Leg-1]
	f.Rule = u.place(last.Rule)
	return f, nil
}

// place is that of a rule; nil when there is none.
func (u *suite) place(rule string) *view.RulePlace {
	d := u.s.loaded.deployment
	i := slices.Index(u.rules, rule)
	if i < 0 {
		return nil
	}
	path := fmt.Sprintf("routing.rules[%d]", i)
	p := d.Pos(path)
	return &view.RulePlace{Name: rule, Path: path, File: p.File, Line: p.Line}
}

// covered says which rules and branches no call touched, and who would.
func (u *suite) covered(ctx context.Context) error {
	d, c := u.s.loaded.deployment, &u.out.Coverage
	var players *prove.Players
	who := func(i int) *string {
		if players == nil {
			players = prove.NewPlayers(d, u.s.start)
		}
		if x, ok := players.Rule(i); ok {
			words := u.mask.Text(x.Words)
			return &words
		}
		return nil
	}
	c.Rules = []view.CoveredRule{}
	for i, name := range u.rules {
		r := view.CoveredRule{Rule: u.place(name), Calls: u.cover.Rules[name]}
		if r.Calls == 0 {
			r.Caller = who(i)
		}
		c.Rules = append(c.Rules, r)
	}
	r := view.CoveredRule{Calls: u.cover.Fallback}
	if r.Calls == 0 {
		r.Caller = who(-1)
	}
	c.Rules = append(c.Rules, r)
	missing := u.cover.Missing()
	c.Branches = view.BranchCover{All: len(u.all.All), Missing: []view.BranchPlace{}}
	takers, err := u.takers(ctx, missing)
	if err != nil {
		return err
	}
	for _, at := range missing {
		b := u.all.All[at]
		x := view.BranchPlace{Task: b.Task, Action: b.Action, Branch: b.Name, Line: b.Line}
		if words, ok := takers[at]; ok {
			words = u.mask.Text(words)
			x.Caller = &words
		}
		c.Branches.Missing = append(c.Branches.Missing, x)
	}
	return nil
}

// takers are callers who take branches: those of the proof are tried one after the other. Of a
// deployed flow the lines are others, and nobody is tried.
func (u *suite) takers(ctx context.Context, missing []int) (map[int]string, error) {
	out := map[int]string{}
	shown := u.env.settings.json || u.env.settings.format == "text" || u.s.options.report.given
	if len(missing) == 0 || u.s.options.flow != "rendered" || !shown {
		return out, nil
	}
	d := u.s.loaded.deployment
	callers, err := prove.CallersOf(prove.Input{
		Deployment: d, Blueprint: u.b, Mode: prove.Quick, Now: u.s.start, Key: secret.New(hubspottest.DefaultToken), HubSpot: provedAccount(d),
	})
	if err != nil {
		return nil, err
	}
	left := map[int]bool{}
	for _, at := range missing {
		left[at] = true
	}
	err = callers.Each(ctx, func(steps []interp.Step, words func() string) bool {
		c := u.all.Coverage()
		c.Path(steps)
		for at := range left {
			if c.Taken[at] {
				out[at] = words()
				delete(left, at)
			}
		}
		return len(left) > 0
	})
	return out, err
}

// runInitSuite writes a first suite.
func runInitSuite(ctx context.Context, env session, s *simulation) error {
	name := s.options.checks.first
	if _, err := os.Lstat(name); err == nil {
		return fail(fmt.Errorf("%s is there already, and a suite is never written over", name), "name another file with --init-suite")
	}
	text, calls, err := firstSuite(ctx, s, name)
	if err != nil {
		return err
	}
	if err := writeFile(name, []byte(text), 0o644); err != nil {
		return fail(err, "name a file in a folder that can be written")
	}
	if env.settings.json {
		return view.JSON(env.IO.Out, view.FirstSuite{Schema: view.Schema, File: name, Calls: calls})
	}
	_, err = diag.Fprintf(env.IO.Out, "%s: %s; run them with \"dealroute simulate --suite %s\"\n", name, words.Count(calls, "call", "calls"), filepath.ToSlash(name))
	return err
}
