package view

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Doctor is the answer of doctor.
type Doctor struct {
	Schema      int                   `json:"schema"`
	Sandbox     bool                  `json:"sandbox"`    // of emulated accounts
	Deployment  *string               `json:"deployment"` // null: there is no file, and the smallest deployment was judged
	Findings    []Finding             `json:"findings"`
	Allowed     []Allowed             `json:"allowed"`
	Counts      map[diag.Severity]int `json:"counts"`
	HubSpot     *DoctorHubSpot        `json:"hubspot"` // null: not asked
	Genesys     *DoctorGenesys        `json:"genesys"` // null: not read
	LatencyMs   DoctorLatency         `json:"latencyMs"`
	Assumptions []string              `json:"assumptions"`
	Match       *DoctorMatch          `json:"match"` // null: no contacts were read
	Capacity    *DoctorCapacity       `json:"capacity"`
}

// DoctorHubSpot is what HubSpot says of the key and its account; null is not told.
type DoctorHubSpot struct {
	Portal       *string    `json:"portal"`
	Type         *string    `json:"type"`
	Currency     *string    `json:"currency"`
	Currencies   []string   `json:"additionalCurrencies"`
	TimeZone     *string    `json:"timeZone"`
	DataLocation *string    `json:"dataLocation"`
	Scopes       []string   `json:"scopes"`
	Exact        bool       `json:"scopesAreAll"`
	Day          *DoctorDay `json:"day"`
	Phone        *bool      `json:"phoneIsE164"`
	Mobile       *bool      `json:"mobilephoneIsE164"`
	Pipelines    *int       `json:"pipelines"`
	Stages       *int       `json:"stages"`
}

// A DoctorDay is the day's requests to HubSpot.
type DoctorDay struct {
	Limit     int `json:"limit"`
	Remaining int `json:"remaining"`
}

// DoctorGenesys is what the org says.
type DoctorGenesys struct {
	Org       Org           `json:"org"`
	Client    *string       `json:"client"` // null: the token is a person's
	Products  []string      `json:"products"`
	RunTime   []string      `json:"runTimePermissions"`
	Limits    []DoctorLimit `json:"limits"`
	Types     []DoctorType  `json:"integrationTypes"`
	Lacks     []string      `json:"lacksForSetup"`
	LacksKnow bool          `json:"permissionsKnown"`
}

// A DoctorLimit is a quota of the org.
type DoctorLimit struct {
	Name string `json:"name"`
	Most int    `json:"most"`
	Have int    `json:"have"`
}

// A DoctorType is a type of integrations that the deployment needs.
type DoctorType struct {
	ID    string `json:"id"`
	There bool   `json:"available"`
	Most  *int   `json:"most"` // null: not told
	Have  int    `json:"have"`
}

// DoctorLatency is how long reads take, by what is read; null: not measured.
type DoctorLatency struct {
	FindContact *DoctorTimes `json:"findContact"`
	FindCompany *DoctorTimes `json:"findCompany"`
	FindDeals   *DoctorTimes `json:"findDeals"`
	GenesysAPI  *DoctorTimes `json:"genesysApi"`
}

// DoctorTimes are percentiles in milliseconds, null without an answer.
type DoctorTimes struct {
	P50     *float64 `json:"p50"`
	P95     *float64 `json:"p95"`
	P99     *float64 `json:"p99"`
	Max     *float64 `json:"max"`
	Wait    *float64 `json:"wait"` // that the flow waits; null: no caller waits for it
	Answers int      `json:"answers"`
	Failed  int      `json:"failed"`
	Late    int      `json:"late"` // of the answers: none came within ten seconds
}

// NewDoctor converts a report.
func NewDoctor(in doctor.Input, r doctor.Report, sandbox bool) Doctor {
	out := Doctor{
		Schema: Schema, Sandbox: sandbox, Findings: NewFindings(r.Findings), Allowed: []Allowed{}, Counts: r.Findings.Counts(),
		Assumptions: append([]string{}, r.Assumptions...), Match: NewDoctorMatch(in.Match), Capacity: NewDoctorCapacity(in.Capacity),
	}
	if !in.NoFile {
		out.Deployment = text(in.Asked.Deployment.Name)
	}
	for _, x := range r.Allowed {
		out.Allowed = append(out.Allowed, Allowed{NewFindings(diag.Findings{x.Finding})[0], x.Reason, x.Line})
	}
	if h := in.HubSpot; h != nil {
		out.HubSpot = &DoctorHubSpot{
			Portal: text(h.Portal), Type: text(h.Type), Currency: text(h.Currency), Currencies: append([]string{}, h.Currencies...), TimeZone: text(h.TimeZone), DataLocation: text(h.DataLocation),
			Scopes: append([]string{}, h.Scopes...), Exact: h.Exact, Phone: isE164(h.Validated, "phone"), Mobile: isE164(h.Validated, "mobilephone"),
		}
		if h.Day != nil {
			out.HubSpot.Day = &DoctorDay{h.Day.Limit, h.Day.Remaining}
		}
		if a := in.Asked.Account; a != nil && a.Pipelines != nil {
			n, stages := len(a.Pipelines), 0
			for _, p := range a.Pipelines {
				stages += len(p.Stages)
			}
			out.HubSpot.Pipelines, out.HubSpot.Stages = &n, &stages
		}
	}
	if o := in.Org; o != nil {
		f := o.Fitness
		g := &DoctorGenesys{
			Org: NewOrg(o.Who), Client: text(o.Who.ClientName), Products: append([]string{}, f.Products...), RunTime: append([]string{}, in.Asked.Blueprint.RunTime...),
			Limits: []DoctorLimit{}, Types: []DoctorType{}, Lacks: []string{}, LacksKnow: f.Known,
		}
		for _, x := range f.Rooms {
			g.Limits = append(g.Limits, DoctorLimit{x.Name, x.Most, x.Have})
		}
		for _, x := range f.Types {
			g.Types = append(g.Types, DoctorType{x.ID, !x.Absent && !x.Barred, number(x.Most), x.Have})
		}
		for _, x := range f.Lacks {
			g.Lacks = append(g.Lacks, x.Permission)
		}
		out.Genesys = g
	}
	for _, l := range r.Latency {
		t := newTimes(l)
		switch l.Name {
		case blueprint.RoleFindContact:
			out.LatencyMs.FindContact = t
		case blueprint.RoleFindCompany:
			out.LatencyMs.FindCompany = t
		case blueprint.RoleFindDeals:
			out.LatencyMs.FindDeals = t
		default:
			out.LatencyMs.GenesysAPI = t
		}
	}
	return out
}

func isE164(m map[string]bool, key string) *bool {
	v, ok := m[key]
	if !ok {
		return nil
	}
	return &v
}

func newTimes(l doctor.Latency) *DoctorTimes {
	t := &DoctorTimes{Answers: l.Answers, Failed: l.Failed, Late: l.Late}
	if l.Wait > 0 {
		t.Wait = millis(l.Wait)
	}
	if l.Answers > 0 {
		t.P50, t.P95, t.P99, t.Max = millis(l.P50), millis(l.P95), millis(l.P99), millis(l.Max)
	}
	return t
}

// millis is a time in milliseconds, with two decimals.
func millis(d time.Duration) *float64 {
	v := math.Round(float64(d)/float64(time.Millisecond)*100) / 100
	return &v
}

// doctorWidth is that of the names of sections.
const doctorWidth = "%-14s"

// PrintDoctor writes an examination for a person: what the accounts are, how fast they answer, and what
// is to be done.
func PrintDoctor(w io.Writer, in doctor.Input, r doctor.Report, d Doctor, source func(diag.Finding) []byte) error {
	var b diag.Page
	section := func(name string, lines ...string) {
		for i, l := range lines {
			if i > 0 {
				name = ""
			}
			diag.Fprintf(&b, doctorWidth+"%s\n", diag.In(diag.Strong, name), l)
		}
	}
	section("HubSpot", d.HubSpot.lines()...)
	section("Genesys Cloud", d.Genesys.lines(in)...)
	section("latency", d.LatencyMs.lines()...)
	for _, a := range d.Assumptions {
		section("", a)
	}
	section("callers", d.Match.lines()...)
	section("capacity", d.Capacity.lines()...)
	b.Add("\n")
	if _, err := diag.Fprintf(w, "%s", &b); err != nil {
		return err
	}
	if err := diag.PrintAll(w, r.Findings, source); err != nil {
		return err
	}
	_, err := diag.Fprintf(w, "%s\n", Tallied(d.tally(in, r), r.Findings.Counts()))
	return err
}

// tally adds up: what was found, of what, and what is not known.
func (d Doctor) tally(in doctor.Input, r doctor.Report) string {
	name := "the smallest deployment"
	if d.Deployment != nil {
		name = *d.Deployment
	}
	line := ValidationTally(name, validate.Answer{Findings: r.Findings, Allowed: r.Allowed}, nil)
	var not []string
	if d.HubSpot == nil {
		not = append(not, "HubSpot")
	}
	if d.Genesys == nil {
		not = append(not, "Genesys Cloud")
	}
	if len(not) > 0 {
		line += "; not looked at: " + strings.Join(not, ", ")
	}
	if d.Sandbox {
		line += "; both accounts are emulated"
	}
	return line
}

// parts joins what there is to say.
func parts(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ", ")
}

func named(before string, s *string) string {
	if s == nil {
		return ""
	}
	return before + *s
}

func (h *DoctorHubSpot) lines() []string {
	if h == nil {
		return []string{"not looked at"}
	}
	account := parts("portal "+orUnknown(h.Portal), named("", h.Type), named("company currency ", h.Currency)+also(h.Currencies), named("time zone ", h.TimeZone), named("data in ", h.DataLocation))
	key := "the key has " + strings.Join(h.Scopes, ", ")
	switch {
	case !h.Exact && len(h.Scopes) == 0:
		key = "what the key may do is not known"
	case !h.Exact:
		key += ", and perhaps more"
	case len(h.Scopes) > 6:
		key = fmt.Sprintf("the key has %d scopes", len(h.Scopes))
	}
	if h.Day != nil {
		key += fmt.Sprintf("; %s of %s requests are left today", words.Thousands(h.Day.Remaining), words.Thousands(h.Day.Limit))
	}
	out := []string{account, key}
	var more []string
	if h.Pipelines != nil {
		more = append(more, words.Count(*h.Pipelines, "pipeline", "pipelines")+" with "+words.Count(*h.Stages, "stage", "stages"))
	}
	for _, p := range []struct {
		name string
		is   *bool
	}{{"phone", h.Phone}, {"mobilephone", h.Mobile}} {
		if p.is != nil {
			more = append(more, p.name+map[bool]string{true: " kept in E.164", false: " kept as typed"}[*p.is])
		}
	}
	if len(more) > 0 {
		out = append(out, strings.Join(more, ", "))
	}
	return out
}

func also(currencies []string) string {
	if len(currencies) == 0 {
		return ""
	}
	return " (deals also in " + strings.Join(currencies, ", ") + ")"
}

func orUnknown(s *string) string {
	if s == nil {
		return "not known"
	}
	return *s
}

func (g *DoctorGenesys) lines(in doctor.Input) []string {
	if g == nil {
		return []string{"not looked at"}
	}
	out := []string{parts(fmt.Sprintf("org %q", g.Org.Name), in.Asked.Deployment.Genesys.Region, named("client ", g.Client))}
	may := "this client may do what a setup needs"
	switch {
	case !g.LacksKnow:
		may = "what this client may do is not known"
	case len(g.Lacks) > 0:
		may = "this client lacks " + words.Count(len(g.Lacks), "permission", "permissions") + " for a setup"
	}
	out = append(out, may)
	if len(g.Limits) > 0 {
		l := slices.MaxFunc(g.Limits, func(a, b DoctorLimit) int { return cmp.Compare(a.Have*max(b.Most, 1), b.Have*max(a.Most, 1)) })
		out = append(out, fmt.Sprintf("of %s the fullest is %s, %d of %d", words.Count(len(g.Limits), "limit", "limits"), l.Name, l.Have, l.Most))
	}
	return out
}

func (l DoctorLatency) lines() []string {
	var out []string
	for _, x := range []struct {
		name string
		t    *DoctorTimes
	}{{"find contact", l.FindContact}, {"find company", l.FindCompany}, {"find deals", l.FindDeals}, {"Genesys' API", l.GenesysAPI}} {
		if x.t == nil {
			continue
		}
		line := fmt.Sprintf("%-13s", x.name)
		switch {
		case x.t.P50 == nil && x.t.Failed == 0:
			line += "not measured"
		case x.t.P50 == nil:
			line += "no answer that counts"
		default:
			line += fmt.Sprintf("p50 %s  p95 %s  p99 %s  max %s ms of %d", figure(x.t.P50), figure(x.t.P95), figure(x.t.P99), figure(x.t.Max), x.t.Answers)
		}
		if x.t.Wait != nil {
			line += fmt.Sprintf("; the flow waits %s ms", figure(x.t.Wait))
		}
		if x.t.Failed > 0 {
			line += fmt.Sprintf("; %d not answered", x.t.Failed)
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		return []string{"not measured"}
	}
	return out
}

// figure writes milliseconds: whole ones from ten on.
func figure(v *float64) string {
	if x := *v; x >= 10 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.1f", *v)
}
