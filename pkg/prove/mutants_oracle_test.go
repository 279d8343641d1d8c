package prove_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/internal/transport"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

// The oracle knows nothing of the proof: it sends a broad, fixed sample of calls through two
// sets of artifacts and says where a caller gets something else.

// A subject is a deployment with what was rendered of it.
type subject struct {
	name, text string
	d          *deployment.Deployment
	b          *blueprint.Blueprint
	fixtures   *simulate.Fixtures // nil without
}

func subjectOf(t testing.TB, name string) *subject {
	t.Helper()
	dir := filepath.Join("..", "..", "examples", name)
	data, err := os.ReadFile(filepath.Join(dir, "dealroute.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s := renderedFrom(t, name, string(data))
	if data, err = os.ReadFile(filepath.Join(dir, "crm.yaml")); err != nil {
		t.Fatal(err)
	}
	f, found := simulate.DecodeFixtures("crm.yaml", data)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	s.fixtures = f
	return s
}

func renderedFrom(t testing.TB, name, text string) *subject {
	t.Helper()
	d, found := deployment.Parse("dealroute.yaml", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	b, found := blueprint.Render(d, templates.FS)
	if err := found.Err(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	return &subject{name: name, text: text, d: d, b: b}
}

// input is what the proof is given of the subject, with other artifacts.
func (s *subject) input(b *blueprint.Blueprint) prove.Input {
	return prove.Input{
		Deployment: s.d, Blueprint: b, Mode: prove.Full, Now: midday, Key: secret.New(hubspottest.DefaultToken), Open: hubspottest.Readings(),
		HubSpot: func(a prove.Account) dataaction.Sender { return s.account(a.CRM, a.Clock, a.Otherwise...) },
	}
}

// account is an emulator in virtual time that knows the properties of the facts.
func (s *subject) account(crm hubspot.CRM, now func() time.Time, otherwise ...string) dataaction.Sender {
	var contacts, deals []hubspottest.Property
	for _, f := range s.d.HubSpot.Facts {
		switch {
		case f.Contact != "" && !strings.HasPrefix(f.Contact, "hs_"):
			contacts = append(contacts, hubspottest.Property{Name: f.Contact, Type: "string"})
		case f.Deal != "" && !strings.HasPrefix(f.Deal, "hs_"):
			deals = append(deals, hubspottest.Property{Name: f.Deal, Type: "string"})
		}
	}
	return transport.Handler(hubspottest.New(crm, hubspottest.Clock(now), hubspottest.Virtual(), hubspottest.WithLimits(hubspottest.Limits{}),
		hubspottest.Define("contacts", contacts...), hubspottest.Define("deals", deals...),
		hubspottest.Assume(func(a *hubspottest.Assumptions) { flip(a, otherwise) })))
}

// flip takes the other reading of what documents leave open.
func flip(a *hubspottest.Assumptions, names []string) {
	for _, n := range names {
		of := map[string]*bool{
			"PhoneNormalised": &a.PhoneNormalised, "EmptySortsFirst": &a.EmptySortsFirst, "NoDealsIsZero": &a.NoDealsIsZero, "PlainProbability": &a.PlainProbability,
			"NegativesMatchEmpty": &a.NegativesMatchEmpty, "CountryDigitsSearched": &a.CountryDigitsSearched, "CaseSensitiveInStrings": &a.CaseSensitiveInStrings, "AssociationIn": &a.AssociationIn, "MissingWith200": &a.MissingWith200,
		}[n]
		*of = !*of
	}
}

// programs are the artifacts, ready to run: under the strict readings, and the lax ones.
func programs(b *blueprint.Blueprint) (out [2]*simulate.Program, err error) {
	a, err := simulate.Rendered(b, secret.New(hubspottest.DefaultToken))
	if err != nil {
		return out, err
	}
	for i, r := range []simulate.Readings{
		{Interp: interp.Options{Rounds: 99}},
		{
			Interp: interp.Options{Rounds: 99, NotSetQueue: interp.NotSetFailure, NotSetSkill: interp.NotSetAbsent, NotSetParticipantData: interp.NotSetEmpty, NotSetScreenPop: interp.NotSetAbsent, ShortCircuit: true},
			DataAction: dataaction.Options{DropNullOutputs: true, LiteralReference: true, QuoteBadDefaults: true, DefaultOnFault: true, ExactNames: true,
				WholeNumbersOnly: true, InputInSuccess: true, ShiftGaps: true},
		},
	} {
		if out[i], err = simulate.Prepare(a, r); err != nil {
			return out, err
		}
	}
	return out, nil
}

// A situation is one call of the sample with what stands around it.
type situation struct {
	name         string
	ani, dnis    string
	at           time.Time
	crm          hubspot.CRM
	otherwise    []string
	slow         string // this data action answers at the last moment
	faults       []transport.Fault
	conversation map[string]string
	lax          bool // the program of the lax readings
	again        bool // the caller calls once more, with what the first call left
	org          func(*simulate.Org)
	script       *world.File // answers instead of org and HubSpot; nil for most

	sender dataaction.Sender // made once, for all programs
	now    *time.Time
}

// A sample is the calls with what callers get of the original.
type sample struct {
	s          *subject
	situations []*situation
	want       [][]got
}

// got is what a caller gets, and what the call leaves for the next one.
type got struct {
	text     string // all but the waits and how many requests they are for
	waits    string
	hubspot  time.Duration
	requests int
	ending   interp.Ending
	rule     string
	failed   bool // error handling took over
	data     map[string]string
	err      string // the run itself could not go on
}

func (s *subject) sample(t testing.TB) *sample {
	t.Helper()
	out := &sample{s: s, situations: s.situations(t)}
	p, err := programs(s.b)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range out.situations {
		out.want = append(out.want, s.run(p, x))
	}
	return out
}

// run sends the call, and the one after it.
func (s *subject) run(p [2]*simulate.Program, x *situation) []got {
	org := &simulate.Org{Rows: s.b.Rows()}
	if x.org != nil {
		x.org(org)
	}
	if x.sender == nil && x.script == nil {
		x.now = new(time.Time)
		x.sender = s.account(x.crm, func() time.Time { return *x.now }, x.otherwise...)
		if to := x.sender; x.slow != "" {
			x.sender = transport.SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
				a, err := to.Send(ctx, r)
				if (transport.Fault{Action: x.slow}).Matches(r.Action) {
					a.Latency = max(a.Latency, s.last(x.slow))
				}
				return a, err
			})
		}
	}
	r := &simulate.Run{Program: p[0], Org: org, Trace: interp.TraceFull}
	if x.lax {
		r.Program = p[1]
	}
	if x.script != nil {
		r.Script = world.New(x.script)
	} else {
		r.Sender, r.Clock = transport.Inject(x.sender, x.faults...), func(t time.Time) { *x.now = t }
	}
	one := func(c simulate.Call) got {
		o, err := r.Do(context.Background(), c)
		if err != nil {
			return got{err: err.Error(), text: "error, requests"}
		}
		return gotOf(o, org)
	}
	call := simulate.Call{ANI: x.ani, DNIS: x.dnis, At: x.at, Conversation: x.conversation}
	out := []got{one(call)}
	if x.again {
		r.Sender = x.sender
		call.At, call.Conversation = x.at.Add(1500*time.Millisecond), nil
		out = append(out, one(call))
		call.Conversation = maps.Clone(out[0].data)
		out = append(out, one(call))
	}
	return out
}

// last is the last moment in which a search may be answered, as enrichment.budget is split.
func (s *subject) last(action string) time.Duration {
	rest := s.d.Enrichment.Budget - time.Second
	switch {
	case action != "find contact":
		rest = time.Second
	case s.d.HubSpot.Lookup.Company == routing.CompanyNumbers:
		rest -= time.Second
	}
	return rest - 10*time.Millisecond
}

func gotOf(o *simulate.Outcome, org *simulate.Org) got {
	r := o.Result
	g := got{ending: r.Ending, rule: o.Rule, requests: o.Requests, hubspot: o.HubSpot, failed: r.Handled || len(r.Problems) > 0, data: r.ParticipantData}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q skills %q priority %d", r.Ending, r.Target, r.Skills, r.Priority)
	for _, p := range r.Preferred {
		fmt.Fprintf(&b, " first %s %s", p.User, p.Score)
	}
	fmt.Fprintf(&b, "\ndata")
	for _, k := range slices.Sorted(maps.Keys(r.ParticipantData)) {
		v := r.ParticipantData[k]
		if v == "" && k == "dealroute_note" { // nothing is written
			continue
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil && strings.HasSuffix(k, "_until") { // from the end of the waits
			v = t.Sub(o.Call.At.Add(r.Elapsed).Truncate(time.Second)).String()
		}
		fmt.Fprintf(&b, " %s=%q", k, v)
	}
	if p := r.ScreenPop; p != nil {
		fmt.Fprintf(&b, "\npop %s", p.Script)
		inputs := slices.Clone(p.Inputs)
		slices.SortFunc(inputs, func(a, b interp.Named) int { return strings.Compare(a.Name, b.Name) })
		for _, in := range inputs {
			fmt.Fprintf(&b, " %s=%q", in.Name, in.Value.String())
		}
	}
	for _, s := range r.Path {
		if s.Type == "playAudio" {
			for _, in := range s.Inputs {
				fmt.Fprintf(&b, "\nhears %s", in.Value)
			}
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\nproblem: %s", p.Message)
	}
	until, _ := org.Rows["breaker"]["openUntil"].(string)
	if o.Breaker == 0 {
		until = "" // as it was
	} else if t, err := time.Parse(time.RFC3339, until); err == nil { // likewise; a write takes some of a second itself
		until = t.Sub(o.Call.At.Add(r.Elapsed - o.Breaker).Truncate(time.Second)).String()
	}
	fmt.Fprintf(&b, "\nrequests %v, paused %q", o.Requests > 0, until)
	g.text, g.waits = b.String(), fmt.Sprint(o.HubSpot, o.Breaker, o.Requests)
	return g
}

// A difference is how a caller of the sample fares otherwise.
type difference struct {
	situation string
	was, is   string
}

// compare sends the sample through other artifacts. broken are the properties that the calls
// themselves show to be broken; waits tells that some wait within the budget differs.
func (m *sample) compare(p [2]*simulate.Program) (first *difference, broken map[string]bool, waits bool) {
	broken = map[string]bool{}
	rules, differ := map[string]bool{}, 0
	for i, x := range m.situations {
		if differ > enough {
			return first, broken, waits
		}
		is := m.s.run(p, x)
		for j, g := range is {
			rules[g.rule] = true
			w := m.want[i][j]
			waits = waits || g.waits != w.waits
			if most := map[string]int{routing.CompanyNumbers: 3}[m.s.d.HubSpot.Lookup.Company]; g.requests > max(most, 2) {
				g.text += fmt.Sprintf("\n%d requests", g.requests)
			}
			if g.hubspot > m.s.d.Enrichment.Budget {
				broken[prove.Wait] = true
				g.text += fmt.Sprintf("\nwaits %s", g.hubspot)
			}
			if g.text == w.text {
				continue
			}
			if x.slow != "" && g.hubspot <= m.s.d.Enrichment.Budget { // how long a search may take within the budget is nobody's promise
				waits = true
				continue
			}
			if first == nil {
				first = &difference{x.name, w.text, g.text + g.err}
			}
			differ++
			m.judge(broken, g, w)
		}
	}
	for i := range m.want {
		for _, w := range m.want[i] {
			if !rules[w.rule] {
				broken[prove.Rules] = true
			}
		}
	}
	return first, broken, waits
}

// enough calls that differ say which properties are broken.
const enough = 15

// heard are the lines with what the caller hears.
func heard(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return !strings.HasPrefix(l, "hears ") }), "\n")
}

// judge says which properties a call breaks.
func (m *sample) judge(broken map[string]bool, g, w got) {
	if g.failed || g.err != "" {
		broken[prove.Expressions] = true
	}
	if g.ending != w.ending || w.ending == interp.EndDisconnect || heard(g.text) != heard(w.text) {
		broken[prove.Ending] = true
	}
	if g.requests != w.requests || g.text[strings.LastIndex(g.text, "requests"):] != w.text[strings.LastIndex(w.text, "requests"):] {
		broken[prove.Requests] = true // of this call, or of the next one
	}
	for k, v := range g.data {
		if v != w.data[k] {
			broken[prove.Privacy] = true
		}
	}
	broken[prove.Policy] = true
}

var midday = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// A draw makes the sample. It is seeded, so that each run has the same calls.
type draw struct {
	*rand.Rand
	s      *subject
	sparse bool // records have few facts, so that late rules are reached
}

func pick[T any](r *draw, from ...T) T { return from[r.IntN(len(from))] }

func (r *draw) often() bool  { return r.IntN(8) > 0 }
func (r *draw) rarely() bool { return r.IntN(8) == 0 }

func (s *subject) situations(t testing.TB) []*situation {
	t.Helper()
	r := &draw{Rand: rand.New(rand.NewPCG(7, 12)), s: s}
	home := s.home()
	var out []*situation
	add := func(x *situation) {
		if x.at.IsZero() {
			x.at = midday
		}
		if x.dnis == "" && len(s.d.Calls.Numbers) > 0 {
			x.dnis = s.d.Calls.Numbers[len(out)%len(s.d.Calls.Numbers)]
		}
		if x.name == "" {
			x.name = fmt.Sprintf("call %d", len(out))
		}
		x.lax = x.lax || len(out)%7 == 3
		out = append(out, x)
	}
	if f := s.fixtures; f != nil {
		for _, c := range f.Contacts {
			for _, n := range []string{hubspot.PropPhone, hubspot.PropCalcPhone, hubspot.PropMobile} {
				if v, ok := c.Properties.Get(n); ok {
					add(&situation{name: "crm.yaml " + v, ani: v, crm: f.CRM, again: true})
				}
			}
		}
		for _, ani := range slices.Sorted(maps.Keys(f.Calls)) {
			c := f.Calls[ani]
			add(&situation{name: "crm.yaml " + ani, ani: cmp.Or(c.ANI, ani), dnis: c.DNIS, crm: f.CRM, conversation: c.Conversation, org: func(o *simulate.Org) { o.Change(c.Org()) }})
		}
	}
	for i := range s.d.Routing.Rules { // who meets it, and who misses it by one thing
		for range 8 {
			x := r.random(home)
			r.meet(x, s.d.Routing.Rules[i].When)
			x.name = fmt.Sprintf("call %d for %q", len(out), s.d.Routing.Rules[i].Name)
			add(x)
		}
	}
	for range 220 {
		add(r.random(home))
	}
	for _, n := range []int{99, 100, 198, 199, 200, 201} {
		for _, like := range []string{"open", "won", "open at the end"} {
			add(r.many(home, n, like))
		}
	}
	for _, ani := range r.numbers(home) {
		x := r.random(home)
		x.ani, x.name = ani, "from "+ani
		add(x)
	}
	for _, x := range r.orgs(home) {
		add(x)
	}
	for _, x := range r.scripts(home) {
		add(x)
	}
	return out
}

// home is a caller of the first home country.
func (s *subject) home() string {
	return map[string]string{"GB": "+442079460142", "US": "+15135550142", "DE": "+493023125142", "BR": "+5588987654321", "MX": "+525512345678", "AT": "+4312345678"}[s.d.HubSpot.Lookup.HomeCountries[0]]
}

func set(ps hubspot.Properties, name string, values ...string) func(*draw) {
	return func(r *draw) {
		switch v := pick(r, append(values, "\x00", "")...); v {
		case "\x00":
		case "":
			ps[name] = nil
		default:
			ps[name] = &v
		}
	}
}

// random draws a call from a home number.
func (r *draw) random(home string) *situation {
	r.sparse = r.IntN(3) > 0
	x := &situation{ani: home, crm: r.crm(home), again: r.IntN(3) == 0}
	if r.rarely() {
		x.otherwise = []string{pick(r, hubspottest.Readings()...)}
	}
	if r.rarely() {
		x.faults = []transport.Fault{{Action: pick(r, "find contact", "find deals", "find company"), Kind: pick(r, transport.FaultKinds()...)}}
		x.again = true
	}
	if states := r.s.d.ScheduleStates(); states != nil && r.IntN(3) == 0 {
		state := pick(r, states...)
		x.org = func(o *simulate.Org) { r.s.in(o, state) }
	} else {
		x.org = func(o *simulate.Org) { r.s.in(o, "open") }
	}
	return x
}

// in puts the schedule group into a state, and says who the owners are.
func (s *subject) in(o *simulate.Org, state string) {
	o.Owners = simulate.Owners{Users: []string{"user 41", "user 42"}, Rows: map[string]map[string]any{"41": {"user": "user 41"}, "42": {"user": "user 42"}, "43": {"user": "gone"}, "44": {"user": ""}}}
	sch := s.d.Calls.Schedule
	if sch == nil {
		return
	}
	all, err := genesys.NewSchedule("all November", "2026-11-01T00:00:00", "2026-12-01T00:00:00", "")
	if err != nil {
		panic(err)
	}
	h, always := genesys.Hours{Zone: time.UTC}, []genesys.Schedule{all}
	o.Schedules.Emergencies = map[string]bool{sch.EmergencyGroup: state == "emergency"}
	switch state {
	case "holiday":
		h.Holidays, h.Closed, h.Open = always, always, always
	case "closed":
		h.Closed, h.Open = always, always
	default:
		h.Open = always
	}
	o.Schedules.Groups = map[string]genesys.Hours{sch.Group: h}
}

func (r *draw) crm(home string) hubspot.CRM {
	crm := hubspot.CRM{Portal: r.s.d.HubSpot.Portal, Currency: "USD", Pipelines: []hubspot.Pipeline{hubspot.DefaultPipeline(), {ID: "671008549", Stages: []hubspot.Stage{
		{ID: "1214320997", Probability: "0.3"}, {ID: "1214320998", Closed: true, Won: true, Probability: "1.0"}, {ID: "1214320999", Closed: true, Probability: "0"},
	}}}}
	crm.Pipelines[0].Stages = append(crm.Pipelines[0].Stages, hubspot.Stage{ID: "985123456", Probability: "0.6"})
	n, err := phone.Parse(home, "")
	if err != nil {
		panic(err)
	}
	for i := range pick(r, 0, 1, 1, 1, 1, 2, 3, 6) {
		c := hubspot.Contact{ID: fmt.Sprint(93 + i*7), UpdatedAt: midday.Add(-time.Duration(r.IntN(90)) * time.Hour), Archived: r.IntN(20) == 0, Properties: hubspot.Properties{}}
		set(c.Properties, hubspot.PropLifecycle, "customer", "lead", "evangelist")(r)
		set(c.Properties, hubspot.PropOwner, "41", "42", "43", "44", "45")(r)
		set(c.Properties, hubspot.PropPrimaryCompany, "50", "50", "51", "007", "x")(r)
		r.facts(c.Properties, true)
		r.number(c.Properties, n)
		crm.Contacts = append(crm.Contacts, c)
	}
	for i := range pick(r, 0, 1, 1, 2, 5) {
		c := hubspot.Company{ID: fmt.Sprint(50 + i), UpdatedAt: midday.Add(-time.Duration(i*7919%61) * time.Minute), Properties: hubspot.Properties{}}
		digits := strings.TrimPrefix(n.E164(), fmt.Sprint("+", n.CallingCode()))
		set(c.Properties, hubspot.PropPhone, n.E164(), n.E164(), n.E164()[1:], n.National(), "0"+n.National(), n.E164()+"1", "0"+digits[:2]+" "+digits[2:6]+" "+digits[6:],
			fmt.Sprintf("+%d %s %s %s", n.CallingCode(), digits[:2], digits[2:6], digits[6:]), fmt.Sprintf("(%s) %s-%s", digits[:3], digits[3:6], digits[6:]))(r)
		crm.Companies = append(crm.Companies, c)
	}
	for i := range pick(r, 0, 1, 1, 1, 2, 2, 3, 5) {
		crm.Deals = append(crm.Deals, r.deal(crm, 95+i*3))
	}
	return crm
}

// number writes the caller's number, or one that looks like it, in one of the forms that HubSpot has.
func (r *draw) number(ps hubspot.Properties, n phone.Number) {
	e164, national := n.E164(), n.National()
	text := hubspot.Text
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		ps[hubspot.PropPhone] = &e164
	case 4:
		ps[hubspot.PropMobile] = &e164
	case 5:
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = nil, &e164, &national
	case 6:
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = text("0"+national), nil, &national
	case 7:
		ps[hubspot.PropMobile], ps[hubspot.PropCalcMobile], ps[hubspot.PropSearchMobile] = text("0"+national), nil, &national
	case 8:
		twin := "+48" + national
		ps[hubspot.PropPhone], ps[hubspot.PropCalcPhone], ps[hubspot.PropSearchPhone] = &twin, &twin, &national
	case 9:
		ps[hubspot.PropPhone], ps[hubspot.PropSearchPhone] = text(e164+"1"), text(national+"1")
	case 10:
		ps[hubspot.PropMobile], ps[hubspot.PropCalcMobile], ps[hubspot.PropSearchMobile] = text(e164[1:]), nil, text(e164[1:])
	case 11:
		ps[hubspot.PropCalcMobile], ps[hubspot.PropSearchMobile] = &e164, &national
	}
}

func (r *draw) facts(ps hubspot.Properties, contact bool) {
	for _, name := range slices.Sorted(maps.Keys(r.s.d.HubSpot.Facts)) {
		f := r.s.d.HubSpot.Facts[name]
		prop := f.Deal
		if contact {
			prop = f.Contact
		}
		if prop != "" && (!r.sparse || r.IntN(6) == 0) {
			set(ps, prop, r.values(name, f.Type)...)(r)
		}
	}
}

// values are those that rules can tell apart, and some that are none.
func (r *draw) values(name, kind string) []string {
	var out []string
	day := func(n int) {
		for _, d := range []int{n - 1, n, n + 1} {
			out = append(out, midday.AddDate(0, 0, d).Format(time.DateOnly))
		}
	}
	for _, rule := range r.s.d.Routing.Rules {
		t, asked := rule.When.Facts[name]
		if !asked {
			continue
		}
		out = append(out, append(slices.Clone(t.Any), t.Not...)...)
		for _, b := range []*routing.Decimal{t.Min, t.Max} {
			if b != nil {
				out = append(out, around(*b)...)
			}
		}
		if t.Prefix != "" {
			out = append(out, t.Prefix, t.Prefix+"x", strings.ToUpper(t.Prefix), "x"+t.Prefix)
		}
		for _, n := range []*int{t.Within, t.Before, t.After} {
			if n != nil {
				day(*n)
				day(0)
			}
		}
	}
	switch kind {
	case routing.NumberFact:
		out = append(out, "0", "-1", "80.5", "n/a", "1e2")
	case routing.BooleanFact:
		out = append(out, "true", "false", "yes")
	case routing.DateFact:
		out = append(out, "2026-11-23", "2020-02-29", "2026-11-24T00:00:00Z", "soon", "2026-02-30")
	default:
		out = append(out, "gold", "support;gold", "other", "a;b", "\"quoted\" \\ é")
	}
	return out
}

// around are the numbers on both sides of a bound, and itself.
func around(d routing.Decimal) []string {
	s := d.String()
	if neg := strings.HasPrefix(s, "-"); neg {
		return []string{s}
	}
	whole, frac, _ := strings.Cut(s, ".")
	frac += strings.Repeat("0", 2-min(2, len(frac)))
	n := 0
	fmt.Sscan(whole+frac[:2], &n) //nolint:errcheck // digits of a decimal
	at := func(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }
	return []string{s, at(max(0, n-1)), at(n + 1)}
}

func (r *draw) amounts() []string {
	out := []string{"0", "100", "0.01", "2500.5", "49999.99", "50000", "250000", "900000", "-20", "abc"}
	p := r.s.d.Policy()
	if v := p.ValuePriority; v != nil {
		out = append(out, around(v.Per)...)
	}
	for _, rule := range p.Rules {
		for _, b := range []*routing.Decimal{rule.When.MinValue, rule.When.MaxValue} {
			if b != nil {
				out = append(out, around(*b)...)
			}
		}
		if a := rule.When.AnyOpen; a != nil {
			for _, b := range []*routing.Decimal{a.MinValue, a.MaxValue} {
				if b != nil {
					out = append(out, around(*b)...)
				}
			}
		}
	}
	return out
}

func (r *draw) deal(crm hubspot.CRM, id int) hubspot.Deal {
	pipeline := crm.Pipelines[pick(r, 0, 0, 1)]
	st := pipeline.Stages[r.IntN(len(pipeline.Stages))]
	if r.IntN(3) == 0 { // the one that rules mostly ask for
		pipeline = crm.Pipelines[0]
		st = pipeline.Stages[len(pipeline.Stages)-1]
	}
	d := hubspot.Deal{ID: fmt.Sprint(id), CreatedAt: midday.Add(-24 * time.Hour * time.Duration(r.IntN(3))), Archived: r.IntN(20) == 0, Properties: hubspot.Properties{}}
	for _, c := range crm.Contacts {
		if r.often() {
			d.Contacts = append(d.Contacts, c.ID)
		}
	}
	for _, c := range crm.Companies {
		if r.IntN(2) == 0 {
			d.Companies = append(d.Companies, c.ID)
		}
	}
	r.stage(d, pipeline, st)
	amounts := hubspot.Properties{}
	set(amounts, hubspot.PropHomeAmount, r.amounts()...)(r)
	if v, ok := amounts[hubspot.PropHomeAmount]; ok {
		d.Properties[hubspot.PropAmount], d.Properties[hubspot.PropHomeAmount] = v, v
	}
	set(d.Properties, hubspot.PropOwner, "41", "42", "43", "44", "45")(r)
	r.facts(d.Properties, false)
	return d
}

func (r *draw) stage(d hubspot.Deal, p hubspot.Pipeline, st hubspot.Stage) {
	text := hubspot.Text
	maps.Copy(d.Properties, hubspot.Properties{
		hubspot.PropPipeline: text(p.ID), hubspot.PropDealStage: text(st.ID),
		hubspot.PropIsClosed: text(fmt.Sprint(st.Closed)), hubspot.PropIsWon: text(fmt.Sprint(st.Won)),
		hubspot.PropStageProbability: text(st.Probability), hubspot.PropCreated: text(d.CreatedAt.Format("2006-01-02T15:04:05.000Z")),
	})
}

// meet changes a call so that it has most of what a rule asks for.
func (r *draw) meet(x *situation, w deployment.When) {
	crm := &x.crm
	if len(crm.Contacts) == 0 {
		c := hubspot.Contact{ID: "93", UpdatedAt: midday, Properties: hubspot.Properties{}}
		crm.Contacts = []hubspot.Contact{c}
	}
	if r.often() {
		for i := range crm.Contacts {
			crm.Contacts[i].Archived = false
			ani := x.ani
			crm.Contacts[i].Properties[hubspot.PropPhone] = &ani
			if l := w.Lifecycle; len(l) > 0 && r.often() {
				v := pick(r, l...)
				crm.Contacts[i].Properties[hubspot.PropLifecycle] = &v
			}
		}
	}
	needsDeal := w.Stage != nil || w.Pipeline != nil || w.MinValue != nil || w.MaxValue != nil || w.AnyOpen != nil || w.OpenDeals != nil || w.Won != nil
	for name, t := range w.Facts {
		f := r.s.d.HubSpot.Facts[name]
		needsDeal = needsDeal || f.Deal != ""
		v := r.fitting(t, f.Type)
		if v == nil || r.rarely() {
			continue
		}
		for i := range crm.Contacts {
			if f.Contact != "" {
				crm.Contacts[i].Properties[f.Contact] = v
			}
		}
		for i := range crm.Deals {
			if f.Deal != "" {
				crm.Deals[i].Properties[f.Deal] = v
			}
		}
	}
	if needsDeal && len(crm.Deals) == 0 {
		crm.Deals = []hubspot.Deal{r.deal(*crm, 95)}
		crm.Deals[0].Contacts = []string{crm.Contacts[0].ID}
	}
	stages, pipelines, least := w.Stage, w.Pipeline, w.MinValue
	if a := w.AnyOpen; a != nil {
		stages, pipelines, least = a.Stage, a.Pipeline, a.MinValue
	}
	if n := w.OpenDeals; n != nil && n.Min != nil && len(crm.Deals) > 0 {
		for len(crm.Deals) < *n.Min+2 {
			d := r.deal(*crm, 200+len(crm.Deals))
			r.stage(d, crm.Pipelines[0], crm.Pipelines[0].Stages[0])
			crm.Deals = append(crm.Deals, d)
		}
	}
	for i := range crm.Deals {
		if least != nil && r.often() {
			v := pick(r, around(*least)...)
			crm.Deals[i].Properties[hubspot.PropAmount], crm.Deals[i].Properties[hubspot.PropHomeAmount] = &v, &v
		}
		for _, p := range crm.Pipelines {
			for _, st := range p.Stages {
				fits := (len(pipelines) == 0 || slices.Contains(pipelines, p.ID)) && (w.Won == nil || *w.Won == st.Won && (st.Closed || !*w.Won)) &&
					(len(stages) == 0 || slices.ContainsFunc(stages, func(s string) bool { return slices.Contains(r.s.d.StageIDs(s), st.ID) }))
				if fits && r.IntN(3) == 0 {
					r.stage(crm.Deals[i], p, st)
				}
			}
		}
	}
	if c := w.Caller; c != nil && slices.Contains(c.Number, routing.NumberWithheld) {
		x.ani = pick(r, "anonymous", "nobody", "555014")
	}
	if len(w.Failure) > 0 {
		x.faults = []transport.Fault{{Action: pick(r, "find contact", "find deals"), Kind: pick(r, transport.FaultKinds()...)}}
	}
	if len(w.Called) > 0 {
		x.dnis = pick(r, w.Called...)
	}
	if c := w.Caller; c != nil && len(w.Outcome) == 1 && w.Outcome[0] == routing.NoRecord {
		*crm = hubspot.CRM{}
	}
	if len(w.At) > 0 {
		state := pick(r, w.At...)
		x.org = func(o *simulate.Org) { r.s.in(o, state) }
	}
}

// fitting is a value for which a test holds; nil where none is simple.
func (r *draw) fitting(t deployment.FactTest, kind string) *string {
	day := func(n int) *string { return hubspot.Text(midday.AddDate(0, 0, n).Format(time.DateOnly)) }
	switch {
	case len(t.Any) > 0:
		v := pick(r, t.Any...)
		if t.IgnoreCase {
			v = pick(r, v, strings.ToUpper(v))
		}
		return &v
	case t.Min != nil:
		return hubspot.Text(pick(r, around(*t.Min)...))
	case t.Within != nil:
		return day(pick(r, 0, *t.Within, *t.Within/2))
	case t.Before != nil && t.After != nil:
		return day(pick(r, *t.Before-1, *t.After+1, *t.Before, *t.After))
	case t.Before != nil:
		return day(pick(r, *t.Before-1, *t.Before))
	case t.Set != nil && *t.Set:
		return hubspot.Text(map[string]string{routing.NumberFact: "5", routing.BooleanFact: "true", routing.DateFact: "2026-11-23"}[kind] + "")
	}
	return nil
}

// many is a caller with a page of deals, and perhaps one more.
func (r *draw) many(home string, n int, like string) *situation {
	x := &situation{name: fmt.Sprint(n, " deals, ", like), ani: home, org: func(o *simulate.Org) { r.s.in(o, "open") }}
	x.crm = r.crm(home)
	x.crm.Contacts = []hubspot.Contact{{ID: "93", UpdatedAt: midday, Properties: hubspot.Properties{hubspot.PropPhone: &home}}}
	x.crm.Deals = nil
	for i := range n {
		d := hubspot.Deal{ID: fmt.Sprint(1000 + i), Contacts: []string{"93"}, CreatedAt: midday.Add(-time.Hour * time.Duration(i)), Properties: hubspot.Properties{}}
		st := hubspot.Stage{ID: "contractsent", Probability: "0.9"}
		if like == "won" || like == "open at the end" && i < n-1 {
			st = hubspot.Stage{ID: "closedwon", Closed: true, Won: true, Probability: "1.0"}
		}
		r.stage(d, x.crm.Pipelines[0], st)
		amount := fmt.Sprint(5000 - i%3)
		d.Properties[hubspot.PropAmount], d.Properties[hubspot.PropHomeAmount] = &amount, &amount
		x.crm.Deals = append(x.crm.Deals, d)
	}
	return x
}

// numbers are callers in the forms that trunks show, from home and elsewhere.
func (r *draw) numbers(home string) []string {
	n, err := phone.Parse(home, "")
	if err != nil {
		panic(err)
	}
	out := []string{
		"", "anonymous", "Restricted", "sip:anonymous@anonymous.invalid", "nobody", "911", "555014", "+1234567890123456", "tel:" + home, "sip:" + home + "@203.0.113.7;user=phone",
		home[:3] + " " + home[3:6] + "-" + home[6:], n.National(), "0" + n.National(), "00" + home[1:], "011" + home[1:], home[1:], "sips:" + home + "@pbx.example", `"Ada" <sip:` + home + `@pbx.example>`,
		"tel:" + n.National() + ";phone-context=+" + fmt.Sprint(n.CallingCode()),
		"+14165550123", "+17875550123", "+441534123456", "+447911123456", "+4312345678", "+390669812345", "+525512349999", "+5215512349999", "+77011234567", "+79161234567", "+80012345678",
		"+5588987654321", "+5491123456789", "+33123456789", "+34912345678", "+49301234567", "+819012345678", "+8613812345678", "+919812345678", "+61412345678", "+6421123456", "+27821234567", "+2348012345678",
	}
	return append(out, r.s.d.Own()...)
}

// orgs are states of the org in which a call may come.
func (r *draw) orgs(home string) []*situation {
	var out []*situation
	add := func(name string, org func(*simulate.Org)) *situation {
		x := r.random(home)
		for len(x.faults) > 0 || len(x.crm.Contacts) == 0 {
			x = r.random(home)
		}
		x.crm.Contacts[0].Archived, x.crm.Contacts[0].Properties[hubspot.PropPhone] = false, &home
		x.name, x.org = name, func(o *simulate.Org) { r.s.in(o, "open"); org(o) }
		out = append(out, x)
		return x
	}
	column := func(row, name string, v any) func(*simulate.Org) {
		return func(o *simulate.Org) {
			if o.Rows[row] != nil {
				o.Rows[row][name] = v
			}
		}
	}
	add("switched off", column("switch", "enabled", false))
	add("switch without a value", column("switch", "enabled", nil))
	for _, until := range []string{"2026-11-23T12:00:01Z", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00.000Z", "2026-11-23T11:59:59.999Z", "2026-12-01T00:00:00Z", "soon", "2026-11-23T12:00:01+01:00", ""} {
		add("breaker open until "+until, column("breaker", "openUntil", until))
	}
	add("breaker without a value", column("breaker", "openUntil", nil))
	add("no rows", func(o *simulate.Org) { o.Rows = map[string]map[string]any{} })
	add("no switch", func(o *simulate.Org) { delete(o.Rows, "switch") })
	add("no breaker", func(o *simulate.Org) { delete(o.Rows, "breaker") }).faults = []transport.Fault{{Kind: transport.FaultTimeout}}
	add("table fails", func(o *simulate.Org) { o.TableFails = true })
	add("owners fail", func(o *simulate.Org) { o.Owners.Fails = true })
	for _, action := range []string{"find contact", "find deals", "find company", "trip"} {
		for _, k := range transport.FaultKinds() {
			x := add(action+" fails with "+string(k), func(*simulate.Org) {})
			x.faults, x.again = []transport.Fault{{Action: action, Kind: k}}, true
			if action == "find company" {
				x.crm.Contacts = nil
			}
		}
	}
	for _, k := range []transport.FaultKind{transport.FaultTimeout, transport.FaultServer} {
		for _, slow := range []string{"find contact", "find company"} {
			x := add("slow "+slow+", then "+string(k), func(*simulate.Org) {})
			x.slow, x.faults = slow, []transport.Fault{{Action: "find deals", Kind: k}}
			x.crm.Deals = append(x.crm.Deals, r.deal(x.crm, 300))
			x.crm.Deals[len(x.crm.Deals)-1].Contacts = []string{x.crm.Contacts[0].ID}
			x.crm.Contacts[0].Properties[hubspot.PropAssociatedDeals] = hubspot.Text("1")
		}
	}
	queues, skills, flows := map[string]bool{r.s.d.Routing.Fallback.Queue: true}, map[string]bool{}, map[string]bool{}
	for _, s := range r.s.d.Routing.Fallback.Skills {
		skills[s] = true
	}
	for _, rule := range r.s.d.Routing.Rules {
		queues[rule.To.Queue] = true
		flows[rule.To.Flow] = true
		for _, s := range rule.To.Skills {
			skills[s] = true
		}
	}
	all := slices.Sorted(maps.Keys(queues))
	meeting := func(name string, org func(*simulate.Org)) { // callers of each rule
		add(name, org)
		for i := range r.s.d.Routing.Rules {
			x := add(name+" for "+r.s.d.Routing.Rules[i].Name, org)
			to := x.org
			r.meet(x, r.s.d.Routing.Rules[i].When)
			if at := r.s.d.Routing.Rules[i].When.At; len(at) > 0 {
				state := at[0]
				to = func(o *simulate.Org) { r.s.in(o, state); org(o) }
			}
			x.org = to
		}
	}
	meeting("no queue", func(o *simulate.Org) { o.MissingQueues = all })
	meeting("no skill", func(o *simulate.Org) { o.MissingSkills = slices.Sorted(maps.Keys(skills)) })
	meeting("all transfers fail", func(o *simulate.Org) { o.FailingTransfers = append(all, slices.Sorted(maps.Keys(flows))...) })
	for _, q := range all {
		meeting("only queue "+q, func(o *simulate.Org) {
			o.MissingQueues = slices.DeleteFunc(slices.Clone(all), func(x string) bool { return x == q })
		})
		add("transfer to "+q+" fails", func(o *simulate.Org) { o.FailingTransfers = []string{q} })
	}
	for _, s := range slices.Sorted(maps.Keys(skills)) {
		meeting("no skill "+s, func(o *simulate.Org) { o.MissingSkills = []string{s} })
	}
	for _, state := range r.s.d.ScheduleStates() {
		add("schedule "+state, func(o *simulate.Org) { r.s.in(o, state) })
		add("schedule "+state+", no queue", func(o *simulate.Org) { r.s.in(o, state); o.MissingQueues = all })
		add("schedule "+state+", transfers fail", func(o *simulate.Org) { r.s.in(o, state); o.FailingTransfers = all })
	}
	return append(out, r.kept(home)...)
}

// kept are callers of a conversation in which an earlier leg has decided.
func (r *draw) kept(home string) []*situation {
	var out []*situation
	_, rest, _ := strings.Cut(r.s.b.Flow.Text, `dealroute_policy}, value: {lit: "`)
	hash, _, _ := strings.Cut(rest, `"`)
	base := map[string]string{"dealroute_outcome": "active_deal", "dealroute_rule": "", "dealroute_priority": "7", "dealroute_until": "2026-11-23T12:00:30Z", "dealroute_policy": hash,
		"hubspot_contact_id": "93", "hubspot_deal_stage": "contractsent", "hubspot_company_id": "50", "hubspot_customer_value": "12.5", "hubspot_deal_stage_label": "Out", "hubspot_value_truncated": "true", "hubspot_outcome": "active_deal"}
	for _, change := range [][2]string{
		{}, {"dealroute_outcome", "lookup_failed"}, {"dealroute_outcome", "odd"}, {"dealroute_outcome", "no_record"}, {"dealroute_rule", "gone"}, {"dealroute_priority", "-12"}, {"dealroute_priority", ""},
		{"dealroute_priority", "x"}, {"dealroute_priority", "99999999"}, {"dealroute_priority", "25000000"}, {"dealroute_priority", "123456789"}, {"dealroute_until", "2026-11-23T12:00:00Z"}, {"dealroute_until", "2026-11-23T12:00:01Z"},
		{"dealroute_until", "soon"}, {"dealroute_until", ""}, {"dealroute_until", "2026-11-23T12:00:30+Z"}, {"dealroute_policy", "0123456789abcdef"}, {"dealroute_policy", ""}, {"hubspot_contact_id", ""}, {"hubspot_deal_stage", ""},
	} {
		data := maps.Clone(base)
		if change[0] != "" {
			data[change[0]] = change[1]
		}
		out = append(out, &situation{name: fmt.Sprint("kept, but ", change), ani: home, crm: r.crm(home), conversation: data, org: func(o *simulate.Org) { r.s.in(o, "open") }})
	}
	for _, rule := range r.s.d.Routing.Rules {
		data := maps.Clone(base)
		data["dealroute_rule"] = rule.Name
		out = append(out, &situation{name: "kept, of rule " + rule.Name, ani: home, crm: r.crm(home), conversation: data, org: func(o *simulate.Org) { r.s.in(o, "open") }})
	}
	return out
}

// scripts are answers that contracts allow and no emulator gives: each output alone is absent,
// shorter or longer than it should be.
func (r *draw) scripts(home string) []*situation {
	base := &world.File{
		DataActions: map[string][]world.Reply{}, Tables: map[string]world.Table{
			r.s.b.Name + "-control": {Rows: map[string][]world.Field{"switch": {{Name: "enabled", Value: world.Bool(true)}}, "breaker": {{Name: "openUntil", Value: world.Text("")}}}},
		},
	}
	outputs := map[string][]world.Field{}
	var names []string
	for _, a := range r.s.b.Actions {
		fields := fieldsOf(a, home)
		outputs[a.Definition.Name] = fields
		names = append(names, a.Definition.Name)
		base.DataActions[a.Definition.Name] = []world.Reply{{Branch: "success", Outputs: fields, Elapsed: 100 * time.Millisecond}}
	}
	var out []*situation
	add := func(name, action string, change func([]world.Field)) {
		f := *base
		f.DataActions = maps.Clone(base.DataActions)
		fields := slices.Clone(outputs[action])
		change(fields)
		f.DataActions[action] = []world.Reply{{Branch: "success", Outputs: fields, Elapsed: 100 * time.Millisecond}}
		out = append(out, &situation{name: name, ani: home, script: &f})
	}
	for _, action := range names {
		for i, f := range outputs[action] {
			what := action + " " + f.Name
			add(what+" absent", action, func(fs []world.Field) { fs[i].Value = world.Datum{} })
			if f.Value.Kind == world.DatumNumber {
				for _, n := range []int64{-1, 0, 1, 200, 201} {
					add(fmt.Sprint(what, " ", n), action, func(fs []world.Field) { fs[i].Value = world.Number(n) })
				}
				continue
			}
			add(what+" empty", action, func(fs []world.Field) { fs[i].Value = world.List() })
			if items := f.Value.Items; len(items) > 0 {
				add(what+" longer", action, func(fs []world.Field) { fs[i].Value = world.List(append(slices.Clone(items), items[0])...) })
			}
		}
	}
	return out
}

// fieldsOf are outputs by a contract: a contact with the number and everything that a contract asks of him.
func fieldsOf(a blueprint.ActionArtifact, home string) []world.Field {
	id := "93"
	var out []world.Field
	for _, f := range dataaction.Flatten(a.Definition.Output) {
		v := world.Text("x")
		switch {
		case f.Name == "total":
			v = world.Number(1)
		case !f.Type.IsList():
		case strings.HasSuffix(f.Name, "Of") || slices.Contains([]string{"ids", "askIds"}, f.Name):
			v = world.List(world.Text(id))
		case strings.HasPrefix(f.Name, "won") || strings.HasPrefix(f.Name, "lost") || strings.HasSuffix(f.Name, "Rest"):
			v = world.List()
		case f.Type.Elem() == expr.Decimal || f.Type.Elem() == expr.Integer:
			v = world.List(world.Number(5))
		case f.Name == "phone":
			v = world.List(world.Text(home))
		default:
			v = world.List(world.Text("2026-11-23"))
		}
		if strings.HasPrefix(f.Name, "won") || strings.HasPrefix(f.Name, "lost") {
			v = world.List()
		}
		out = append(out, world.Field{Name: f.Name, Value: v})
	}
	return out
}

// The sample is broad: each rule is met, each ending is, and nearly every rule decides otherwise for somebody.
func TestTheSampleIsBroad(t *testing.T) {
	for _, name := range []string{"basic", "every-setting"} {
		s := subjectOf(t, name)
		m := s.sample(t)
		rules, endings := map[string]int{}, map[interp.Ending]int{}
		for i, x := range m.situations {
			for _, g := range m.want[i] {
				if g.err != "" {
					t.Errorf("%s: %s: %s", name, x.name, g.err)
				}
				if g.failed {
					t.Errorf("%s: %s: %s", name, x.name, g.text)
				}
				rules[g.rule]++
				endings[g.ending]++
			}
		}
		t.Log(name, len(m.situations), rules, endings)
		for _, r := range s.d.Routing.Rules {
			if rules[r.Name] == 0 {
				t.Errorf("%s: nobody meets rule %q", name, r.Name)
			}
		}
		p, err := programs(s.b)
		if err != nil {
			t.Fatal(err)
		}
		if first, broken, waits := m.compare(p); first != nil || len(broken) > 0 || waits {
			t.Errorf("%s: the same artifacts differ: %v %v %v", name, first, broken, waits)
		}
	}
}
