package genesysrest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// An answer says which member it lacks of those that are relied on, or nothing. A list that is
// not there is no empty list, and an id that is not there is none.
type answer interface{ lacks() string }

// understand reads the body of an answer, and says in words what is wrong with it.
func understand(body []byte, out any) string {
	body = bytes.TrimSpace(body)
	var typed *json.UnmarshalTypeError
	switch err := json.Unmarshal(body, out); {
	case len(body) == 0:
		return "the answer is empty"
	case errors.As(err, &typed) && typed.Field != "":
		return fmt.Sprintf("the answer has another %s than the API describes", typed.Field)
	case err == nil && body[0] != '{', typed != nil:
		return "the answer is no object"
	case err != nil:
		return "the answer is no JSON"
	}
	if a, ok := out.(answer); ok {
		if what := a.lacks(); what != "" {
			return "the answer has no " + what
		}
	}
	return ""
}

// has reports whether a body has a member in the form in which it is used.
func has(body map[string]any, member string) (ok bool) {
	switch member {
	case "version":
		_, ok = body[member].(float64)
	case "schema":
		_, ok = body[member].(map[string]any)
	default:
		text, isText := body[member].(string)
		ok = isText && text != ""
	}
	return ok
}

// An object is an answer whose members are read by name.
type object struct {
	fields  map[string]any
	members []string
}

func (o *object) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &o.fields) }

func (o *object) lacks() string {
	for _, m := range o.members {
		if !has(o.fields, m) {
			return m
		}
	}
	return ""
}

// A pageOf is one page of a list.
type pageOf struct {
	Entities  []map[string]any
	PageCount *int
	Total     *int
	NextURI   string `json:"nextUri"`
	members   []string
	number    int // of this page
	before    int // how many entities the pages before had
}

func (p *pageOf) lacks() string {
	if p.Entities == nil {
		return "entities"
	}
	for i, e := range p.Entities {
		if e["state"] == "deleted" || e["deleted"] == true {
			continue
		}
		if at := (&object{fields: e, members: p.members}).lacks(); at != "" {
			return fmt.Sprintf("entities[%d].%s", i, at)
		}
	}
	if n := p.before + len(p.Entities); p.last() && p.Total != nil && n < *p.Total {
		return fmt.Sprintf("more than %d of the %d entities that it counts", n, *p.Total)
	}
	return ""
}

// last reports whether no page follows. Where the count of pages is not told, a page that is
// full may not be the last one.
func (p *pageOf) last() bool {
	if p.NextURI != "" {
		return false
	}
	if p.PageCount == nil {
		return len(p.Entities) < pageSize
	}
	return p.number >= *p.PageCount
}
