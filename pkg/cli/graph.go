package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/picture"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/view"
	"github.com/dealroute/dealroute/pkg/words"
	"github.com/spf13/cobra"
)

// graphOptions are those of graph. The calls that are drawn are simulate's: o.suite is --coverage.
type graphOptions struct {
	simulateOptions
	given          bool   // a format was asked for by name
	file           string // of a flow; empty: the deployment's
	modules        []string
	rules          bool
	overview       bool
	counterexample string
	out            string
}

// Formats of a picture, and by which ends of names a file says which it is to be.
const (
	formatSVG     = "svg"
	formatDot     = "dot"
	formatMermaid = "mermaid"
)

var pictureEnds = map[string]string{
	".svg": formatSVG, ".dot": formatDot, ".gv": formatDot, ".mmd": formatMermaid, ".mermaid": formatMermaid, ".json": "json", ".txt": "text",
}

// anyProperty stands for the first property that has a counterexample.
const anyProperty = "any"

func properties() []string {
	return []string{prove.Ending, prove.Wait, prove.Expressions, prove.Policy, prove.Requests, prove.Privacy, prove.Rules, anyProperty}
}

func newGraphCmd(env *Env, run func(context.Context, graphOptions) error) *cobra.Command {
	o := graphOptions{}
	cmd := &cobra.Command{
		Use:         "graph [FLOW|-]",
		Annotations: map[string]string{formatsOf: strings.Join([]string{formatSVG, formatDot, formatMermaid}, " ")},
		Short:       "Draw the flow or the rules, and the way of calls through them",
		Long: `Draw the flow of the deployment, as it is rendered or as it is deployed, its rules (--rules), or
any Architect flow in a file. Tasks and menus are lanes in the order of a call, choices are questions
with their ways out, endings name where the call goes.

--overview draws the flow at a glance: each task and menu is one card, which says what it asks, how
calls end in it and where they go on; ways from task to task are one line.

The way of calls is drawn into it: of --ani, as in simulate, with the number of each step, and how
long was waited where; of all calls of a suite (--coverage), which shows what none of them reached;
or of a call that breaks a property of the proof (--counterexample).

Written is a picture as SVG, unless -o says otherwise: dot and mermaid are for other tools, json has all
that is drawn, text is an outline in lines. --out FILE writes into a file, by whose end the format is
known; a picture of an earlier run is replaced there, and nothing else. On a terminal, where nobody
reads SVG, the outline is shown. docs/graph.md explains what is seen.`,
		Example: `  dealroute graph --out flow.svg
  dealroute graph --overview --out glance.svg
  dealroute graph --rules --out rules.svg
  dealroute graph --ani +15135550142 --out call.svg
  dealroute graph --coverage calls.yaml --out covered.svg
  dealroute graph flow.yaml -o mermaid`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.session = env.session()
			if len(args) > 0 {
				o.file = args[0]
			}
			o.given = cmd.Flags().Changed("output") || env.Getenv("DEALROUTE_OUTPUT") != ""
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.rules, "rules", false, "draw the rules instead of the flow")
	f.BoolVar(&o.overview, "overview", false, "draw the flow at a glance: each task and menu as one card")
	o.callFlags(f)
	f.StringArrayVar(&o.modules, "module", nil, "file of a common module that the flow of a file calls (may be repeated)")
	f.StringVar(&o.suite, "coverage", "", "draw what the calls of a suite reach, and what they do not; - is standard input")
	choose(f, &o.counterexample, "counterexample", "", "draw a call that breaks a property of the proof: "+either(properties()), properties()...)
	f.StringVar(&o.out, "out", "", "file to write the picture to: .svg, .dot, .mmd, .json or .txt")
	return cmd
}

func runGraph(ctx context.Context, o graphOptions) error {
	format, err := o.check()
	if err != nil {
		return err
	}
	var g *picture.Graph
	switch {
	case o.file != "":
		g, err = o.ofFile(ctx)
	case o.counterexample != "":
		g, err = o.ofProof(ctx)
	case len(o.anis) > 0 || o.world != "" || o.suite != "":
		g, err = o.ofCalls(ctx)
	default:
		g, err = o.bare(ctx)
	}
	if err != nil {
		return err
	}
	if o.overview {
		g = g.Overview()
	}
	return o.write(g, format)
}

// check refuses what says nothing, or two things, and gives the format.
func (o graphOptions) check() (format string, err error) {
	calls := len(o.anis) > 0 || o.world != ""
	exclude := func(a, b, hint string) error { return fail(fmt.Errorf("%s and %s exclude each other", a, b), hint) }
	switch {
	case o.rules && o.file != "":
		return "", exclude("--rules", "the file of a flow", "rules are the deployment's: leave out the one that you do not mean")
	case o.rules && o.overview:
		return "", exclude("--rules", "--overview", "the rules have no tasks that could be one card each: leave out the one that you do not mean")
	case o.rules && o.counterexample != "":
		return "", exclude("--rules", "--counterexample", "the call is drawn in the flow")
	case o.rules && o.flow == deployed:
		return "", exclude("--rules", "--flow deployed", "the rules are those of the file; what is deployed is drawn as a flow")
	case o.suite != "" && calls:
		return "", exclude("--coverage", "--ani and --world", "draw one call, or what a suite reaches")
	case o.suite != "" && o.file != "":
		return "", exclude("--coverage", "the file of a flow", "a suite's calls go through the deployment")
	case o.counterexample != "" && (calls || o.suite != ""):
		return "", exclude("--counterexample", "--ani, --world and --coverage", "the proof makes its call itself")
	case o.counterexample != "" && o.flow == deployed:
		return "", exclude("--counterexample", "--flow deployed", "what is rendered is proved; name a file to prove another flow")
	case o.file == "" && len(o.modules) > 0:
		return "", fail(errors.New("--module goes with the file of a flow"), "name the flow: dealroute graph FLOW --module FILE")
	case o.file != "":
		err = o.checkFile()
	case o.suite != "" && o.every != "":
		err = exclude("--coverage", "--every", "calls of a suite know nothing of each other")
	case !calls && o.suite == "" && (o.dnis+o.at+o.every+o.fixtures+o.org != "" || len(o.faults) > 0 || o.crm == "live"):
		err = fail(errors.New("--dnis, --at, --every, --fixtures, --org, --fault and --crm say what calls meet, and there is none"), "name a caller with --ani, or a suite with --coverage")
	}
	if err != nil {
		return "", err
	}
	return o.format()
}

// checkFile refuses for the file of a flow what needs a deployment.
func (o graphOptions) checkFile() error {
	switch {
	case len(o.anis) > 1:
		return fail(errors.New("one call is drawn in the flow of a file"), "give --ani once")
	case o.fixtures+o.org+o.every != "" || len(o.faults) > 0 || o.crm == "live" || o.flow == deployed:
		return fail(errors.New("--fixtures, --org, --every, --fault, --crm and --flow are about the deployment, and a file with a flow is named"),
			"script what the flow meets with --world; docs/world.md has the format")
	case len(o.anis) == 0 && o.world == "" && o.counterexample == "" && (o.dnis+o.at != "" || len(o.modules) > 0):
		return fail(errors.New("--dnis, --at and --module are about a call, and there is none"), "name a caller with --ani")
	}
	return nil
}

// format is what is written: as -o says, else by the end of the file's name, else a picture, or
// on a terminal its outline.
func (o graphOptions) format() (string, error) {
	end := strings.ToLower(filepath.Ext(o.out))
	by, known := pictureEnds[end]
	switch {
	case o.out != "" && o.given && by != "" && by != o.settings.format:
		return "", fail(fmt.Errorf("--out %s and -o %s say two things", o.out, o.settings.format), "leave out -o, or name a file that ends otherwise")
	case o.given:
		return o.settings.format, nil
	case o.out != "" && !known:
		return "", fail(fmt.Errorf("--out %s: the end of the name does not say which format", o.out), "name a file that ends in .svg, .dot, .mmd, .json or .txt, or add -o")
	case o.out != "":
		return by, nil
	case o.IO.OutTerminal:
		return "text", nil
	}
	return formatSVG, nil
}

// bare draws without a call.
func (o graphOptions) bare(ctx context.Context) (*picture.Graph, error) {
	l, b, err := load(o.session, false)
	switch {
	case err != nil:
		return nil, err
	case o.rules:
		return picture.Rules(l.deployment), nil
	case o.flow != deployed:
		return picture.Flow(b.Flow.Tree), nil
	}
	f, err := o.deployedFlow(ctx, l, b)
	if err != nil {
		return nil, err
	}
	return picture.Flow(f), nil
}

// deployedFlow reads the flow of the org, and nothing else.
func (o graphOptions) deployedFlow(ctx context.Context, l *loaded, b *blueprint.Blueprint) (f *architect.File, err error) {
	target, err := openOrg(ctx, o.session, l, b, true)
	if err != nil {
		return nil, err
	}
	defer closing(target, &err)
	if err := target.visit(ctx, o.session, l.deployment, "graph --flow deployed", false); err != nil {
		return nil, err
	}
	flow, err := only(ctx, target.client, genesys.Flow, b.Flow.Name)
	if err != nil {
		return nil, err
	}
	f, _, err = exportedFlow(ctx, target, b, flow.ID)
	return f, err
}

// ofCalls draws the way of the callers of --ani, or what a suite reaches.
func (o graphOptions) ofCalls(ctx context.Context) (*picture.Graph, error) {
	l, b, err := load(o.session, false)
	if err != nil {
		return nil, err
	}
	s, err := newSimulation(ctx, o.session, l, b, o.simulateOptions)
	if err != nil {
		return nil, err
	}
	g := o.subject(s)
	if o.suite != "" {
		return o.ofSuite(ctx, s, b, g)
	}
	outcomes, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	s.say(o.session)
	if len(outcomes) == 1 {
		marked := o.marked(g, outcomes[0])
		tellOf(marked, s, outcomes[0])
		return marked, nil
	}
	cover := g.Cover()
	for _, x := range outcomes {
		cover.Count(o.marked(g, x))
	}
	g = cover.Reached()
	g.Title += fmt.Sprintf(": %d calls", len(outcomes))
	g.About += fmt.Sprintf(" Marked is how many of %d calls came where.", len(outcomes))
	return g, nil
}

// subject is what the calls are drawn in.
func (o graphOptions) subject(s *simulation) *picture.Graph {
	if o.rules {
		return picture.Rules(s.loaded.deployment)
	}
	return picture.Flow(s.flow)
}

func (o graphOptions) marked(g *picture.Graph, x *simulate.Outcome) *picture.Graph {
	if o.rules {
		return g.Decided(x)
	}
	return g.Call(x.Result.Path)
}

// say tells on standard error what is to be said of the files that calls met.
func (s *simulation) say(env session) {
	for _, f := range s.found.Sorted() {
		diag.Print(env.IO.Err, f, s.texts[f.Position.File]) //nolint:errcheck // a note nobody can read stops nothing
	}
}

// tellOf says in title and description which call is drawn.
func tellOf(g *picture.Graph, s *simulation, x *simulate.Outcome) {
	g.Title += ": call " + s.mask.Number(x.Call.ANI)
	g.About += fmt.Sprintf(" Marked is the way of a call from %s: it %s, after %s, and waited %s.",
		s.mask.Number(x.Call.ANI), words.Goes(string(x.Result.Ending), s.mask.Text(x.Result.Target)), words.Count(x.Result.Actions, "action", "actions"), words.Ms(x.Waited.Milliseconds()))
}

// ofSuite draws what the calls of a suite reach.
func (o graphOptions) ofSuite(ctx context.Context, s *simulation, b *blueprint.Blueprint, g *picture.Graph) (*picture.Graph, error) {
	list, closer, err := openSuite(o.session, o.suite)
	if err != nil {
		return nil, err
	}
	defer closer.Close() //nolint:errcheck // it was only read
	s.say(o.session)
	cover, n := g.Cover(), 0
	u := newSuite(o.session, s, b, list, nil)
	u.each = func(legs []*simulate.Outcome) {
		n++
		if o.rules {
			cover.Count(decisions(g, legs)...)
		} else {
			cover.Add(paths(legs)...)
		}
	}
	if err := u.run(ctx, list); err != nil {
		return nil, err
	}
	marked := cover.Graph()
	reached, all := cover.Reach()
	marked.Title += fmt.Sprintf(": what %s reaches", list.Name())
	marked.About += fmt.Sprintf(" Marked is how many of the %d calls of %s came where; they reach %d of %d boxes.", n, list.Name(), reached, all)
	return marked, nil
}

// paths are the ways of the legs of a call through the flow.
func paths(legs []*simulate.Outcome) [][]interp.Step {
	var out [][]interp.Step
	for _, o := range legs {
		out = append(out, o.Result.Path)
	}
	return out
}

// decisions are the ways of the legs of a call through the picture of the rules.
func decisions(rules *picture.Graph, legs []*simulate.Outcome) []*picture.Graph {
	var out []*picture.Graph
	for _, o := range legs {
		out = append(out, rules.Decided(o))
	}
	return out
}

// ofFile draws the flow of a file, with a call through it where there is one.
func (o graphOptions) ofFile(ctx context.Context) (*picture.Graph, error) {
	if o.counterexample != "" {
		return o.ofFlowProof(ctx)
	}
	if len(o.anis) == 0 && o.world == "" {
		f, _, err := o.readFlow(o.file)
		if err != nil {
			return nil, err
		}
		return picture.Flow(f), nil
	}
	run := flowRunOptions{session: o.session, file: o.file, world: o.world, modules: o.modules, dnis: o.dnis}
	if len(o.anis) > 0 {
		run.ani = o.anis[0]
	}
	if o.at != "" {
		at, err := readTime("--at", o.at)
		if err != nil {
			return nil, err
		}
		run.at = at
	}
	ran, err := run.through(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range ran.notes {
		diag.Fprintf(o.IO.Err, "note: %s\n", ran.mask.Text(n))
	}
	g := picture.Flow(ran.file).Call(ran.result.Path)
	g.Title += ": call " + ran.mask.Number(ran.call.ANI)
	g.About += fmt.Sprintf(" Marked is the way of a call from %s: it %s, after %s.",
		ran.mask.Number(ran.call.ANI), words.Goes(string(ran.result.Ending), ran.mask.Text(ran.result.Target)), words.Count(ran.result.Actions, "action", "actions"))
	return g, nil
}

// write writes a picture to standard output, or into the file of --out.
func (o graphOptions) write(g *picture.Graph, format string) error {
	data, err := drawn(g, format)
	if err != nil {
		return err
	}
	if o.out == "" {
		if _, err := o.IO.Out.Write(data); err != nil {
			return err
		}
		if format == "text" && !o.given {
			diag.Fprintf(o.IO.Err, "\nas a picture: the same with --out flow.svg\n")
		}
		return nil
	}
	if data, err = discreetText(o.session, data); err != nil {
		return err
	}
	if err := mayReplace(o.out, format); err != nil {
		return err
	}
	if err := writeFile(o.out, data, 0o644); err != nil {
		return fail(err, "name a file in a folder that can be written")
	}
	diag.Fprintf(o.IO.Err, "picture: %s (%s)\n", o.out, words.KB(len(data)))
	return nil
}

// drawn is a picture in a format.
func drawn(g *picture.Graph, format string) ([]byte, error) {
	switch format {
	case formatSVG:
		return picture.Lay(g).SVG(picture.SVGOptions{Standalone: true}), nil
	case formatDot:
		return picture.Dot(g), nil
	case formatMermaid:
		return picture.Mermaid(g), nil
	case "json":
		var b bytes.Buffer
		err := view.JSON(&b, g.Data())
		return b.Bytes(), err
	}
	var b bytes.Buffer
	for _, l := range picture.Outline(g) {
		if _, err := diag.Fprintf(&b, "%s\n", l); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// pictureMarks begin the files of pictures, by format: what is known by one may be replaced.
var pictureMarks = map[string]string{formatSVG: `class="picture"`, formatDot: "digraph", formatMermaid: "flowchart", "json": `"lanes"`}

// mayReplace refuses to write over something else than a picture.
func mayReplace(name, format string) error {
	return mayOverwrite(name, "--out", "picture", pictureMarks[format])
}
