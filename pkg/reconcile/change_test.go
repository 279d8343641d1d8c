package reconcile_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/genesys/genesystest"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// everyChange kills each change at each call, before and after the org acted. Without it each is
// killed once, at another call for each kind of change.
var everyChange = flag.Bool("every-change", false, "kill each kind of change at every call (minutes)")

// A change is one of a deployment that is live.
type change struct {
	before, after func(*testing.T, *world)
	seed          func(*genesystest.Seed)
	always        func(*reconcile.Config)  // flags of each run
	with          func(*reconcile.Config)  // flags of the run that makes the change
	hand          func(*testing.T, *world) // what a person does before it
	holds         func(*testing.T, *world) // what must be so at the end
	degrades      bool                     // some calls that begin during it are routed as if HubSpot had failed
	strands       bool                     // the platform leaves a number on no route meanwhile
}

// text makes another deployment file of the example, by pairs of what goes and what comes.
func text(pairs ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if len(pairs) == 0 {
			w.deployment, w.blueprint = basicBlueprint()
			return
		}
		w.deployment, w.blueprint = rendered(t, basic, strings.NewReplacer(pairs...).Replace)
	}
}

var basicCRM = sync.OnceValue(func() hubspot.CRM {
	f, found := simulate.DecodeFixtures("crm.yaml", must(os.ReadFile("../../examples/basic/crm.yaml")))
	if err := found.Err(); err != nil {
		panic(err)
	}
	return withProperty(f.CRM)
})

// withProperty gives an account a property by which contacts are read, with the numbers that they have.
func withProperty(crm hubspot.CRM) hubspot.CRM {
	crm.Properties = map[string][]hubspot.Definition{"contacts": {{Name: "phone_e164", Unique: true}}}
	seen := map[string]bool{}
	for _, c := range crm.Contacts {
		if n, ok := c.Properties.Get(hubspot.PropPhone); ok && strings.HasPrefix(n, "+") && !seen[n] {
			c.Properties["phone_e164"], seen[n] = &n, true
		}
	}
	return crm
}

// byKey reads contacts instead of searching them.
var byKey = []string{"homeCountries: [US, CA]", "strategy: unique-phone\n    property: phone_e164\n    homeCountries: [US, CA]"}

// callers are one for each outcome of a lookup and more; the last one meets a HubSpot that
// answers nothing.
var callers = []string{"+15135550142", "+15135550144", "+15135550145", "+15135550146", "+15135550153", "+15135550190", "anonymous", "down"}

// traffic sends callers to an org after each of its calls.
type traffic struct {
	t       *testing.T
	w       *world
	numbers []string // that must answer

	flow     string                                  // id and version of the published flow that callers reach
	versions []*deployed                             // that calls may be in: the one before, and the present one
	programs map[string]*simulate.Program            // compiled ones
	answers  map[string]map[string]*simulate.Outcome // what became of the callers, where nothing that they meet has changed

	tried, degraded, stranded int
	old                       int // calls that began before the flow changed, and went on after
	degradedAt                map[string]int
}

// deployed is a published version of a flow with what the platform made of its names.
type deployed struct {
	file    *architect.File
	text    string
	actions map[string]string // id by category/name
	tables  map[string]string // id by name
	taken   map[string]*dataaction.Definition
}

// live lists the living entities of a collection.
func live(st *genesystest.State, collection string) map[string]map[string]any {
	out := map[string]map[string]any{}
	for id, e := range st.Entities[collection] {
		if !e.Deleted {
			out[id] = e.Body
		}
	}
	return out
}

func (x *traffic) definition(st *genesystest.State, id string) *dataaction.Definition {
	e := st.Entities["actions"][id]
	if e == nil || e.Body["config"] == nil {
		return nil
	}
	in := st.Entities["integrations"][e.Body["integrationId"].(string)]
	if in == nil || in.Body["reportedState"].(map[string]any)["code"] != "ACTIVE" {
		return nil
	}
	body := maps.Clone(e.Body)
	body["integrationType"], body["actionType"] = in.Body["integrationType"].(map[string]any)["id"], dataaction.Custom
	d, fs := dataaction.ParseExport("deployed", must(json.Marshal(body)))
	if err := fs.Err(); err != nil {
		x.t.Errorf("action %v: %v", e.Body["name"], err)
		return nil
	}
	return d
}

// publish notes of a version what its names mean at that moment.
func (x *traffic) publish(st *genesystest.State, yaml string) *deployed {
	file, fs := architect.Parse("deployed.yaml", []byte(yaml))
	if err := fs.Err(); err != nil {
		x.t.Fatal(err)
	}
	v := &deployed{file: file, text: yaml, actions: map[string]string{}, tables: map[string]string{}, taken: map[string]*dataaction.Definition{}}
	for id, a := range live(st, "actions") {
		if name, ok := a["name"].(string); ok {
			key := strings.ToLower(fmt.Sprint(a["category"])) + "/" + name
			if d := x.definition(st, id); d != nil && strings.Contains(yaml, name) {
				if was := v.actions[key]; was != "" {
					x.t.Errorf("the flow was published while there are two actions %q", key)
				}
				v.actions[key], v.taken[id] = id, d
			}
		}
	}
	for id, table := range live(st, "tables") {
		v.tables[table["name"].(string)] = id
	}
	return v
}

// nowhere is an address at which nobody answers: what was deleted, and HubSpot when it is down.
const nowhere = "https://gone.invalid"

type sender struct {
	crm  dataaction.Sender
	down bool
}

func (s sender) Send(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
	if s.down || strings.HasPrefix(r.URL, nowhere) {
		return dataaction.Response{}, errors.New("nobody answers")
	}
	return s.crm.Send(ctx, r)
}

// run sends all callers through a version, on what the org has now.
func (x *traffic) run(st *genesystest.State, v *deployed, when string) (degraded int) {
	t := x.t
	a := simulate.Artifacts{Flow: v.file}
	state := simulate.Org{TableFails: true}
	for name, id := range v.tables {
		switch {
		case strings.HasSuffix(name, "-owners"):
			a.Owners = name
		case strings.HasSuffix(name, "-control") && strings.Contains(v.text, name):
			a.Table, a.TableID = name, id
			if st.Entities["tables"][id] == nil {
				continue
			}
			state.TableFails = false
			for key, e := range st.Entities["rows"] {
				if strings.HasPrefix(key, id+"/") {
					state.Put(e.Body["key"].(string), e.Body)
				}
			}
		}
	}
	queues := map[string]bool{}
	for _, q := range live(st, "queues") {
		queues[q["name"].(string)] = true
	}
	var is []string
	for _, key := range slices.Sorted(maps.Keys(v.actions)) {
		id := v.actions[key]
		d := x.definition(st, id)
		if d == nil {
			dead := *v.taken[id]
			dead.Request.URLTemplate = nowhere
			d = &dead
		}
		category, _, _ := strings.Cut(key, "/")
		act := simulate.Action{Category: category, Definition: d, HubSpot: d.IntegrationType == dataaction.WebServices}
		if act.HubSpot {
			act.Credentials = map[string]secret.Value{"token": x.token(st, id)}
		}
		a.Actions = append(a.Actions, act)
		is = append(is, fmt.Sprint(key, d.Request, d.TimeoutSeconds, act.Credentials["token"].Reveal()))
	}
	key := v.text + strings.Join(is, "\n") + a.TableID
	p := x.programs[key]
	if p == nil {
		var err error
		if p, err = simulate.Prepare(a, simulate.Readings{}); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		x.programs[key] = p
	}
	key += fmt.Sprint(state.Rows["switch"], state.Rows["breaker"], state.TableFails)
	answers := x.answers[key]
	if answers == nil {
		answers = map[string]*simulate.Outcome{}
		x.answers[key] = answers
	}
	for _, who := range callers {
		out := answers[who]
		if out == nil {
			crm := hubspottest.New(basicCRM(), hubspottest.Virtual(), hubspottest.Token(genesystest.HashSecret("sandbox", hubspottest.DefaultToken)), hubspottest.WithLimits(hubspottest.Limits{}))
			org := state
			org.Rows = maps.Clone(state.Rows)
			call := simulate.Run{Program: p, Org: &org, Sender: sender{transport.Handler(crm), who == "down"}}
			ani := who
			if who == "down" {
				ani = callers[0]
			}
			var err error
			if out, err = call.Do(t.Context(), simulate.Call{ANI: ani, DNIS: "+15135550100", At: time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)}); err != nil {
				t.Errorf("%s: caller %s: %v", when, who, err)
				continue
			}
			answers[who] = out
		}
		x.tried++
		if out.Result.Ending != interp.EndQueue || !queues[out.Result.Queue] {
			t.Errorf("%s: caller %s ends in %s %q", when, who, out.Result.Ending, cmp.Or(out.Result.Queue, out.Result.Target))
		}
		if out.Outcome == "lookup_failed" && who != "down" {
			degraded++
		}
	}
	return degraded
}

// token is the key that an action's credential holds, as the emulators know it, or none.
func (x *traffic) token(st *genesystest.State, action string) secret.Value {
	a := st.Entities["actions"][action]
	if a == nil {
		return secret.New("none")
	}
	in := st.Entities["integrations"][a.Body["integrationId"].(string)]
	for _, ref := range in.Body["config"].(map[string]any)["current"].(map[string]any)["credentials"].(map[string]any) {
		c := st.Entities["credentials"][ref.(map[string]any)["id"].(string)]
		if c != nil && c.Hidden["token"] != "" {
			return secret.New(c.Hidden["token"])
		}
	}
	return secret.New("none")
}

// after looks at the org after one of its calls, and has people call.
func (x *traffic) after(call string) {
	st := x.w.server.State()
	flows := live(st, "flows")
	var reached []string // id and version of each flow that a number leads to
	for _, number := range x.numbers {
		at := ""
		for _, r := range live(st, "routes") {
			if dnis, _ := r["dnis"].([]any); slices.Contains(dnis, any(number)) {
				at, _ = r["openHoursFlow"].(map[string]any)["id"].(string)
			}
		}
		switch f := flows[at]; {
		case at == "":
			x.stranded++
		case f == nil || f["publishedVersion"] == nil:
			x.t.Errorf("after %s: number %s leads to no published flow", call, number)
		default:
			reached = append(reached, at+" "+f["publishedVersion"].(map[string]any)["id"].(string))
		}
	}
	slices.Sort(reached)
	reached = slices.Compact(reached)
	if len(reached) > 1 {
		x.t.Fatalf("after %s: numbers lead to several flows", call)
	}
	if len(reached) == 0 {
		return
	}
	if x.flow != reached[0] {
		id, _, _ := strings.Cut(reached[0], " ")
		x.flow = reached[0]
		x.versions = append(x.versions, x.publish(st, st.Entities["flows"][id].Hidden["yaml"]))
		x.versions = x.versions[max(0, len(x.versions)-2):]
	}
	for i, v := range x.versions {
		n := x.run(st, v, "after "+call)
		switch {
		case i == len(x.versions)-1:
			x.degraded += n
			if n > 0 {
				x.degradedAt[call]++
			}
		default:
			x.old += len(callers)
		}
	}
}

// watch has people call after each call of the next run.
func watch(t *testing.T, w *world) *traffic {
	t.Helper()
	x := &traffic{t: t, w: w, programs: map[string]*simulate.Program{}, answers: map[string]map[string]*simulate.Outcome{}, degradedAt: map[string]int{}}
	last := 0
	w.gate.after = func(r *http.Request) {
		writes := 0
		for _, c := range w.server.Calls() {
			if c.Write {
				writes++
			}
		}
		if writes != last || strings.HasPrefix(r.URL.Path, "/api/v2/flows/jobs") {
			last = writes
			x.after(r.Method + " " + r.URL.Path)
		}
	}
	return x
}

// live numbers of both files.
func shared(before, after *world) []string {
	var out []string
	for _, n := range after.deployment.Calls.Numbers {
		if slices.Contains(before.deployment.Calls.Numbers, n) {
			out = append(out, n)
		}
	}
	return out
}

// try makes the change once undisturbed, with callers at each step, and then killed.
func (c change) try(t *testing.T, nth int) {
	w := newWorldSeeded(t, func(s *genesystest.Seed) {
		s.Numbers = append(s.Numbers, "+15135550101", "+15135550102")
		if c.seed != nil {
			c.seed(s)
		}
	})
	if c.before != nil {
		c.before(t, w)
	}
	apply(t, w.read(t, c.always))
	if got := changes(w.read(t, c.always).Plan()); got != "" {
		t.Fatalf("it is not live:\n%s", got)
	}
	flags := c.with
	c.with = func(cfg *reconcile.Config) {
		for _, set := range []func(*reconcile.Config){c.always, flags} {
			if set != nil {
				set(cfg)
			}
		}
	}
	x := watch(t, w)
	defer func() { w.gate.after = nil }()
	if c.hand != nil {
		x.numbers = w.deployment.Calls.Numbers
		x.after("setup")
		c.hand(t, w)
	}
	was := *w.deployment
	start := w.server.State()
	if c.after != nil {
		c.after(t, w)
	}
	planned := w.read(t, c.with).Plan()
	if changes(planned) == "" {
		t.Fatal("nothing changes")
	}
	t.Logf("plan:\n%s", changes(planned))
	w.arm(t, -1, fault{}, nil)
	x.numbers = shared(&world{deployment: &was}, w)
	err := w.run(t.Context(), c.with)
	w.gate.after = nil
	if err != nil {
		t.Fatal(err)
	}
	calls := w.gate.calls()
	if c.holds != nil {
		c.holds(t, w)
	}
	want := settled(t, w)
	w.arm(t, 0, fault{}, nil)
	if got := pending(w.read(t, c.with).Plan()); got != "" {
		t.Errorf("a further plan is not empty:\n%s", got)
	}
	w.server.ForgetCalls()
	if err := w.run(t.Context(), c.with); err != nil || len(w.writes()) > 0 {
		t.Errorf("a second setup: %v, %v", err, w.writes())
	}
	if x.degraded > 0 && !c.degrades {
		t.Errorf("calls that begin during the change are not looked up: %v", x.degradedAt)
	}
	if x.stranded > 0 && !c.strands {
		t.Errorf("numbers on no route, after %d calls", x.stranded)
	}
	kills := 0
	for n := 1; n <= calls; n++ {
		for i, f := range []fault{{name: "killed", kill: true, after: true}, {name: "killed before", kill: true}} {
			// Most of the first third of the calls only reads.
			if !*everyChange && (n != calls/4+nth*11%(calls*2/3) || (nth+i)%2 == 0) {
				continue
			}
			kills++
			k := newWorldOf(t, start)
			k.deployment, k.blueprint = w.deployment, w.blueprint
			ctx, kill := context.WithCancel(t.Context())
			k.arm(t, n, f, kill)
			before := k.run(ctx, c.with)
			kill()
			k.arm(t, 0, fault{}, nil)
			if err := k.run(t.Context(), c.with); err != nil {
				t.Errorf("%s at call %d of %d: the run after it: %v (before: %v)", f.name, n, calls, err, before)
				continue
			}
			if got := settled(t, k); got != want {
				t.Errorf("%s at call %d of %d: another end:\n%s", f.name, n, calls, udiff.Unified("undisturbed", "killed", want, got))
			}
			if got := pending(k.read(t, c.with).Plan()); got != "" {
				t.Errorf("%s at call %d of %d: a further plan is not empty:\n%s", f.name, n, calls, got)
			}
		}
	}
	t.Logf("%d calls; %d callers during it and %d in calls that had begun before, all in a queue; %d not looked up; killed %d times", calls, x.tried-x.old, x.old, x.degraded, kills)
}

// table makes the example with another control table, by pairs of what goes of its template and what
// comes.
func table(pairs ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		const file = "tables/control.yaml.tmpl"
		own := fstest.MapFS{}
		err := fs.WalkDir(templates.FS, ".", func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				own[path] = &fstest.MapFile{Data: must(fs.ReadFile(templates.FS, path))}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now := strings.NewReplacer(pairs...).Replace(string(own[file].Data))
		if now == string(own[file].Data) {
			t.Fatal("the template is as it was")
		}
		own[file].Data = []byte(now)
		w.deployment, _ = basicBlueprint()
		var found diag.Findings
		if w.blueprint, found = blueprint.Render(w.deployment, own); found.Err() != nil {
			t.Fatal(found.Err())
		}
	}
}

// off is somebody who switches enrichment off, says why, and keeps a row of their own.
func off(t *testing.T, w *world) {
	t.Helper()
	w.setRow(t, "switch", "enabled", false)
	w.setRow(t, "switch", "reason", "HubSpot moves house")
	if err := w.client.AddRow(t.Context(), w.table(t), map[string]any{"key": "theirs", "reason": "of another flow"}); err != nil {
		t.Fatal(err)
	}
}

// isOff is what must become of that.
func isOff(t *testing.T, w *world) {
	t.Helper()
	if on := w.row(t, "switch")["enabled"]; on != false {
		t.Errorf("the switch is %v", on)
	}
	if why := w.row(t, "theirs")["reason"]; why != "of another flow" {
		t.Errorf("a row of others says %v", why)
	}
}

const noteColumn = "  note: {type: string, title: more, default: \"\"}\n"

// anotherIntegration is a file whose data actions belong to an integration of another name: an
// enabled one keeps its type of credential, so another type needs that. Contracts and so the
// names of the actions stay.
func anotherIntegration(t *testing.T, w *world) {
	t.Helper()
	text()(t, w)
	b := *w.blueprint
	b.Entities = nil
	now := strings.NewReplacer(
		`acme-inbound HubSpot key`, `acme-inbound HubSpot key`, `acme-inbound%20HubSpot%20key`, `acme-inbound%20HubSpot%20key`,
		`acme-inbound HubSpot`, `acme-inbound HubSpot OAuth`, `acme-inbound%20HubSpot`, `acme-inbound%20HubSpot%20OAuth`,
	).Replace
	flow := slices.IndexFunc(w.blueprint.Entities, func(e genesys.Entity) bool { return e.Key.Kind == genesys.Flow })
	mark, _ := genesys.FindMark(w.blueprint.Entities[flow].Text)
	for _, e := range w.blueprint.Entities {
		e.Key.Name, e.Text = now(e.Key.Name), now(e.Text)
		e.Needs = slices.Clone(e.Needs)
		for i := range e.Needs {
			e.Needs[i].Name = now(e.Needs[i].Name)
		}
		var content map[string]any
		if err := json.Unmarshal([]byte(now(string(must(json.Marshal(e.Content))))), &content); err != nil {
			t.Fatal(err)
		}
		if e.Content = content; e.Key.Kind == genesys.Flow {
			other := strings.Repeat("0", len(mark.Hash))
			e.Text = strings.ReplaceAll(e.Text, mark.Hash, other)
			e.Content["description"] = strings.ReplaceAll(fmt.Sprint(e.Content["description"]), mark.Hash, other)
		}
		b.Entities = append(b.Entities, e)
	}
	b.Entities = genesys.NewSet(b.Entities...)
	w.blueprint = &b
}

func renamedFrom(c *reconcile.Config) { c.Former = "acme-inbound" }

func berlin(s *genesystest.Seed) { s.Divisions = []string{"Berlin"} }

func unstaffed(c *reconcile.Config) { c.AllowUnstaffed = true }

// deleted is a person who deletes something of ours.
func deleted(k genesys.Kind, name string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		all, err := w.client.Find(t.Context(), k, name)
		if err != nil || len(all) != 1 {
			t.Fatal(len(all), err)
		}
		if err := w.client.Delete(t.Context(), k, all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
}

// pending lists what a plan would do, without what it leaves alone.
func pending(p plan.Plan) string {
	return changes(plan.Plan{Changes: slices.DeleteFunc(slices.Clone(p.Changes), func(c plan.Change) bool { return c.Action == plan.Leave })})
}

// settled is what an org holds, but for the row that test runs write.
func settled(t *testing.T, w *world) string {
	t.Helper()
	written := regexp.MustCompile(`"written":"[^"]*"`) // tells what is edited, and is behind when a run ended
	return strings.Join(slices.DeleteFunc(strings.Split(written.ReplaceAllString(dump(t, w.server.State()), ""), "\n"), func(l string) bool {
		return strings.HasPrefix(l, `["rows"`) && strings.Contains(l, `"key":"scratch"`)
	}), "\n")
}

var kindsOfChange = map[string]change{
	"a text of the flow":     {after: text("Thank you for calling Acme.", "Welcome to Acme.")},
	"a rule more":            {before: text("    - name: whales\n      when: {minValue: 250000}\n      to: {queue: Sales, skills: [Senior_Account_Managers], priority: 15}\n", ""), after: text()},
	"a rule less":            {after: text("    - name: whales\n      when: {minValue: 250000}\n      to: {queue: Sales, skills: [Senior_Account_Managers], priority: 15}\n", "")},
	"the budget":             {after: text("budget: 3s", "budget: 4s")},
	"a fact more":            {after: text("    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n")},
	"a fact less":            {before: text("    score: {contact: engagement_score, type: number}\n", "    score: {contact: engagement_score, type: number}\n    region: {contact: sales_region}\n"), after: text()},
	"the breaker off":        {after: text("breaker: {afterTimeout: 15s, afterFailure: 2s}", "breaker: none")},
	"the breaker on":         {before: text("breaker: {afterTimeout: 15s, afterFailure: 2s}", "breaker: none"), after: text()},
	"a supplied client":      {after: text("runtimeClient: true", "runtimeClient: false")},
	"a client of setup":      {before: text("runtimeClient: true", "runtimeClient: false"), after: text()},
	"the script off":         {after: text("screenPop: managed", "screenPop: none")},
	"the script on":          {before: text("screenPop: managed", "screenPop: none"), after: text()},
	"the script":             {after: text("tier: {contact: customer_tier}", "level: {contact: customer_tier}", "facts: {tier: ", "facts: {level: ")},
	"many numbers to one":    {before: text(`["+15135550100"]`, `["+15135550100", "+15135550101", "+15135550102"]`), after: text()},
	"one number to many":     {after: text(`["+15135550100"]`, `["+15135550100", "+15135550101", "+15135550102"]`)},
	"another number":         {after: text(`["+15135550100"]`, `["+15135550101"]`)},
	"no number":              {after: text(`["+15135550100"]`, `[]`)},
	"another API of HubSpot": {after: text(`portal: "24681357"`, "portal: \"24681357\"\n  apiVersion: v3")},
	"another division":       {seed: berlin, after: text("division: Home", "division: Berlin")},
	"another division, with queues of setup": {
		seed: berlin, always: unstaffed, before: text("to: {queue: Customer Care, priority: 3}", "to: {queue: Care Plus, priority: 3}"),
		after: text("to: {queue: Customer Care, priority: 3}", "to: {queue: Care Plus, priority: 3}", "division: Home", "division: Berlin"),
	},
	"the home division": {seed: berlin, before: text("division: Home", "division: Berlin"), after: text()},
	"a column more":     {after: table("rows:\n", noteColumn+"rows:\n"), hand: off, holds: isOff, degrades: true},
	"a column less":     {before: table("rows:\n", noteColumn+"rows:\n"), after: text(), hand: off, holds: isOff, degrades: true},
	"a column of another type": {
		before: table("rows:\n", "  weight: {type: string, title: more, default: \"1\"}\nrows:\n"), after: table("rows:\n", "  weight: {type: integer, title: more, default: 1}\nrows:\n"),
		hand: func(t *testing.T, w *world) { t.Helper(); off(t, w); w.setRow(t, "theirs", "weight", "7") },
		holds: func(t *testing.T, w *world) {
			t.Helper()
			isOff(t, w)
			if n := w.row(t, "theirs")["weight"]; n != 7.0 {
				t.Errorf("the weight is %v", n)
			}
		},
		degrades: true,
	},
	"another name": {
		after: text("name: acme-inbound", "name: acme-calls"), with: renamedFrom, hand: off, degrades: true,
		holds: func(t *testing.T, w *world) {
			t.Helper()
			for c, n := range map[string]int{"flows": 1, "routes": 1, "tables": 2, "integrations": 2, "clients": 2, "roles": 2, "scripts": 1} {
				if all := live(w.server.State(), c); len(all) != n {
					t.Errorf("%d %s: %v", len(all), c, all)
				}
			}
			if row := w.rowOf(t, "acme-calls-control", "switch"); row["enabled"] != false || row["reason"] != "HubSpot moves house" {
				t.Errorf("the switch says %v", row)
			}
			if row := w.rowOf(t, "acme-inbound-control", "theirs"); row == nil {
				t.Error("a row of others went with the former table")
			}
		},
	},
	"another name, which is set up already": {
		after: text("name: acme-inbound", "name: acme-calls"), with: renamedFrom,
		hand: func(t *testing.T, w *world) {
			t.Helper()
			d, b := w.deployment, w.blueprint
			text("name: acme-inbound", "name: acme-calls")(t, w)
			apply(t, w.read(t, nil))
			w.deployment, w.blueprint = d, b
		},
	},
	"another integration":        {after: anotherIntegration},
	"the table deleted by hand":  {hand: deleted(genesys.DataTable, "acme-inbound-control"), degrades: true},
	"an action deleted by hand":  {hand: deleted(genesys.DataAction, "acme-inbound find contact*"), degrades: true},
	"the script deleted by hand": {hand: deleted(genesys.Script, "acme-inbound deal*")},
	"a read for the search":      {after: text(byKey...)},
	"a search for the read":      {before: text(byKey...), after: text()},
	"one lookup for the rest":    {after: text("homeCountries: [US, CA]", "homeCountries: [US, CA]\n    company: numbers")},
}

// Each kind of change to a deployment that is live: callers are served at each step, it reaches the
// same end when it is killed and run again, and then nothing is left to do.
func TestChanges(t *testing.T) {
	for i, name := range slices.Sorted(maps.Keys(kindsOfChange)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kindsOfChange[name].try(t, i)
		})
	}
}
