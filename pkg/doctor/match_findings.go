package doctor

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/words"
)

func matchTopics() []Topic {
	return []Topic{
		{
			Code: "DR-DOC-201", Severity: diag.Warning, Title: "another lookup would find more callers",
			Text: "Contacts of the account were tried: their owners call from the numbers that stand there, and are looked up in the values that HubSpot calculated. The finding says how many more the other form of the search finds of the same numbers, and how many it loses. It is reported where the difference is no chance of the sample, and at least two in a hundred. " +
				"`match: mixed` finds what the others do but for few numbers; [callers.md](callers.md) says how it is judged.",
		},
		{
			Code: "DR-DOC-202", Severity: diag.Warning, Title: "many contacts have a number and no key",
			Text: "Under `strategy: unique-phone` and `rollup` a contact is known by `hubspot.lookup.property` alone: who has a number in `phone` and nothing there is a stranger. Fill it with a workflow, from what HubSpot calculated ([the property](lookups.md#the-property)), or search until it is filled.",
		},
		{
			Code: "DR-DOC-203", Severity: diag.Info, Title: "numbers that no search finds",
			Text: "Whoever calls from such a number is unknown, whatever `match` says: the text has letters, an extension, several numbers, too few or too many digits; or it has no country code and is no number of `homeCountries`; or HubSpot took it for a number of another country. " +
				"It is a warning from five in a hundred on. Numbers in E.164, `+15135550142`, are always found: correct the records that the report names, add a country to `homeCountries` where many are its numbers, and have HubSpot validate phone numbers (Settings, Properties, phone number), so that none are added.",
		},
		{
			Code: "DR-DOC-204", Severity: diag.Info, Title: "callers who share a number with others",
			Text: "A household, a switchboard, or the same person twice: HubSpot tells contacts apart by e-mail and not by number. With `duplicates: best` the contact modified last counts, also for the others; with `all` the deals of all of them do, of five contacts at most; with `ambiguous-is-unknown` nobody of them is known. " +
				"It is a warning where for five callers in a hundred another contact counts than theirs, be it the same person's. Merge duplicates in HubSpot (Data quality, Duplicates); write `ambiguous-is-unknown` where nobody may be greeted by a wrong name.",
		},
		{
			Code: "DR-DOC-205", Severity: diag.Info, Title: "too few numbers to tell",
			Text: "Of fewer than thirty numbers a share says little; the report shows between which shares it lies. Draw more contacts (`--sample`), or come back when the account has more.",
		},
		{
			Code: "DR-DOC-206", Severity: diag.Info, Title: "contacts whose number is only their company's",
			Text: "A contact without a number of its own is nobody who calls. With `company: numbers` the company is found by its own number where no contact is, and its deals count: one search more for a stranger. HubSpot compares the company's number as it is written.",
		},
		{
			Code: "DR-DOC-208", Severity: diag.Warning, Title: "a country whose numbers are not read",
			Text: "Many contacts have a number without its country code that is none of `homeCountries`, and is one of a country from which others of them call. With that country in the list the digits without a country code are searched for its callers, too. The finding says how many more would be found, by trying it. " +
				"A caller's number that has no country code itself is read in the first country, so put it at the end.",
		},
		{
			Code: "DR-DOC-207", Severity: diag.Warning, Title: "callers who are taken for somebody else",
			Text: "Of the records that are found none is the caller's: others have the same digits in another country, or the very number where the caller's record has it in a form that HubSpot cannot read. Write the numbers with their country code; `match: e164` compares nothing but those.",
		},
	}
}

// The shares from which on something is worth telling.
const (
	notable   = 0.02 // more callers found
	serious   = 0.05 // callers lost, or taken for others
	fewAtAll  = 30   // numbers
	companies = 0.1  // contacts without a number whose company has one
)

// Findings are what there is to do about the numbers of an account.
func (m *Match) Findings(d *deployment.Deployment) diag.Findings {
	var out diag.Findings
	add := func(path string, f diag.Finding) {
		f.Path, f.Position = path, d.Pos(path)
		out = append(out, f)
	}
	const at = "hubspot.lookup"
	use := m.InUse()
	if m.Numbers == 0 {
		return append(out, find("DR-DOC-205", "come back when contacts have numbers", "no contact that was read has a number: whether callers are found nobody can tell"))
	}
	if m.Numbers < fewAtAll {
		more := "draw more with --sample"
		if m.Drawn == hubspot.DrawnWhole {
			more = "these are all there are: come back when the account has more"
		}
		out = append(out, find("DR-DOC-205", more,
			"%s: %s found, which may be anything from %s to %s of all", words.Count(m.Numbers, "number was tried", "numbers were tried"), shown(use.Found), words.About(use.Found.Low), words.About(use.Found.High)))
	}
	if l, ok := m.better(use); ok {
		gain, loss := m.gain(use, l)
		write := "write hubspot.lookup.match: " + l.Match
		if use.Strategy != l.Strategy {
			write = "fill hubspot.lookup.property, or write hubspot.lookup.strategy: " + l.Strategy + " until it is filled"
		}
		add(at+".match", find("DR-DOC-201", write, "%s finds %s, and %s would find %s: %d more and %d fewer of the same numbers", use.Words(), shown(use.Found), l.Words(), shown(l.Found), gain, loss))
	}
	if x := m.Missing; x != nil && float64(x.Found.Count-use.Found.Count) >= notable*float64(m.Numbers) {
		add(at+".homeCountries", find("DR-DOC-208", fmt.Sprintf("write hubspot.lookup.homeCountries: [%s]", strings.Join(append(slices.Clone(m.Home), x.Country), ", ")),
			"%s finds %s, and with %s in homeCountries would find %s", use.Words(), shown(use.Found), x.Country, shown(x.Found)))
	}
	if use.Strategy != deployment.StrategySearch && use.Why == "" {
		empty, of := use.Filled.Count-use.Found.Count, use.Filled.Of
		text := fmt.Sprintf("filled from the contacts' own numbers %s would find %s, and finds %s", d.HubSpot.Lookup.Property, shown(use.Filled), shown(use.Found))
		if c := m.Counts; c.Unkeyed != nil && c.Numbered != nil {
			empty, of = *c.Unkeyed, *c.Numbered
			text = fmt.Sprintf("%s is empty in %s of %s that have a number", d.HubSpot.Lookup.Property, words.Thousands(empty), words.Count(of, "contact", "contacts"))
		}
		if of > 0 && float64(empty)/float64(of) > serious {
			add(at+".property", find("DR-DOC-202", "fill it with a workflow, from what HubSpot calculated; docs/lookups.md says how", "%s", text))
		}
	}
	if m.NeverAll.Count > 0 {
		f := find("DR-DOC-203", hintOf(m.Never[0].Flaw), "%s found by no search; most of them: %s", are(m.NeverAll), m.Never[0].Flaw.Words())
		if m.NeverAll.Value() >= serious && m.NeverAll.Low >= notable {
			f.Severity = diag.Warning
		}
		add(at+".homeCountries", f)
	}
	if x := m.Duplicates; x.Callers.Count > 0 {
		least := ""
		if !m.AllTwins {
			least = "at least "
		}
		f := find("DR-DOC-204", "merge duplicates in HubSpot (Data quality, Duplicates)", "%s%s shared with other contacts; %s", least, are(x.Callers), x.Words())
		if wrong := share(x.Callers.Count-x.Right, x.Callers.Of); x.Policy == routing.DuplicatesBest && wrong.Value() >= serious && wrong.Low >= notable {
			f.Severity = diag.Warning
		}
		add(at+".duplicates", f)
	}
	if m.Unnumbered.Value() >= companies && d.HubSpot.Lookup.Company != routing.CompanyNumbers && !d.HubSpot.Lookup.Rolled() && m.Counts.CompanyOnly != nil {
		add(at+".company", find("DR-DOC-206", "write hubspot.lookup.company: numbers", "%s no number and a company; of %d of them that were looked at the company has one for %d",
			words.Count(*m.Counts.CompanyOnly, "contact has", "contacts have"), m.Unnumbered.Of, m.Unnumbered.Count))
	}
	if use.Stranger.Count > 0 && use.Stranger.Value() >= notable/2 {
		add(at+".match", find("DR-DOC-207", "write the numbers of these contacts with their country code", "%s found as somebody else's only", are(use.Stranger)))
	}
	return out
}

// gain is how many numbers another lookup finds that one does not, and how many the one that the other
// does not.
func (m *Match) gain(one, other Lookup) (more, fewer int) {
	return m.pairs[pair{one.way(), other.way()}], m.pairs[pair{other.way(), one.way()}]
}

// better is the form of the search that finds more than the lookup in use: by no chance, and by enough
// to be worth a change, without taking more callers for somebody else.
func (m *Match) better(use Lookup) (best Lookup, ok bool) {
	most := 0
	for _, l := range m.Lookups {
		if l.Strategy != deployment.StrategySearch || l.InUse || use.Why != "" {
			continue
		}
		more, fewer := m.gain(use, l)
		net := more - fewer
		switch {
		case float64(net) < notable*float64(m.Numbers), float64(net) < 2*math.Sqrt(float64(more+fewer)):
			continue
		case l.Stranger.Count-use.Stranger.Count > net/4:
			continue
		}
		if net > most || net == most && l.Match == routing.MatchMixed {
			best, most, ok = l, net, true
		}
	}
	return best, ok
}

// price is what a strategy finds once its property is filled, against the lookup in use; empty where
// nobody knows.
func (m *Match) price(strategy string) string {
	if m == nil || m.Numbers == 0 || m.InUse().Why != "" {
		return ""
	}
	for _, l := range m.Lookups {
		if l.Strategy == strategy && l.Filled.Of > 0 {
			return fmt.Sprintf("; filled from the contacts' own numbers that finds %s of them, and %s finds %s", words.About(l.Filled.Value()), m.InUse().Words(), words.About(m.InUse().Found.Value()))
		}
	}
	return ""
}

// Words name a lookup as the file does.
func (l Lookup) Words() string {
	if l.Strategy == deployment.StrategySearch {
		return "match: " + l.Match
	}
	return "strategy: " + l.Strategy
}

// Words say what becomes of callers who share a number.
func (x Duplicates) Words() string {
	wrong := x.Callers.Count - x.Right
	switch x.Policy {
	case routing.DuplicatesAll:
		if x.Cut > 0 {
			return fmt.Sprintf("duplicates: all reads the deals of all of them, but for %d with more contacts than one request takes", x.Cut)
		}
		return "duplicates: all reads the deals of all of them"
	case routing.DuplicatesAmbiguous:
		return "duplicates: ambiguous-is-unknown knows none of them"
	}
	return fmt.Sprintf("duplicates: best has another contact than theirs count for %d", wrong)
}

// Words say what is the matter with a number.
func (f Flaw) Words() string {
	switch f {
	case FlawNothing:
		return "no digits"
	case FlawExtension:
		return "an extension behind the number"
	case FlawSeveral:
		return "several numbers in one field"
	case FlawLetters:
		return "words or letters"
	case FlawShort:
		return "too few digits"
	case FlawLong:
		return "too many digits"
	case FlawPlaceholder:
		return "a placeholder"
	case FlawNoCountry:
		return "no country code, and no number of homeCountries"
	case FlawAlien:
		return "HubSpot takes it for another country's"
	case FlawOwn:
		return "one of your own numbers, never looked up"
	}
	return "HubSpot calculated nothing to find it by"
}

// hintOf is what to do about a flaw in HubSpot.
func hintOf(f Flaw) string {
	switch f {
	case FlawExtension:
		return "move the extension to a property of its own"
	case FlawSeveral:
		return "leave one number in the field, put the other into mobilephone"
	case FlawLetters, FlawNothing:
		return "put the words into another property and the number alone into this one"
	case FlawPlaceholder:
		return "clear the field; and do not require a number in forms where people have none"
	case FlawNoCountry:
		return "write the numbers with their country code, or add their country to hubspot.lookup.homeCountries"
	case FlawAlien:
		return "write the numbers with their country code; HubSpot reads a number without one in the contact's country"
	case FlawOwn:
		return "these contacts have your own number; give them theirs"
	}
	return "write the numbers in E.164, such as +15135550142"
}

// Hint is what to do about it in HubSpot.
func (n Never) Hint() string { return hintOf(n.Flaw) }

// shown is a share with its figures.
func shown(s Share) string {
	return fmt.Sprintf("%s of %s", words.Thousands(s.Count), words.Thousands(s.Of))
}

func are(s Share) string {
	return fmt.Sprintf("%s of %s (%s) %s", words.Thousands(s.Count), words.Count(s.Of, "number", "numbers"), words.About(s.Value()), words.Noun(s.Count, "is", "are"))
}
