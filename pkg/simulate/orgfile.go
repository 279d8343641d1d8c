package simulate

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/source"
)

//go:generate go run ../deployment/internal/schemagen -of org -out org.schema.json

//go:embed org.schema.json
var orgSchema []byte

// OrgSchema is the JSON Schema of org.yaml, for editors.
func OrgSchema() []byte { return slices.Clone(orgSchema) }

// An OrgFile is what a Genesys Cloud org has before a deployment comes, as org.yaml beside the
// deployment file holds it: fixtures of the org, as crm.yaml has those of HubSpot.
type OrgFile struct {
	// Version is the version of this file's format.
	Version int `yaml:"version" jsonschema:"enum=1"`
	// Schedules are times that may recur; groups say which are open and which closed.
	Schedules []OrgSchedule `yaml:"schedules,omitempty"`
	// ScheduleGroups are hours in a time zone.
	ScheduleGroups []OrgScheduleGroup `yaml:"scheduleGroups,omitempty"`
	// EmergencyGroups are switches that an admin turns on.
	EmergencyGroups []OrgEmergencyGroup `yaml:"emergencyGroups,omitempty"`
	// Users are the people of the org.
	Users []OrgUser `yaml:"users,omitempty"`
	// Queues with their members.
	Queues []OrgQueue `yaml:"queues,omitempty"`
	// Skills that exist besides those that users hold.
	Skills []string `yaml:"skills,omitempty" jsonschema:"uniqueItems=true"`
	// Flows are names of published inbound call flows.
	Flows []string `yaml:"flows,omitempty" jsonschema:"uniqueItems=true"`

	sheet sheet
	zones map[string]*time.Location
}

// An OrgSchedule is a time that may recur.
type OrgSchedule struct {
	// Name is how groups call it.
	Name string `yaml:"name" jsonschema:"minLength=1"`
	// Start is the first start, on the clocks of the group's time zone.
	Start string `yaml:"start" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?$,example=2026-01-05T09:00:00"`
	// End is the end of the first time; it may be on a later day.
	End string `yaml:"end" jsonschema:"pattern=^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?$,example=2026-01-05T17:00:00"`
	// RRule is the iCalendar rule by which it recurs; without one it happens once.
	RRule string `yaml:"rrule,omitempty" jsonschema:"minLength=1,example=FREQ=WEEKLY;BYDAY=MO\\,TU\\,WE\\,TH\\,FR"`
}

// An OrgScheduleGroup is hours in a time zone. Holidays win over closed, closed over open;
// when nothing applies it is closed.
type OrgScheduleGroup struct {
	// Name is what calls.schedule.group says.
	Name string `yaml:"name" jsonschema:"minLength=1"`
	// TimeZone is a name of the tz database, such as Europe/Berlin.
	TimeZone string `yaml:"timeZone" jsonschema:"minLength=1"`
	// Open are names of schedules.
	Open []string `yaml:"open" jsonschema:"minItems=1,uniqueItems=true"`
	// Closed are names of schedules that cut holes into the open ones.
	Closed []string `yaml:"closed,omitempty" jsonschema:"uniqueItems=true"`
	// Holidays are names of schedules.
	Holidays []string `yaml:"holidays,omitempty" jsonschema:"uniqueItems=true"`
}

// An OrgEmergencyGroup is a switch that wins over every schedule.
type OrgEmergencyGroup struct {
	// Name is what calls.schedule.emergencyGroup says.
	Name string `yaml:"name" jsonschema:"minLength=1"`
	// Enabled says that there is an emergency.
	Enabled bool `yaml:"enabled,omitempty"`
}

// An OrgUser is somebody of the org.
type OrgUser struct {
	// Name is shown to others.
	Name string `yaml:"name" jsonschema:"minLength=1"`
	// Email is how queues, and HubSpot's owners, are joined to the user.
	Email string `yaml:"email" jsonschema:"pattern=^[^@\\s]+@[^@\\s]+$"`
	// Skills that the user holds.
	Skills []string `yaml:"skills,omitempty" jsonschema:"uniqueItems=true"`
}

// An OrgQueue is a queue with its members.
type OrgQueue struct {
	// Name is what rules say.
	Name string `yaml:"name" jsonschema:"minLength=1"`
	// Members are users by their e-mail.
	Members []string `yaml:"members,omitempty" jsonschema:"uniqueItems=true"`
	// RoutingRules say for how long preferred agents are waited for; without any the queue has
	// no preferred agent routing.
	RoutingRules []OrgRoutingRule `yaml:"routingRules,omitempty" jsonschema:"maxItems=6"`
}

// An OrgRoutingRule is a step of preferred agent routing, as the platform's API has it.
type OrgRoutingRule struct {
	// Operator is MEETS_THRESHOLD, or ANY, which needs no threshold.
	Operator string `yaml:"operator" jsonschema:"enum=MEETS_THRESHOLD,enum=ANY"`
	// Threshold is the least score of an agent who is asked.
	Threshold int `yaml:"threshold,omitempty" jsonschema:"minimum=0,maximum=100"`
	// WaitSeconds is how long such an agent is waited for.
	WaitSeconds int `yaml:"waitSeconds,omitempty" jsonschema:"minimum=2,maximum=259200,default=5"`
}

// orgName is how the file is called.
const orgName = "org.yaml"

// A zoneFinder knows time zones by their names; it is a table of somebody else's.
type zoneFinder = func(name string) (*time.Location, error)

// DecodeOrg reads an org file strictly. No finding holds a name or an e-mail of a person.
func DecodeOrg(file string, data []byte, zones zoneFinder) (*OrgFile, diag.Findings) {
	f := &OrgFile{zones: map[string]*time.Location{}, sheet: sheet{text: source.New(file, data)}}
	doc, faults := f.sheet.text.Decode(fixtureLimits, f)
	var found diag.Findings
	for _, x := range faults {
		found = append(found, x.Finding(""))
	}
	if found != nil {
		return nil, privacy.Findings(found)
	}
	f.sheet.root = source.Follow(doc.Content[0])
	switch f.Version {
	case 1:
	case 0:
		return nil, diag.Findings{f.sheet.finding(diag.Error, "", "write version: 1", "the file has no version")}
	default:
		return nil, diag.Findings{f.sheet.finding(diag.Error, "/version", "write version: 1", "version of the org is %d, and this program knows 1", f.Version)}
	}
	if found = f.check(zones); found != nil {
		return nil, found
	}
	return f, nil
}

// check holds the parts of the file against each other.
func (f *OrgFile) check(zones zoneFinder) diag.Findings {
	c := &checker{sheet: f.sheet}
	schedules := map[string]bool{}
	for i, s := range f.Schedules {
		at := pointer("schedules", i)
		c.named(at, "schedule", s.Name, schedules)
		made, err := genesys.NewSchedule(s.Name, s.Start, s.End, s.RRule)
		if err == nil {
			err = made.Starts()
		}
		if x := (*genesys.ScheduleFault)(nil); errors.As(err, &x) {
			c.wrong(at+pointer(x.Field), x.Hint, "%s", x.Message)
		}
	}
	known := slices.Sorted(maps.Keys(schedules))
	groups := map[string]bool{}
	for i, g := range f.ScheduleGroups {
		at := pointer("scheduleGroups", i)
		c.named(at, "schedule group", g.Name, groups)
		zone, err := zones(g.TimeZone)
		f.zones[g.TimeZone] = zone
		if g.TimeZone == "" {
			c.wrong(at, "write timeZone: Europe/Berlin", "the schedule group has no time zone: when it is open cannot be told")
		} else if err != nil || g.TimeZone == "Local" {
			c.wrong(at+"/timeZone", "write it as Europe/Berlin", "%q is no time zone", g.TimeZone)
		}
		if len(g.Open) == 0 {
			c.wrong(at, "name a schedule in open", "the schedule group is never open; Genesys Cloud wants an open schedule for each")
		}
		c.refers(at+"/open", "schedule", g.Open, known)
		c.refers(at+"/closed", "schedule", g.Closed, known)
		c.refers(at+"/holidays", "schedule", g.Holidays, known)
	}
	emergencies := map[string]bool{}
	for i, g := range f.EmergencyGroups {
		c.named(pointer("emergencyGroups", i), "emergency group", g.Name, emergencies)
	}
	c.people(f)
	c.once("/skills", "skill", f.Skills)
	c.once("/flows", "flow", f.Flows)
	return c.found
}

// people checks users and queues. An e-mail is compared as the platform does, without case.
func (c *checker) people(f *OrgFile) {
	emails := map[string]bool{}
	for i, u := range f.Users {
		at := pointer("users", i)
		if strings.TrimSpace(u.Name) == "" {
			c.wrong(at, "write name: …", "the user has no name")
		}
		email := strings.ToLower(u.Email)
		local, host, _ := strings.Cut(email, "@")
		switch {
		case email == "":
			c.wrong(at, "write email: …", "the user has no e-mail")
		case local == "" || host == "" || strings.ContainsAny(host, "@ \t\n"):
			c.wrong(at+"/email", "an address has a name, an @ and a domain", "that is no e-mail address")
		case emails[email]:
			c.wrong(at+"/email", "an address is one person's", "another user has this e-mail")
		}
		emails[email] = true
		c.once(at+"/skills", "skill", u.Skills)
	}
	queues := map[string]bool{}
	for i, q := range f.Queues {
		at := pointer("queues", i)
		c.named(at, "queue", q.Name, queues)
		seen := map[string]bool{}
		for k, m := range q.Members {
			m = strings.ToLower(m)
			switch path := at + pointer("members", k); {
			case seen[m]:
				c.wrong(path, "leave it out", "this member stands twice")
			case !emails[m]:
				c.wrong(path, "members are e-mails of users above", "no user has this e-mail")
			}
			seen[m] = true
		}
		if len(q.RoutingRules) > 6 {
			c.wrong(at+"/routingRules", "", "Genesys Cloud takes at most 6 routing rules of a queue")
		}
		for k, r := range q.RoutingRules {
			path := at + pointer("routingRules", k)
			if r.Operator != "MEETS_THRESHOLD" && r.Operator != "ANY" {
				c.wrong(path, "write operator: MEETS_THRESHOLD or ANY", "%q is no operator of a routing rule", r.Operator)
			}
			if r.Threshold < 0 || r.Threshold > 100 {
				c.wrong(path+"/threshold", "a score is 0 to 100", "a threshold of %d", r.Threshold)
			}
			if r.WaitSeconds != 0 && (r.WaitSeconds < 2 || r.WaitSeconds > 259200) {
				c.wrong(path+"/waitSeconds", "Genesys Cloud takes 2 to 259200", "a wait of %d seconds", r.WaitSeconds)
			}
		}
	}
}

// named reports a thing without a name, or with another's. Genesys: names of one kind differ in more than case.
func (c *checker) named(at, what, name string, seen map[string]bool) {
	switch {
	case strings.TrimSpace(name) == "":
		c.wrong(at, "write name: …", "the %s has no name", what)
	case seen[name]:
		c.wrong(at+"/name", "give it another name", "there is another %s %q", what, name)
	}
	seen[name] = true
}

// refers reports names of a list that nothing bears.
func (c *checker) refers(at, what string, names, known []string) {
	c.once(at, what, names)
	for i, name := range names {
		if !slices.Contains(known, name) {
			c.wrong(at+pointer(i), meant(name, known), "%s %q is not in this file", what, name)
		}
	}
}

// once reports what stands twice in a list.
func (c *checker) once(at, what string, names []string) {
	for i, name := range names {
		if name == "" {
			c.wrong(at+pointer(i), "", "the %s has no name", what)
		} else if slices.Contains(names[:i], name) {
			c.wrong(at+pointer(i), "leave it out", "%s %q stands twice", what, name)
		}
	}
}

// Lacks reports what the deployment names and the org does not have, at its place in the deployment.
// What setup creates is none of it.
func (f *OrgFile) Lacks(d *deployment.Deployment) diag.Findings {
	var found diag.Findings
	lack := func(path, what, name string, known []string, more string) {
		if name != "" && !slices.Contains(known, name) {
			found = append(found, diag.Finding{
				Severity: diag.Warning, Position: d.Pos(path), Length: len([]rune(name)), Hint: meant(name, known),
				Message: fmt.Sprintf("%s has no %s %q%s", orgName, what, name, more),
			})
		}
	}
	if s := d.Calls.Schedule; s != nil {
		var groups, emergencies []string
		for _, g := range f.ScheduleGroups {
			groups = append(groups, g.Name)
		}
		for _, g := range f.EmergencyGroups {
			emergencies = append(emergencies, g.Name)
		}
		lack("calls.schedule.group", "schedule group", s.Group, groups, "")
		lack("calls.schedule.emergencyGroup", "emergency group", s.EmergencyGroup, emergencies, "")
	}
	var queues []string
	for _, q := range f.Queues {
		queues = append(queues, q.Name)
	}
	more := ""
	if d.Manage.Queues {
		more = ": setup would create it, with nobody in it"
	}
	at := map[string]string{"routing.fallback.queue": d.Routing.Fallback.Queue}
	for i, r := range d.Routing.Rules {
		if path := fmt.Sprintf("routing.rules[%d].to", i); d.Pos(path+".queue") != d.Pos(path) { // else it is the fallback's
			at[path+".queue"] = r.To.Queue
		}
	}
	for path, e := range d.Endings() {
		at[path+".queue"] = e.Queue
	}
	if len(queues) > 0 { // else the file is about hours
		for _, path := range slices.Sorted(maps.Keys(at)) {
			lack(path, "queue", at[path], queues, more)
		}
	}
	return found
}

// Hours are the groups of the file as they are evaluated.
func (f *OrgFile) Hours() Schedules {
	out := Schedules{Groups: map[string]genesys.Hours{}, Emergencies: map[string]bool{}}
	for _, g := range f.ScheduleGroups {
		out.Groups[g.Name] = f.hours(g)
	}
	for _, g := range f.EmergencyGroups {
		out.Emergencies[g.Name] = g.Enabled
	}
	return out
}

func (f *OrgFile) hours(g OrgScheduleGroup) genesys.Hours {
	of := func(names []string) []genesys.Schedule {
		var out []genesys.Schedule
		for _, s := range f.Schedules {
			if slices.Contains(names, s.Name) {
				made, _ := genesys.NewSchedule(s.Name, s.Start, s.End, s.RRule) // check has tried
				out = append(out, made)
			}
		}
		return out
	}
	return genesys.Hours{Name: g.Name, Zone: f.zones[g.TimeZone], Open: of(g.Open), Closed: of(g.Closed), Holidays: of(g.Holidays)}
}

// A sheet is a file of fixtures, for places in it.
type sheet struct {
	text source.Text
	root *yaml.Node
}

// finding is one about the value at a path of the file, or about its key when the path ends
// in keyMark.
func (s sheet) finding(severity diag.Severity, path, hint, format string, args ...any) diag.Finding {
	path, key := strings.CutSuffix(path, keyMark)
	n, _ := source.Find(s.root, path)
	if i := strings.LastIndexByte(path, '/'); key && i >= 0 {
		in, _ := source.Find(s.root, path[:i])
		for p := range source.Pairs(in) {
			if source.EscapePointer(p.Key.Value) == path[i+1:] {
				n = p.Key
			}
		}
	}
	return diag.Finding{Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint, Position: s.text.At(n), Length: source.Width(n)}
}
