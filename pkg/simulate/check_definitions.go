package simulate

import (
	"maps"
	"slices"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// propertyTypes are those of HubSpot's properties.
var propertyTypes = []string{"string", "number", "bool", "date", "datetime", "enumeration", "phone_number"}

// definitions checks what the fixtures say of properties, and that no two records have the value of
// one that is unique.
func (c *checker) definitions() {
	records := map[string][]hubspot.Record{"contacts": nil, "companies": nil, "deals": nil}
	for _, x := range c.f.Contacts {
		records["contacts"] = append(records["contacts"], x.Record())
	}
	for _, x := range c.f.Companies {
		records["companies"] = append(records["companies"], x.Record())
	}
	for _, x := range c.f.Deals {
		records["deals"] = append(records["deals"], x.Record())
	}
	for _, object := range slices.Sorted(maps.Keys(c.f.Properties)) {
		all, known := records[object]
		if !known {
			names := slices.Sorted(maps.Keys(records))
			c.wrong(pointer("properties", object)+keyMark, meant(object, names), "there are no properties of %q", object)
			continue
		}
		seen := map[string]bool{}
		for i, d := range c.f.Properties[object] {
			at := pointer("properties", object, i)
			switch {
			case !propertyForm().MatchString(d.Name):
				c.wrong(at, "write the internal name of the property: a-z, 0-9 and _, a letter first", "a property has no such name")
			case seen[d.Name]:
				c.wrong(at+"/name", "delete one of the two", "property %q is defined twice", d.Name)
			case d.Type != "" && !slices.Contains(propertyTypes, d.Type):
				c.wrong(at+"/type", meant(d.Type, propertyTypes), "%q is no type of a property", d.Type)
			}
			seen[d.Name] = true
			if d.Unique {
				c.unique(object, d.Name, all)
			}
		}
	}
}

// unique reports records that HubSpot would not have taken.
func (c *checker) unique(object, name string, all []hubspot.Record) {
	first := map[string]string{} // the id of the record by the value
	for i, r := range all {
		v, ok := r.Properties.Get(name)
		if id, taken := first[v]; ok && taken {
			c.wrong(pointer(object, i, "properties", name), "give it another value, or none", "record %s has the value of %q that record %s has, and it is unique", r.ID, name, id)
		}
		first[v] = r.ID
	}
}
