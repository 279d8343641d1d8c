package hubspottest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A route is what a path and method mean.
type route struct {
	kind   Kind
	method string
	scopes []string // any one suffices; none: every token will do
	open   bool     // no bearer at all
	search bool     // counts as a search
	exempt bool     // not in the ten-second window
	form   bool     // the body is a form, not JSON
	handle func(*call) (any, *failure)

	object, id, to string
}

// objectOf takes the names and the type ids of the three objects.
func objectOf(segment string) (string, bool) {
	switch segment {
	case "contacts", "contact", "0-1":
		return contacts, true
	case "companies", "company", "0-2":
		return companies, true
	case "deals", "deal", "0-3":
		return deals, true
	}
	return "", false
}

var scopeOf = map[string][]string{
	contacts:  {ScopeContacts},
	companies: {ScopeCompanies},
	deals:     {ScopeDeals},
	"":        {ScopeContacts, ScopeCompanies, ScopeDeals},
}

// find tells what a path means, or how HubSpot refuses it.
func find(path string) (*route, *failure) {
	seg := strings.Split(strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"), "/")
	for i, s := range seg {
		u, err := url.PathUnescape(s)
		if err != nil || u == "" {
			return nil, noPath()
		}
		seg[i] = u
	}
	switch seg[0] {
	case "crm":
		if len(seg) == 3 && slices.Contains(seg, "owners") { // with a slash at its end or without
			seg = append(seg, "") // the list has nothing behind family and version
		}
		family, version, rest, ok := layout(seg[1:])
		if !ok {
			return nil, noPath()
		}
		return crmRoute(family, version, rest)
	case "account-info":
		if len(seg) > 1 && hubspot.Known(seg[1]) {
			switch strings.Join(seg[2:], "/") {
			case "details":
				return &route{kind: Account, method: http.MethodGet, handle: (*call).account}, nil
			case "api-usage/daily/private-apps":
				return &route{kind: Usage, method: http.MethodGet, handle: (*call).usage}, nil
			}
		}
	case "oauth":
		if path == hubspot.TokenInfo {
			return &route{kind: TokenInfo, method: http.MethodPost, handle: (*call).tokenInfo}, nil
		}
		if len(seg) == 4 && seg[1] == "v1" && seg[2] == "access-tokens" {
			return &route{kind: TokenInfo, method: http.MethodGet, open: true, id: seg[3], handle: (*call).accessToken}, nil
		}
		if len(seg) == 3 && seg[2] == "token" && (hubspot.Known(seg[1]) || seg[1] == "v1") {
			return tokenRoute(), nil
		}
		if len(seg) == 4 && seg[2] == "token" && hubspot.Known(seg[1]) {
			r := tokenRoute()
			switch r.kind = OAuthInfo; seg[3] {
			case "introspect":
				r.handle = (*call).introspect
				return r, nil
			case "revoke":
				r.handle = (*call).revoke
				return r, nil
			}
		}
	}
	return nil, noPath()
}

// layout reads the two orders of family and version: /crm/v3/objects/… and /crm/objects/2026-09/….
func layout(seg []string) (family, version string, rest []string, ok bool) {
	if len(seg) < 3 {
		return "", "", nil, false
	}
	if seg[0] == "v3" || seg[0] == "v4" {
		return seg[1], seg[0], seg[2:], true
	}
	if hubspot.Known(seg[1]) && seg[1] != "v3" {
		return seg[0], seg[1], seg[2:], true
	}
	return "", "", nil, false
}

func crmRoute(family, version string, rest []string) (*route, *failure) {
	if family == "owners" && version != "v4" && len(rest) <= 1 {
		return &route{kind: OwnerRead, method: http.MethodGet, scopes: []string{ScopeOwners, "automation", "contacts"}, id: segment(rest, 0), handle: (*call).ownersOf}, nil
	}
	object, ok := objectOf(segment(rest, 0))
	if !ok {
		return nil, invalid("Unable to infer object type from: %s", segment(rest, 0))
	}
	rest = rest[1:]
	// Associations are called v4 in the old layout and everything else v3; a date means both.
	old, isAssociation := version == "v3" || version == "v4", slices.Contains(rest, "associations") || family == "associations"
	if v3 := version == "v3" && family == "associations"; old && isAssociation != (version == "v4") && !v3 {
		return nil, noPath()
	}
	switch family {
	case "objects":
		return objectRoute(object, rest)
	case "associations":
		to, known := objectOf(segment(rest, 0))
		switch last := strings.Join(rest[min(1, len(rest)):], "/"); {
		case !known && len(rest) > 0:
			return nil, invalid("Unable to infer object type from: %s", segment(rest, 0))
		case last == "batch/read":
			handle := (*call).associationsBatch
			if version == "v3" {
				handle = (*call).associationsBatchV3
			}
			return &route{kind: AssociationsBatch, method: http.MethodPost, object: object, to: to, exempt: true, scopes: scopeOf[""], handle: handle}, nil
		case last == "labels" && version != "v3":
			return &route{kind: Associations, method: http.MethodGet, object: object, to: to, exempt: true, scopes: scopeOf[""], handle: (*call).labels}, nil
		case last == "types" && version == "v3":
			return &route{kind: Associations, method: http.MethodGet, object: object, to: to, scopes: scopeOf[""], handle: (*call).associationTypes}, nil
		}
	case "pipelines":
		if len(rest) >= 2 && len(rest) <= 3 && rest[1] == "stages" {
			return &route{kind: Pipelines, method: http.MethodGet, object: object, id: rest[0], to: segment(rest, 2), scopes: scopeOf[object], handle: (*call).stages}, nil
		}
		if len(rest) <= 1 {
			return &route{kind: Pipelines, method: http.MethodGet, object: object, id: segment(rest, 0), scopes: scopeOf[object], handle: (*call).pipelines}, nil
		}
	case "property-validations":
		if len(rest) == 1 {
			return &route{kind: Properties, method: http.MethodGet, object: object, id: rest[0], scopes: scopeOf[""], handle: (*call).validations}, nil
		}
	case "properties":
		if segment(rest, 0) == "groups" && len(rest) <= 2 {
			return &route{kind: Properties, method: http.MethodGet, object: object, id: segment(rest, 1), scopes: scopeOf[""], handle: (*call).groups}, nil
		}
		if strings.Join(rest, "/") == "batch/read" {
			return &route{kind: Properties, method: http.MethodPost, object: object, scopes: scopeOf[""], handle: (*call).propertiesBatch}, nil
		}
		if len(rest) <= 1 {
			return &route{kind: Properties, method: http.MethodGet, object: object, id: segment(rest, 0), scopes: scopeOf[""], handle: (*call).properties}, nil
		}
	}
	return nil, noPath()
}

func objectRoute(object string, rest []string) (*route, *failure) {
	kinds := map[string][4]Kind{
		contacts:  {ContactSearch, ContactList, ContactRead, ContactBatch},
		companies: {CompanySearch, CompanyList, CompanyRead, CompanyBatch},
		deals:     {DealSearch, DealList, DealRead, DealBatch},
	}[object]
	r := &route{object: object, scopes: scopeOf[object], method: http.MethodGet}
	switch {
	case len(rest) == 0:
		r.kind, r.handle = kinds[1], (*call).list
	case len(rest) == 1 && rest[0] == "search":
		r.kind, r.method, r.handle, r.search, r.exempt = kinds[0], http.MethodPost, (*call).search, true, true
	case len(rest) == 1:
		r.kind, r.id, r.handle = kinds[2], rest[0], (*call).one
	case len(rest) == 2 && rest[0] == "batch" && rest[1] == "read":
		r.kind, r.method, r.handle = kinds[3], http.MethodPost, (*call).batch
	case len(rest) == 3 && rest[1] == "associations":
		to, ok := objectOf(rest[2])
		if !ok {
			return nil, invalid("Unable to infer object type from: %s", rest[2])
		}
		r.kind, r.id, r.to, r.scopes, r.handle = Associations, rest[0], to, scopeOf[""], (*call).associations
	default:
		return nil, noPath()
	}
	return r, nil
}

func segment(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
