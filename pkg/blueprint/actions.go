package blueprint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/pattern"
	"github.com/dealroute/dealroute/pkg/internal/recall"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/source"
)

// An actionFile is what the template of a data action says; it is Genesys' definition in a
// form that people read, with the two Velocity templates in files of their own.
type actionFile struct {
	Name            string                `yaml:"name"`
	IntegrationType string                `yaml:"integrationType"`
	Secure          bool                  `yaml:"secure"`
	TimeoutSeconds  int                   `yaml:"timeoutSeconds"`
	Request         actionRequest         `yaml:"request"`
	Input           yaml.Node             `yaml:"input"`
	Output          yaml.Node             `yaml:"output"`
	Reply           map[string]actionPath `yaml:"reply"`
}

type actionRequest struct {
	Method  string            `yaml:"method"`
	URL     string            `yaml:"url"`
	Headers map[string]string `yaml:"headers"`
}

// actionPath takes a value out of the reply; the default is JSON text.
type actionPath struct {
	Path    string `yaml:"path"`
	Default string `yaml:"default"`
}

// contactData, dealsData and breakerData are what the templates of the data actions are
// given. Name stands for the final name, which carries a hash of the rendered contract.
type contactData struct {
	Name, SearchURL              string
	Bearer                       string // the Authorization header
	Timeout, Limit               int
	Calculated, National, Mobile bool
	Lists                        []list
	Required, Properties         []string
}

type dealsData struct {
	Name, SearchURL      string
	Bearer               string // the Authorization header
	Timeout, Limit       int
	Contacts             []string
	ContactRefs          []string
	Companies            []string
	ByNumber             bool // a company may stand alone, without a contact
	Groups               []group
	OpenAmountsPath      string
	IDLists              []idList
	Lists                []list
	Required, Properties []string
	Pipelines            []string
	Sort                 string
}

type breakerData struct {
	Name, Table string
	Timeout     int
}

// matchLimit is how many matches are looked through: the contact with the number itself is to
// be among them, whoever was modified last. Another country's number that is the same without
// its country code is rare, many are not real.
const matchLimit = 20

func (b *builder) renderActions() diag.Findings {
	d := b.d
	paths := hubspot.Paths(d.HubSpot.APIVersion)
	dir, contact := "find-contact", func(name string) any {
		m := b.match()
		c := contactData{
			Name: name, SearchURL: hubspot.Host + paths.ContactSearch(), Bearer: b.bearer(), Timeout: b.contactTimeout() + actionSlack,
			Limit: matchLimit, Calculated: m.Calculated, National: m.National, Mobile: !m.National || !m.Calculated,
			Lists: b.contactLists(), Required: []string{"total", "ids", "askIds"},
			Properties: []string{hubspot.PropAssociatedDeals, hubspot.PropPhone, hubspot.PropMobile, hubspot.PropCalcPhone, hubspot.PropCalcMobile},
		}
		if m.National {
			c.Properties = append(c.Properties, hubspot.PropSearchPhone, hubspot.PropSearchMobile)
		}
		for _, p := range b.contactProperties() {
			c.Properties = appendNew(c.Properties, p)
		}
		for _, l := range c.Lists {
			c.Required = append(c.Required, l.OfName, l.ValuesName)
		}
		return c
	}
	if b.keyed() {
		dir, contact = "read-contact", b.readContactData
	}
	fs := b.action(RoleFindContact, dir, "find contact", dataaction.WebServices, b.names.hubspot, contact)
	if b.companyNumbers() {
		fs = append(fs, b.action(RoleFindCompany, "find-company", "find company", dataaction.WebServices, b.names.hubspot, b.companySearchData)...)
	}
	if !b.rolled() {
		fs = append(fs, b.action(RoleFindDeals, "find-deals", "find deals", dataaction.WebServices, b.names.hubspot, b.dealsData)...)
	}
	if d.Enrichment.Breaker.Enabled {
		fs = append(fs, b.action(RoleTripBreaker, "trip-breaker", "trip breaker", dataaction.GenesysCloud, b.names.genesys, func(name string) any {
			return breakerData{Name: name, Table: b.names.table, Timeout: breakerTimeout + actionSlack}
		})...)
	}
	return fs
}

// contactProperties are those that are asked for of contacts besides their numbers and deals.
func (b *builder) contactProperties() []string {
	var out []string
	if b.usesLifecycle() {
		out = append(out, hubspot.PropLifecycle)
	}
	if b.usesOwner() {
		out = append(out, hubspot.PropOwner)
	}
	if b.companies() {
		out = append(out, hubspot.PropPrimaryCompany)
	}
	for _, f := range b.facts {
		if src := b.d.HubSpot.Facts[f.Name]; !f.Deal {
			out = append(out, src.Contact)
		}
	}
	return out
}

func (b *builder) dealsData(name string) any {
	d := b.d
	r := rankingOf(d.Enrichment.DealStage)
	amounts := listOf(hubspot.PropHomeAmount, routing.NumberFact, "open", "open", onlyOpen)
	c := dealsData{
		Name: name, SearchURL: hubspot.Host + hubspot.Paths(d.HubSpot.APIVersion).DealSearch(), Bearer: b.bearer(), Timeout: dealsTimeout + actionSlack,
		Limit: routing.PageSize, Groups: b.dealGroups(), OpenAmountsPath: amounts.ValuesPath, Lists: b.dealLists(), IDLists: b.idLists(),
		Required: []string{"total", "openAmounts"}, Pipelines: d.HubSpot.Lookup.Pipelines, Sort: r.prop,
		Properties: []string{hubspot.PropDealStage, hubspot.PropIsClosed, hubspot.PropIsWon, hubspot.PropHomeAmount},
	}
	for i := range b.contactsAsked() {
		in := fmt.Sprintf("contact%d", i+1)
		c.Contacts = append(c.Contacts, in)
		c.ContactRefs = append(c.ContactRefs, in)
	}
	for i := range b.companiesAsked() {
		c.Companies = append(c.Companies, fmt.Sprintf("company%d", i+1))
	}
	c.ByNumber = b.companyNumbers()
	c.Properties = appendNew(c.Properties, r.prop)
	if b.usesPipeline() || b.asksPipeline() {
		c.Properties = append(c.Properties, hubspot.PropPipeline)
	}
	if b.usesOwner() {
		c.Properties = append(c.Properties, hubspot.PropOwner)
	}
	for _, f := range b.facts {
		if src := d.HubSpot.Facts[f.Name]; f.Deal {
			c.Properties = appendNew(c.Properties, src.Deal)
		}
	}
	if l := b.openAmounts(); l != nil {
		c.Lists = append(c.Lists, *l)
	}
	for _, l := range c.IDLists {
		c.Required = append(c.Required, l.Name)
	}
	for _, g := range c.Groups {
		c.Required = append(c.Required, g.KeyOfName, g.KeysName, g.RestName)
	}
	for _, l := range c.Lists {
		c.Required = append(c.Required, l.OfName, l.ValuesName)
	}
	return c
}

// bodyLength is how many characters a request has at most: the longer way of what quoteSame
// and quoteDigits write, no directives, and numbers for the inputs.
func bodyLength(template string) int {
	template = directives().ReplaceAllString(template, "")
	return utf8.RuneCountInString(escapedInput().ReplaceAllStringFunc(template, func(input string) string {
		if strings.Contains(input, "Cut") {
			return "+123 (0)12 34 56 78 90 12"
		}
		return "+123456789012345"
	}))
}

var (
	directives   = pattern.Of(`#else"operator":"EQ","value":"[^"]*"|#if\([^)]*\)|#else|#end`)
	escapedInput = pattern.Of(`\$esc\.jsonString\(\$\{input\.[^{}]+\}\)`)
)

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// action renders one data action. Its name carries eight digits of the hash of what a
// published action cannot change, so that a new one can live beside the old.
func (b *builder) action(role, dir, title, integration, category string, data func(name string) any) diag.Findings {
	base := b.d.Name + " " + title
	def, parts, fs := b.definition(dir, data(base))
	if fs.Has(diag.Error) {
		return fs
	}
	frozenOf := func(d *dataaction.Definition) string {
		parts := []any{d.Input, d.Output, d.Secure, d.IntegrationType}
		if b.d.HubSpot.Auth.ByPlatform() && integration == dataaction.WebServices { // another integration: the action of the other one may still be there
			parts = append(parts, category)
		}
		return genesys.Hash(parts)
	}
	frozen := frozenOf(def)
	name := base + " " + frozen[:8]
	if b.engine.builtIn() {
		def.Name = name
	} else if def, parts, fs = b.definition(dir, data(name)); fs.Has(diag.Error) {
		return fs
	}
	def.Category = category
	if fs = append(fs, parts.head.unnamed(parts.root, "the data action", def.Name, name)...); fs != nil {
		return fs
	}
	if frozenOf(def) != frozen {
		return diag.Findings{parts.head.lost(lineOf(parts.root, "name"), "leave the name out of the contract",
			"the contract depends on the action's name, which holds the contract's hash and would not tell when it changes")}
	}
	if def.IntegrationType != integration {
		return parts.head.fail(lineOf(parts.root, "integrationType"), "integrationType is %q, the flow calls this action through %s", def.IntegrationType, integration)
	}
	if fs = append(fs, b.otherBearer(def, parts)...); fs != nil {
		return fs
	}
	at := parts.head.at(lineOf(parts.root, "request"))
	switch role {
	case RoleFindContact:
		b.names.findContact = def.Name
	case RoleFindCompany:
		b.names.findCompany = def.Name
	case RoleFindDeals:
		b.names.findDeals = def.Name
	case RoleTripBreaker:
		b.names.tripBreaker = def.Name
	}
	if n := bodyLength(def.Request.Template); hubspot.IsSearch(def.Request.URLTemplate) && n > hubspot.MaxSearchBody {
		fs = append(fs, diag.Finding{
			Code: codeLimit, Message: fmt.Sprintf("the request of %q has %d characters, HubSpot takes %d", def.Name, n, hubspot.MaxSearchBody),
			Hint: "use fewer facts or pipelines", Position: b.searched(role, at),
		})
	}
	artifact, parsed, found := exported(def, parts, ".custom.json")
	if fs = append(fs, found...); fs.Has(diag.Error) {
		return fs
	}
	parsed.Category, parsed.TimeoutSeconds = category, def.TimeoutSeconds
	b.out.Artifacts = append(b.out.Artifacts, artifact)
	b.out.Actions = append(b.out.Actions, ActionArtifact{
		Key: genesys.Key{Kind: genesys.DataAction, Name: def.Name}, Category: category, Definition: parsed, Role: role,
		Smoke: b.smokeOf(role),
	})
	return fs
}

// smokeOf are the inputs of the test run before an action is used: a number and a contact
// that cannot exist, and a row that nothing reads.
func (b *builder) smokeOf(role string) map[string]any {
	switch role {
	case RoleFindContact:
		in := map[string]any{"number": "+10000000000"}
		if b.match().National { // of a read there is none: that nobody has the number is the answer to try
			in["national"] = "0000000000"
		}
		return in
	case RoleFindCompany:
		in := map[string]any{"number": "+10000000000", "number2": "+10000000000", "number3": "+10000000000", "national": "0000000000", "nationalBare": "0000000000"}
		for i := range b.companyCuts() { // the whole list, to see that HubSpot takes it
			in[nationalCut(i)], in[numberCut(i)] = "000 000 0000", "+1 000 000 0000"
		}
		return in
	case RoleFindDeals:
		return map[string]any{"contact1": "0"}
	case RoleTripBreaker:
		return map[string]any{"row": "scratch", "openUntil": "2000-01-01T00:00:00Z", "reason": "test"}
	}
	return nil
}

func checked(d *dataaction.Definition) diag.Findings {
	if d == nil {
		return nil
	}
	return slices.DeleteFunc(dataaction.Check(d), func(f diag.Finding) bool {
		return f.Code == dataaction.CodeSearchLimits // which validate says with the action's name
	})
}

// actionParts are the three rendered files of a data action.
type actionParts struct {
	head, request, response rendering
	root                    *yaml.Node // what head holds
}

// place finds the line of a template that a finding about the exported definition is about.
func (p actionParts) place(f diag.Finding, export string) diag.Position {
	inside := func(r rendering) diag.Position {
		lines := strings.Split(export, "\n")
		if f.Position.Line < 1 || f.Position.Line > len(lines) {
			return r.at(1)
		}
		before := []rune(lines[f.Position.Line-1])
		before = before[:min(max(f.Position.Column-1, 0), len(before))]
		// the template is one JSON string: its line ends are \n, its backslashes doubled
		return r.at(1 + strings.Count(strings.ReplaceAll(string(before), `\\`, ""), `\n`))
	}
	switch {
	case strings.HasPrefix(f.Path, "/config/request/requestTemplate"):
		return inside(p.request)
	case strings.HasPrefix(f.Path, "/config/response/successTemplate"):
		return inside(p.response)
	}
	name := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
	name = cmp.Or(map[string]string{"requestUrlTemplate": "url", "requestType": "method"}[name], name)
	for i, line := range strings.Split(p.head.text, "\n") {
		if k, _, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name != "" && strings.Trim(k, `"`) == name {
			return p.head.at(i + 1)
		}
	}
	return p.head.at(1)
}

// exported writes a definition as an export file and reads it back; what is wrong with it is said
// of the template.
func exported(def *dataaction.Definition, parts actionParts, ending string) (Artifact, *dataaction.Definition, diag.Findings) {
	a := Artifact{"actions/" + def.Name + ending, string(def.Export())}
	x := readBack(a)
	var fs diag.Findings
	for _, f := range x.found {
		f.Position, f.Length = parts.place(f, a.Text), 0
		fs = append(fs, f)
	}
	return a, x.definition.Clone(), fs
}

// An export is a data action read back from its file, with what was found in it.
type export struct {
	definition *dataaction.Definition // nil when it cannot be read
	found      diag.Findings
}

// exports are those that were read back, by path and text: most edits of a deployment file leave
// its data actions alone.
var exports = recall.Store[export]{Most: 1 << 20}

func readBack(a Artifact) export {
	key := a.Path + "\x00" + a.Text
	x, ok := exports.Get(key)
	if !ok {
		x.definition, x.found = dataaction.ParseExport(a.Path, []byte(a.Text))
		x.found = append(x.found, checked(x.definition)...)
		exports.Put(key, x)
	}
	return x
}

// definition renders the three files of a data action.
func (b *builder) definition(dir string, data any) (*dataaction.Definition, actionParts, diag.Findings) {
	var p actionParts
	for _, x := range []struct {
		file string
		into *rendering
	}{{"action.yaml", &p.head}, {"request.vm", &p.request}, {"response.vm", &p.response}} {
		r, fs := b.engine.render("actions/"+dir+"/"+x.file+".tmpl", data)
		if fs.Has(diag.Error) {
			return nil, p, fs
		}
		*x.into = r
	}
	head, request, response := p.head, p.request, p.response
	if fs := append(request.misquoted(), response.misquoted()...); fs != nil {
		return nil, p, fs
	}
	var a actionFile
	root, fs := decodeStrict(head, &a)
	if fs.Has(diag.Error) {
		return nil, p, fs
	}
	p.root = root
	def := &dataaction.Definition{
		Name: a.Name, IntegrationType: a.IntegrationType, ActionType: dataaction.Custom, Secure: a.Secure, TimeoutSeconds: a.TimeoutSeconds,
		Request:  dataaction.RequestConfig{URLTemplate: a.Request.URL, Type: a.Request.Method, Headers: a.Request.Headers, Template: strings.TrimSuffix(request.text, "\n")},
		Response: dataaction.ResponseConfig{TranslationMap: map[string]string{}, Defaults: map[string]string{}, SuccessTemplate: strings.TrimSuffix(response.text, "\n")},
	}
	for name, p := range a.Reply {
		def.Response.TranslationMap[name] = p.Path
		def.Response.Defaults[name] = p.Default
	}
	var err error
	if def.Input, err = orderedJSON(&a.Input); err != nil {
		return nil, p, head.fail(a.Input.Line, "input: %v", err)
	}
	if def.Output, err = orderedJSON(&a.Output); err != nil {
		return nil, p, head.fail(a.Output.Line, "output: %v", err)
	}
	return def, p, nil
}

// decodeStrict reads rendered YAML into a struct; an unknown key is an error in the
// template's line.
func decodeStrict(r rendering, into any) (*yaml.Node, diag.Findings) {
	root, faults := source.New(r.file, []byte(r.text)).Decode(headLimits, into)
	var out diag.Findings
	for _, f := range faults {
		message := strings.TrimPrefix(f.Message, "not YAML: ")
		if f.Kind == source.Unknown {
			message = "unknown key " + f.Node.Value
		}
		out = append(out, r.fail(f.Position.Line, "%s", message)...)
	}
	if out != nil {
		return nil, out
	}
	return root, r.misplaced(root)
}

// headLimits bound the heads of data actions and tables; a contract is the longest part.
var headLimits = source.Limits{Bytes: 1 << 20, Nodes: 20_000, Depth: 60}

// orderedJSON writes a YAML mapping as JSON with its keys in the order of the file, which is
// the order in which Genesys shows a contract.
func orderedJSON(n *yaml.Node) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := appendJSON(&b, n); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func appendJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			key, err := json.Marshal(n.Content[i].Value)
			if err != nil {
				return err
			}
			b.Write(key)
			b.WriteByte(':')
			if err := appendJSON(b, n.Content[i+1]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := appendJSON(b, c); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case yaml.ScalarNode:
		var x any
		if err := n.Decode(&x); err != nil {
			return err
		}
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(x); err != nil {
			return err
		}
		b.Truncate(b.Len() - 1) // Encode ends with a line end
	default:
		return fmt.Errorf("line %d: a mapping is missing here", n.Line)
	}
	return nil
}
