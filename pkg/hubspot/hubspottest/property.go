package hubspottest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/recall"
)

// The objects that the server knows.
const (
	contacts  = "contacts"
	companies = "companies"
	deals     = "deals"
)

// A Property is the definition of a property, in HubSpot's own words.
type Property struct {
	Name       string `json:"name"`
	Label      string `json:"label"`
	Type       string `json:"type"`      // string, number, bool, date, datetime, enumeration, phone_number
	FieldType  string `json:"fieldType"` // text, number, booleancheckbox, date, select, phonenumber, calculation_…
	Unique     bool   `json:"hasUniqueValue"`
	Calculated bool   `json:"calculated"`
	Hidden     bool   `json:"hidden"`

	Options []string `json:"-"` // values of a select; their labels are the same
}

// standard are the properties of every portal that this project has to do with, and some of those
// that people put into rules: name, type, and "c" calculated, "h" hidden, "u" unique.
var standard = map[string]string{
	contacts: `hs_object_id number cu, createdate datetime c, lastmodifieddate datetime c,
		firstname string, lastname string, email string u, company string, jobtitle string, website string,
		phone phone_number, mobilephone phone_number, fax phone_number, hs_whatsapp_phone_number phone_number,
		hs_calculated_phone_number string ch, hs_calculated_mobile_number string ch,
		hs_calculated_phone_number_country_code string ch,
		hs_searchable_calculated_phone_number string ch, hs_searchable_calculated_mobile_number string ch,
		hs_searchable_calculated_international_phone_number string ch,
		hs_searchable_calculated_international_mobile_number string ch,
		hs_country_region_code string, country string, state string, city string, zip string, address string,
		lifecyclestage enumeration, hs_lead_status enumeration, hubspot_owner_id enumeration,
		num_associated_deals number c, recent_deal_amount number c, recent_deal_close_date datetime c,
		associatedcompanyid number, total_revenue number c, notes_last_contacted datetime c, num_notes number c, hubspotscore number c`,
	companies: `hs_object_id number cu, createdate datetime, hs_lastmodifieddate datetime c,
		name string, domain string, website string, phone string, industry enumeration, type enumeration, description string,
		city string, state string, zip string, country string, address string, lifecyclestage enumeration, hubspot_owner_id enumeration,
		hs_parent_company_id number, hs_num_child_companies number c, num_associated_contacts number c, num_associated_deals number c,
		hs_num_open_deals number c, hs_total_deal_value number c`,
	deals: `hs_object_id number cu, createdate datetime, hs_lastmodifieddate datetime c,
		dealname string, dealstage enumeration, pipeline enumeration, dealtype enumeration, description string,
		amount number, deal_currency_code enumeration, amount_in_home_currency number c,
		hs_projected_amount number c, hs_projected_amount_in_home_currency number c, hs_acv number c, hs_arr number c,
		hs_mrr number c, hs_tcv number c, closedate datetime, hs_is_closed bool c, hs_is_closed_won bool c,
		hs_is_closed_lost bool c, hs_is_open_count number c, hs_is_closed_count number c,
		hs_deal_stage_probability number c, hs_priority enumeration, hubspot_owner_id enumeration,
		notes_last_contacted datetime c, num_associated_contacts number c`,
}

var standardProperties = sync.OnceValue(func() map[string]map[string]Property {
	out := map[string]map[string]Property{}
	for object, list := range standard {
		out[object] = map[string]Property{}
		for _, line := range strings.Split(list, ",") {
			f := append(strings.Fields(line), "")
			p := property(f[0], f[1])
			p.Calculated, p.Hidden, p.Unique = strings.Contains(f[2], "c"), strings.Contains(f[2], "h"), strings.Contains(f[2], "u")
			out[object][p.Name] = p
		}
	}
	for _, object := range []string{contacts, companies} {
		p := out[object][hubspot.PropLifecycle]
		p.Options = lifecycle
		out[object][p.Name] = p
	}
	return out
})

// lifecycle are the stages that HubSpot gives every account; own ones have numbers.
var lifecycle = hubspot.Lifecycles()

// property is a definition with what follows from its type.
func property(name, kind string) Property {
	k := name + "\x00" + kind
	p, made := properties.Get(k)
	if !made {
		p = newProperty(name, kind)
		properties.Put(k, p)
	}
	return p
}

// properties are those that were made: accounts by the thousand have the same ones.
var properties recall.Store[Property]

func newProperty(name, kind string) Property {
	field := map[string]string{
		"number": "number", "bool": "booleancheckbox", "date": "date", "datetime": "date",
		"enumeration": "select", "phone_number": "phonenumber",
	}[kind]
	if field == "" {
		field = "text"
	}
	label := strings.ReplaceAll(strings.TrimPrefix(name, "hs_"), "_", " ")
	if label != "" {
		label = strings.ToUpper(label[:1]) + label[1:]
	}
	return Property{Name: name, Label: label, Type: kind, FieldType: field}
}

// always are the properties that every reply has, asked for or not.
var always = map[string][]string{
	contacts:  {"createdate", "hs_object_id", "lastmodifieddate"},
	companies: {"createdate", "hs_lastmodifieddate", "hs_object_id"},
	deals:     {"createdate", "hs_lastmodifieddate", "hs_object_id"},
}

// usual are the properties of a reply to a request that names none.
var usual = map[string][]string{
	contacts:  {"createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"},
	companies: {"createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"},
	deals:     {"amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline"},
}

// definedOf are the definitions of an object. They are made when they are asked for first.
func (s *Server) definedOf(object string) map[string]Property {
	out, ok := s.defined[object]
	if !ok {
		out = s.definitions(object)
		s.defined[object] = out
	}
	return out
}

// definitions are the account's: HubSpot's own, those given, and those that occur in the records.
func (s *Server) definitions(object string) map[string]Property {
	out := map[string]Property{}
	add := func(name string) {
		if p, known := s.definition(object, name); known {
			out[name] = p
		}
	}
	for name := range standardProperties()[object] {
		add(name)
	}
	for _, r := range s.tables[object].rows {
		for name := range r.given {
			add(name)
		}
	}
	for _, p := range s.define[object] {
		add(p.Name)
	}
	for _, p := range s.crm.Properties[object] {
		add(p.Name)
	}
	return out
}

// A named is a property of an object, and a known what is known of one.
type (
	named struct{ object, name string }
	known struct {
		Property
		is bool
	}
)

// definition is that of one property. It is made when it is asked for first: a search asks for it with
// each of its records.
func (s *Server) definition(object, name string) (Property, bool) {
	k := named{object, name}
	d, made := s.named[k]
	if !made {
		d.Property, d.is = s.newDefinition(object, name)
		s.named[k] = d
	}
	return d.Property, d.is
}

// newDefinition makes it. The type of one that only occurs in the records is read off their values.
func (s *Server) newDefinition(object, name string) (out Property, known bool) {
	if out, known = standardProperties()[object][name]; !known {
		out, known = s.occurring(object, name)
	}
	for _, p := range s.define[object] {
		if p.Name != name {
			continue
		}
		out, known = property(name, cmp.Or(p.Type, "string")), true
		out.Label, out.FieldType = cmp.Or(p.Label, out.Label), cmp.Or(p.FieldType, out.FieldType)
		out.Unique, out.Calculated, out.Hidden, out.Options = p.Unique, p.Calculated, p.Hidden, p.Options
	}
	for _, p := range s.crm.Properties[object] {
		if p.Name != name {
			continue
		}
		out, known = property(name, cmp.Or(p.Type, "string")), !p.Archived
		out.FieldType, out.Unique = cmp.Or(p.FieldType, out.FieldType), p.Unique
		out.Calculated = strings.HasPrefix(out.FieldType, "calculation_")
	}
	return out, known && !slices.Contains(s.undefine[object], name)
}

// occurring is the definition of a property that nobody gave and records have.
func (s *Server) occurring(object, name string) (Property, bool) {
	var values []string
	for _, r := range s.tables[object].rows {
		if v, has := r.given[name]; has {
			if values = append(values, ""); v != nil {
				values = append(values, *v)
			}
		}
	}
	if values == nil {
		return Property{}, false
	}
	return property(name, typeOf(values)), true
}

// typeOf is the narrowest type that all values have.
func typeOf(values []string) string {
	kinds := []struct {
		name string
		is   func(string) bool
	}{
		{"bool", func(v string) bool { return v == "true" || v == "false" }},
		{"number", func(v string) bool { _, err := strconv.ParseFloat(v, 64); return err == nil }},
		{"date", func(v string) bool { _, err := time.Parse(time.DateOnly, v); return err == nil }},
		{"datetime", func(v string) bool { _, err := time.Parse(time.RFC3339, v); return err == nil }},
	}
	for _, k := range kinds {
		all, any := true, false
		for _, v := range values {
			if v != "" {
				all, any = all && k.is(v), true
			}
		}
		if all && any {
			return k.name
		}
	}
	return "string"
}

// Properties are the definitions of contacts, companies or deals, by name.
func (s *Server) Properties(object string) map[string]Property {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.definedOf(object))
}
