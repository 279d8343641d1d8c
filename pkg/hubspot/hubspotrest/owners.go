package hubspotrest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// Owners lists those to whom records can belong: people who are not deactivated. A list that comes
// back to an earlier page is an error.
func (c *Client) Owners(ctx context.Context) ([]hubspot.Owner, error) {
	var out []hubspot.Owner
	seen, pages := map[string]bool{}, map[string]bool{}
	for after := ""; ; {
		page, next, err := c.ownersPage(ctx, after, hubspot.OwnersPage)
		if err != nil {
			return nil, err
		}
		for _, o := range page {
			if o.Type == hubspot.OwnerPerson && !o.Archived && !seen[o.ID] {
				seen[o.ID] = true
				out = append(out, o)
			}
		}
		if next == "" {
			return out, nil
		}
		if pages[next] {
			return nil, fmt.Errorf("%s: HubSpot's list does not end: page %q comes again", readOwners, next)
		}
		pages[next], after = true, next
	}
}

const readOwners = "read the owners"

// ownersPage reads one page of owners, and what the next one begins with; empty for the last.
func (c *Client) ownersPage(ctx context.Context, after string, limit int) (page []hubspot.Owner, next string, err error) {
	var r struct {
		Results []hubspot.Owner `json:"results"`
		Paging  *hubspot.Paging `json:"paging"`
	}
	q := url.Values{"limit": {strconv.Itoa(limit)}, "archived": {"false"}}
	if after != "" {
		q.Set("after", after)
	}
	if err := c.do(ctx, readOwners, http.MethodGet, c.paths.Owners()+"?"+q.Encode(), nil, &r); err != nil {
		return nil, "", err
	}
	if r.Results == nil {
		return nil, "", lacks(readOwners, "results")
	}
	for _, o := range r.Results {
		if o.ID == "" {
			return nil, "", lacks(readOwners, "id of an owner")
		}
	}
	if r.Paging != nil && r.Paging.Next != nil {
		next = r.Paging.Next.After
	}
	return r.Results, next, nil
}
