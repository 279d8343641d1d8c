package transport

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/phone"
)

// reads are the requests by POST that change nothing; everything else that is no GET or HEAD is a
// write. "*" stands for one segment of the path. The token requests are the sign-in.
var reads = []string{
	// Genesys Cloud.
	"/oauth/token",
	"/api/v2/flows/export/jobs",
	"/api/v2/scripts/*/export",
	"/api/v2/users/search",
	"/api/v2/search",
	"/api/v2/analytics/conversations/details/query",
	"/api/v2/analytics/conversations/aggregates/query",
	"/api/v2/analytics/actions/aggregates/query",
	"/api/v2/analytics/flows/aggregates/query",
	"/api/v2/analytics/flowexecutions/aggregates/query",
	"/api/v2/analytics/queues/observations/query",
	"/api/v2/analytics/ratelimits/aggregates/query",

	// HubSpot, in the layout with dates and in that of v3 and v4.
	"/oauth/*/token",
	"/oauth/*/token/introspect",
	"/oauth/v2/private-apps/get/access-token-info",
	"/crm/objects/*/*/search",
	"/crm/objects/*/*/batch/read",
	"/crm/associations/*/*/*/batch/read",
	"/crm/properties/*/*/batch/read",
	"/crm/v3/objects/*/search",
	"/crm/v3/objects/*/batch/read",
	"/crm/v3/properties/*/batch/read",
	"/crm/v3/associations/*/*/batch/read",
	"/crm/v4/associations/*/*/batch/read",
}

// overriding headers ask some servers to take a request for another method.
var overriding = []string{"X-Http-Method-Override", "X-Http-Method", "X-Method-Override"}

// IsRead reports whether a request changes nothing on the server.
func IsRead(method string, u *url.URL) bool {
	switch method {
	case "", http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		path := strings.Split(u.EscapedPath(), "/")
		return slices.ContainsFunc(reads, func(p string) bool { return matchPath(p, path) })
	}
	return false
}

// matchPath compares segment by segment. An empty segment, a dot segment or an escaped slash
// could name another path on the server, so no wildcard takes them.
func matchPath(pattern string, path []string) bool {
	want := strings.Split(pattern, "/")
	if len(want) != len(path) {
		return false
	}
	for i, w := range want {
		got := path[i]
		if w != "*" {
			if w != got {
				return false
			}
			continue
		}
		if strings.Trim(got, ".") == "" || strings.Contains(got, "%") {
			return false
		}
	}
	return true
}

// A RefusedError says that a request was not sent because it is, or may be, a write.
type RefusedError struct {
	Method string
	Path   string // masked
}

// Error names method and path.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s %s: refused before it was sent: this command only reads", e.Method, e.Path)
}

func guard(method string, u *url.URL, h http.Header) error {
	if IsRead(method, u) && !slices.ContainsFunc(overriding, func(n string) bool { return h.Get(n) != "" }) {
		return nil
	}
	return &RefusedError{Method: method, Path: phone.MaskIn(u.EscapedPath())}
}

// ReadOnly refuses every request that is not known to be a read. It belongs next to the network,
// below retries and redirects.
func ReadOnly(rt http.RoundTripper) http.RoundTripper {
	return tripperFunc(func(r *http.Request) (*http.Response, error) {
		if err := guard(r.Method, r.URL, r.Header); err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return nil, err
		}
		return rt.RoundTrip(r)
	})
}

// ReadOnlySender is ReadOnly for the requests of data actions.
func ReadOnlySender(s dataaction.Sender) dataaction.Sender {
	return SenderFunc(func(ctx context.Context, r dataaction.Request) (dataaction.Response, error) {
		u, err := url.Parse(r.URL)
		if err != nil {
			return dataaction.Response{}, fmt.Errorf("%s: not an address", r.Method)
		}
		h := http.Header{}
		for _, x := range r.Header {
			h.Add(x.Name, x.Value)
		}
		if err := guard(r.Method, u, h); err != nil {
			return dataaction.Response{}, err
		}
		return s.Send(ctx, r)
	})
}
