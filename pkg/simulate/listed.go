package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
)

// A Listed is a call of a list, with what it meets and what is expected of it.
type Listed struct {
	Number int // from 1
	Place  diag.Position

	Name      string
	ANI, DNIS string
	ANIAt     diag.Position // their places; the call's where they were not given
	DNISAt    diag.Position
	Shows     bool // ANI was given; without it, what the world says of the caller holds
	At        time.Time
	Faults    []Text // as --fault takes them
	Schedule  string // state in which it comes, whatever the hours of the org are; empty: what they say

	CRM          *CRM // records of its own, instead of the fixtures'; pipelines that it leaves out are theirs
	CRMFile      Text // a file with them
	World        *world.Document
	WorldFile    Text
	Conversation map[string]string
	OrgFixture

	Expect []Expectation // of the call, in the order of the list
	Legs   []Leg         // that follow in the same conversation

	sheet   sheet     // empty for a row of a CSV
	records *Fixtures // CRM with places
}

// A Text is a value with its place.
type Text struct {
	Text  string
	Place diag.Position
}

// A Leg is a later part of a conversation: the call comes back to the flow with what the leg
// before left.
type Leg struct {
	After  time.Duration // from the end of the one before
	DNIS   string
	DNISAt diag.Position // where it was given
	Expect []Expectation
}

// A TimeReader reads when a call came.
type TimeReader = func(text string) (time.Time, error)

var errNoTime = fmt.Errorf("that is no time; write it as 2026-11-23T09:00:00Z")

func readRFC3339(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errNoTime
	}
	return t, nil
}

// Read takes the row apart. It may be called at once with that of other entries. Nothing that is
// found holds a number or a name.
func (e Entry) Read() (*Listed, diag.Findings) {
	r := &rowReader{Listed: &Listed{Number: e.Number, Place: e.Place, ANIAt: e.Place, DNISAt: e.Place}, time: e.list.options.Time}
	if r.time == nil {
		r.time = readRFC3339
	}
	switch {
	case e.cells != nil:
		r.record(e)
	case e.node != nil:
		r.sheet = sheet{e.text, source.Follow(e.node)}
		r.object()
	default:
		r.line(e)
	}
	if len(r.found) == 0 {
		return r.Listed, nil
	}
	if r.found.Has(diag.Error) {
		return nil, privacy.Findings(r.found)
	}
	return r.Listed, privacy.Findings(r.found)
}

type rowReader struct {
	*Listed
	time  TimeReader
	found diag.Findings
}

func (r *rowReader) wrong(at diag.Position, length int, hint, format string, args ...any) {
	r.found.Add(diag.Finding{Message: fmt.Sprintf(format, args...), Hint: hint, Position: at, Length: length})
}

// A given is a value of a row as both forms have it: texts of a scalar or a list, or nothing.
type given struct {
	texts  []string
	list   bool
	null   bool
	at     diag.Position
	length int
}

func (g given) text() string {
	if len(g.texts) == 0 {
		return ""
	}
	return g.texts[0]
}

// line reads a line of JSONL.
func (r *rowReader) line(e Entry) {
	shift := e.Place.Line - 1
	doc, faults := e.text.YAML(source.Limits{Bytes: longestRow, Nodes: fixtureLimits.Nodes, Depth: fixtureLimits.Depth})
	if doc == nil {
		if _, f := e.text.JSON(source.Limits{Depth: fixtureLimits.Depth}); f != nil {
			faults = []source.Fault{*f}
		}
	} else {
		r.sheet = sheet{e.text, source.Follow(doc.Content[0])}
	}
	for _, f := range faults {
		r.found.Add(f.Finding(""))
	}
	if r.found == nil && r.sheet.root.Kind != yaml.MappingNode {
		r.wrong(e.text.Position(0), 0, `write one call a line, such as {"ani": "anonymous", "expect": {"queue": "Sales"}}`, "the line is no JSON object")
	}
	if r.found == nil {
		lower(doc, shift)
		shift = 0
		r.object()
	}
	for i := range r.found {
		r.found[i].Position.Line += shift
	}
}

// lower moves nodes down by some lines.
func lower(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		lower(c, lines)
	}
}

// object reads a row of YAML or JSON.
func (r *rowReader) object() {
	if r.sheet.root.Kind != yaml.MappingNode {
		r.wrong(r.sheet.text.At(r.sheet.root), source.Width(r.sheet.root), "write a mapping, such as {ani: anonymous, expect: {queue: Sales}}", "%s is no call", source.What(r.sheet.root))
		return
	}
	var f struct {
		Name         yaml.Node         `yaml:"name"`
		ANI          yaml.Node         `yaml:"ani"`
		DNIS         yaml.Node         `yaml:"dnis"`
		At           yaml.Node         `yaml:"at"`
		Fault        yaml.Node         `yaml:"fault"`
		Schedule     yaml.Node         `yaml:"schedule"`
		CRM          yaml.Node         `yaml:"crm"`
		World        yaml.Node         `yaml:"world"`
		Conversation map[string]string `yaml:"conversation"`
		OrgFixture   `yaml:",inline"`
		Expect       yaml.Node `yaml:"expect"`
		Legs         []struct {
			After  yaml.Node `yaml:"after"`
			DNIS   yaml.Node `yaml:"dnis"`
			Expect yaml.Node `yaml:"expect"`
		} `yaml:"legs"`
	}
	for _, x := range r.sheet.text.Fill(r.sheet.root, &f) {
		r.found.Add(x.Finding(""))
	}
	for _, x := range []struct {
		name string
		node *yaml.Node
	}{{"name", &f.Name}, {"ani", &f.ANI}, {"dnis", &f.DNIS}, {"at", &f.At}, {"fault", &f.Fault}, {"schedule", &f.Schedule}} {
		if g, ok := r.given(x.node, x.name == "fault"); ok {
			r.set(x.name, g)
		}
	}
	if g, ok := r.fileOr(&f.CRM); ok {
		r.set("crm", g)
	} else if f.CRM.Kind == yaml.MappingNode {
		r.ownRecords(&f.CRM)
	}
	if g, ok := r.fileOr(&f.World); ok {
		r.set("world", g)
	} else if f.World.Kind == yaml.MappingNode {
		d, found := world.Inside(r.sheet.text, &f.World)
		r.World, r.found = d, append(r.found, found...)
	}
	r.Conversation, r.OrgFixture = f.Conversation, f.OrgFixture
	r.Expect = r.expected(&f.Expect)
	for _, x := range f.Legs {
		leg := Leg{Expect: r.expected(&x.Expect)}
		if g, ok := r.given(&x.DNIS, false); ok {
			leg.DNIS, leg.DNISAt = g.text(), g.at
		}
		if g, ok := r.given(&x.After, false); ok {
			var err error
			if leg.After, err = time.ParseDuration(g.text()); err != nil || leg.After < 0 {
				r.wrong(g.at, g.length, "write it as 30s or 5m", "that is no duration")
			}
		}
		r.Legs = append(r.Legs, leg)
	}
	r.whole()
}

// given reads a scalar, or a list where there may be one; false when it is not there.
func (r *rowReader) given(n *yaml.Node, list bool) (given, bool) {
	n = source.Follow(n)
	g := given{at: r.sheet.text.At(n), length: source.Width(n)}
	switch {
	case n.Kind == 0, source.Null(n) && !list:
		return g, false
	case n.Kind == yaml.ScalarNode:
		g.texts = []string{n.Value}
		return g, !source.Null(n)
	case n.Kind == yaml.SequenceNode && list:
		g.list = true
		for _, c := range n.Content {
			c = source.Follow(c)
			if c.Kind != yaml.ScalarNode || source.Null(c) {
				r.wrong(r.sheet.text.At(c), source.Width(c), "a text does", "%s does not belong here", source.What(c))
				return g, false
			}
			g.texts = append(g.texts, c.Value)
		}
		return g, true
	}
	r.wrong(g.at, g.length, "a text does", "%s does not belong here", source.What(n))
	return g, false
}

// fileOr reads the name of a file; false when there is none, or a mapping stands there itself.
func (r *rowReader) fileOr(n *yaml.Node) (given, bool) {
	if n.Kind == yaml.MappingNode {
		return given{}, false
	}
	return r.given(n, false)
}

// ownRecords reads a call's own records.
func (r *rowReader) ownRecords(n *yaml.Node) {
	f := &Fixtures{sheet: sheet{r.sheet.text, n}}
	for _, x := range r.sheet.text.Fill(n, &f.CRM) {
		r.found.Add(x.Finding(""))
	}
	r.CRM, r.records = &f.CRM, f
}

// set fills a field that both forms have.
func (r *rowReader) set(name string, g given) {
	text := strings.TrimSpace(g.text())
	switch name {
	case "name":
		r.Name = text
	case "ani":
		r.ANI, r.ANIAt, r.Shows = g.text(), g.at, true
	case "dnis":
		r.DNIS, r.DNISAt = text, g.at
	case "at":
		t, err := r.time(text)
		switch {
		case err != nil:
			r.wrong(g.at, g.length, "", "%v", err)
		case t.UTC().Year() < world.FirstYear || t.UTC().Year() > world.LastYear:
			r.wrong(g.at, g.length, fmt.Sprintf("use a year from %d to %d", world.FirstYear, world.LastYear), "the call is too far from today")
		}
		r.At = t.UTC()
	case "fault":
		for _, t := range g.texts {
			if t = strings.TrimSpace(t); t != "" {
				r.Faults = append(r.Faults, Text{t, g.at})
			}
		}
	case "schedule":
		states := []string{string(genesys.StateOpen), string(genesys.StateClosed), string(genesys.StateHoliday), string(genesys.StateEmergency)}
		if r.Schedule = text; !slices.Contains(states, text) {
			r.wrong(g.at, g.length, cmp.Or(diag.DidYouMean(text, states), "there is "+strings.Join(states, ", ")), "that is no state of a schedule")
		}
	case "crm":
		r.CRMFile = Text{text, g.at}
	case "world":
		r.WorldFile = Text{text, g.at}
	}
}

// whole refuses what excludes each other, or is not enough.
func (r *rowReader) whole() {
	world, crm := r.World != nil || r.WorldFile.Text != "", r.CRM != nil || r.CRMFile.Text != ""
	switch {
	case world && crm:
		r.wrong(r.Place, 0, "a world is scripted, records are asked: name the one that gives HubSpot's answers", "crm and world exclude each other")
	case world && len(r.Faults) > 0:
		r.wrong(r.Faults[0].Place, 0, "write failure or timeout into the world; docs/world.md has the format", "world and fault exclude each other")
	case world && r.Schedule != "":
		r.wrong(r.Place, 0, "write scheduleGroups into the world; docs/world.md has the format", "world and schedule exclude each other")
	case !world && !r.Shows:
		r.wrong(r.Place, 0, "write the calling number in quotes, or anonymous for a withheld one", "the call has no ani")
	}
}

// A heading is a column of a CSV, by our name of it.
type heading struct {
	name  string // with what it says, whichever way that is written
	field string // of set; empty for others
	key   string // behind conversation.
	want  *expectation
	part  string // behind participantData.
}

var rowFields = []string{"name", "ani", "dnis", "at", "fault", "schedule", "crm", "world"}

// headingOf reads the name of a column; nil with a hint when there is none of that name.
func headingOf(name string) (*heading, string) {
	if slices.Contains(rowFields, name) {
		return &heading{name: name, field: name}, ""
	}
	if key, ok := strings.CutPrefix(name, "conversation."); ok && key != "" {
		return &heading{name: name, key: key}, ""
	}
	wanted := strings.TrimPrefix(name, "expect.")
	field, part, _ := strings.Cut(wanted, ".")
	if x := expectationOf(field); x != nil && (part != "") == x.parts {
		return &heading{name: "expect." + wanted, want: x, part: part}, ""
	}
	known := append(slices.Clone(rowFields), "conversation.NAME")
	for _, x := range kindsOfExpectation() {
		if x.parts {
			known = append(known, x.name+".NAME")
			continue
		}
		known = append(known, x.name, "expect."+x.name)
	}
	return nil, cmp.Or(diag.DidYouMean(name, known), "known here: "+strings.Join(known, ", "))
}

// record reads a row of a CSV. A cell that is empty says nothing, but for that of ani: it is a
// caller who shows no number.
func (r *rowReader) record(e Entry) {
	t := e.list.table
	if len(e.cells) != len(t.columns) {
		r.wrong(e.Place, 0, "a cell that has the delimiter, a quote or a line end in it stands in quotes", "the row has %d cells, and the first line names %d columns", len(e.cells), len(t.columns))
		return
	}
	for i, c := range e.cells {
		col := t.columns[i]
		g := given{texts: []string{c.text}, at: c.at, length: utf8.RuneCountInString(c.text)}
		switch {
		case !utf8.ValidString(c.text):
			r.wrong(c.at, 0, "save the file as UTF-8", "a byte that is not UTF-8")
		case col == nil:
			if t.header[i] == "" && strings.TrimSpace(c.text) != "" {
				r.wrong(c.at, g.length, "name the column in the first line", "the cell stands in a column without a name")
			}
		case col.field == "ani":
			g.texts[0] = strings.TrimSpace(c.text)
			if _, world := t.has("world"); !world || g.texts[0] != "" {
				r.set(col.field, g)
			}
		case strings.TrimSpace(c.text) == "":
		case col.field == "fault":
			g.texts = strings.Split(c.text, ";")
			r.set(col.field, g)
		case col.field != "":
			r.set(col.field, g)
		case col.key != "":
			if r.Conversation == nil {
				r.Conversation = map[string]string{}
			}
			r.Conversation[col.key] = c.text
		default:
			g.texts[0] = strings.TrimSpace(c.text)
			if col.want.list {
				g.list, g.texts = true, nil
				for _, s := range strings.Split(c.text, ";") {
					if s = strings.TrimSpace(s); s != "" && s != none {
						g.texts = append(g.texts, s)
					}
				}
			} else if g.texts[0] == none && col.want.absent {
				g.null = true
			}
			if x, ok := r.expectation(col.want, col.part, g); ok {
				r.Expect = append(r.Expect, x)
			}
		}
	}
	r.whole()
}

func (t *tableReader) has(name string) (int, bool) {
	i := slices.IndexFunc(t.columns, func(c *heading) bool { return c != nil && c.name == name })
	return i, i >= 0
}

// Against holds a call against the deployment and the account that it comes to, and completes
// records of its own from those of the fixtures: pipelines, currency, time zone and portal that
// it leaves out are theirs. The account is nil for a call without records of its own. None of
// what is found holds a caller's number.
func (c *Listed) Against(fixtures CRM, a Around) (*CRM, diag.Findings) {
	var found diag.Findings
	if c.sheet.root != nil {
		k := checker{sheet: c.sheet}
		k.org("", c.OrgFixture, a)
		k.conversation("/conversation", c.Conversation, a)
		found = k.found
	}
	if c.CRM == nil {
		return nil, found
	}
	f := &Fixtures{CRM: Records(*c.CRM, fixtures), sheet: c.records.sheet, own: true}
	more := f.check()
	if !more.Has(diag.Error) {
		more = append(more, f.Against(a)...)
	}
	return &f.CRM, append(found, more...)
}

// Records are those of an account whose pipelines, currency, time zone and portal are another's
// where it says none.
func Records(own, others CRM) CRM {
	own.Portal, own.Currency, own.TimeZone = cmp.Or(own.Portal, others.Portal), cmp.Or(own.Currency, others.Currency), cmp.Or(own.TimeZone, others.TimeZone)
	if own.Pipelines == nil {
		own.Pipelines = others.Pipelines
	}
	return own
}
