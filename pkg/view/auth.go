package view

import (
	"io"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/reconcile"
)

// An AuthCheck is the answer of auth check: which secrets a run has, from where, and what they may do.
// No secret is in it.
type AuthCheck struct {
	Schema   int           `json:"schema"`
	OK       bool          `json:"ok"` // nothing that is needed is missing or refused
	Sandbox  bool          `json:"sandbox"`
	Offline  bool          `json:"offline"` // nobody was asked
	File     *string       `json:"file"`    // the deployment file; null: none
	Secrets  []AuthSecret  `json:"secrets"`
	Genesys  AuthGenesys   `json:"genesys"`
	HubSpot  AuthHubSpot   `json:"hubspot"`
	Problems []AuthProblem `json:"problems"`
}

// An AuthSecret is a credential with where it comes from.
type AuthSecret struct {
	SecretSource
	Needed bool `json:"needed"`
}

// AuthGenesys is what the platform says of who signs in.
type AuthGenesys struct {
	Address   *string       `json:"address"`  // of the platform API
	SignsIn   *string       `json:"signsIn"`  // as what: client, token, profile; null: nothing is set
	Org       *Org          `json:"org"`      // null: it was not asked, or did not say
	Client    *Org          `json:"client"`   // likewise, and for the token of a person
	Commands  []AuthCommand `json:"commands"` // that were asked about
	Questions []string      `json:"unknown"`  // permissions of which nobody could tell
}

// An AuthCommand says whether the client may do what a command does.
type AuthCommand struct {
	Command string     `json:"command"`
	Allowed bool       `json:"allowed"`
	Missing []AuthLack `json:"missing"`
	Perhaps []AuthLack `json:"perhaps"` // missing, and needed only when
}

// An AuthLack is a permission that is missing.
type AuthLack struct {
	Permission string  `json:"permission"`
	How        string  `json:"how"`  // notGranted, notLicensed, otherDivision, or seems, when only the grants say so
	When       *string `json:"when"` // null: always
}

// AuthHubSpot is what HubSpot says of the key or the app.
type AuthHubSpot struct {
	SignsIn    *string  `json:"signsIn"`    // key or app; null: nothing is set
	DataCenter *string  `json:"dataCenter"` // that the form of a key says
	Portal     *string  `json:"portal"`
	Tried      bool     `json:"tried"`  // HubSpot was asked
	Scopes     []string `json:"scopes"` // as far as they are known
	Complete   bool     `json:"complete"`
	Missing    []string `json:"missing"`
	Writes     []string `json:"writes"` // scopes that nobody here needs
}

// An AuthProblem is something to do, the gravest first.
type AuthProblem struct {
	Severity string  `json:"severity"` // error, warning, info
	Of       string  `json:"of"`       // genesys, hubspot, secrets
	Message  string  `json:"message"`
	Hint     *string `json:"hint"`
}

// NewAuthProblem makes one; an empty hint is none.
func NewAuthProblem(s diag.Severity, of, message, hint string) AuthProblem {
	return AuthProblem{string(s), of, message, text(hint)}
}

// NewAuthCommand converts an ability.
func NewAuthCommand(a reconcile.Ability) AuthCommand {
	lacks := func(all []reconcile.Lack) []AuthLack {
		out := []AuthLack{}
		for _, l := range all {
			out = append(out, AuthLack{l.Permission, reason(l, "seems"), text(l.What)})
		}
		return out
	}
	return AuthCommand{a.Command, a.Able() && len(a.Unknown) == 0, lacks(a.Missing), lacks(a.Perhaps)}
}

// NewAuthClient is the client of an identity; nil for the token of a person.
func NewAuthClient(id genesys.Identity) *Org {
	if id.ClientID == "" {
		return nil
	}
	return &Org{id.ClientID, id.ClientName}
}

// PrintAuthCheck writes it for a person.
func PrintAuthCheck(w io.Writer, a AuthCheck) error {
	var b diag.Page
	var idle []string
	for _, s := range a.Secrets {
		if !s.Needed && s.Source == NotSet {
			idle = append(idle, s.Name)
			continue
		}
		source, more := diag.In(diag.Good, s.Source), ""
		if s.Source == NotSet || strings.HasSuffix(s.Source, NotUsable) {
			source = diag.In(diag.Bad, s.Source)
		}
		if !s.Needed {
			more = " (not needed)"
		}
		diag.Fprintf(&b, "%-34s %s%s\n", s.Name, source, more)
	}
	if a.Sandbox {
		diag.Fprintf(&b, "The sandbox needs no secret.\n")
	} else if len(idle) > 0 {
		diag.Fprintf(&b, "not set and not needed: %s\n", strings.Join(idle, ", "))
	}
	row := func(name, format string, args ...any) {
		diag.Fprintf(&b, "  %-11s %s\n", name, diag.Sprintf(format, args...))
	}
	if g := a.Genesys; g.Org != nil {
		emulated := ""
		if a.Sandbox {
			emulated = ", emulated"
		}
		diag.Fprintf(&b, "Genesys Cloud\n")
		row("org", "%q (%s%s)", g.Org.Name, g.Org.ID, emulated)
		if g.Address != nil {
			row("address", "%s", *g.Address)
		}
		if g.Client != nil {
			row("client", "%q (%s)", g.Client.Name, g.Client.ID)
		}
		var may, unknown, not []string
		for _, c := range g.Commands {
			switch {
			case c.Allowed:
				may = append(may, c.Command)
			case len(c.Missing) == 0:
				unknown = append(unknown, c.Command)
			default:
				not = append(not, c.Command)
			}
		}
		if len(may) > 0 {
			row("may run", "%s", strings.Join(may, ", "))
		}
		if len(unknown) > 0 {
			row("not known", "%s", strings.Join(unknown, ", "))
		}
		if len(not) > 0 {
			row("may not run", "%s", strings.Join(not, ", "))
		}
	}
	if h := a.HubSpot; h.Tried {
		diag.Fprintf(&b, "HubSpot\n")
		if h.DataCenter != nil {
			row("key", "of the data center %s", *h.DataCenter)
		}
		if h.Portal != nil {
			row("account", "%s", *h.Portal)
		}
		if len(h.Scopes) > 0 {
			more := ""
			if !h.Complete {
				more = " (and perhaps others: only those that are needed were tried)"
			}
			row("scopes", "%s%s", strings.Join(h.Scopes, ", "), more)
		}
	}
	for _, p := range a.Problems {
		diag.Fprintf(&b, "%s %s\n", diag.In(diag.Severity(p.Severity).Tone(), p.Severity+":"), p.Message)
		if p.Hint != nil {
			diag.Fprintf(&b, "%s %s\n", diag.In(diag.Accent, "hint:"), *p.Hint)
		}
	}
	switch {
	case !a.OK:
	case a.Offline:
		diag.Fprintf(&b, "%s; whether they work was not asked (--offline)\n", diag.In(diag.Good, "All that is needed is set"))
	case len(a.Genesys.Questions) > 0, a.HubSpot.SignsIn != nil && !a.HubSpot.Tried:
		diag.Fprintf(&b, "%s; not all of it could be asked.\n", diag.In(diag.Good, "All that is needed is set"))
	default:
		diag.Fprintf(&b, "%s\n", diag.In(diag.Good, "All that is needed is set and works."))
	}
	_, err := diag.Fprintf(w, "%s", &b)
	return err
}

// NotSet is the source of a credential that nobody gives, and NotUsable ends that of one which cannot be used.
const (
	NotSet    = "not set"
	NotUsable = "which cannot be used"
)
