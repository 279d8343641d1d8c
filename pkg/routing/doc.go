// Package routing says what a deployment's policy means: facts about a caller in, a decision
// out. It is the reference that tests hold the deployed flow against, so it shares no code
// with the templates from which that flow is rendered.
//
// The table of meanings, one row a rule of this package:
//
//	deals that count     not archived, of the contact(s), in the configured pipelines; one page of 200,
//	                     those with the greatest measure; where companies count, also of the company of the
//	                     contact modified last, and of the companies with the number when no contact has it
//	active_deal          at least one of them is open
//	inactive_deal        some, none open
//	contact_no_deal      none (deals of other pipelines only: none)
//	no_record            no contact; or several and duplicates is ambiguous-is-unknown
//	lookup_failed        not asked or no usable answer; also a full page of 200 of more, none open
//	a rollup             the contact's own numbers for its deals: at least 1 open is active_deal, else at least 1 of all
//	                     is inactive_deal, else contact_no_deal; no deal counts, and the value is what the rollup says
//	the deal that counts among the open ones, else the won, else the lost; greatest by
//	                     the configured measure; ties by the smallest id
//	value                sum of the open ones in company currency; without amount 0; unset when none was read
//	a number             as JSON has it, at most 15 digits before the point; other texts are no number
//	a day                2026-12-31, or a time of it in UTC ending in Z; other texts are no day
//	the caller's number  withheld: absent, empty or a word for it; else unreadable: no number, or of fewer than 7
//	                     digits; else own: of the deployment, in any spelling of its line; else usable
//	the caller's country of a usable number: by its leading digits, else the main one of its calling code
//	the called number    what the caller dialled first, whatever has transferred the call since
//	a state that ends    no rule is asked, nobody is looked up; its message, then the end, a queue or a flow
//	a condition          on something unset does not hold; bounds are inclusive; text is compared exactly
//	owner                of the deal that counts; of the contact when that has none or none counts
//	priority             base + min(max, ⌊value / per⌋ · add) when there is an open deal, within Genesys' bounds
package routing
