package starter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
)

// Answers are what a person knows and no account can tell.
type Answers struct {
	Name           string   // prefix and mark of everything that is created
	Region         string   // of Genesys Cloud, by AWS name or domain
	Countries      []string // home countries, ISO 3166
	Numbers        []string // of the call route, E.164; may be none
	Fallback       string   // the queue of everybody whom no rule takes
	FallbackSkills []string // that its agents must hold; may be none
	Stages         []string // ids of open stages whose callers go first; nil: those near the end; none: all are alike
	DealsQueue     string   // of callers with an open deal; empty: the fallback's
	OAuth          bool     // HubSpot is asked with an app's access tokens, not with a service key
}

// A Question is one of the answers, by the name of its flag.
type Question string

// The questions, in the order in which they are asked.
const (
	Name      Question = "name"
	Region    Question = "region"
	Countries Question = "countries"
	Numbers   Question = "number"
	Fallback  Question = "fallback-queue"
	Skills    Question = "fallback-skills"
	Stages    Question = "stages"
	Deals     Question = "deals-queue"
)

// Required are those without which there is no deployment.
func Required() []Question { return []Question{Name, Region, Countries, Fallback} }

// Missing lists the required answers that are not given, in the order of Required.
func (a Answers) Missing() []Question {
	given := map[Question]bool{Name: a.Name != "", Region: a.Region != "", Countries: len(a.Countries) > 0, Fallback: a.Fallback != ""}
	return slices.DeleteFunc(Required(), func(q Question) bool { return given[q] })
}

// A WrongError is an answer that is not taken, with the nearest right one.
type WrongError struct {
	Question Question
	Message  string // why, without a full stop
	Hint     string // may be empty
}

func (e *WrongError) Error() string { return e.Message }

// Check judges one answer by what the reader of the deployment file says of it, warnings included;
// the others need not be given. Numbers are held against the countries, and stages against an
// account, where there is one. The error is a *WrongError.
func (a Answers) Check(q Question, account *Account) error {
	alone := Answers{Name: "acme", Region: "us-east-1", Countries: []string{"US"}, Fallback: "Support"}
	var nearest string
	switch q {
	case Name:
		alone.Name, nearest = a.Name, nearestName(a.Name)
	case Region:
		alone.Region, nearest = a.Region, NearestRegion(a.Region)
	case Countries:
		alone.Countries = a.Countries
		if nearest = nearestCountries(a.Countries); nearest != "" {
			unknown := slices.DeleteFunc(slices.Clone(a.Countries), phone.KnownRegion)
			return wrong(q, didYouMean(nearest), "unknown country %q: countries are written as in ISO 3166", strings.Join(unknown, " "))
		}
	case Numbers:
		if err := a.checkNumbers(); err != nil {
			return err
		}
		alone.Numbers = a.Numbers
		if len(a.Countries) > 0 {
			alone.Countries = a.Countries
		}
	case Fallback:
		alone.Fallback = a.Fallback
	case Skills:
		alone.FallbackSkills = a.FallbackSkills
	case Deals:
		alone.DealsQueue = a.DealsQueue
	case Stages:
		return a.checkStages(account)
	}
	if !utf8.ValidString(alone.Name + alone.Fallback + alone.DealsQueue + strings.Join(alone.FallbackSkills, "")) {
		return wrong(q, "let the terminal write UTF-8", "%s is not written in UTF-8", words[q])
	}
	_, found := deployment.Parse("the answer", []byte(bare(alone)))
	for _, f := range found.Sorted() {
		if f.Severity == diag.Info {
			continue
		}
		hint := f.Hint
		if nearest != "" {
			hint = didYouMean(nearest)
		}
		return &WrongError{q, strings.Replace(f.Message, paths[q], words[q], 1), hint}
	}
	return nil
}

// paths are where answers stand in the file, and words what they are called where there is none yet.
var (
	paths = map[Question]string{Fallback: "routing.fallback.queue", Skills: "routing.fallback.skills", Deals: "routing.rules[0].to.queue", Numbers: "calls.numbers", Countries: "hubspot.lookup.homeCountries", Region: "genesys.region", Name: "name"}
	words = map[Question]string{Fallback: "the queue", Skills: "the skills", Deals: "the queue", Numbers: "the numbers", Countries: "the countries", Region: "the region", Name: "the name"}
)

func wrong(q Question, hint, format string, args ...any) error {
	return &WrongError{q, fmt.Sprintf(format, args...), hint}
}

func didYouMean(s string) string { return fmt.Sprintf("did you mean %q", s) }

// bare is the least file with these answers in it.
func bare(a Answers) string {
	text := "version: 1\nname: " + text(a.Name) + "\ngenesys: {region: " + text(a.Region) + "}\nhubspot: {lookup: {homeCountries: " + list(a.Countries) + "}}\n"
	if len(a.Numbers) > 0 {
		text += "calls: {numbers: " + quotes(a.Numbers) + "}\n"
	}
	text += "routing:\n"
	if a.DealsQueue != "" {
		text += "  rules: [{name: open-deal, when: {outcome: active_deal}, to: {queue: " + quote(a.DealsQueue) + "}}]\n"
	}
	text += "  fallback: {queue: " + quote(a.Fallback)
	if len(a.FallbackSkills) > 0 {
		text += ", skills: " + quotes(a.FallbackSkills)
	}
	return text + "}\n"
}

// checkNumbers refuses what cannot be a number of the route. Whoever is called in a country is called
// from there, too, so that it is a home country: validate warns of one that is not.
func (a Answers) checkNumbers() error {
	home, codes := "US", map[int]bool{}
	for i, c := range a.Countries {
		if !phone.KnownRegion(c) {
			continue // it has a refusal of its own
		}
		if i == 0 {
			home = c
		}
		codes[phone.CallingCode(c)] = true
	}
	seen := map[string]bool{}
	for _, n := range a.Numbers { // what is no number may be a person's: it is not repeated
		p, err := phone.Parse(n, home)
		switch {
		case errors.Is(err, phone.ErrShort):
			return wrong(Numbers, "write + and the country code, digits only", "a phone number has 7 digits at least")
		case err != nil:
			return wrong(Numbers, "write + and the country code, digits only, such as "+callersOf(home, 1, nil)[0], "that is not a phone number")
		case !phone.IsE164(n):
			return wrong(Numbers, didYouMean(p.E164()), "numbers are written with + and the country code, digits only")
		case len(codes) > 0 && p.CallingCode() != 0 && p.Region() != "" && !codes[p.CallingCode()]:
			return wrong(Numbers, fmt.Sprintf("add %s to the countries, or write a number of %s", p.Region(), strings.Join(a.Countries, ", ")),
				"%s is a number of %s, which is none of the home countries %s", n, countryName(p.Region()), strings.Join(a.Countries, ", "))
		case !p.Valid():
			return wrong(Numbers, "compare it with the number as it is dialled", "no subscriber can have the number %s: a digit is missing or too many, or the area code does not exist", n)
		case seen[p.E164()]:
			return wrong(Numbers, "leave one of the two out", "%s is given twice", n)
		}
		seen[p.E164()] = true
	}
	return nil
}

func (a Answers) checkStages(account *Account) error {
	var open []hubspot.Stage
	for _, p := range account.pipelines() {
		open = append(open, openStages(p)...)
	}
	for i, id := range a.Stages {
		known := slices.ContainsFunc(open, func(s hubspot.Stage) bool { return s.ID == id })
		switch {
		case slices.Contains(a.Stages[:i], id):
			return wrong(Stages, "leave one of the two out", "stage %q is given twice", id)
		case known:
			continue
		}
		var ids, labels []string
		for _, s := range open {
			ids, labels = append(ids, s.ID), append(labels, s.Label)
		}
		hint := "open stages are " + strings.Join(ids, ", ")
		if near := diag.DidYouMean(id, ids); near != "" {
			hint = near + "; " + hint
		} else if j := slices.Index(labels, diag.Nearest(id, labels)); j >= 0 {
			hint = fmt.Sprintf("did you mean %q, the id of %s; %s", ids[j], clean(labels[j]), hint)
		}
		return wrong(Stages, hint, "%q is not the id of an open stage of %s", id, account.whose())
	}
	return nil
}

// SplitNumbers reads numbers with commas between them: there may be blanks within one.
func SplitNumbers(all ...string) []string {
	var out []string
	for _, s := range all {
		for _, n := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
			if n = strings.TrimSpace(n); n != "" {
				out = append(out, n)
			}
		}
	}
	return out
}

// SplitList reads what people write as a list: with commas, blanks or both.
func SplitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\t' || r == '\n' })
}
