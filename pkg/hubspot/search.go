package hubspot

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Limits of the search API. HubSpot: where its pages disagree, the smallest figure.
const (
	MaxFilterGroups     = 5
	MaxFiltersPerGroup  = 6
	MaxFilters          = 18
	MaxSearchBody       = 3000 // characters
	MaxSearchLimit      = 200
	DefaultSearchLimit  = 10
	MaxSearchResults    = 10000
	SearchesPerSecond   = 5 // for the whole account, all apps together
	AssociationPageSize = 500
	BatchReadSize       = 100
)

// An Operator compares a property with a value.
type Operator string

// The operators of a filter.
const (
	EQ               Operator = "EQ"
	NEQ              Operator = "NEQ"
	LT               Operator = "LT"
	LTE              Operator = "LTE"
	GT               Operator = "GT"
	GTE              Operator = "GTE"
	Between          Operator = "BETWEEN"
	In               Operator = "IN"
	NotIn            Operator = "NOT_IN"
	HasProperty      Operator = "HAS_PROPERTY"
	NotHasProperty   Operator = "NOT_HAS_PROPERTY"
	ContainsToken    Operator = "CONTAINS_TOKEN"
	NotContainsToken Operator = "NOT_CONTAINS_TOKEN"
)

// A Filter is one comparison. In and NotIn use Values, Between uses Value and HighValue.
type Filter struct {
	PropertyName string   `json:"propertyName"`
	Operator     Operator `json:"operator"`
	Value        string   `json:"value,omitempty"`
	HighValue    string   `json:"highValue,omitempty"`
	Values       []string `json:"values,omitempty"`
}

// A FilterGroup holds when all its filters hold; groups are alternatives.
type FilterGroup struct {
	Filters []Filter `json:"filters"`
}

// A SearchRequest is the body of POST …/search.
type SearchRequest struct {
	FilterGroups []FilterGroup `json:"filterGroups,omitempty"`
	Properties   []string      `json:"properties,omitempty"`
	Sorts        []Sort        `json:"sorts,omitempty"` // one at most
	Query        string        `json:"query,omitempty"`
	Limit        int           `json:"limit,omitempty"` // 0: 10
	After        string        `json:"after,omitempty"`
}

// A Sort orders results by one property.
type Sort struct {
	PropertyName string `json:"propertyName"`
	Direction    string `json:"direction,omitempty"` // ASCENDING (also when empty) or DESCENDING
}

// Descending reports whether the greatest value comes first.
func (s Sort) Descending() bool { return s.Direction == "DESCENDING" }

// UnmarshalJSON reads the object form of the documentation and the text form of the API
// description, "name" or "-name"; both are in use.
func (s *Sort) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		name, down := strings.CutPrefix(text, "-")
		*s = Sort{PropertyName: name, Direction: "ASCENDING"}
		if down {
			s.Direction = "DESCENDING"
		}
		return nil
	}
	type plain Sort
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("a sort is a property name or an object with propertyName and direction: %w", err)
	}
	*s = Sort(p)
	return nil
}

// A SearchReply is the answer to a search. Nothing found is Total 0, never an error.
type SearchReply struct {
	Total   int      `json:"total"`
	Results []Record `json:"results"`
	Paging  *Paging  `json:"paging,omitempty"` // nil on the last page
}

// Paging says where the next page starts.
type Paging struct {
	Next *Next `json:"next,omitempty"`
}

// Next is the start of the next page.
type Next struct {
	After string `json:"after"`
	Link  string `json:"link,omitempty"`
}
