package deployment

import (
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/routing"
)

// A Deployment is dealroute.yaml after reading: checked, with defaults filled in.
type Deployment struct {
	// Version is the version of this file's format.
	Version int `yaml:"version" jsonschema:"enum=1"`
	// Name is prefix and ownership mark of everything that is created.
	Name string `yaml:"name" jsonschema:"pattern=^[a-z][a-z0-9-]{1\\,39}$"`
	// Templates is a folder with templates that replace the built-in ones.
	Templates string `yaml:"templates,omitempty" jsonschema:"minLength=1"`
	// Genesys says which Genesys Cloud org is meant.
	Genesys Genesys `yaml:"genesys"`
	// HubSpot says which account is asked, and how.
	HubSpot HubSpot `yaml:"hubspot"`
	// Calls describes the calls that come in.
	Calls Calls `yaml:"calls,omitempty"`
	// Enrichment limits what a caller may wait for.
	Enrichment Enrichment `yaml:"enrichment,omitempty"`
	// Routing says who goes where.
	Routing Routing `yaml:"routing"`
	// ScreenPop is what the agent sees at the ring: managed, none, or a script of yours. Default: none.
	ScreenPop ScreenPop `yaml:"screenPop,omitempty"`
	// Manage says what setup may create.
	Manage Manage `yaml:"manage,omitempty"`
	// Privacy says what may be kept with the conversation.
	Privacy Privacy `yaml:"privacy,omitempty"`

	file      string
	positions map[string]diag.Position
}

// HomeDivision is the division where everything lives that names none. Genesys: each org has
// one, which is called so unless somebody renamed it.
const HomeDivision = "Home"

// Genesys names the org.
type Genesys struct {
	// Region is an AWS region name or the org's domain; a flag and GENESYSCLOUD_REGION win.
	Region string `yaml:"region"`
	// Org pins the org by name or id: any other is refused.
	Org string `yaml:"org,omitempty" jsonschema:"minLength=1"`
	// Division is where created entities live.
	Division string `yaml:"division,omitempty" jsonschema:"minLength=1,default=Home"`
}

// HubSpot says how HubSpot is asked, and what its answers are called.
type HubSpot struct {
	// Portal pins the account, and makes the agent's link to the record.
	Portal string `yaml:"portal,omitempty" jsonschema:"oneof_type=string;integer,pattern=^[0-9]{1\\,19}$"`
	// APIVersion is the version in the paths of HubSpot's API.
	APIVersion string `yaml:"apiVersion,omitempty" jsonschema:"enum=2026-09,enum=2026-03,enum=v3,default=2026-09"`
	// Auth says what kind of credential is used; the secret itself is never in this file.
	Auth Auth `yaml:"auth,omitempty"`
	// Lookup says how a caller is found.
	Lookup Lookup `yaml:"lookup"`
	// Stages gives names to stage ids; several ids may share one name.
	Stages map[string]string `yaml:"stages,omitempty"`
	// Facts are more properties that rules may ask for, by a name of yours.
	Facts map[string]Fact `yaml:"facts,omitempty"`
}

// Auth is the kind of credential.
type Auth struct {
	// Method is service-key, one static bearer token, or oauth, access tokens that expire.
	Method string `yaml:"method,omitempty" jsonschema:"enum=service-key,enum=oauth,default=service-key"`
	// Renew says who renews an access token: the platform within the call that finds it expired, or dealroute token renew outside of calls.
	Renew string `yaml:"renew,omitempty" jsonschema:"enum=platform,enum=outside,default=platform"`
	// Grant is how a token is asked for. HubSpot serves no CRM data to client-credentials: that grant needs a tokenURL of somebody else.
	Grant string `yaml:"grant,omitempty" jsonschema:"enum=refresh-token,enum=client-credentials,default=refresh-token"`
	// TokenURL is the token endpoint where it is not HubSpot's own.
	TokenURL string `yaml:"tokenURL,omitempty" jsonschema:"maxLength=500"`
}

// Choices of Auth.
const (
	AuthKey   = "service-key"
	AuthOAuth = "oauth"

	RenewPlatform = "platform"
	RenewOutside  = "outside"

	GrantRefresh = "refresh-token"
	GrantClient  = "client-credentials"
)

// ByPlatform reports whether the integration fetches access tokens itself.
func (a Auth) ByPlatform() bool { return a.Method == AuthOAuth && a.Renew == RenewPlatform }

// Outside reports whether access tokens are put into the credential from outside.
func (a Auth) Outside() bool { return a.Method == AuthOAuth && a.Renew == RenewOutside }

// Lookup says how a caller is found in HubSpot.
type Lookup struct {
	// Strategy is search: one search for the contact, one for its deals; unique-phone: the contact is read by property, its deals are searched; or rollup: it is read likewise, and its own properties say what of its deals counts.
	Strategy string `yaml:"strategy,omitempty" jsonschema:"enum=search,enum=unique-phone,enum=rollup,default=search"`
	// Property is the contact property that unique-phone and rollup read by: its values are unique, and numbers in E.164.
	Property string `yaml:"property,omitempty" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$"`
	// Rollup names the contact properties in which rollup finds what a contact's deals come to.
	Rollup *Rollup `yaml:"rollup,omitempty"`
	// Match says in which forms a number is searched.
	Match string `yaml:"match,omitempty" jsonschema:"enum=mixed,enum=e164,enum=national,default=mixed"`
	// HomeCountries: a number without country code is read in the first; a number of any of them is also searched in national form.
	HomeCountries []string `yaml:"homeCountries" jsonschema:"minItems=1,uniqueItems=true"`
	// Duplicates says what several contacts with one number mean.
	Duplicates string `yaml:"duplicates,omitempty" jsonschema:"enum=best,enum=all,enum=ambiguous-is-unknown,default=best"`
	// Company says whether the contact's company counts: its deals like the contact's own; numbers: also a company's own number where no contact has it.
	Company string `yaml:"company,omitempty" jsonschema:"enum=none,enum=deals,enum=numbers,default=none"`
	// Pipelines: only deals of these count; none means all.
	Pipelines IDs `yaml:"pipelines,omitempty" jsonschema:"uniqueItems=true"`
}

// Strategies of Lookup.
const (
	StrategySearch = "search"
	StrategyUnique = "unique-phone"
	StrategyRollup = "rollup"
)

// Strategies lists them.
func Strategies() []string { return []string{StrategySearch, StrategyUnique, StrategyRollup} }

// Searches reports whether the contact is searched, and not read by a property of its own.
func (l Lookup) Searches() bool { return l.Strategy != StrategyUnique && l.Strategy != StrategyRollup }

// Rolled reports whether no deal is read, and the contact's own properties stand for them.
func (l Lookup) Rolled() bool { return l.Strategy == StrategyRollup }

// Kept are the properties of people's own that the strategy reads of contacts.
func (l Lookup) Kept() []string {
	var out []string
	if !l.Searches() {
		out = append(out, l.Property)
	}
	if l.Rolled() {
		out = append(out, l.Rollup.Open, l.Rollup.All, l.Rollup.Value)
	}
	return out
}

// A Rollup names properties of the contact, whose values are numbers that HubSpot calculates of its deals.
type Rollup struct {
	// Open is the number of open deals.
	Open string `yaml:"open" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$"`
	// All is the number of deals, open and closed.
	All string `yaml:"all,omitempty" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$,default=num_associated_deals"`
	// Value is the sum of the open deals in company currency.
	Value string `yaml:"value" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$"`
}

// A Fact is a property of the contact, or of the deal that counts.
type Fact struct {
	// Contact is the internal name of a contact property.
	Contact string `yaml:"contact,omitempty" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$"`
	// Deal is the internal name of a deal property.
	Deal string `yaml:"deal,omitempty" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,99}$"`
	// Type says how the value is read.
	Type string `yaml:"type,omitempty" jsonschema:"enum=string,enum=number,enum=boolean,enum=date,default=string"`
}

// Calls describes the calls that come in.
type Calls struct {
	// Numbers are the called numbers of the route, in E.164.
	Numbers Numbers `yaml:"numbers,omitempty" jsonschema:"uniqueItems=true"`
	// OwnNumbers are callers that are never looked up; the numbers of the route are among them anyway. Other spellings of the same line (BR, MX, AR) count.
	OwnNumbers Numbers `yaml:"ownNumbers,omitempty" jsonschema:"uniqueItems=true"`
	// Language is the flow's language.
	Language string `yaml:"language,omitempty" jsonschema:"pattern=^[a-z]{2\\,3}(-[a-z0-9]{2\\,8})?$,default=en-us"`
	// Greeting is said to every caller: a text, or {prompt: Name}.
	Greeting Greeting `yaml:"greeting,omitempty"`
	// Schedule says when calls are taken; without one they always are.
	Schedule *Schedule `yaml:"schedule,omitempty"`
	// PeakPerMinute is how many calls come at most; it is checked against what HubSpot's limits carry.
	PeakPerMinute int `yaml:"peakPerMinute,omitempty" jsonschema:"minimum=1,maximum=100000"`
}

// A Greeting is a text to be spoken or a prompt of the org; the zero Greeting is none.
type Greeting struct {
	Text   string
	Prompt string
}

// Enrichment limits what a caller may wait for.
type Enrichment struct {
	// Budget is the longest any caller waits for HubSpot, both lookups together.
	Budget time.Duration `yaml:"budget,omitempty" jsonschema:"default=3s"`
	// DealStage says which deal counts.
	DealStage string `yaml:"dealStage,omitempty" jsonschema:"enum=highest-value,enum=most-probable,enum=most-recent,default=highest-value"`
	// Breaker says for how long HubSpot is left alone after a failure; or none.
	Breaker Breaker `yaml:"breaker,omitempty"`
	// Cache says whether and for how long the decision is kept for a transferred call.
	Cache Cache `yaml:"cache,omitempty"`
}

// A Breaker leaves HubSpot alone for a while after a failure.
type Breaker struct {
	Enabled      bool          `yaml:"-"` // false: breaker: none
	AfterTimeout time.Duration `yaml:"afterTimeout,omitempty"`
	AfterFailure time.Duration `yaml:"afterFailure,omitempty"`
}

// Cache keeps the decision for later legs of the conversation.
type Cache struct {
	// Store is where the decision is kept.
	Store string `yaml:"store,omitempty" jsonschema:"enum=conversation,enum=none,default=conversation"`
	// TTL is how long it stays fresh.
	TTL time.Duration `yaml:"ttl,omitempty" jsonschema:"default=5m"`
}

// Stores of Cache.
const (
	CacheConversation = "conversation"
	CacheNone         = "none"
)

// Routing says who goes where.
type Routing struct {
	// Rules are asked in order; the first that holds wins.
	Rules []Rule `yaml:"rules,omitempty"`
	// ValuePriority makes value a priority factor.
	ValuePriority *ValuePriority `yaml:"valuePriority,omitempty"`
	// Fallback is where everybody else goes.
	Fallback Fallback `yaml:"fallback"`
	// LastResort is said when even the fallback queue cannot be reached; then the call ends. Default: "We cannot take your call right now."
	LastResort LastResort `yaml:"lastResort,omitempty"`
}

// A Rule sends some callers to a queue or to another flow.
type Rule struct {
	// Name is how results and reports call the rule.
	Name string `yaml:"name" jsonschema:"minLength=1,maxLength=64"`
	// When must hold, all of it; a list means any of.
	When When `yaml:"when"`
	// To is where the caller goes.
	To Target `yaml:"to"`
}

// When is a rule's conditions; the empty ones say nothing.
type When struct {
	// Outcome of the lookup.
	Outcome Outcomes `yaml:"outcome,omitempty"`
	// Stage of the deal that counts: ids, or names of hubspot.stages.
	Stage OneOrMore `yaml:"stage,omitempty"`
	// Pipeline of the deal that counts: ids.
	Pipeline OneOrMore `yaml:"pipeline,omitempty"`
	// Won says whether the deal that counts is won.
	Won *bool `yaml:"won,omitempty"`
	// MinValue is the least sum of the open deals, in company currency.
	MinValue *routing.Decimal `yaml:"minValue,omitempty"`
	// MaxValue is the greatest sum of the open deals, in company currency.
	MaxValue *routing.Decimal `yaml:"maxValue,omitempty"`
	// AnyOpen asks for some open deal, not only the one that counts, that meets all of it.
	AnyOpen *DealTest `yaml:"anyOpen,omitempty"`
	// OpenDeals is how many open deals a known contact has; 0 without deals.
	OpenDeals *Range `yaml:"openDeals,omitempty"`
	// Failure is why the lookup failed.
	Failure OneOrMore `yaml:"failure,omitempty"`
	// Lifecycle is the contact's lifecycle stage.
	Lifecycle OneOrMore `yaml:"lifecycle,omitempty"`
	// At is the state of the schedule when the call comes: open, closed, holiday, emergency.
	At OneOrMore `yaml:"at,omitempty"`
	// Facts of hubspot.facts.
	Facts map[string]FactTest `yaml:"facts,omitempty"`
	// Caller asks for the caller's number, which is known without HubSpot.
	Caller *CallerTest `yaml:"caller,omitempty"`
	// Called are the numbers that the caller dialled, of calls.numbers.
	Called OneOrMore `yaml:"called,omitempty"`
}

// A CallerTest is a condition on the caller's number; the empty parts say nothing.
type CallerTest struct {
	// Number is what it is: withheld, unreadable (no number, or fewer than 7 digits), own (calls.numbers and calls.ownNumbers) or usable.
	Number OneOrMore `yaml:"number,omitempty"`
	// Country of a usable number: ISO 3166, such as US.
	Country OneOrMore `yaml:"country,omitempty"`
}

// A DealTest is a condition on one deal; the empty parts say nothing.
type DealTest struct {
	// Stage of the deal: ids, or names of hubspot.stages.
	Stage OneOrMore `yaml:"stage,omitempty"`
	// Pipeline of the deal: ids.
	Pipeline OneOrMore `yaml:"pipeline,omitempty"`
	// MinValue is the deal's least amount, in company currency; one without amount has 0.
	MinValue *routing.Decimal `yaml:"minValue,omitempty"`
	// MaxValue is the deal's greatest amount.
	MaxValue *routing.Decimal `yaml:"maxValue,omitempty"`
}

// A Range is a number within inclusive bounds.
type Range struct {
	// Min is the least.
	Min *int `yaml:"min,omitempty" jsonschema:"minimum=0,maximum=1000000"`
	// Max is the greatest.
	Max *int `yaml:"max,omitempty" jsonschema:"minimum=0,maximum=1000000"`
}

// A FactTest is a value, a list of values, or a mapping of conditions that must all hold, such
// as {min: 5, max: 10}, {within: 30d}, {not: [silver]}, {any: [gold], case: ignore}.
type FactTest struct {
	Any        []string // values as the file writes them; for a number in canonical form
	Not        []string // likewise: set, and none of them
	Prefix     string
	IgnoreCase bool
	Min        *routing.Decimal
	Max        *routing.Decimal
	Within     *int // days from today, today included; negative: back
	Before     *int // days from today, that day excluded; negative: back
	After      *int // likewise
	Set        *bool
}

// A Target is where a rule sends a call. What it leaves out is the fallback's when it names
// neither queue nor flow; with a queue there are no skills and the priority is 0.
type Target struct {
	// Queue by its name.
	Queue string `yaml:"queue,omitempty" jsonschema:"minLength=1"`
	// Flow by its name: an inbound call flow of the org that takes the call over. Nothing but screenPop stands beside it.
	Flow string `yaml:"flow,omitempty" jsonschema:"minLength=1"`
	// Skills the agent must have, by name.
	Skills []string `yaml:"skills,omitempty" jsonschema:"uniqueItems=true"`
	// Priority is the base; one point is worth a minute of waiting.
	Priority int `yaml:"priority,omitempty" jsonschema:"minimum=-25000000,maximum=25000000,default=0"`
	// ScreenPop overrides the deployment's.
	ScreenPop *ScreenPop `yaml:"screenPop,omitempty"`
	// ValuePriority false: value adds no priority to these calls, also where they end at the fallback.
	ValuePriority *bool `yaml:"valuePriority,omitempty"`
	// Owner prefer: the owner of the deal that counts, else of the contact, is asked first; the queue must route to preferred agents.
	Owner string `yaml:"owner,omitempty" jsonschema:"enum=prefer"`
}

// OwnerPrefer asks the owner first.
const OwnerPrefer = "prefer"

// PrefersOwner reports whether the owner is asked first.
func (t Target) PrefersOwner() bool { return t.Owner == OwnerPrefer }

// Flat reports whether value adds no priority.
func (t Target) Flat() bool { return t.ValuePriority != nil && !*t.ValuePriority }

// A Fallback is where a call goes that no rule takes.
type Fallback struct {
	// Queue by its name.
	Queue string `yaml:"queue" jsonschema:"minLength=1"`
	// Skills the agent must have, by name.
	Skills []string `yaml:"skills,omitempty" jsonschema:"uniqueItems=true"`
	// Priority is the base; one point is worth a minute of waiting.
	Priority int `yaml:"priority,omitempty" jsonschema:"minimum=-25000000,maximum=25000000,default=0"`
	// ScreenPop overrides the deployment's.
	ScreenPop *ScreenPop `yaml:"screenPop,omitempty"`
}

// ValuePriority adds min(max, ⌊value / per⌋ · add) to the priority of a caller with an open deal.
type ValuePriority struct {
	// Per is the value that is worth one step.
	Per routing.Decimal `yaml:"per"`
	// Add is the priority of one step.
	Add int `yaml:"add" jsonschema:"minimum=1,maximum=1000000"`
	// Max is the most that value may add.
	Max int `yaml:"max" jsonschema:"minimum=1,maximum=1000000"`
}

// LastResort is the message before the call ends.
type LastResort struct {
	// Message is spoken.
	Message string `yaml:"message" jsonschema:"minLength=1"`
}

// A ScreenPop is managed (a script of ours), an existing script, or nothing.
type ScreenPop struct {
	Mode   string // PopManaged, PopScript, PopNone
	Script string // name of the existing script for PopScript
}

// Modes of a ScreenPop.
const (
	PopManaged = "managed"
	PopScript  = "script"
	PopNone    = "none"
)

// Manage says what setup may create; what it may not must exist.
type Manage struct {
	// Queues that rules name and that do not exist.
	Queues bool `yaml:"queues,omitempty" jsonschema:"default=true"`
	// Skills that rules name and that do not exist.
	Skills bool `yaml:"skills,omitempty" jsonschema:"default=true"`
	// RuntimeClient is the OAuth client that trips the breaker.
	RuntimeClient bool `yaml:"runtimeClient,omitempty" jsonschema:"default=true"`
}

// Privacy says what may be kept with the conversation besides the decision itself.
type Privacy struct {
	// ParticipantData lists what of HubSpot is written beside the decision. Default: none of it.
	ParticipantData []string `yaml:"participantData,omitempty" jsonschema:"uniqueItems=true"`
}

// IDs is a list of ids; numbers need no quotes.
type IDs []string

// Numbers is a list of phone numbers in E.164.
type Numbers []string

// OneOrMore is one text or a list of texts.
type OneOrMore []string

// Outcomes is one outcome or a list of them.
type Outcomes []routing.Outcome
