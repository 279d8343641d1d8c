package deployment

// Codes of findings. A code never changes its meaning; a new kind of mistake gets a new one.
const (
	codeSyntax     = "DR-FILE-001"
	codeNoMapping  = "DR-FILE-002"
	codeDocuments  = "DR-FILE-003"
	codeExpansion  = "DR-FILE-004"
	codeUnknownKey = "DR-FILE-005"
	codeDuplicate  = "DR-FILE-006"
	codeMissing    = "DR-FILE-007"
	codeType       = "DR-FILE-008"
	codeEmpty      = "DR-FILE-009"
	codeChoice     = "DR-FILE-010"
	codeForm       = "DR-FILE-011"
	codeRange      = "DR-FILE-012"
	codeRepeated   = "DR-FILE-013"
	codeNotBuilt   = "DR-FILE-014"
	codeSecret     = "DR-FILE-015"
	codeText       = "DR-FILE-016"
	codeYAML       = "DR-FILE-017"
	codePhone      = "DR-FILE-020"
	codeCountry    = "DR-FILE-021"
	codeRegion     = "DR-FILE-022"
	codeDuration   = "DR-FILE-023"
	codeSpelling   = "DR-FILE-024"
	codeName       = "DR-FILE-025"
	codeNameLost   = "DR-FILE-026"

	codeRuleName     = "DR-RULE-001"
	codeRuleEmpty    = "DR-RULE-002"
	codeRuleBounds   = "DR-RULE-003"
	codeRulePipeline = "DR-RULE-004"
	codeRuleFlow     = "DR-RULE-005"
	codeRuleOwnFlow  = "DR-RULE-006"

	codeCountryTold = "DR-RULE-021"
	codeCalled      = "DR-RULE-022"

	codeNoSchedule  = "DR-HOURS-001"
	codeNoEmergency = "DR-HOURS-002"

	codeAuthUnused = "DR-AUTH-001"
	codeAuthGrant  = "DR-AUTH-002"
	codeAuthURL    = "DR-AUTH-003"

	codeFactSource  = "DR-FACT-001"
	codeFactUnknown = "DR-FACT-002"
	codeFactType    = "DR-FACT-003"
	codeFactTest    = "DR-FACT-004"

	codeStrategyNot  = "DR-LOOKUP-001"
	codeStrategyIdle = "DR-LOOKUP-002"
	codeKeyProperty  = "DR-LOOKUP-003"

	codeRollupProperty = "DR-LOOKUP-004"

	codeStageName    = "DR-STAGE-001"
	codeStageID      = "DR-STAGE-002"
	codeStageUnknown = "DR-STAGE-003"
	codeStageLike    = "DR-STAGE-004"
)

// A Code explains one kind of finding, for the page of the docs.
type Code struct {
	ID    string
	Title string // what is wrong, in a few words
	Text  string // why it matters and what to do
}

// Codes lists every code of this package, sorted.
func Codes() []Code {
	return []Code{
		{codeAuthUnused, "a key of OAuth without OAuth", "renew, grant and tokenURL say how access tokens are got and renewed. A service key is one static token: nothing would read them."},
		{codeAuthGrant, "a grant that opens no CRM data", "HubSpot gives a token for the client-credentials grant, and it stands for the app and not for an account: every lookup would be refused. The grant is of use only where somebody else, such as a gateway of yours, issues the tokens."},
		{codeAuthURL, "not the address of a token endpoint", "Client secret and refresh token are sent there, so it must be https:// with a host, and hold neither a user nor a fragment. http:// is taken for loopback only."},
		{codeFactSource, "a fact without one source", "A fact is a property of the contact or of the deal that counts: exactly one of contact and deal is given."},
		{codeFactUnknown, "a condition on a fact that is not declared", "Declare the fact under hubspot.facts with the property it comes from, or use a name that is there."},
		{codeFactType, "a value that does not fit the fact's type", "A number is compared with numbers, a boolean with true or false, a date with days such as 2026-12-31. Change the value, or the fact's type."},
		{codeFactTest, "a condition that the fact's type does not have", "min and max are for numbers, within, before and after for dates, prefix and case for texts; values, not and set are for all. set: false stands alone."},
		{codeSyntax, "not YAML", "The file cannot be read at all. The place is where reading stopped; the mistake is there or shortly before."},
		{codeNoMapping, "not a deployment file", "The file is empty, or it is not a mapping of keys to values at its top."},
		{codeDocuments, "more than one document", "A line --- starts a second document. One file describes one deployment."},
		{codeExpansion, "aliases that expand without end", "An alias contains itself, or aliases make the file far larger than it looks. Write the value out."},
		{codeUnknownKey, "an unknown key", "Nothing would read it. Correct the name, move it to where it belongs, or delete it."},
		{codeDuplicate, "a key that occurs twice", "Only one of the two could count. Delete one."},
		{codeMissing, "a required key is missing", "There is no default for it that would be right for everybody."},
		{codeType, "a value of the wrong type", "For example a list where a text belongs, or a text where a number belongs."},
		{codeEmpty, "an empty value", "A key without a value says nothing. Give it a value or delete it; the default then holds."},
		{codeChoice, "a value that is not one of the choices", "The message lists what is possible."},
		{codeForm, "a value of the wrong form", "The message says which form is meant."},
		{codeRange, "a number out of range", "The message gives the bounds."},
		{codeRepeated, "an element that occurs twice in a list", "Delete one of the two."},
		{codeNotBuilt, "something that is not built yet", "The key or value has a meaning, and this version does not have it. Leave it out."},
		{codeSecret, "a literal that looks like a token", "Secrets are never in this file: it is shared and kept. They come from the environment, a profile, or standard input. If it was a real one, replace it: it has been written down."},
		{codeText, "a text that cannot be carried", "Genesys refuses {{ in a flow file, and control characters and blanks around a name have no use."},
		{codeYAML, "a YAML feature that is not used here", "Tags and merge keys are refused, so that everybody who reads the file reads the same."},
		{codePhone, "not a phone number in E.164", "Write + and the country code, digits only, such as +15135550100."},
		{codeCountry, "an unknown country", "Countries are two capital letters as in ISO 3166, such as US, GB, DE."},
		{codeRegion, "an unknown region", "Give an AWS region name that Genesys Cloud uses, or the org's domain as in its login address."},
		{codeDuration, "not a duration", "Write a number with its unit, such as 3s, 5m, 1h; whole seconds."},
		{codeSpelling, "a name spelt in two ways", "Queues, skills or flows that differ only in capitals are one thing to people and possibly two to Genesys Cloud."},
		{codeName, "a name that Genesys Cloud refuses", "Nothing there can be called so: the name of a flow has a letter or a digit, no slash, and does not end in -debug; that of a prompt is a word of letters, digits and _. `setup` would end half-way, or wait for a flow that nobody can make."},
		{codeNameLost, "a name that Genesys Cloud may not take, or does not find", "A flow finds skills and queues by their names during the call, and never one of a skill with a plus. Names longer than any that is documented may be refused when they are created."},
		{codeNoSchedule, "a state of a schedule that there is not", "at asks whether the schedule group is open, and calls.schedule names none."},
		{codeNoEmergency, "an emergency that never comes", "Whether there is an emergency is the switch of an emergency group, and calls.schedule.emergencyGroup names none."},
		{codeStrategyNot, "what the lookup strategy cannot say", "`unique-phone` and `rollup` read the contact by a property whose values are unique: two contacts never have one number, so that there is nothing for `duplicates: all`. Under `rollup` no deal is read: two numbers of the contact stand for its deals, " +
			"in all pipelines together. There is no deal that counts, with a stage, a pipeline, facts of its own, and no company's deals. Ask for `outcome`, `openDeals`, `minValue`, `maxValue`, `lifecycle` and facts of the contact, or use `unique-phone`, which reads the deals."},
		{codeStrategyIdle, "a key that says nothing under the lookup strategy", "`unique-phone` and `rollup` compare the number with one property as HubSpot keeps it, so that `match` has nothing to choose; and where no deal is read, its stage is never kept. The key does no harm."},
		{codeKeyProperty, "a property that is no key", "A contact is read by a custom property that was created with unique values and holds the number in E.164. HubSpot's own are not unique or hold no phone number: every lookup would fail or find nobody. [lookups.md](lookups.md) says how to make and fill one."},
		{codeRollupProperty, "a rollup that is no number of deals", "The properties of `lookup.rollup` are numbers that HubSpot calculates of the contact's deals. Its own properties for the contact's number, id, dates, stage, owner and company are none, and a contact would have as many deals as its id says. [lookups.md](lookups.md) says how rollups are made."},
		{codeRuleName, "two rules of one name", "Results, reports and the kept decision name a rule; two of one name could not be told apart."},
		{codeRuleEmpty, "a rule without a condition", "It would take every caller, also after a failed lookup. That is what routing.fallback is for."},
		{codeRuleBounds, "bounds that nothing meets", "The least value is greater than the greatest."},
		{codeRulePipeline, "a pipeline whose deals do not count", "hubspot.lookup.pipelines leaves it out, so no deal that counts is ever in it."},
		{codeRuleFlow, "a key that does not go with a flow as target", "The other flow takes the call over and chooses queue, skills and priority itself. Only `screenPop` may stand beside `flow`: it is set before the call is handed over."},
		{codeRuleOwnFlow, "a flow that hands the call to itself", "The deployment's flow bears the deployment's name. Handed to itself, a call begins anew, is decided the same way, and never arrives. Name another flow, or a queue."},
		{codeCountryTold, "a country whose callers cannot be told", "Countries that share a calling code are told apart by a number's first digits. All numbers of this country begin like those of another one, which they count for."},
		{codeCalled, "a called number that is not ours", "A rule can ask for the numbers of calls.numbers only: calls to others do not reach the flow, or come from another flow, and then count by the number that the caller dialled."},
		{codeStageName, "an ambiguous stage name", "A name under hubspot.stages equals the id of another stage. A rule that says it means both: the stages of that name, and the one with that id."},
		{codeStageID, "not a stage id", "Keys under hubspot.stages are ids of deal stages, as HubSpot's settings show them."},
		{codeStageUnknown, "an unknown stage", "A condition names a stage that is neither a name in hubspot.stages nor of the form of an id (a-z, 0-9, _ and -)."},
		{codeStageLike, "an id that looks like a misspelt name or id", "It is taken as the id of a stage or a pipeline, but a name in hubspot.stages or an id of HubSpot's own is very much like it. Ids are compared exactly, capitals too: a condition with a wrong one never holds."},
	}
}
