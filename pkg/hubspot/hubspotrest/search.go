package hubspotrest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/internal/transport"
)

// A Found is the answer to a search and how long it took, retries included.
type Found struct {
	hubspot.SearchReply
	Took time.Duration
}

// Search searches contacts, companies or deals.
func (c *Client) Search(ctx context.Context, object string, r hubspot.SearchRequest) (Found, error) {
	path := map[string]string{"contacts": c.paths.ContactSearch(), "companies": c.paths.CompanySearch(), "deals": c.paths.DealSearch()}[object]
	if path == "" {
		return Found{}, fmt.Errorf("search %s: only contacts, companies and deals can be searched", object)
	}
	if err := transport.Room(ctx, c.searches); err != nil {
		return Found{}, fmt.Errorf("search %s: %w", object, err)
	}
	var out Found
	start := time.Now()
	op := "search " + object
	err := c.do(ctx, op, http.MethodPost, path, r, &out.SearchReply)
	out.Took = time.Since(start)
	if err == nil && out.Results == nil {
		err = lacks(op, "results")
	}
	return out, err
}

// The scopes that the lookup needs; ScopeCompanies only where a company's own number is looked up.
const (
	ScopeContacts  = "crm.objects.contacts.read"
	ScopeCompanies = "crm.objects.companies.read"
	ScopeDeals     = "crm.objects.deals.read"
	ScopeOwners    = hubspot.ScopeOwners
)

// objectOf is what is searched to try a scope.
var objectOf = map[string]string{ScopeContacts: "contacts", ScopeCompanies: "companies", ScopeDeals: "deals"}

// A Token is what HubSpot tells about a key.
type Token struct {
	Portal string
	App    string
	Scopes []string
}

// TokenInfo asks HubSpot about the key. It is undocumented whether service keys are answered; the
// bearer is sent too, since keys of the EU data centre fail without it.
func (c *Client) TokenInfo(ctx context.Context) (Token, error) {
	var r struct {
		HubID  json.Number `json:"hubId"`
		AppID  json.Number `json:"appId"`
		Scopes []string    `json:"scopes"`
	}
	in := map[string]string{"tokenKey": c.token.Reveal()}
	if err := c.do(ctx, "read what the key may do", http.MethodPost, hubspot.TokenInfo, in, &r); err != nil {
		return Token{}, err
	}
	return Token{Portal: r.HubID.String(), App: r.AppID.String(), Scopes: r.Scopes}, nil
}

// Scopes are the scopes of the key.
type Scopes struct {
	Portal  string   // that the key belongs to; empty when HubSpot does not tell
	Granted []string // sorted
	Missing []string // of those that are needed, sorted
	Exact   bool     // Granted is complete; otherwise only those that are needed were tried
}

// Scopes reads the scopes of the key, or tries those that are needed where HubSpot does not tell.
func (c *Client) Scopes(ctx context.Context, need ...string) (Scopes, error) {
	var s Scopes
	t, err := c.TokenInfo(ctx)
	switch code := status(err); {
	case err == nil && len(t.Scopes) > 0: // every key has one at least
		s.Exact, s.Portal, s.Granted = true, t.Portal, slices.Compact(slices.Sorted(slices.Values(t.Scopes)))
	case code == http.StatusUnauthorized || code == http.StatusTooManyRequests || err != nil && (code < 400 || code > 499):
		return s, err
	default:
		for scope, object := range objectOf {
			if !slices.Contains(need, scope) {
				continue
			}
			_, err := c.Search(ctx, object, hubspot.SearchRequest{Limit: 1})
			var e *Error
			switch {
			case err == nil:
				s.Granted = append(s.Granted, scope)
			case !errors.As(err, &e) || e.Category != hubspot.CategoryScopes:
				return s, err
			default:
				s.Missing = append(s.Missing, e.Scopes...)
			}
		}
		if slices.Contains(need, ScopeOwners) {
			_, _, err := c.ownersPage(ctx, "", 1)
			var e *Error
			switch {
			case err == nil:
				s.Granted = append(s.Granted, ScopeOwners)
			case !errors.As(err, &e) || e.Category != hubspot.CategoryScopes:
				return s, err
			}
		}
		slices.Sort(s.Granted)
	}
	for _, scope := range need {
		if scope == ScopeOwners && (slices.Contains(s.Granted, "automation") || slices.Contains(s.Granted, "contacts")) {
			continue // older scopes that let a key read owners, too
		}
		if tried := s.Exact || scope == ScopeOwners || objectOf[scope] != ""; tried && !slices.Contains(s.Granted, scope) {
			s.Missing = append(s.Missing, scope)
		}
	}
	slices.Sort(s.Missing)
	s.Missing = slices.Compact(s.Missing)
	return s, nil
}
