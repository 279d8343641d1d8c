package simulate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

const keyMark = "#key"

// meant offers the nearest of the known names, or all of them when they are few.
func meant(name string, known []string) string {
	known = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == "" })
	if hint := diag.DidYouMean(name, known); hint != "" || len(known) == 0 || len(known) > 20 {
		return hint
	}
	return "there is " + strings.Join(known, ", ")
}

// A checker gathers what is wrong with fixtures.
type checker struct {
	f     *Fixtures // nil for those of the org
	sheet sheet
	found diag.Findings
}

func (c *checker) wrong(path, hint, format string, args ...any) {
	c.add(diag.Error, path, hint, format, args...)
}

func (c *checker) odd(path, hint, format string, args ...any) {
	c.add(diag.Warning, path, hint, format, args...)
}

func (c *checker) add(s diag.Severity, path, hint, format string, args ...any) {
	if c.found.Full() { // looking for a place takes long in a long text
		c.found.Add(diag.Finding{Severity: s})
		return
	}
	c.found.Add(c.sheet.finding(s, path, hint, format, args...))
}

func pointer(steps ...any) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("/" + source.EscapePointer(fmt.Sprint(s)))
	}
	return b.String()
}

var (
	digitsForm   = pattern.Of(`^[0-9]{1,19}$`)
	currencyForm = pattern.Of(`^[A-Z]{3}$`)
	propertyForm = pattern.Of(`^[a-z][a-z0-9_]{0,99}$`)
	shareForm    = pattern.Of(`^(0(\.[0-9]+)?|1(\.0+)?)$`)
	priorityForm = pattern.Of(`^-?[0-9]{1,8}$`)
	timeForm     = pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$`)
)

// check holds what the fixtures say of the account against itself: no account has two records
// of one id, a contact of a company that it does not have, or a deal of a contact, a company, a
// pipeline or a stage that it does not have.
func (f *Fixtures) check() diag.Findings {
	c := &checker{f: f, sheet: f.sheet}
	if f.Portal != "" && !digitsForm().MatchString(f.Portal) {
		c.wrong("/portal", "HubSpot shows it at the top of its settings, such as 24681357", "an account's id has digits only")
	}
	if f.Currency != "" && !currencyForm().MatchString(f.Currency) {
		c.wrong("/currency", "write EUR or USD", "a currency has three capital letters")
	}
	if t := f.Now; t != nil && (t.Year() < world.FirstYear || t.Year() > world.LastYear) {
		c.wrong("/now", fmt.Sprintf("use a year from %d to %d", world.FirstYear, world.LastYear), "now is too far from today")
	}
	c.owners()
	c.definitions()
	stages := c.pipelines()
	companies := c.companies()
	contacts := c.contacts(companies)
	ids := map[string]bool{}
	for i, d := range f.Deals {
		at := pointer("deals", i)
		c.id(at, "deal", d.ID, ids)
		c.properties(at, d.Properties)
		c.linked(at+"/contacts", "contact", d.Contacts, contacts)
		c.linked(at+"/companies", "company", d.Companies, companies)
		c.deal(at+"/properties/", d.Properties, stages)
	}
	return c.found
}

// owners checks those to whom records can belong.
func (c *checker) owners() {
	ids := map[string]bool{}
	for i, o := range c.f.Owners {
		at := pointer("owners", i)
		c.id(at, "owner", o.ID, ids)
		if o.Type != "" && o.Type != hubspot.OwnerPerson && o.Type != "QUEUE" {
			c.wrong(at+"/type", "leave it out for a person", "%q is no type of an owner; there is PERSON and QUEUE", o.Type)
		}
		if o.Email != "" && !strings.Contains(strings.Trim(o.Email, "@"), "@") {
			c.wrong(at+"/email", "an address has a name, an @ and a domain; or leave it out", "that is no e-mail address")
		}
	}
}

// linked checks the records that one is associated with.
func (c *checker) linked(at, what string, ids, known []string) {
	for i, id := range ids {
		if !slices.Contains(known, id) {
			c.wrong(at+pointer(i), meant(id, known), "%s %q is not in the fixtures", what, id)
		} else if slices.Contains(ids[:i], id) {
			c.wrong(at+pointer(i), "leave it out", "%s %q stands twice", what, id)
		}
	}
}

// id reports the id of a record or of a list's member that is missing, none, or another's.
func (c *checker) id(at, what, id string, seen map[string]bool) {
	switch {
	case id == "":
		c.wrong(at, "", "the %s has no id", what)
	case !digitsForm().MatchString(id):
		article := "a"
		if strings.HasPrefix(what, "o") {
			article = "an"
		}
		c.wrong(at+"/id", "", "the id of %s %s has digits only", article, what)
	case seen[id]:
		c.wrong(at+"/id", "give it another id", "there is another %s %q", what, id)
	}
	seen[id] = true
}

func (c *checker) contacts(companies []string) []string {
	var known []string
	ids := map[string]bool{}
	for i, x := range c.f.Contacts {
		at := pointer("contacts", i)
		c.id(at, "contact", x.ID, ids)
		c.properties(at, x.Properties)
		if id, ok := x.Properties.Get(hubspot.PropPrimaryCompany); ok && !slices.Contains(companies, id) {
			c.wrong(at+pointer("properties", hubspot.PropPrimaryCompany), meant(id, companies), "company %q is not in the fixtures", id)
		}
		known = append(known, x.ID)
	}
	return known
}

func (c *checker) companies() []string {
	var known []string
	ids := map[string]bool{}
	for i, x := range c.f.Companies {
		c.id(pointer("companies", i), "company", x.ID, ids)
		c.properties(pointer("companies", i), x.Properties)
		known = append(known, x.ID)
	}
	return known
}

// properties reports names that no account can have.
func (c *checker) properties(at string, ps hubspot.Properties) {
	for _, name := range slices.Sorted(maps.Keys(ps)) {
		if !propertyForm().MatchString(name) {
			c.wrong(at+pointer("properties", name)+keyMark, "a to z, 0 to 9 and _, as HubSpot's settings show the internal name", "%q cannot be the name of a property", name)
		}
	}
}

// pipelines checks pipelines and stages, and gives the stages of each.
func (c *checker) pipelines() map[string][]hubspot.Stage {
	stages := map[string][]hubspot.Stage{}
	where := map[string]string{} // of a stage, its pipeline
	for i, p := range c.f.Pipelines {
		at := pointer("pipelines", i)
		if _, twice := stages[p.ID]; p.ID == "" {
			c.wrong(at, "", "the pipeline has no id")
		} else if twice {
			c.wrong(at+"/id", "give it another id", "there is another pipeline %q", p.ID)
		}
		stages[p.ID] = p.Stages
		for k, s := range p.Stages {
			at := at + pointer("stages", k)
			other, twice := where[s.ID]
			switch {
			case s.ID == "":
				c.wrong(at, "", "the stage has no id")
			case twice:
				c.wrong(at+"/id", "HubSpot gives each stage an id of its own", "there is another stage %q, in pipeline %q", s.ID, other)
			}
			where[s.ID] = p.ID
			if s.Won && !s.Closed {
				c.wrong(at+"/won", "write closed: true beside it", "a stage that is won is closed")
			}
			if s.Probability != "" && !shareForm().MatchString(s.Probability) {
				c.wrong(at+"/probability", "write it as 0.2 in quotes", "a probability is a number from 0 to 1")
			}
		}
	}
	if len(c.f.Pipelines) == 0 {
		for _, p := range c.f.AllPipelines() {
			stages[p.ID] = p.Stages
		}
	}
	return stages
}

// deal checks what a deal says of its pipeline and stage.
func (c *checker) deal(at string, ps hubspot.Properties, stages map[string][]hubspot.Stage) {
	pipeline, named := ps.Get(hubspot.PropPipeline)
	if !named || pipeline == "" {
		pipeline = "default"
	}
	in, ok := stages[pipeline]
	if !ok && named {
		c.wrong(at+hubspot.PropPipeline, meant(pipeline, slices.Sorted(maps.Keys(stages))), "pipeline %q is not in the fixtures", pipeline)
	}
	name, has := ps.Get(hubspot.PropDealStage)
	if !ok || !has || name == "" || c.f.own && len(in) == 0 {
		return
	}
	i := slices.IndexFunc(in, func(s hubspot.Stage) bool { return s.ID == name })
	if i < 0 {
		var known []string
		for _, s := range in {
			if !slices.Contains(known, s.ID) {
				known = append(known, s.ID)
			}
		}
		hint := meant(name, known)
		for _, other := range slices.Sorted(maps.Keys(stages)) {
			if slices.ContainsFunc(stages[other], func(s hubspot.Stage) bool { return s.ID == name }) {
				hint = fmt.Sprintf("it is one of pipeline %q; %s", other, hint)
			}
		}
		c.wrong(at+hubspot.PropDealStage, hint, "stage %q is not in the fixtures' pipeline %q", name, pipeline)
		return
	}
	for property, is := range map[string]bool{
		hubspot.PropIsClosed: in[i].Closed, hubspot.PropIsWon: in[i].Closed && in[i].Won, hubspot.PropIsLost: in[i].Closed && !in[i].Won,
	} {
		if said, given := ps.Get(property); given && said != strconv.FormatBool(is) {
			c.odd(at+property, "leave it out", "HubSpot calculates it, and stage %q makes it %v", name, is)
		}
	}
}

// Around is what fixtures are held against: the deployment, its control table, the flow, and
// what HubSpot's own properties are.
type Around struct {
	Deployment *deployment.Deployment
	Rows       map[string]map[string]any // of the control table, with the types of their columns
	Program    *Program
	Kinds      map[string]map[string]string // HubSpot's types of properties, by object and name
	Options    map[string][]string          // of contacts' selects of HubSpot's own, by name; own ones have numbers
	Zone       func(name string) error      // why a time zone is none
}

// Against holds the fixtures against what stands around them. Errors are what can mean nothing,
// warnings what HubSpot would not hold or the flow does not read. None holds a caller's number.
func (f *Fixtures) Against(a Around) diag.Findings {
	c := &checker{f: f, sheet: f.sheet}
	d := a.Deployment
	if pin := d.HubSpot.Portal; pin != "" && f.Portal != "" && f.Portal != pin {
		c.wrong("/portal", "", "these are the fixtures of account %s, and hubspot.portal pins %s", f.Portal, pin)
	}
	if a.Zone != nil && f.TimeZone != "" && a.Zone(f.TimeZone) != nil {
		c.wrong("/timezone", "write it as Europe/Berlin", "%q is no time zone", f.TimeZone)
	}
	contact, deal := map[string][]string{}, map[string][]string{} // the facts that a property is asked for
	for _, name := range slices.Sorted(maps.Keys(d.HubSpot.Facts)) {
		fact := d.HubSpot.Facts[name]
		if fact.Contact != "" {
			contact[fact.Contact] = append(contact[fact.Contact], name)
		}
		if fact.Deal != "" {
			deal[fact.Deal] = append(deal[fact.Deal], name)
		}
	}
	contacts, deals := map[string]bool{}, map[string]bool{} // what some record has
	for _, x := range f.Contacts {
		for name := range x.Properties {
			contacts[name] = true
		}
	}
	for _, x := range f.Deals {
		for name := range x.Properties {
			deals[name] = true
		}
	}
	for i, x := range f.Contacts {
		at := pointer("contacts", i)
		c.spelling(at, x.Properties, a.Kinds["contacts"], contact, deal, contacts)
		c.values(at, x.Properties, a.Kinds["contacts"], a.Options, contact, d)
	}
	for i, x := range f.Companies { // no fact is one of theirs
		at := pointer("companies", i)
		c.spelling(at, x.Properties, a.Kinds["companies"], nil, contact, nil)
		c.values(at, x.Properties, a.Kinds["companies"], nil, nil, d)
	}
	for i, x := range f.Deals {
		at := pointer("deals", i)
		c.spelling(at, x.Properties, a.Kinds["deals"], deal, contact, deals)
		c.values(at, x.Properties, a.Kinds["deals"], nil, deal, d)
	}
	c.org("", f.OrgFixture, a)
	for _, name := range slices.Sorted(maps.Keys(f.Calls)) {
		x, at := f.Calls[name], pointer("calls", name)
		c.org(at, x.OrgFixture, a)
		switch {
		case x.ANI != "" && !Shown(x.ANI):
			c.wrong(at+"/ani", shownHint(x.ANI), notShown)
		case x.ANI == "" && !Shown(name):
			c.wrong(at, "write ani: with what the call shows, or the number as the name", "the call shows no number")
		}
		if _, ours := d.Number(x.DNIS); x.DNIS != "" && !ours && len(d.Calls.Numbers) > 0 {
			c.wrong(at+"/dnis", meant(x.DNIS, d.Calls.Numbers), notOurs)
		}
		c.conversation(at+"/conversation", x.Conversation, a)
	}
	return c.found
}

// What is said of a caller that is none, and of a called number of somebody else.
const (
	notShown = "no number, no address and no word for a withheld one"
	notOurs  = "the called number is none of the deployment's"
)

func shownHint(ani string) string {
	return cmp.Or(diag.DidYouMean(ani, phone.WithheldWords()), "give a number, tel: or sip: with an address, or anonymous")
}

// Shown tells whether a text can be what a call shows of its caller, and is not a bare word:
// that would be taken for somebody whose number cannot be read.
func Shown(ani string) bool {
	digits := 0
	for _, r := range ani {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	return digits >= 7 || strings.ContainsAny(ani, ":@") || !strings.ContainsFunc(ani, unicode.IsLetter) || phone.Withheld(ani)
}

// spelling reports properties that look like misspelt ones: of HubSpot's, or of those that the
// facts ask this object for. The account may have any other. What a record has properly it
// cannot have meant. A property of a fact that no record has is perhaps the one that is misspelt,
// and said of the deployment (DR-ACCT-003). other are the properties asked of the other object.
func (c *checker) spelling(at string, ps hubspot.Properties, kinds map[string]string, asked, other map[string][]string, occurs map[string]bool) {
	known := slices.DeleteFunc(slices.Sorted(maps.Keys(asked)), func(n string) bool { return !occurs[n] })
	known = append(known, slices.Sorted(maps.Keys(kinds))...)
	known = slices.DeleteFunc(known, func(n string) bool { _, has := ps[n]; return has })
	for _, name := range slices.Sorted(maps.Keys(ps)) {
		if kinds[name] != "" || asked[name] != nil || other[name] != nil {
			continue
		}
		near := nearby(name, known)
		path := at + pointer("properties", name) + keyMark
		switch hint := fmt.Sprintf("did you mean %q", near); {
		case near == "":
		case asked[near] != nil:
			c.odd(path, hint, "the deployment asks for no property %q: fact %s of this record is not set", name, quoted(asked[near]))
		default:
			c.odd(path, hint, "HubSpot has no property %q of its own, and the deployment asks for none: nothing reads it", name)
		}
	}
}

// nearby is the known name of which at most two letters differ (of five and fewer one), or that
// sounds alike. More letters tell another property.
func nearby(name string, known []string) string {
	sound := func(s string) string { return strings.ReplaceAll(s, "ph", "f") }
	best, bestAt := "", min(2, max(1, len(name)/3))+1
	for _, k := range known {
		n := diag.Distance(name, k)
		if sound(name) == sound(k) {
			n = 1
		}
		if n < bestAt {
			best, bestAt = k, n
		}
	}
	return best
}

func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, strconv.Quote(n))
	}
	return strings.Join(out, " and ")
}

// forms say how a value of a type is written.
var forms = map[string]string{
	"number": "a number", "boolean": "true or false", "bool": "true or false",
	"date": "a day such as 2026-12-31", "datetime": "a time such as 2026-11-23T09:00:00Z",
}

// values reports values that a fact cannot read, and those that HubSpot does not hold under
// that type.
func (c *checker) values(at string, ps hubspot.Properties, kinds map[string]string, options map[string][]string, asked map[string][]string, d *deployment.Deployment) {
	for _, name := range slices.Sorted(maps.Keys(ps)) {
		v, set := ps.Get(name)
		if !set {
			continue
		}
		path := at + pointer("properties", name)
		unread := slices.DeleteFunc(slices.Clone(asked[name]), func(fact string) bool {
			_, ok := routing.Read(d.HubSpot.Facts[fact].Type, v)
			return ok
		})
		kind := kinds[name]
		switch words := options[name]; {
		case len(unread) > 0:
			typ := d.HubSpot.Facts[unread[0]].Type
			c.odd(path, "write "+forms[typ], "fact %s is of type %s, which this is not: it is not set", quoted(unread), typ)
		case forms[kind] != "" && !holds(kind, v):
			c.odd(path, "", "HubSpot holds %s there: this is read as not set", forms[kind])
		case words != nil && !slices.Contains(words, v) && !digitsForm().MatchString(v):
			c.odd(path, meant(v, words), "HubSpot has no option %q there", v)
		}
	}
}

// holds tells whether HubSpot serves a text as a value of the type.
func holds(kind, v string) bool {
	switch kind {
	case "number":
		_, ok := routing.Read(routing.NumberFact, v)
		return ok
	case "bool":
		return v == "true" || v == "false"
	}
	if _, err := time.Parse(time.DateOnly, v); err == nil {
		return true
	}
	_, err := time.Parse(time.RFC3339, v)
	return err == nil
}

// org checks how the org differs, for all calls or for one.
func (c *checker) org(at string, o OrgFixture, a Around) {
	c.control(at+"/control", o.Control, a.Rows)
	queues, skills, flows := targets(a.Deployment)
	c.names(at+"/vanished/queues", "queue", o.Vanished.Queues, queues, slices.Concat(skills, flows), a)
	c.names(at+"/vanished/skills", "skill", o.Vanished.Skills, skills, slices.Concat(queues, flows), a)
	c.names(at+"/vanished/flows", "flow", o.Vanished.Flows, flows, slices.Concat(queues, skills), a)
	what := "queue"
	if len(flows) > 0 {
		what = "queue or flow"
	}
	c.names(at+"/transfers/failing", what, o.Transfers.Failing, slices.Concat(queues, flows), skills, a)
}

// targets are the queues, skills and flows to which the deployment sends calls, sorted.
func targets(d *deployment.Deployment) (queues, skills, flows []string) {
	queues, skills = []string{d.Routing.Fallback.Queue}, slices.Clone(d.Routing.Fallback.Skills)
	for _, r := range d.Routing.Rules {
		queues, skills, flows = append(queues, r.To.Queue), append(skills, r.To.Skills...), append(flows, r.To.Flow)
	}
	for _, e := range d.Endings() {
		queues, flows = append(queues, e.Queue), append(flows, e.Flow)
	}
	each := func(names []string) []string {
		slices.Sort(names)
		return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
	}
	return each(queues), each(skills), each(flows)
}

// names warns of names to which no call can come: fixtures outlive a change of the deployment. other are names of the other kind.
func (c *checker) names(at, what string, names, known, other []string, a Around) {
	for i, name := range names {
		path := at + pointer(i)
		switch {
		case slices.Contains(names[:i], name):
			c.wrong(path, "leave it out", "%s %q stands twice", what, name)
		case slices.Contains(known, name):
		case slices.Contains(other, name) || a.Program == nil || !slices.Contains(a.Program.flow.Texts(), name):
			c.odd(path, meant(name, known), "no call asks for a %s %q", what, name)
		}
	}
}

func (c *checker) control(at string, given, rows map[string]map[string]any) {
	columns := map[string]any{} // every row has those of all
	for _, row := range rows {
		maps.Copy(columns, row)
	}
	known := slices.Sorted(maps.Keys(columns))
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if rows[key] == nil {
			c.wrong(at+pointer(key), meant(key, slices.Sorted(maps.Keys(rows))), "the control table has no row %q", key)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(given[key])) {
			place, v := at+pointer(key, name), given[key][name]
			now, ok := columns[name]
			text, _ := v.(string)
			switch {
			case !ok:
				c.wrong(place, diag.DidYouMean(name, known), "the control table has no column %q", name)
			case v == nil:
			case kind(v) != kind(now):
				c.wrong(place, kind(now)+" does", "%s does not belong here", kind(v))
			case name == "key" && v != key:
				c.wrong(place, "leave it out", "the key of row %q is %q", key, key)
			case name == genesys.TokenExpiry && text != "" && !isTime(text):
				c.odd(place, timeHint, "that is no time: the token counts as expired")
			case name == "openUntil":
				if effect, ok := breakerOpen(text); !ok {
					c.odd(place, timeHint, "%s", effect)
				}
			}
		}
	}
}

// conversation checks what an earlier leg left.
func (c *checker) conversation(at string, data map[string]string, a Around) {
	if a.Program == nil {
		return
	}
	known, all := a.Program.flow.Attributes()
	for _, name := range slices.Sorted(maps.Keys(data)) {
		if all && !slices.Contains(known, name) {
			c.odd(at+pointer(name)+keyMark, meant(name, known), "the flow reads no participant data %q", name)
		}
	}
	for _, l := range left(data, a.Deployment) {
		c.odd(at+pointer(l.name), l.hint, "%s", l.why)
	}
}

// A leftover is what an earlier leg cannot have left.
type leftover struct{ name, why, hint string }

// left finds in a conversation's data what makes a flow decide anew.
func left(data map[string]string, d *deployment.Deployment) []leftover {
	outcomes := []string{""}
	for _, o := range routing.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	rules := []string{""}
	var out []leftover
	for _, r := range d.Routing.Rules {
		rules = append(rules, r.Name)
		if r.To.Flow != "" && r.Name == data["dealroute_rule"] && data["dealroute_until"] != "" {
			out = append(out, leftover{"dealroute_until", fmt.Sprintf("rule %q hands its calls to a flow, and such a decision is not kept", r.Name), "leave it empty, as that leg does"})
		}
	}
	for _, x := range []struct {
		name  string
		words []string
	}{{"dealroute_outcome", outcomes}, {"dealroute_rule", rules}} {
		if v := data[x.name]; !slices.Contains(x.words, v) {
			out = append(out, leftover{x.name, fmt.Sprintf("no leg of this deployment leaves %q: the decision is not kept", v), meant(v, x.words[1:])})
		}
	}
	if v := data["dealroute_until"]; v != "" && !isTime(v) {
		out = append(out, leftover{"dealroute_until", "that is no time: the decision is not kept", timeHint})
	}
	if v := data["dealroute_priority"]; v != "" && !priorityForm().MatchString(v) {
		out = append(out, leftover{"dealroute_priority", "that is no number: the decision is not kept", "write a whole number of at most eight digits"})
	}
	return out
}

const timeHint = "write it as 2026-11-23T15:00:10Z"

// breakerOpen tells whether openUntil of the control table can be read, and what follows when it cannot.
func breakerOpen(text string) (effect string, ok bool) {
	return "that is no time: the breaker counts as closed", text == "" || isTime(text)
}

// isTime tells whether the flow reads a text as a time: in UTC, to the second or finer.
func isTime(text string) bool {
	_, ok := Until(text)
	return ok
}

// Until is when a breaker closes whose openUntil is this text; false for what the flow reads as no time.
func Until(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil && timeForm().MatchString(text)
}

// kind says in a sentence what a cell is.
func kind(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	}
	return "a number"
}

// Script holds a world file against the flow, the contracts of its data actions and the
// control table, whose rows are given.
func (p *Program) Script(doc *world.Document, rows map[string]map[string]any, d *deployment.Deployment) diag.Findings {
	table := world.KnownTable{Rows: slices.Sorted(maps.Keys(rows)), Columns: map[string]expr.Type{}}
	for _, row := range rows {
		for name, v := range row {
			table.Columns[name] = map[string]expr.Type{"a text": expr.String, "true or false": expr.Boolean, "a number": expr.Decimal}[kind(v)]
		}
	}
	queues, skills, flows := targets(d)
	var found diag.Findings
	if ani := doc.Call.ANI; ani != "" && !Shown(ani) {
		found = append(found, doc.Wrong("/call/ani", shownHint(ani), notShown))
	}
	if dnis := doc.Call.DNIS; dnis != "" && len(d.Calls.Numbers) > 0 {
		if _, ours := d.Number(dnis); !ours {
			found = append(found, doc.Wrong("/call/dnis", meant(dnis, d.Calls.Numbers), notOurs))
		}
	}
	for _, l := range left(doc.Call.Data, d) {
		found = append(found, doc.Odd("/call/data"+pointer(l.name), l.hint, l.why))
	}
	for name, t := range doc.Tables {
		for _, f := range t.Rows[genesys.TokenRow] {
			if f.Name == genesys.TokenExpiry && f.Value.Kind == world.DatumText && strings.EqualFold(name, p.table) && f.Value.Text != "" && !isTime(f.Value.Text) {
				found = append(found, doc.Odd("/tables"+pointer(name, "rows", genesys.TokenRow, genesys.TokenExpiry), timeHint, "that is no time: the token counts as expired"))
			}
		}
		for _, f := range t.Rows["breaker"] {
			if effect, ok := breakerOpen(f.Value.Text); f.Name == "openUntil" && f.Value.Kind == world.DatumText && strings.EqualFold(name, p.table) && !ok {
				found = append(found, doc.Odd("/tables"+pointer(name, "rows", "breaker", "openUntil"), timeHint, effect))
			}
		}
	}
	return append(found, doc.Against(p.flow, world.Known{
		Outputs: func(category, action string) map[string]expr.Type { return p.types[actionKey(category, action)] },
		Tables:  map[string]world.KnownTable{p.table: table}, Objects: map[string][]string{"queues": queues, "skills": skills, "flows": flows}, Closed: true,
	})...)
}
