package blueprint

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// flowData is what the template of the call flow is given.
type flowData struct {
	Name, Description, Division, Language string
	Greeting                              greeting
	Table, HubSpot, Genesys               string
	FindContact, FindDeals, TripBreaker   string
	Home                                  homeData
	Caller                                *callerData
	Called                                []expr.Node // nil when no rule asks
	Match                                 matchData
	Schedule                              *scheduleData // nil without one
	Cache, Breaker, Token                 bool
	Uses                                  usesData
	AfterFailure, AfterTimeout            int // seconds

	ContactTimeout, DealsTimeout, BreakerTimeout int // seconds

	Kept      []keptData
	KeptSound expr.Node
	KeptKnown []expr.Node // Task.Known in steps: the kept rule is one of ours; none where one expression says it
	Until     expr.Node
	Policy    string

	Contacts                 []string // flow variables
	ContactLists             []list
	ContactLeftOut           []compact
	ContactUsable            expr.Node
	ContactSame, ContactLike expr.Node // Task.Id has the number itself; its national form, and HubSpot knows no other number
	ContactIfFits            []expr.Node
	Known                    expr.Node
	ContactReads             []read
	MoreContacts             expr.Node // more than can be asked for; nil where one is asked for
	MayMiss                  bool      // the deals of all of whom may be too many to ask for
	AskDeals                 expr.Node
	DealInputs               []input
	Company                  companyData
	Keyed                    *keyedData  // nil: contacts are searched
	Rollup                   *rollupData // nil: deals are read

	Ranking             string
	DealGroups          []group
	KeyKind             string
	DealLists           []list
	DealsLeftOut        []compact
	DealsUsable         expr.Node
	DealPage            int
	TieCount, RestCount expr.Node
	IDLists             []idList
	OpenAmounts         *list
	AnyOpen             []anyOpenData
	DealReads           []read
	StageLabel          []expr.Node // the label so far, or what more names say
	Long                []longTest

	Facts            []fact
	Bonus            expr.Node
	RuleSwitches     [][]ruleData
	Flows            [][]handOver
	RuleFlows        bool // some rule hands calls over
	Fallback         fallbackData
	Priority         expr.Node
	FallbackPriority expr.Node
	LastResort       string
	Participant      []attribute
	ScreenPops       [][]popData // cases of a switch each
	Skills           []skillSlot
	Compact          []compact
	Transfers        []transfer
	Owner            *ownerData
}

type greeting struct{ Message, Prompt string }

// matchData says in which forms a number is searched.
type matchData struct{ Calculated, National bool }

// usesData says what some rule asks for, and which names of a deal there are: without one, those
// that are written for others.
type usesData struct {
	Lifecycle, Pipeline, Failure, Value bool
	Stage, StageLabel, Truncated        bool
}

type input struct {
	Name  string
	Value expr.Node
}

// keptData is a name of participant data that an earlier leg may have kept.
type keptData struct {
	Name, Task, Flow string
	Value            expr.Node
}

type attribute struct {
	Name  string
	Value expr.Node
}

type ruleData struct {
	Number, Line                 int // its place among the rules, from 1, and in the file
	Name, Queue, Flow, ScreenPop string
	When, Is                     expr.Node
	Priority                     int
	Flat                         bool // value adds no priority
	PreferOwner                  bool
	Skills                       []wanted
}

type fallbackData struct {
	Line                    int // of the file
	Label, Queue, ScreenPop string
	Priority                int
	Skills                  []wanted
}

type wanted struct{ Want, Skill string }

type popData struct {
	Is     expr.Node
	Script string
	Inputs []input
}

type skillSlot struct{ Want, Have string }

type compact struct {
	Kind, Var string
	Value     expr.Node
}

type transfer struct {
	Is     expr.Node
	Skills []expr.Node
}

// A switch of Architect takes 64 cases; more rules make more switches.
const casesPerSwitch = 60

// group is one of open, won and lost deals. Those with the property they are ranked by stand
// in the order in which HubSpot sorted them; those without it apart.
type group struct {
	KeyOfName, KeysName, RestName    string
	KeyOf, Keys, Rest                string
	KeyOfPath, KeysPath, RestPath    string
	KeyOfTitle, KeysTitle, RestTitle string
	ItemType, KeyKind                string
	Bare                             bool
}

// ranking is how the deal that counts is chosen.
type ranking struct {
	label string
	prop  string
	kind  string
	zero  bool // a deal without the property counts as zero, not as the least
}

func rankingOf(dealStage string) ranking {
	switch dealStage {
	case routing.MostProbable:
		return ranking{"probability", hubspot.PropStageProbability, routing.NumberFact, true}
	case routing.MostRecent:
		return ranking{"creation date", hubspot.PropCreated, routing.StringFact, false}
	}
	return ranking{"value in company currency", hubspot.PropHomeAmount, routing.NumberFact, true}
}

// Deals by what HubSpot calculates from their stage; it works across pipelines, where stage
// ids do not (HubSpot: closedwon is the default pipeline's only).
const (
	onlyOpen = "@.properties.hs_is_closed != 'true'"
	onlyWon  = "@.properties.hs_is_closed == 'true' && @.properties.hs_is_closed_won == 'true'"
	onlyLost = "@.properties.hs_is_closed == 'true' && @.properties.hs_is_closed_won != 'true'"
)

func (r ranking) group(name, only string) group {
	l := listOf(r.prop, r.kind, name, name, only)
	g := group{
		KeyOfName: name + "KeyOf", KeysName: name + "Keys", RestName: name + "Rest",
		KeyOfPath: l.OfPath, KeysPath: l.ValuesPath,
		RestPath:   "$.results[?(" + only + " && !(" + has(r.prop, r.kind) + "))].id",
		KeyOfTitle: "ids of the " + name + " deals with " + r.prop + ", greatest first",
		KeysTitle:  r.prop + " of these deals, in the same order",
		RestTitle:  "ids of the " + name + " deals without it",
		ItemType:   l.ItemType, KeyKind: l.ListKind, Bare: l.Bare,
	}
	title := string(name[0]-'a'+'A') + name[1:]
	g.KeyOf, g.Keys, g.Rest = "Task."+title+"KeyOf", "Task."+title+"Keys", "Task."+title+"Rest"
	return g
}

// seconds is a duration in whole seconds, rounded up.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// flowOf gathers everything that the template of the flow prints. Names that carry a hash of
// content come from the artifacts rendered before.
func (b *builder) flowOf() (flowData, diag.Findings) {
	d, n := b.d, b.names
	f := flowData{
		Name: n.flow, Division: d.Genesys.Division, Language: d.Calls.Language,
		Greeting: greeting{d.Calls.Greeting.Text, promptName(d.Calls.Greeting.Prompt)},
		Table:    n.table, HubSpot: n.hubspot, Genesys: n.genesys,
		FindContact: n.findContact, FindDeals: n.findDeals, TripBreaker: n.tripBreaker,
		Home: homeOf(d.HubSpot.Lookup.HomeCountries, d.Own()), Match: b.match(),
		Cache:   d.Enrichment.Cache.Store == deployment.CacheConversation,
		Breaker: d.Enrichment.Breaker.Enabled,
		Token:   d.HubSpot.Auth.Outside(),
		Uses: usesData{
			b.usesLifecycle(), b.usesPipeline(), b.usesFailure(), d.Routing.ValuePriority != nil,
			b.writes("hubspot_deal_stage"), b.writes("hubspot_deal_stage_label"), b.writes("hubspot_value_truncated"),
		},
		AfterFailure: seconds(d.Enrichment.Breaker.AfterFailure), AfterTimeout: seconds(d.Enrichment.Breaker.AfterTimeout),
		ContactTimeout: b.contactTimeout(), DealsTimeout: dealsTimeout, BreakerTimeout: breakerTimeout,
		Schedule: b.schedule(), Policy: policyHash(d), Facts: b.facts, LastResort: d.Routing.LastResort.Message,
	}
	f.Caller, f.Called = b.callerPart(f.Home.IsOwn), b.calledPart()
	b.contactPart(&f)
	b.companyPart(&f)
	if f.Rollup == nil {
		b.dealsPart(&f)
	}
	fs := b.rulesPart(&f)
	if err := b.anyOpenPart(&f); err != nil {
		fs = append(fs, diag.Finding{Code: codeTemplate, Message: err.Error(), Position: d.Pos("routing.rules")})
	}
	b.keptPart(&f)
	b.skillsPart(&f)
	b.ownerPart(&f)
	b.popPart(&f)
	return f, fs
}

// promptName is how a flow calls a prompt of the org: Prompt.Welcome.
func promptName(s string) string {
	if s == "" || strings.HasPrefix(s, "Prompt.") || strings.HasPrefix(s, "PromptSystem.") {
		return s
	}
	return "Prompt." + s
}

func (b *builder) match() matchData {
	if b.keyed() {
		return matchData{}
	}
	switch b.d.HubSpot.Lookup.Match {
	case routing.MatchE164:
		return matchData{Calculated: true}
	case routing.MatchNational:
		return matchData{National: true}
	}
	return matchData{Calculated: true, National: true}
}

// contactsAsked is how many contacts' deals are asked for.
func (b *builder) contactsAsked() int {
	if b.d.HubSpot.Lookup.Duplicates == routing.DuplicatesAll {
		return b.d.Policy().MaxContacts()
	}
	return 1
}

func (b *builder) contactPart(f *flowData) {
	f.ContactLists = b.contactLists()
	f.ContactLeftOut = append(f.ContactLeftOut, emptied("stringCollection", "Task.Ids"))
	var ask []expr.Node
	for i := range b.contactsAsked() {
		c := fmt.Sprintf("Flow.Contact%d", i+1)
		f.Contacts = append(f.Contacts, c)
		f.DealInputs = append(f.DealInputs, input{fmt.Sprintf("contact%d", i+1), v(c)})
		ask = append(ask, atLeast(fn("FindFirst", v("Task.AskIds"), v(c)), whole(0)))
	}
	if !b.rolled() {
		f.ContactLeftOut = append(f.ContactLeftOut, emptied("stringCollection", "Task.AskIds"))
		f.AskDeals = either(ask...)
	}
	if b.keyed() {
		b.keyedPart(f)
	} else {
		b.searchedPart(f)
	}
	for _, l := range f.ContactLists {
		f.ContactLeftOut = append(f.ContactLeftOut, l.emptied()...)
	}
	who := v("Flow.Contact1")
	if b.usesLifecycle() {
		l := listOf(hubspot.PropLifecycle, routing.StringFact, "lifecycle", "Lifecycle", "")
		f.ContactReads = append(f.ContactReads, l.readOf(who, routing.StringFact, "Flow.Lifecycle"))
	}
	if b.usesOwner() {
		f.ContactReads = append(f.ContactReads, contactOwner(who))
	}
	for _, x := range b.facts {
		if !x.Deal {
			f.ContactReads = append(f.ContactReads, x.list.readOf(who, x.Type, x.Var))
		}
	}
}

// searchedPart is how the contact is told from those that a search found.
func (b *builder) searchedPart(f *flowData) {
	ids, total, matches := v("Task.Ids"), v("Task.Total"), v("Task.Matches")
	plausible := choose(isSet(total), all(atLeast(total, whole(0)), eq(eq(total, whole(0)), eq(count(ids), whole(0)))), yes(false))
	f.ContactUsable = all(plausible, full("stringCollection", "Task.Ids"), paired(f.ContactLists...))
	for i, c := range f.Contacts {
		f.ContactIfFits = append(f.ContactIfFits, choose(all(v("Task.Fits"), eq(matches, whole(i+1))), v("Task.Id"), choose(v("Task.First"), text(""), v(c))))
	}
	// whether a property of the contact is one of some texts; absent when the contact does not have it
	value := func(property, among string, absent bool) expr.Node {
		i := fn("FindFirst", v("Task."+property+"Of"), v("Task.Id"))
		return choose(atLeast(i, whole(0)), atLeast(fn("FindFirst", v(among), at(v("Task."+property), i)), whole(0)), yes(absent))
	}
	f.ContactSame = either(value("Phone", "Task.Spellings", false), value("Mobile", "Task.Spellings", false),
		value("TypedPhone", "Task.Spellings", false), value("TypedMobile", "Task.Spellings", false))
	f.ContactLike = all(value("Phone", "Task.Spellings", true), value("Mobile", "Task.Spellings", true),
		either(value("LocalPhone", "Task.Nationals", false), value("LocalMobile", "Task.Nationals", false)))
	somebody := expr.Op(v("Flow.Contact1"), "!=", text(""))
	offPage := more(total, count(ids)) // nobody can say who they are
	switch b.d.HubSpot.Lookup.Duplicates {
	case routing.DuplicatesAmbiguous:
		f.Known = all(eq(matches, whole(1)), somebody, atMost(total, count(ids)))
	case routing.DuplicatesAll:
		f.Known = all(more(matches, whole(0)), somebody)
		f.MoreContacts = either(more(matches, whole(b.contactsAsked())), offPage)
		f.MayMiss = true
	default:
		f.Known = all(more(matches, whole(0)), somebody)
	}
}

// typed lists what people typed into a property, where it is a number in E.164; no other text
// can be the caller's number itself.
func typed(prop, out, variable string) list {
	return listOf(prop, routing.StringFact, out, variable, "@.properties."+prop+" =~ /[+][1-9][0-9]{6,14}/")
}

// contactLists are the properties read of contacts.
func (b *builder) contactLists() []list {
	var out []list
	if b.keyed() {
		out = b.keyLists()
	} else {
		out = []list{
			listOf(hubspot.PropCalcPhone, routing.StringFact, "phone", "Phone", ""),
			listOf(hubspot.PropCalcMobile, routing.StringFact, "mobile", "Mobile", ""),
			typed(hubspot.PropPhone, "typedPhone", "TypedPhone"), typed(hubspot.PropMobile, "typedMobile", "TypedMobile"),
		}
	}
	if b.match().National {
		out = append(out, listOf(hubspot.PropSearchPhone, routing.StringFact, "localPhone", "LocalPhone", ""),
			listOf(hubspot.PropSearchMobile, routing.StringFact, "localMobile", "LocalMobile", ""))
	}
	if b.usesLifecycle() {
		out = append(out, listOf(hubspot.PropLifecycle, routing.StringFact, "lifecycle", "Lifecycle", ""))
	}
	if b.usesOwner() {
		out = append(out, ownerList())
	}
	if b.companies() {
		out = append(out, companyList())
	}
	for _, x := range b.facts {
		if !x.Deal {
			out = append(out, x.list)
		}
	}
	return out
}

func (b *builder) usesLifecycle() bool {
	return slices.ContainsFunc(b.d.Routing.Rules, func(r deployment.Rule) bool { return len(r.When.Lifecycle) > 0 })
}

func (b *builder) usesFailure() bool {
	return slices.ContainsFunc(b.d.Routing.Rules, func(r deployment.Rule) bool { return len(r.When.Failure) > 0 })
}

func (b *builder) usesPipeline() bool {
	return slices.ContainsFunc(b.d.Routing.Rules, func(r deployment.Rule) bool { return len(r.When.Pipeline) > 0 })
}

// writes reports whether the flow has a name of participant data that a deal fills.
func (b *builder) writes(name string) bool {
	return !b.rolled() || slices.Contains(b.d.Privacy.ParticipantData, name)
}

func (b *builder) dealGroups() []group {
	r := rankingOf(b.d.Enrichment.DealStage)
	return []group{r.group("open", onlyOpen), r.group("won", onlyWon), r.group("lost", onlyLost)}
}

// dealLists are the properties read of the deal that counts.
func (b *builder) dealLists() []list {
	out := []list{listOf(hubspot.PropDealStage, routing.StringFact, "stage", "Stage", "")}
	if b.usesPipeline() {
		out = append(out, listOf(hubspot.PropPipeline, routing.StringFact, "pipeline", "Pipeline", ""))
	}
	if b.usesOwner() {
		out = append(out, ownerList())
	}
	for _, x := range b.facts {
		if x.Deal {
			out = append(out, x.list)
		}
	}
	return out
}

func (b *builder) dealsPart(f *flowData) {
	r := rankingOf(b.d.Enrichment.DealStage)
	f.Ranking = r.label
	f.DealGroups = b.dealGroups()
	f.KeyKind = f.DealGroups[0].KeyKind
	f.DealLists = b.dealLists()
	f.DealPage = routing.PageSize
	total := v("Task.Total")
	usable := []expr.Node{full("decimalCollection", "Task.OpenAmounts")}
	var any []expr.Node
	f.DealsLeftOut = append(f.DealsLeftOut, emptied("decimalCollection", "Task.OpenAmounts"))
	for _, g := range f.DealGroups {
		usable = append(usable, eq(count(v(g.KeyOf)), count(v(g.Keys))), full("stringCollection", g.KeyOf), full(g.KeyKind, g.Keys), full("stringCollection", g.Rest))
		any = append(any, more(count(v(g.KeyOf)), whole(0)), more(count(v(g.Rest)), whole(0)))
		f.DealsLeftOut = append(f.DealsLeftOut, emptied("stringCollection", g.KeyOf), emptied(g.KeyKind, g.Keys), emptied("stringCollection", g.Rest))
	}
	lists := f.DealLists
	if l := b.openAmounts(); l != nil {
		lists = append(slices.Clone(lists), *l)
	}
	for _, l := range lists {
		f.DealsLeftOut = append(f.DealsLeftOut, l.emptied()...)
	}
	for _, l := range b.idLists() {
		f.DealsLeftOut = append(f.DealsLeftOut, emptied("stringCollection", l.Var))
	}
	// every deal on the page is in one of the groups
	plausible := choose(isSet(total), all(atLeast(total, whole(0)), eq(more(total, whole(0)), either(any...))), yes(false))
	f.DealsUsable = all(append(usable, plausible, paired(lists...))...)

	keys, rest := v("Task.Keys"), v("Task.Rest")
	some, best := more(count(keys), whole(0)), at(keys, whole(0))
	ties := count(v("Task.Ties"))
	f.TieCount, f.RestCount = ties, choose(some, whole(0), count(rest))
	if r.zero {
		// what has no amount counts as zero: it beats a negative one and ties with a zero
		f.TieCount = choose(some, choose(either(atLeast(best, whole(0)), eq(count(rest), whole(0))), ties, whole(0)), whole(0))
		f.RestCount = choose(some, choose(atMost(best, whole(0)), count(rest), whole(0)), count(rest))
	}
	id := v("Flow.DealId")
	f.DealReads = append(f.DealReads, f.DealLists[0].readOf(id, routing.StringFact, "Flow.hubspot_deal_stage"))
	if b.usesPipeline() {
		f.DealReads = append(f.DealReads, f.DealLists[1].readOf(id, routing.StringFact, "Flow.DealPipeline"))
	}
	if b.usesOwner() {
		f.DealReads = append(f.DealReads, dealOwner(id))
	}
	for _, x := range b.facts {
		if x.Deal {
			f.DealReads = append(f.DealReads, x.list.readOf(id, x.Type, x.Var))
		}
	}
	f.StageLabel = b.stageLabel()
}

// stageLabel is the name of the deal's stage in hubspot.stages, else its id.
func (b *builder) stageLabel() []expr.Node {
	stage := v("Flow.hubspot_deal_stage")
	var ids, labels []string
	for id := range b.d.HubSpot.Stages {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		labels = append(labels, b.d.HubSpot.Stages[id])
	}
	return lookup("Flow.hubspot_deal_stage_label", stage, ids, labels, stage)
}

func (b *builder) rulesPart(f *flowData) diag.Findings {
	d := b.d
	var fs diag.Findings
	var rules []ruleData
	b.handOverPart(f)
	for i, r := range d.Routing.Rules {
		before := len(b.long)
		cond, err := b.when(r.When)
		if err != nil {
			fs = append(fs, diag.Finding{Code: codeTemplate, Message: err.Error(), Position: d.Pos(fmt.Sprintf("routing.rules[%d].when", i))})
			continue
		}
		made := []expr.Node{cond}
		for _, l := range b.long[before:] {
			made = append(made, l.Steps...)
		}
		fs = append(fs, b.tooLong(fmt.Sprintf("routing.rules[%d].when", i), fmt.Sprintf("rule %q", r.Name), "shorten the texts that it asks for, or split the rule", made...)...)
		x := ruleData{
			Number: i + 1, Line: d.Pos(fmt.Sprintf("routing.rules[%d]", i)).Line,
			Name: r.Name, Queue: r.To.Queue, Flow: r.To.Flow, ScreenPop: popKey(d.PopOf(i)), When: cond,
			Is: eq(v("Flow.dealroute_rule"), text(r.Name)), Priority: r.To.Priority, Flat: d.Routing.ValuePriority != nil && r.To.Flat(), PreferOwner: r.To.PrefersOwner(),
		}
		if r.To.Flow == "" {
			x.Skills = b.wants(r.To.Skills)
		}
		rules = append(rules, x)
	}
	f.RuleSwitches, f.Long = slices.Collect(slices.Chunk(rules, casesPerSwitch)), b.long
	fb := d.Routing.Fallback
	f.Fallback = fallbackData{
		Line: d.Pos("routing.fallback").Line, Label: "The fallback", Queue: fb.Queue, ScreenPop: popKey(d.PopOf(-1)), Priority: fb.Priority, Skills: b.wants(fb.Skills),
	}
	f.Priority, f.FallbackPriority = v("Flow.Base"), integer(fb.Priority)
	if d.Routing.ValuePriority != nil {
		f.Priority, f.FallbackPriority = withinBounds(add(f.Priority, v("Flow.Bonus"))), withinBounds(add(f.FallbackPriority, v("Flow.Bonus")))
	}
	if f.RuleFlows { // the other flow gives the call its priority
		f.Priority = choose(eq(v(targetFlow), text("")), f.Priority, whole(0))
	}
	if d.Routing.ValuePriority == nil {
		return fs
	}
	bonus, err := bonusOf(d.Routing.ValuePriority)
	if err != nil {
		return append(fs, diag.Finding{Code: codeTemplate, Message: err.Error(), Position: d.Pos("routing.valuePriority")})
	}
	f.Bonus = bonus
	return fs
}

// withinBounds keeps a priority in Genesys' range.
func withinBounds(x expr.Node) expr.Node {
	lowest := integer(genesys.MinPriority)
	return choose(more(x, whole(genesys.MaxPriority)), whole(genesys.MaxPriority), choose(less(x, lowest), lowest, x))
}

// wants sets every slot for a skill, so that no earlier target's skill stays in one.
func (b *builder) wants(skills []string) []wanted {
	var out []wanted
	for i := range b.mostSkills() {
		w := wanted{Want: wantVar(i)}
		if i < len(skills) {
			w.Skill = skills[i]
		}
		out = append(out, w)
	}
	return out
}

func (b *builder) mostSkills() int {
	most := len(b.d.Routing.Fallback.Skills)
	for _, r := range b.d.Routing.Rules {
		most = max(most, len(r.To.Skills))
	}
	return most
}

func wantVar(i int) string { return "Flow.WantSkill" + strconv.Itoa(i+1) }
func haveVar(i int) string { return "Flow.Skill" + strconv.Itoa(i+1) }

// keptPart is what is written for later legs of the conversation, and how it is read back.
func (b *builder) keptPart(f *flowData) {
	d := b.d
	var names []string
	for _, r := range d.Routing.Rules {
		if r.To.Flow == "" {
			names = append(names, r.Name)
		}
	}
	var answered []string
	for _, o := range routing.Outcomes() {
		if o != routing.LookupFailed {
			answered = append(answered, string(o))
		}
	}
	names = append([]string{""}, names...)
	known := among(v("Task.Rule"), names...)
	if f.KeptKnown = amongSteps("Task.Known", v("Task.Rule"), names); f.KeptKnown != nil {
		known = v("Task.Known")
	}
	f.KeptSound = choose(v("Task.Sound"), all(
		atMost(fn("ToInt", v("Task.Stamp")), whole(genesys.MaxPriority)),
		eq(v("Task.Policy"), text(f.Policy)),
		among(v("Task.Outcome"), answered...),
		known,
	), yes(false))
	f.Until = text("")
	if f.Cache {
		now := fn("GetCurrentDateTimeUtc")
		end := fn("ToString", fn("AddSeconds", now, whole(seconds(d.Enrichment.Cache.TTL))))
		keep := v("Flow.Answered")
		if f.RuleFlows { // the other flow may send the call back, and is not to get it again for what was known before
			keep = all(keep, eq(v(targetFlow), text("")))
		}
		f.Until = choose(keep, fn("Append", fn("Left", end, whole(19)), text("Z")), text(""))
	}
	for _, name := range d.Privacy.ParticipantData {
		x := v("Flow." + name)
		value := choose(isSet(x), x, text(""))
		switch name {
		case "hubspot_customer_value":
			value = choose(isSet(x), fn("ToString", x, whole(2)), text(""))
		case "hubspot_value_truncated":
			value = fn("ToString", x)
		}
		if !slices.Contains(decisionNames, name) {
			f.Participant = append(f.Participant, attribute{name, value})
		}
		switch name {
		case "hubspot_contact_id", "hubspot_company_id", "hubspot_deal_stage", "hubspot_deal_stage_label":
			t := "Task.Kept_" + name
			f.Kept = append(f.Kept, keptData{name, t, "Flow." + name, choose(empty(v(t)), notSet("ToString"), v(t))})
		}
	}
}

// decisionNames are the names of participant data that are always written.
var decisionNames = []string{"dealroute_outcome", "dealroute_rule", "dealroute_priority", "dealroute_until", "dealroute_policy"}

// skillsPart moves the skills that still exist to the front, so that each number of skills
// needs one transfer: a list of skills cannot be an expression, and what a NOT_SET item in
// it does is not documented.
func (b *builder) skillsPart(f *flowData) {
	most := b.mostSkills()
	n := v("Flow.SkillCount")
	for i := range most {
		f.Skills = append(f.Skills, skillSlot{wantVar(i), haveVar(i)})
		want := v(wantVar(i))
		// each is looked up once: Architect counts what a call looks up
		exists := v("Task.Exists")
		f.Compact = append(f.Compact, compact{"boolean", "Task.Exists", choose(empty(want), yes(false), isSet(fn("FindSkill", want)))})
		for j := range i + 1 {
			f.Compact = append(f.Compact, compact{"string", haveVar(j), choose(all(eq(n, whole(j)), exists), want, v(haveVar(j)))})
		}
		f.Compact = append(f.Compact, compact{"integer", "Flow.SkillCount", choose(exists, add(n, whole(1)), n)})
	}
	for k := most; k > 0; k-- {
		t := transfer{Is: eq(n, whole(k))}
		for i := range k {
			t.Skills = append(t.Skills, fn("FindSkill", v(haveVar(i))))
		}
		f.Transfers = append(f.Transfers, t)
	}
}

// popKey is how the flow calls a screen pop.
func popKey(p deployment.ScreenPop) string {
	if p.Mode == deployment.PopScript {
		return "script " + p.Script
	}
	if p.Mode == "" {
		return deployment.PopNone
	}
	return p.Mode
}

// pops lists the screen pops that are in use, each once; none is not one.
func (b *builder) pops() []deployment.ScreenPop {
	var out []deployment.ScreenPop
	for i := -1; i < len(b.d.Routing.Rules); i++ {
		p := b.d.PopOf(i)
		if p.Mode != deployment.PopNone && p.Mode != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (b *builder) popPart(f *flowData) {
	var cases []popData
	for _, p := range b.pops() {
		x := popData{Is: eq(v("Flow.ScreenPop"), text(popKey(p))), Script: p.Script}
		if p.Mode == deployment.PopScript && b.companies() { // nobody has told that script of a company
			x.Is = all(x.Is, &expr.Unary{Op: "!", X: empty(v("Flow.hubspot_contact_id"))})
		}
		if p.Mode == deployment.PopManaged {
			x.Script = b.names.script
			for _, i := range b.scriptInputs() {
				x.Inputs = append(x.Inputs, input{i.Name, i.value})
			}
		}
		cases = append(cases, x)
	}
	f.ScreenPops = slices.Collect(slices.Chunk(cases, casesPerSwitch))
}
