package hubspottest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

func (s *Server) portal() string { return cmp.Or(s.crm.Portal, "24681357") }

func (s *Server) portalNumber() json.Number {
	if n, err := strconv.ParseInt(s.portal(), 10, 64); err == nil {
		return json.Number(strconv.FormatInt(n, 10))
	}
	return "0"
}

func (t Grant) app() int { return cmp.Or(t.App, 1000001) }

// whole is a thing of the account that nobody changed since it was made.
type whole struct {
	Archived  bool   `json:"archived"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

var untouched = whole{CreatedAt: "2024-01-01T00:00:00.000Z", UpdatedAt: "2024-01-01T00:00:00.000Z"}

type pipeline struct {
	ID           string  `json:"id"`
	Label        string  `json:"label"`
	DisplayOrder int     `json:"displayOrder"`
	Stages       []stage `json:"stages"`
	whole
}

type stage struct {
	ID               string            `json:"id"`
	Label            string            `json:"label"`
	DisplayOrder     int               `json:"displayOrder"`
	Metadata         map[string]string `json:"metadata"`
	WritePermissions string            `json:"writePermissions"`
	whole
}

func (c *call) pipelines() (any, *failure) {
	all, f := c.allPipelines()
	if f != nil || c.id == "" {
		return listing{Results: all}, f
	}
	if i := slices.IndexFunc(all, func(p pipeline) bool { return p.ID == c.id }); i >= 0 {
		return all[i], nil
	}
	return nil, notFound()
}

func (c *call) allPipelines() ([]pipeline, *failure) {
	if c.object != deals {
		return nil, invalid("Pipelines of %s are not known", c.object)
	}
	out := []pipeline{}
	for i, p := range c.s.crm.AllPipelines() {
		x := pipeline{ID: p.ID, Label: p.Label, DisplayOrder: i, Stages: []stage{}, whole: untouched}
		for j, st := range p.Stages {
			x.Stages = append(x.Stages, stage{
				ID: st.ID, Label: st.Label, DisplayOrder: j, WritePermissions: "CRM_PERMISSIONS_ENFORCEMENT", whole: untouched,
				Metadata: map[string]string{"isClosed": strconv.FormatBool(st.Closed), "probability": probabilityOf(st)},
			})
		}
		out = append(out, x)
	}
	return out, nil
}

// probabilityOf is never empty in HubSpot; 1.0 and 0.0 are how won and lost are told apart.
func probabilityOf(st hubspot.Stage) string {
	switch {
	case st.Probability != "":
		return st.Probability
	case st.Won:
		return "1.0"
	case st.Closed:
		return "0.0"
	}
	return "0.5"
}

type definition struct {
	Property
	Description    string         `json:"description"`
	GroupName      string         `json:"groupName"`
	Options        []option       `json:"options"`
	DisplayOrder   int            `json:"displayOrder"`
	HubSpotDefined bool           `json:"hubspotDefined"`
	FormField      bool           `json:"formField"`
	Modification   map[string]any `json:"modificationMetadata"`
}

type option struct {
	Label        string `json:"label"`
	Value        string `json:"value"`
	DisplayOrder int    `json:"displayOrder"`
	Hidden       bool   `json:"hidden"`
}

// definition is a property as the API describes it.
func (c *call) definition(p Property) definition {
	_, own := standardProperties()[c.object][p.Name]
	options := []option{}
	for i, v := range p.Options {
		options = append(options, option{Label: v, Value: v, DisplayOrder: i})
	}
	return definition{
		Property: p, GroupName: singular[c.object] + "information", Options: options, DisplayOrder: -1,
		HubSpotDefined: own, FormField: !p.Calculated,
		Modification: map[string]any{"archivable": !own, "readOnlyDefinition": own, "readOnlyValue": p.Calculated},
	}
}

func (c *call) properties() (any, *failure) {
	if c.id != "" {
		p, ok := c.s.definedOf(c.object)[c.id]
		if !ok {
			return nil, fail(http.StatusNotFound, hubspot.ErrorBody{
				Message:  "Property " + strconv.Quote(c.id) + " does not exist",
				Category: hubspot.CategoryNotFound,
			})
		}
		return c.definition(p), nil
	}
	out := []definition{}
	for _, p := range c.s.definedOf(c.object) {
		out = append(out, c.definition(p))
	}
	slices.SortFunc(out, func(a, b definition) int { return cmp.Compare(a.Name, b.Name) })
	return listing{Results: out}, nil
}

type owner struct {
	ID        string `json:"id"`
	Email     string `json:"email,omitempty"` // HubSpot: may be absent
	Type      string `json:"type"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	UserID    *int   `json:"userId"`
	Any       int    `json:"userIdIncludingInactive"`
	whole
}

// owners are the account's owners in the form of the API: archived ones, or the others.
func (c *call) owners(archived bool) []owner {
	out := []owner{}
	for i, o := range c.s.crm.Owners {
		if o.Archived != archived {
			continue
		}
		n := i + 1
		x := owner{ID: o.ID, Email: o.Email, Type: cmp.Or(o.Type, hubspot.OwnerPerson), FirstName: o.FirstName, LastName: o.LastName, UserID: &n, Any: n, whole: untouched}
		if x.Archived = archived; archived {
			x.UserID = nil
		}
		out = append(out, x)
	}
	return out
}

// maxOwners is the largest page of owners that public programs ask for; HubSpot's own bound is not
// documented.
const maxOwners = 500

func (c *call) ownersOf() (any, *failure) {
	all := c.owners(c.query.Get("archived") == "true")
	if c.id != "" {
		if i := slices.IndexFunc(all, func(o owner) bool { return o.ID == c.id }); i >= 0 {
			return all[i], nil
		}
		return nil, notFound()
	}
	if e := c.query.Get("email"); e != "" {
		all = slices.DeleteFunc(all, func(o owner) bool { return !strings.EqualFold(o.Email, e) })
	}
	limit, f := c.pageSize(hubspot.OwnersPage, maxOwners)
	if f != nil {
		return nil, f
	}
	rows, next := cut(all, func(o owner) string { return o.ID }, c.query.Get("after"), limit)
	return listing{rows, c.next(next)}, nil
}

func (c *call) account() (any, *failure) {
	if !c.s.assume.AccountForKeys && !c.token.OAuth {
		return nil, missingScopes([]string{"oauth"})
	}
	_, offset := c.now.In(c.s.zone).Zone()
	sign := "+"
	if offset < 0 {
		sign = "-"
	}
	abs := max(offset, -offset)
	return map[string]any{
		"portalId":              c.s.portalNumber(),
		"accountType":           cmp.Or(c.s.details.Type, "STANDARD"),
		"timeZone":              c.s.zone.String(),
		"companyCurrency":       cmp.Or(c.s.crm.Currency, "USD"),
		"additionalCurrencies":  append([]string{}, c.s.details.Currencies...),
		"utcOffset":             sign + time.Unix(int64(abs), 0).UTC().Format("15:04"),
		"utcOffsetMilliseconds": offset * 1000,
		"uiDomain":              "app.hubspot.com",
		"dataHostingLocation":   cmp.Or(c.s.details.DataLocation, "na1"),
	}, nil
}

// validations are the rules that a property's values must meet.
func (c *call) validations() (any, *failure) {
	if _, known := c.s.definedOf(c.route.object)[c.route.id]; !known {
		return nil, notFound()
	}
	rules := []map[string]any{}
	if c.route.object == contacts && slices.Contains(c.s.validated, c.route.id) {
		rules = append(rules, map[string]any{"ruleType": "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE", "ruleArguments": []string{}, "shouldApplyNormalization": true})
	}
	return map[string]any{"results": rules}, nil
}

func (c *call) usage() (any, *failure) {
	if !c.s.assume.AccountForKeys && !c.token.OAuth {
		return nil, missingScopes([]string{"oauth"})
	}
	return listing{Results: []map[string]any{{
		"name":         "private-apps-api-calls-daily",
		"usageLimit":   c.s.limits.PerDay,
		"currentUsage": c.s.windows.today,
		"collectedAt":  stamp(c.now),
		"fetchStatus":  "SUCCESS",
		"resetsAt":     stamp(c.s.midnight(c.now)),
	}}}, nil
}

func (c *call) tokenInfo() (any, *failure) {
	var req struct {
		TokenKey string `json:"tokenKey"`
	}
	if err := json.Unmarshal(c.body, &req); err != nil {
		return nil, invalid("Invalid input JSON: %v", err)
	}
	t, ok := c.s.token(req.TokenKey)
	if !ok || !c.s.assume.TokenInfoForKeys {
		return nil, notFound()
	}
	scopes := slices.Clone(t.Scopes)
	slices.Sort(scopes)
	return map[string]any{"userId": cmp.Or(t.User, 1), "hubId": c.s.portalNumber(), "appId": t.app(), "scopes": scopes}, nil
}
