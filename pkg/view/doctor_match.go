package view

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/words"
)

// A DoctorMatch is what would become of callers, by a sample of contacts.
type DoctorMatch struct {
	Drawn          string           `json:"drawn"`          // whole, spread, recent or oldest
	From           int              `json:"from"`           // from how many contacts
	Contacts       int              `json:"contacts"`       // that were drawn, all with a number
	Numbers        int              `json:"numbers"`        // of these: what the shares are of
	Home           []string         `json:"homeCountries"`  // in which numbers without a country code are read
	Missing        *DoctorMissing   `json:"missingCountry"` // null: there is none
	Account        DoctorCounts     `json:"account"`        // what HubSpot counts of all contacts
	Lookups        []DoctorLookup   `json:"lookups"`        // the three forms of the search, then the other strategies
	Duplicates     DoctorDuplicates `json:"duplicates"`     // under the deployment's own lookup
	Never          DoctorNever      `json:"never"`          // found by no search
	CompanyNumbers *DoctorShare     `json:"companyNumbers"` // of contacts with a company and no number: the company has one; null: not known
	Notes          []string         `json:"notes"`          // what could not be read
}

// A DoctorMissing is a country that would be one of homeCountries.
type DoctorMissing struct {
	Country string      `json:"country"`
	Found   DoctorShare `json:"found"` // by the lookup in use, were it one
}

// DoctorCounts are contacts of the whole account; null is not known.
type DoctorCounts struct {
	Contacts     *int `json:"contacts"`
	Numbered     *int `json:"withNumber"`
	Uncalculated *int `json:"numberNotRead"` // HubSpot calculated no E.164 of it
	Unkeyed      *int `json:"withoutKey"`    // a number, and nothing in hubspot.lookup.property
	CompanyOnly  *int `json:"companyOnly"`   // a company, and no number
}

// A DoctorShare is so many of so many, with where the share of all lies in 95 of 100 samples.
type DoctorShare struct {
	Count int     `json:"count"`
	Of    int     `json:"of"`
	Share float64 `json:"share"` // 0 to 1; 0 of nothing
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// A DoctorLookup is a way to look callers up.
type DoctorLookup struct {
	Strategy string       `json:"strategy"`
	Match    *string      `json:"match"` // null where it says nothing
	InUse    bool         `json:"inUse"`
	Why      *string      `json:"why"`      // why it was not judged; null: it was
	Found    *DoctorShare `json:"found"`    // the caller's record is among those found; null: not judged
	Alone    *int         `json:"alone"`    // of these it is the only one
	Stranger *DoctorShare `json:"stranger"` // only records of others are found
	Filled   *DoctorShare `json:"filled"`   // found, were the property filled from the contacts' own numbers; null of search
	Dealless *int         `json:"dealless"` // of rollup: found, and the number of open deals is empty
}

// DoctorDuplicates are callers whose number several records have.
type DoctorDuplicates struct {
	Policy   string         `json:"policy"` // hubspot.lookup.duplicates
	Callers  DoctorShare    `json:"callers"`
	Numbers  int            `json:"numbers"`          // each once
	Most     int            `json:"most"`             // records of one
	Complete bool           `json:"complete"`         // false: more contacts may have these numbers
	Best     int            `json:"best"`             // under best so many are taken for themselves
	Cut      int            `json:"allCut"`           // under all so many have more records than one request reads the deals of
	Unknown  int            `json:"ambiguousUnknown"` // under ambiguous-is-unknown so many are unknown
	Examples []DoctorShared `json:"examples"`
}

// A DoctorShared is a number, masked, and how many records have it.
type DoctorShared struct {
	Number  string `json:"number"`
	Records int    `json:"records"`
}

// DoctorNever are numbers whose owners no search finds.
type DoctorNever struct {
	All     DoctorShare  `json:"all"`
	Classes []DoctorFlaw `json:"classes"`
}

// A DoctorFlaw is why.
type DoctorFlaw struct {
	Class    string          `json:"class"`
	Means    string          `json:"means"`
	Hint     string          `json:"hint"`
	Share    DoctorShare     `json:"share"`
	Examples []DoctorExample `json:"examples"`
}

// A DoctorExample is a field, masked.
type DoctorExample struct {
	Contact string `json:"contact"` // id of the record
	Field   string `json:"field"`
	Looks   string `json:"looks"` // letters are an a, digits but the first five and the last two a dot
}

func newShare(s doctor.Share) DoctorShare {
	return DoctorShare{s.Count, s.Of, rounded(s.Value()), rounded(s.Low), rounded(s.High)}
}

// rounded is a share as exactly as anybody reads it.
func rounded(v float64) float64 { return math.Round(v*10_000) / 10_000 }

func judgedShare(s doctor.Share, known bool) *DoctorShare {
	if !known {
		return nil
	}
	out := newShare(s)
	return &out
}

// NewDoctorMatch converts a report; nil, which nobody made, is null.
func NewDoctorMatch(m *doctor.Match) *DoctorMatch {
	if m == nil {
		return nil
	}
	x := m.Duplicates
	out := &DoctorMatch{
		Drawn: string(m.Drawn), From: m.Frame, Contacts: m.Contacts, Numbers: m.Numbers, Account: DoctorCounts{m.Counts.All, m.Counts.Numbered, m.Counts.Uncalculated, m.Counts.Unkeyed, m.Counts.CompanyOnly}, Lookups: []DoctorLookup{},
		Duplicates: DoctorDuplicates{
			Policy: x.Policy, Callers: newShare(x.Callers), Numbers: x.Shared, Most: x.Most, Complete: m.AllTwins,
			Best: x.Right, Cut: x.Cut, Unknown: x.Callers.Count, Examples: []DoctorShared{},
		},
		Never:          DoctorNever{newShare(m.NeverAll), []DoctorFlaw{}},
		CompanyNumbers: judgedShare(m.Unnumbered, m.Unnumbered.Of > 0), Notes: append([]string{}, m.Notes...),
	}
	out.Home = append([]string{}, m.Home...)
	if m.Missing != nil {
		out.Missing = &DoctorMissing{m.Missing.Country, newShare(m.Missing.Found)}
	}
	for _, e := range x.Examples {
		out.Duplicates.Examples = append(out.Duplicates.Examples, DoctorShared(e))
	}
	for _, l := range m.Lookups {
		known := l.Why == ""
		o := DoctorLookup{
			Strategy: l.Strategy, Match: text(l.Match), InUse: l.InUse, Why: text(l.Why),
			Found: judgedShare(l.Found, known), Stranger: judgedShare(l.Stranger, known), Filled: judgedShare(l.Filled, l.Match == ""),
		}
		if known {
			o.Alone = &l.Alone
		}
		if known && l.Strategy == "rollup" {
			o.Dealless = &l.Dealless
		}
		out.Lookups = append(out.Lookups, o)
	}
	for _, n := range m.Never {
		f := DoctorFlaw{Class: string(n.Flaw), Means: n.Flaw.Words(), Hint: n.Hint(), Share: newShare(n.Share), Examples: []DoctorExample{}}
		for _, e := range n.Examples {
			f.Examples = append(f.Examples, DoctorExample{e.Contact, e.Field, e.Shape})
		}
		out.Never.Classes = append(out.Never.Classes, f)
	}
	return out
}

// lines are the report for a person.
func (m *DoctorMatch) lines() []string {
	if m == nil {
		return []string{"not looked at"}
	}
	out := []string{m.sample()}
	if m.Numbers == 0 {
		return append([]string{"no contact has a number"}, m.Notes...)
	}
	out = append(out, fmt.Sprintf(lookupLine, "the lookup", "finds", "", "of all", "taken for others"))
	var filled *DoctorShare
	for _, l := range m.Lookups {
		out = append(out, l.line())
		if l.Filled != nil {
			filled = l.Filled
		}
	}
	if filled != nil {
		out = append(out, fmt.Sprintf("  a property filled from the contacts' own numbers would find %s (%s)", words.About(filled.Share), between(*filled)))
	}
	if x := m.Missing; x != nil {
		out = append(out, fmt.Sprintf("  with %s among homeCountries the one in use would find %s (%s)", x.Country, words.About(x.Found.Share), between(x.Found)))
	}
	if x := m.Duplicates; x.Callers.Count > 0 {
		least := ""
		if !x.Complete {
			least = "at least "
		}
		line := fmt.Sprintf("%s%s %s (%s) in common with others, %s at most on one", least, words.Count(x.Callers.Count, "caller has", "callers have"), words.Count(x.Numbers, "number", "numbers"), words.About(x.Callers.Share), words.Count(x.Most, "contact", "contacts"))
		var shown []string
		for _, e := range x.Examples {
			shown = append(shown, fmt.Sprintf("%s (%d)", e.Number, e.Records))
		}
		cut := "the deals of all are read"
		if x.Cut > 0 {
			cut = fmt.Sprintf("%d have more contacts than one request reads the deals of", x.Cut)
		}
		out = append(out, line+": "+strings.Join(shown, ", "),
			fmt.Sprintf("  best: another contact than theirs counts for %d · all: %s · ambiguous-is-unknown: %d are unknown; %s is in use", x.Callers.Count-x.Best, cut, x.Unknown, x.Policy))
	}
	if n := m.Never.All; n.Count > 0 {
		out = append(out, fmt.Sprintf("%s of %s (%s) found by no search:", words.Thousands(n.Count), words.Count(n.Of, "number", "numbers"), words.About(n.Share)))
		for _, f := range m.Never.Classes {
			var shown []string
			for _, e := range f.Examples {
				shown = append(shown, fmt.Sprintf("%s (contact %s)", cmp.Or(e.Looks, "empty"), e.Contact))
			}
			out = append(out, fmt.Sprintf("  %4d  %s: %s", f.Share.Count, f.Means, strings.Join(shown, ", ")), "        "+f.Hint)
		}
	}
	return append(append(out, m.account()...), m.Notes...)
}

// sample says whom the figures are of.
func (m *DoctorMatch) sample() string {
	line := fmt.Sprintf("%s of %s", words.Count(m.Numbers, "number", "numbers"), words.Count(m.Contacts, "contact", "contacts")) + m.drawn()
	if len(m.Home) > 0 {
		line += "; those without a country code are read in " + strings.Join(m.Home, ", ")
	}
	return line
}

// drawn says how the contacts were drawn.
func (m *DoctorMatch) drawn() string {
	switch hubspot.Draw(m.Drawn) {
	case hubspot.DrawnWhole:
		return ", all that have one"
	case hubspot.DrawnRecent:
		return ", those modified last"
	case hubspot.DrawnOldest:
		return ", the oldest of the account: they say little of the others"
	}
	line := fmt.Sprintf(", spread evenly over the %s modified last", words.Thousands(m.From))
	if n := m.Account.Numbered; n != nil {
		line = strings.Replace(line, " modified last", "", 1)
		if *n > m.From {
			line += fmt.Sprintf(" modified last of %s", words.Thousands(*n))
		}
		line += " that have one"
	}
	return line
}

// account is what HubSpot counts.
func (m *DoctorMatch) account() (out []string) {
	c := m.Account
	if c.Contacts != nil && c.Numbered != nil {
		line := fmt.Sprintf("of all %s contacts %s have a number", words.Thousands(*c.Contacts), words.Thousands(*c.Numbered))
		if c.Uncalculated != nil {
			line += fmt.Sprintf(", of %s of these HubSpot could not read one", words.Thousands(*c.Uncalculated))
		}
		if c.Unkeyed != nil {
			line += fmt.Sprintf("; hubspot.lookup.property is empty in %s of them", words.Thousands(*c.Unkeyed))
		}
		out = append(out, line)
	}
	if c.CompanyOnly != nil && *c.CompanyOnly > 0 {
		line := fmt.Sprintf("%s no number and a company", words.Count(*c.CompanyOnly, "contact has", "contacts have"))
		if s := m.CompanyNumbers; s != nil {
			line += fmt.Sprintf("; of %d that were looked at the company has a number for %d", s.Of, s.Count)
		}
		out = append(out, line)
	}
	return out
}

func (l DoctorLookup) line() string {
	name := "strategy: " + l.Strategy
	if l.Match != nil {
		name = "match: " + *l.Match
	}
	if l.InUse {
		name += " (in use)"
	}
	if l.Found == nil {
		why := ""
		if l.Why != nil {
			why = *l.Why
		}
		return fmt.Sprintf("%-31s not judged: %s", name, why)
	}
	line := fmt.Sprintf(lookupLine, name, words.About(l.Found.Share), words.Thousands(l.Found.Count), between(*l.Found), strconv.Itoa(l.Stranger.Count))
	if l.Dealless != nil && *l.Dealless > 0 {
		line += fmt.Sprintf("; %d have no number of open deals", *l.Dealless)
	}
	return line
}

// lookupLine is a row of the table: name, share, count, the interval, strangers.
const lookupLine = "%-31s %8s %7s   %-12s   %s"

func between(s DoctorShare) string {
	return strings.TrimSuffix(words.About(s.Low), " %") + " to " + words.About(s.High)
}
