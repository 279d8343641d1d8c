package hubspottest

import (
	"net/http"
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// A Kind is what a request asks for, whatever the version of its path.
type Kind string

// The kinds of request. Other is a path that does not exist.
const (
	ContactSearch     Kind = "contact search"
	CompanySearch     Kind = "company search"
	DealSearch        Kind = "deal search"
	ContactList       Kind = "contact list"
	CompanyList       Kind = "company list"
	DealList          Kind = "deal list"
	ContactRead       Kind = "contact read"
	CompanyRead       Kind = "company read"
	DealRead          Kind = "deal read"
	ContactBatch      Kind = "contact batch read"
	CompanyBatch      Kind = "company batch read"
	DealBatch         Kind = "deal batch read"
	Associations      Kind = "associations"
	AssociationsBatch Kind = "associations batch read"
	Pipelines         Kind = "pipelines"
	Properties        Kind = "properties"
	OwnerRead         Kind = "owners"
	Account           Kind = "account"
	Usage             Kind = "usage"
	TokenInfo         Kind = "token info"
	OAuth             Kind = "oauth token"
	OAuthInfo         Kind = "oauth token info"
	Other             Kind = "other"
)

// DefaultLatency is a plausible time for each kind; HubSpot publishes none. It is fixed, so that
// results can be compared byte by byte.
func DefaultLatency(k Kind) time.Duration {
	ms := map[Kind]time.Duration{
		ContactSearch: 118, CompanySearch: 104, CompanyList: 84, CompanyRead: 62, CompanyBatch: 73, DealSearch: 91, ContactList: 83, DealList: 86, ContactRead: 64,
		DealRead: 61, ContactBatch: 74, DealBatch: 72, Associations: 58, AssociationsBatch: 66,
		Pipelines: 47, Properties: 41, OwnerRead: 39, Account: 44, Usage: 55, TokenInfo: 52, OAuth: 97, OAuthInfo: 51,
	}[k]
	if ms == 0 {
		ms = 30
	}
	return ms * time.Millisecond
}

// A Fault is a way to fail.
type Fault string

// The faults. The numbers are statuses with HubSpot's own bodies; 5xx are pages in HTML but for
// 500. Slow and Hang are about time, the others about the connection and the body.
const (
	FaultHang          Fault = "hang"        // no answer ever comes
	FaultSlow          Fault = "slow"        // the right answer, Rule.Delay later
	FaultReset         Fault = "reset"       // the connection is cut before a byte
	FaultTruncated     Fault = "truncated"   // half of the right body, status 200
	FaultEmpty         Fault = "empty"       // status 200 without a body
	FaultHTML200       Fault = "html"        // status 200 with a page
	FaultBadRequest    Fault = "400"         //
	FaultUnauthorized  Fault = "401"         // the key is unknown
	FaultExpired       Fault = "401-expired" // the OAuth token is too old
	FaultScopes        Fault = "403"         // a scope is missing
	FaultForbidden     Fault = "403-banned"  // not a matter of scopes
	FaultNotFound      Fault = "404"         //
	FaultURITooLong    Fault = "414"         //
	FaultLocked        Fault = "423"         // for 2 s
	FaultSecondly      Fault = "429"         // searches
	FaultTenSecondly   Fault = "429-ten"     // bursts
	FaultDaily         Fault = "429-daily"   //
	FaultMoving        Fault = "477"         // between data centres; Retry-After
	FaultServer        Fault = "500"         //
	FaultBadGateway    Fault = "502"         //
	FaultUnavailable   Fault = "503"         //
	FaultGatewayTime   Fault = "504"         //
	FaultEdgeTimeout   Fault = "524"         // HubSpot's edge gave up after 100 s
	FaultOriginUnknown Fault = "520"         // an unlisted status of the edge
)

// AllFaults lists every fault.
func AllFaults() []Fault {
	return []Fault{
		FaultHang, FaultSlow, FaultReset, FaultTruncated, FaultEmpty, FaultHTML200, FaultBadRequest,
		FaultUnauthorized, FaultExpired, FaultScopes, FaultForbidden, FaultNotFound, FaultURITooLong,
		FaultLocked, FaultSecondly, FaultTenSecondly, FaultDaily, FaultMoving, FaultServer,
		FaultBadGateway, FaultUnavailable, FaultGatewayTime, FaultEdgeTimeout, FaultOriginUnknown,
	}
}

// A Rule says which requests fail and how. Requests of its kind are numbered from 1 from the moment
// the rule is in force; it holds from First to Last, and for all when both are 0, from First on
// when only Last is.
type Rule struct {
	Fault       Fault
	Kind        Kind // empty: every kind, numbered together
	First, Last int
	Delay       time.Duration // of FaultSlow; also added to the latency of the others
	RetryAfter  time.Duration // of FaultMoving and FaultLocked; one hour and 2 s without it

	seen int
}

// Nth is the rule that only the n-th request fails.
func Nth(n int, f Fault) Rule { return Rule{Fault: f, First: n, Last: n} }

// Always is the rule that every request of a kind fails; an empty kind is every kind.
func Always(k Kind, f Fault) Rule { return Rule{Fault: f, Kind: k} }

// hit counts a request and says whether the rule holds for it.
func (r *Rule) hit(k Kind) bool {
	if r.Kind != "" && r.Kind != k {
		return false
	}
	r.seen++
	return r.seen >= r.First && (r.Last == 0 || r.seen <= r.Last)
}

// answer is the reply of a fault that has one of its own; nil for those that change the right
// reply or give none, and for no rule.
func (r *Rule) answer(c *call) *failure {
	if r == nil {
		return nil
	}
	switch r.Fault {
	case FaultBadRequest:
		return invalid("There was a problem with the request.")
	case FaultUnauthorized:
		return unauthenticated()
	case FaultExpired:
		return expired(c.now, c.now.Add(-75*time.Second))
	case FaultScopes:
		scopes := []string{ScopeContacts}
		if c.route != nil && len(c.route.scopes) > 0 {
			scopes = c.route.scopes
		}
		return missingScopes(scopes)
	case FaultForbidden:
		return fail(http.StatusForbidden, hubspot.ErrorBody{Message: "This account is not allowed to make this call.", Category: "BANNED"})
	case FaultNotFound:
		return notFound()
	case FaultURITooLong:
		return page(http.StatusRequestURITooLong)
	case FaultLocked:
		f := fail(http.StatusLocked, hubspot.ErrorBody{Message: "The resource is locked.", Category: "LOCKED"})
		return f.after(orDefault(r.RetryAfter, 2*time.Second))
	case FaultSecondly:
		return c.s.throttled(hubspot.PolicySecondly, c)
	case FaultTenSecondly:
		return c.s.throttled(hubspot.PolicyTenSecondly, c)
	case FaultDaily:
		return c.s.throttled(hubspot.PolicyDaily, c)
	case FaultMoving:
		f := fail(hubspot.StatusMoving, hubspot.ErrorBody{Message: "This account is being moved to another data center.", Category: "MIGRATION_IN_PROGRESS"})
		return f.after(orDefault(r.RetryAfter, time.Hour))
	case FaultServer:
		return fail(http.StatusInternalServerError, hubspot.ErrorBody{Message: "internal error"})
	case FaultBadGateway:
		return page(http.StatusBadGateway)
	case FaultUnavailable:
		return page(http.StatusServiceUnavailable)
	case FaultGatewayTime:
		return page(http.StatusGatewayTimeout)
	case FaultEdgeTimeout:
		return page(524)
	case FaultOriginUnknown:
		return page(520)
	case FaultHTML200:
		return page(http.StatusOK)
	case FaultEmpty:
		return &failure{status: http.StatusOK, text: []byte{}}
	}
	return nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}
