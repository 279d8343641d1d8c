package hubspottest

import (
	"time"

	"github.com/dealroute/dealroute/pkg/hubspot"
)

// DefaultToken is the bearer that a server accepts unless it is told of others.
const DefaultToken = "sandbox-hubspot-key"

// NextToken is a second key of the sandbox's account, so that the first one can be replaced.
const NextToken = "sandbox-hubspot-key-2"

// WideToken is a second key of a sandbox, for whoever wants more of the account than the
// deployment asks for: it has every scope that anything here needs.
const WideToken = "sandbox-hubspot-key-all"

// Scopes that this project asks for; Companies and Owners are optional.
const (
	ScopeContacts  = "crm.objects.contacts.read"
	ScopeCompanies = "crm.objects.companies.read"
	ScopeDeals     = "crm.objects.deals.read"
	ScopeOwners    = hubspot.ScopeOwners
)

// DefaultScopes are what DefaultToken may do.
func DefaultScopes() []string { return []string{ScopeContacts, ScopeCompanies, ScopeDeals} }

// A Grant is what the account knows about a bearer.
type Grant struct {
	Scopes  []string
	Expires time.Time // zero: never, as service keys
	App     int       // 0: 1000001
	User    int
	OAuth   bool // its replies carry no daily limit
}

// Limits are the account's limits; 0 is no limit.
type Limits struct {
	SearchesPerSecond int // all apps together
	PerTenSeconds     int // of one app; searches do not count
	PerDay            int // of the account; searches count
}

// FreeLimits are those of accounts without a paid tier, the tightest there are.
func FreeLimits() Limits {
	return Limits{SearchesPerSecond: hubspot.SearchesPerSecond, PerTenSeconds: 100, PerDay: 250_000}
}

// Assumptions are the facts on which HubSpot's documents are silent. Assumed gives the readings in
// use; each field says what true means.
type Assumptions struct {
	ListsRefuseUnknown     bool // a list request with an unknown parameter is 400 instead of a page of everybody
	CalculatedFilterable   bool // hs_calculated_* can be filtered on in this account
	CountryDigitsSearched  bool // the searchable twin of an invalid "+1555…" keeps the country's digits
	SignificantZeroKept    bool // the searchable twin of "+39 06…" keeps its zero
	PhoneNormalised        bool // EQ on phone and mobilephone compares digits
	AssociationIn          bool // IN works on associations.contact and associations.company
	NegativesMatchEmpty    bool // NEQ, NOT_IN and NOT_CONTAINS_TOKEN find records without the property
	EmptySortsFirst        bool // records without the sorted property come first instead of last
	AfterOnlyWholePages    bool // an after that is no whole number of pages is 400; else a search may begin anywhere
	LongListsRefused       bool // IN with more than 50 values is 400; else only the length of the body counts
	UnknownFieldsIgnored   bool // unknown members of a search's groups and filters are ignored, as those at the top are, instead of 400
	DailyHeadersOnSearch   bool // search replies carry X-HubSpot-RateLimit-Daily and -Daily-Remaining
	CategoryOn429          bool // a 429 has the category RATE_LIMITS
	RetryAfterOn429        bool // a 429 has Retry-After
	RefusedCount           bool // a request that was answered 429 counts in the windows
	NumericAssociations    bool // toObjectId is a number, as in older replies
	NoDealsIsZero          bool // num_associated_deals is "0" instead of null without deals
	PlainProbability       bool // hs_deal_stage_probability is "0.2" instead of the binary fraction in full
	GarbageLooksExpired    bool // an unknown bearer is EXPIRED_AUTHENTICATION of 1970
	TokenInfoForKeys       bool // access-token-info answers for this kind of token
	AccountForKeys         bool // account-info answers for this kind of token
	RefreshTokenRotates    bool // each renewal gives another refresh token, and the one before it ends
	MissingWith200         bool // a batch read that does not find all it was asked for answers 200 instead of 207
	BatchMembersOptional   bool // a batch read without properties or propertiesWithHistory is answered instead of refused
	CaseSensitiveInStrings bool // IN on a text property finds only values given in lower case
}

// Assumed are the readings that a server has without the option Assume.
func Assumed() Assumptions {
	return Assumptions{
		CalculatedFilterable:   true,
		DailyHeadersOnSearch:   true,
		TokenInfoForKeys:       true,
		AccountForKeys:         true,
		CaseSensitiveInStrings: true,
	}
}

type settings struct {
	clock      func() time.Time
	tokens     map[string]Grant
	lookup     func(string) (Grant, bool)
	virtual    bool
	latency    func(Kind) time.Duration
	limits     Limits
	assume     Assumptions
	indexDelay time.Duration
	region     string
	rates      map[string]string
	define     map[string][]Property
	undefine   map[string][]string
	rules      []Rule
	apps       []OAuthApp
	hash       func(string) string
	ledger     Ledger
	keep       func(Ledger)
	details    Details
	validated  []string
}

// Details are what an account says of itself beside its content; an empty one is STANDARD, of one
// currency, in na1.
type Details struct {
	Type, DataLocation string
	Currencies         []string // beside the company's
}

// AccountDetails changes them.
func AccountDetails(d Details) Option { return func(s *settings) { s.details = d } }

// Validated switches the validation of phone numbers on for properties of contacts. HubSpot then takes
// numbers with an explicit country code only, and keeps them in E.164.
func Validated(properties ...string) Option {
	return func(s *settings) { s.validated = append(s.validated, properties...) }
}

// An Option adjusts a server.
type Option func(*settings)

// Clock gives the server its time; without it, the machine's.
func Clock(now func() time.Time) Option { return func(s *settings) { s.clock = now } }

// Token makes the server accept a bearer with these scopes; none means DefaultScopes. The first
// one replaces DefaultToken.
func Token(text string, scopes ...string) Option {
	if len(scopes) == 0 {
		scopes = DefaultScopes()
	}
	return Granted(text, Grant{Scopes: scopes})
}

// Granted is Token with everything that can be known about a bearer.
func Granted(text string, g Grant) Option {
	return func(s *settings) {
		if s.tokens == nil {
			s.tokens = map[string]Grant{}
		}
		s.tokens[text] = g
	}
}

// Tokens asks f about every bearer, for a server that knows only hashes. It replaces DefaultToken.
func Tokens(f func(bearer string) (Grant, bool)) Option { return func(s *settings) { s.lookup = f } }

// Virtual makes the server never sleep: latency and hangs are stated in reply headers.
func Virtual() Option { return func(s *settings) { s.virtual = true } }

// Latency says how long a request of a kind takes. Without it a server in virtual time uses
// DefaultLatency and a server in real time adds nothing.
func Latency(f func(Kind) time.Duration) Option { return func(s *settings) { s.latency = f } }

// WithLimits replaces FreeLimits; the zero Limits is no limit at all.
func WithLimits(l Limits) Option { return func(s *settings) { s.limits = l } }

// Assume changes how undocumented facts are read.
func Assume(change func(*Assumptions)) Option { return func(s *settings) { change(&s.assume) } }

// IndexDelay keeps a record that was put into the running server from searches for that long.
func IndexDelay(d time.Duration) Option { return func(s *settings) { s.indexDelay = d } }

// Region is the account's country, in which numbers without a country are read; US without it.
func Region(code string) Option { return func(s *settings) { s.region = code } }

// Rates are the account's exchange rates into its currency, by currency code. A deal in another
// currency has no home amount without one.
func Rates(rates map[string]string) Option { return func(s *settings) { s.rates = rates } }

// Define adds property definitions to contacts, companies or deals, beside HubSpot's own and those that the
// records have.
func Define(object string, properties ...Property) Option {
	return func(s *settings) {
		if s.define == nil {
			s.define = map[string][]Property{}
		}
		s.define[object] = append(s.define[object], properties...)
	}
}

// Undefine takes properties away from contacts, companies or deals, HubSpot's own ones too, as if
// somebody had deleted them: a search that filters by one is refused, and no answer has it.
func Undefine(object string, names ...string) Option {
	return func(s *settings) {
		if s.undefine == nil {
			s.undefine = map[string][]string{}
		}
		s.undefine[object] = append(s.undefine[object], names...)
	}
}

// Faults adds rules of failure from the start; see Server.Fail.
func Faults(rules ...Rule) Option { return func(s *settings) { s.rules = append(s.rules, rules...) } }
