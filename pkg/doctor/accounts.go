package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/plan"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// HubSpot is what reads of an account found. What it has of what the file names is in the input of
// package validate.
type HubSpot struct {
	Portal       string // empty: not told
	Type         string // STANDARD, SANDBOX, DEVELOPER_TEST or APP_DEVELOPER
	Currency     string
	Currencies   []string // beside it
	TimeZone     string
	DataLocation string // such as na1

	Scopes []string // of the key
	Exact  bool     // Scopes are all of them
	Ended  bool     // HubSpot says that the access token is not active

	Day       *Day            // nil: not told
	Validated map[string]bool // by phone property: HubSpot keeps it in E.164; one that is missing is not known
	Unknown   []Unknown
}

// A Day is what of a day's requests is left, all keys of the account together.
type Day struct{ Limit, Remaining int }

// Unknown is something that could not be read, and why.
type Unknown struct {
	What string
	Err  error
}

// Org is what reads of an org found, beside the preflight of the plan, which package validate judges.
type Org struct {
	Who     genesys.Identity
	Plan    plan.Plan
	Fitness reconcile.Fitness

	Supplied *Supplied // nil: data actions run with no client of somebody's own
}

// Supplied is what is known of a run-time client that setup does not make.
type Supplied struct {
	Who genesys.Identity
	Err error // why it could not be asked; nil: it was
}

func accountTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-001", Severity: diag.Warning, Title: "a HubSpot key that may write",
			Text: "Lookups only read. A key that may write does harm in the hands of whoever gets hold of it, and Genesys Cloud keeps it where people who edit integrations can use it. Take the scope off the key in HubSpot (Development, Keys, Service keys): the key stays the same.",
		},
		{
			Code: "DR-DOC-002", Severity: diag.Info, Title: "HubSpot does not tell what the key may do",
			Text: "Only the scopes that are needed were tried, by one read each. Whether the key may do more, write for example, is not known: look at it in HubSpot (Development, Keys, Service keys).",
		},
		{
			Code: "DR-DOC-003", Severity: diag.Error, Title: "HubSpot refuses the request that calls will send",
			Text: "The rendered data action was run as a call runs it, with a number that cannot exist, and HubSpot did not answer as the flow needs it. Each such lookup will fail. Where HubSpot refuses the search, each property that it filters or sorts by was tried alone, and the finding names those that are refused. " +
				"If they are `hs_calculated_phone_number` and `hs_calculated_mobile_number`, write `lookup.match: national`. A limit that was reached at this moment, or an answer that did not come, is a warning.",
		},
		{
			Code: "DR-DOC-004", Severity: diag.Error, Title: "HubSpot finds somebody for a number that nobody has",
			Text: "The filters of the request do not count, so that every caller would be taken for whoever comes first: another customer's data. With the built-in templates this cannot be; compare a template of your own with them (`dealroute render --copy-templates DIR`). Do not lead calls there before it is settled.",
		},
		{
			Code: "DR-DOC-005", Severity: diag.Warning, Title: "little is left of the day's requests to HubSpot",
			Text: "All keys of the account share the day's requests; each lookup takes one or two of them. When none is left, every lookup is refused until midnight of the account's time zone. It is an error when nothing is left now. See in HubSpot (Development, Monitoring) who uses them; a raised limit can be bought. The figure is that of an answer's header: HubSpot's own count of the day leaves service keys out.",
		},
		{
			Code: "DR-DOC-006", Severity: diag.Info, Title: "a HubSpot account that is not for production",
			Text: "HubSpot calls the account a sandbox, a developer's or a test account. A test account ends after 90 days without a request. Pin the account for calls by `hubspot.portal`.",
		},
		{
			Code: "DR-DOC-007", Severity: diag.Info, Title: "deals in several currencies",
			Text: "Values are compared in the account's company currency, at the exchange rates that HubSpot's settings have; a deal in a currency without a rate counts as one without amount. Write `minValue`, `maxValue` and `valuePriority` in the company currency.",
		},
		{
			Code: "DR-DOC-008", Severity: diag.Warning, Title: "permissions for a setup from the start",
			Text: "The plan of today does not need them, or they are named there, too; a setup from the start, or a later change, would stop for lack of them. Add them to a role of this client, in the division of the deployment; changes take up to five minutes.",
		},
		{
			Code: "DR-DOC-009", Severity: diag.Info, Title: "permissions that only the end needs",
			Text: "Without them a changed contract leaves its old data action, and `destroy` leaves what it may not delete. Nothing else needs them.",
		},
		{
			Code: "DR-DOC-010", Severity: diag.Warning, Title: "a permission that is held under a condition",
			Text: "A role grants the permission only where its condition is met. Whether it is met for what setup does nobody can tell beforehand, so it counts as not held. Grant it without one.",
		},
		{
			Code: "DR-DOC-011", Severity: diag.Error, Title: "the role that data actions run with is not as it must be",
			Text: "What data actions do in Genesys Cloud, such as writing the breaker's row, needs the permissions of the deployment's role, and somebody changed it. `dealroute setup` makes it as the file says; `dealroute status` says who changed it.",
		},
		{
			Code: "DR-DOC-012", Severity: diag.Info, Title: "a limit of the org that is nearly reached",
			Text: "At least nine tenths of a quota are used, as the org states both at this moment. Delete what nobody uses, or have Genesys raise it, before the next deployment needs the room.",
		},
		{
			Code: "DR-DOC-013", Severity: diag.Info, Title: "something that could not be read",
			Text: "A read was refused or failed, so nothing is known of this: it is neither all right nor wrong. The rest was looked at.",
		},
		{
			Code: "DR-DOC-014", Severity: diag.Info, Title: "no deployment file",
			Text: "The accounts were judged by what the smallest deployment needs. With a `dealroute.yaml` (`dealroute init`) its queues, skills, numbers, pipelines, stages and properties are looked at, too.",
		},
		{
			Code: "DR-DOC-015", Severity: diag.Error, Title: "a supplied client that may not do what data actions do",
			Text: "With `manage.runtimeClient: false` data actions run with a client of yours. Its roles must hold the permissions that the finding names, in the division of the deployment, or the breaker cannot open. It is a note where the client could not be asked, for lack of `DEALROUTE_RUNTIME_CLIENT_ID` and `DEALROUTE_RUNTIME_CLIENT_SECRET`, say.",
		},
		{
			Code: "DR-DOC-017", Severity: diag.Error, Title: "neither account was looked at",
			Text: "There are no credentials, or both accounts refused them, so nothing is known of either. Give the key of one of them at least, or try it with `--sandbox`.",
		},
		{
			Code: "DR-DOC-016", Severity: diag.Error, Title: "an access token that HubSpot calls ended",
			Text: "The app's refresh token gave an access token, and HubSpot's introspection says that it is not active. Every lookup with it would be refused. Connect the app to the account again.",
		},
	}
}

// mostNamed is how many scopes or permissions a finding lists.
const mostNamed = 8

// list writes names, the first of many.
func list(names []string) string {
	if n := len(names) - mostNamed; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:mostNamed], ", "), n)
	}
	return strings.Join(names, ", ")
}

func (in Input) hubspot() (out diag.Findings) {
	h := in.HubSpot
	if h == nil {
		return nil
	}
	d := in.Asked.Deployment
	app := d.HubSpot.Auth.Method == deployment.AuthOAuth
	who, where := "key", "take them off the key in HubSpot (Development, Keys, Service keys)"
	if app {
		who, where = "app", "take them off the app in HubSpot and connect it again"
	}
	var may []string
	for _, s := range h.Scopes {
		if hubspot.Writes(s) {
			may = append(may, s)
		}
	}
	if len(may) > 0 {
		out = append(out, find("DR-DOC-001", where, "the HubSpot %s may write: %s", who, list(may)))
	}
	if !h.Exact && len(h.Scopes) > 0 { // without any nothing was answered, or all lack, which is said
		out = append(out, find("DR-DOC-002", "look at its scopes in HubSpot (Development, Keys, Service keys)", "HubSpot does not tell the scopes of the %s: those that are needed were tried, and whether it may write is not known", who))
	}
	if h.Ended {
		out = append(out, find("DR-DOC-016", "connect the app to the account again", "HubSpot says that the app's access token is not active"))
	}
	if day := h.Day; day != nil && day.Remaining*5 < day.Limit {
		f := find("DR-DOC-005", "see in HubSpot (Development, Monitoring) which key uses them", "%d of %d requests are left today: every lookup takes one or two", day.Remaining, day.Limit)
		if day.Remaining == 0 {
			f.Severity, f.Message = diag.Error, fmt.Sprintf("none of the day's %d requests is left: HubSpot refuses every lookup until midnight of the account's time zone", day.Limit)
		}
		out = append(out, f)
	}
	if h.Type != "" && h.Type != "STANDARD" {
		out = append(out, find("DR-DOC-006", "pin the account that calls are to ask: hubspot.portal", "HubSpot calls the account %s", h.Type))
	}
	if len(h.Currencies) > 0 && money(d) {
		out = append(out, find("DR-DOC-007", "see that each has an exchange rate in HubSpot", "deals may be in %s as well: values are compared in %s, at HubSpot's exchange rates", list(h.Currencies), cmp.Or(h.Currency, "the company currency")))
	}
	for _, u := range h.Unknown {
		out = append(out, unknown(u.What, u.Err))
	}
	return out
}

// unknown is the finding of what could not be read.
func unknown(what string, err error) diag.Finding {
	return find("DR-DOC-013", "", "not known: %s (%v)", what, err)
}

// money reports whether rules look at values.
func money(d *deployment.Deployment) bool {
	if d.Routing.ValuePriority != nil {
		return true
	}
	return slices.ContainsFunc(d.Routing.Rules, func(r deployment.Rule) bool {
		return r.When.MinValue != nil || r.When.MaxValue != nil || r.When.AnyOpen != nil && (r.When.AnyOpen.MinValue != nil || r.When.AnyOpen.MaxValue != nil)
	})
}

// permissions are the names of lacks, of those that the plan does not name already.
func (in Input) permissions(lacks []reconcile.Lack) (out []string) {
	for _, l := range lacks {
		said := false
		if o := in.Asked.Online; o != nil && o.Org != nil {
			said = slices.ContainsFunc(o.Org.Lacks, func(x reconcile.Lack) bool { return x.Permission == l.Permission })
		}
		if !said {
			out = append(out, l.Permission+l.How())
		}
	}
	return out
}

func (in Input) org() (out diag.Findings) {
	o := in.Org
	if o == nil {
		return nil
	}
	const grant = "add them to a role of this client, in the division of the deployment"
	f := o.Fitness
	if names := in.permissions(f.Lacks); len(names) > 0 {
		out = append(out, find("DR-DOC-008", grant, "a setup from the start would lack %s", list(names)))
	}
	if names := in.permissions(f.Ends); len(names) > 0 {
		out = append(out, find("DR-DOC-009", "grant them to whoever takes it down", "destroy would lack %s", list(names)))
	}
	if len(f.Conditional) > 0 {
		out = append(out, find("DR-DOC-010", "grant them without a condition", "held under a condition only: %s", list(f.Conditional)))
	}
	if !f.Known {
		out = append(out, find("DR-DOC-013", "", "not known: what this client may do (the platform told of no permission of its roles)"))
	}
	for _, c := range o.Plan.Changes {
		if c.Key.Kind == genesys.Role && c.Action == plan.Update {
			out = append(out, find("DR-DOC-011", `"dealroute setup" makes it so again`, "role %q is not as data actions need it", c.Key.Name))
		}
	}
	if s := o.Supplied; s != nil {
		needs := in.Asked.Blueprint.RunTime
		lacks := slices.DeleteFunc(slices.Clone(needs), s.Who.May)
		switch known := len(s.Who.Permissions)+len(s.Who.Conditional) > 0; {
		case s.Err == nil && s.Who.OrgID != o.Who.OrgID:
			out = append(out, find("DR-DOC-015", "give the client of this org", "the supplied run-time client is of another org, %q", s.Who.OrgName))
		case s.Err != nil || !known:
			f := find("DR-DOC-015", "see that a role of it holds them", "not known: whether the supplied run-time client holds %s", list(needs))
			f.Severity = diag.Info
			if s.Err != nil {
				f.Message += fmt.Sprintf(" (%v)", s.Err)
			}
			out = append(out, f)
		case len(lacks) > 0:
			out = append(out, find("DR-DOC-015", "add it to a role of that client, in the division of the deployment", "the supplied run-time client lacks %s: the breaker cannot open", list(lacks)))
		}
	}
	for _, r := range f.Rooms {
		if r.Most > 0 && r.Have*10 >= r.Most*9 {
			out = append(out, find("DR-DOC-012", "delete what nobody uses, or have Genesys raise the limit", "limit %s is %d, and the org has %d", r.Name, r.Most, r.Have))
		}
	}
	for _, u := range f.Unseen {
		out = append(out, unknown(u.What, u.Err))
	}
	return out
}

// PhoneProperties are those that HubSpot can be told to keep in E.164.
func PhoneProperties() []string { return []string{hubspot.PropPhone, hubspot.PropMobile} }
