package starter_test

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/starter"
	"go.yaml.in/yaml/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"pgregory.net/rapid"
)

func answers() starter.Answers {
	return starter.Answers{Name: "north-inbound", Region: "eu-west-1", Countries: []string{"GB"}, Fallback: "Support"}
}

// found are accounts as people have them, with what tries the reader of the file.
func found() starter.Found {
	return starter.Found{
		Account: &starter.Account{
			Portal: "24681357", Currency: "EUR", Owners: 12,
			Pipelines: []hubspot.Pipeline{
				{ID: "default", Label: "Sales: new # business", Stages: []hubspot.Stage{
					{ID: "appointmentscheduled", Label: " First\ncall ", Probability: "0.2"},
					{ID: "985123456", Label: "Negotiation", Probability: "0.7"},
					{ID: "contractsent", Label: "Contract \"sent\": wait", Probability: "0.9"},
					{ID: "closedwon", Label: "closedlost", Closed: true, Won: true, Probability: "1.0"},
					{ID: "closedlost", Label: "", Closed: true, Probability: "0.0"},
				}},
				{ID: "671008549", Label: "pat-na1-12345678-1234-1234-1234-123456789012", Stages: []hubspot.Stage{
					{ID: "1214320997", Label: "Negotiation", Probability: "0.3"},
					{ID: "1214320998", Label: "Überfällig", Closed: true, Won: true, Probability: "1.0"},
				}},
			},
			Contacts: []starter.Property{
				{Name: "customer_tier", Label: "dealroute: allow DR-HUB-001 because", Type: "enumeration", Options: []string{"gold", "sil\nver"}},
				{Name: "lifecyclestage", Label: "Lifecycle", Type: "enumeration"},
				{Name: "health_score", Label: "Health", Type: "number"},
				{Name: "notes_tier", Label: "Typed", Type: "string"},
			},
			Deals: []starter.Property{{Name: "renewal_date", Label: "Renewal", Type: "date"}},
		},
		Org: &starter.Org{
			Name: "Acme \"Nord\": Süd # 1", Queues: []string{"Support", "Sales # EMEA", "bad\nname", "pat-na1-12345678-1234-1234-1234-123456789012"},
			Skills: []string{"German"}, ScheduleGroups: []string{"Öffnungszeiten: Büro"}, Free: []string{"+442079460001"},
		},
	}
}

// parsed reads what was written as every command does, and wants no warning.
func parsed(t *testing.T, what string, files map[string][]byte) *deployment.Deployment {
	t.Helper()
	d, fs := deployment.Parse("dealroute.yaml", files[starter.DeploymentFile])
	for _, f := range fs {
		t.Errorf("%s: %s\n%s", what, f.Error(), files[starter.DeploymentFile])
	}
	if d == nil {
		t.FailNow()
	}
	return d
}

var commented = regexp.MustCompile(`^ *#[^ \n]`)

// blocks are the settings that stand as comments: the lines of each.
func blocks(file string) [][]int {
	var out [][]int
	lines := strings.Split(file, "\n")
	for i, l := range lines {
		if !commented.MatchString(l) {
			continue
		}
		deep := func(l string) int { return strings.IndexByte(l, '#') }
		if n := len(out); n > 0 && out[n-1][len(out[n-1])-1] == i-1 && deep(l) > deep(lines[out[n-1][0]]) {
			out[n-1] = append(out[n-1], i)
			continue
		}
		out = append(out, []int{i})
	}
	return out
}

func uncomment(file string, of ...[]int) string {
	lines := strings.Split(file, "\n")
	for _, b := range of {
		for _, i := range b {
			lines[i] = strings.Replace(lines[i], "#", "", 1)
		}
	}
	return strings.Join(lines, "\n")
}

// Every region and every country gives files that are read without a warning, and each caller of
// crm.yaml becomes by the policy what calls.yaml expects of him: the policy alone, without a flow.
func TestEveryRegionAndCountry(t *testing.T) {
	for _, r := range deployment.Regions() {
		a := answers()
		a.Region = r
		files, err := starter.Files(a, starter.Found{})
		if err != nil {
			t.Fatalf("%s: %v", r, err)
		}
		parsed(t, r, files)
	}
	all := phone.Regions()
	if len(all) < 200 {
		t.Fatalf("%d countries", len(all))
	}
	for i, c := range all {
		a := answers()
		a.Countries = []string{c, all[(i+7)%len(all)], all[(i+101)%len(all)]}
		files, err := starter.Files(a, starter.Found{})
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		if n := expected(t, c, files); n < 8 {
			t.Errorf("%s: %d calls", c, n)
		}
	}
}

// expected holds calls.yaml against what the policy makes of the account in crm.yaml, and tells how
// many calls there are.
func expected(t *testing.T, what string, files map[string][]byte) int {
	t.Helper()
	d := parsed(t, what, files)
	crm, fs := simulate.DecodeFixtures("crm.yaml", files[starter.CallersFile])
	if len(fs) > 0 {
		t.Fatalf("%s: %v\n%s", what, fs, files[starter.CallersFile])
	}
	for _, x := range crm.Deals { // what HubSpot calculates of a deal
		ps := x.Properties
		stage, ok := crm.Stage(*ps[hubspot.PropPipeline], *ps[hubspot.PropDealStage])
		if !ok {
			t.Errorf("%s: no stage %s", what, *ps[hubspot.PropDealStage])
		}
		ps[hubspot.PropIsClosed], ps[hubspot.PropIsWon], ps[hubspot.PropHomeAmount] = hubspot.Text(strconv.FormatBool(stage.Closed)), hubspot.Text(strconv.FormatBool(stage.Won)), ps[hubspot.PropAmount]
	}
	var suite struct {
		Calls []struct {
			ANI, Fault string
			Expect     struct {
				Outcome, Rule, Queue string
				Priority             int
			}
		}
	}
	if err := yaml.Unmarshal(files[starter.SuiteFile], &suite); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	home, now, p := d.HubSpot.Lookup.HomeCountries, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), d.Policy()
	for _, c := range suite.Calls {
		facts := routing.Unknown(now)
		n, err := phone.Parse(c.ANI, home[0])
		switch {
		case c.Fault != "":
			facts = routing.NotAsked(now, routing.FailureTimeout)
		case err == nil:
			if found := routing.Callers(d.HubSpot.Lookup.Match, home, n, crm.Contacts); len(found) > 0 {
				var of []hubspot.Deal
				for _, x := range crm.Deals {
					if slices.Contains(x.Contacts, found[0].ID) {
						of = append(of, x)
					}
				}
				facts = routing.FactsOf(p, found, of, now)
			}
		}
		facts.Caller = routing.CallerOf(c.ANI, home[0], d.Own())
		got := routing.Decide(p, facts)
		rule := got.Rule
		if rule == "" {
			rule = "fallback"
		}
		if w := c.Expect; string(facts.Outcome) != w.Outcome || rule != w.Rule || got.Queue != w.Queue || got.Priority != w.Priority {
			t.Errorf("%s: %s becomes %s, %s, %s, %v, and calls.yaml expects %+v", what, c.ANI, facts.Outcome, rule, got.Queue, got.Priority, w)
		}
	}
	return len(suite.Calls)
}

// What stands as a comment is right when the # is taken away: each by itself, and all of it.
func TestCommentsAreSettings(t *testing.T) {
	for name, f := range map[string]starter.Found{"nothing": {}, "everything": found()} {
		files, err := starter.Files(answers(), f)
		if err != nil {
			t.Fatal(err)
		}
		file := string(files[starter.DeploymentFile])
		all := blocks(file)
		if len(all) < 15 {
			t.Fatalf("%s: %d blocks\n%s", name, len(all), file)
		}
		for _, b := range append(slices.Clone(all), nil) {
			text := uncomment(file, b)
			if b == nil {
				text = uncomment(file, all...)
			}
			if text == file {
				t.Fatal("nothing was changed")
			}
			if _, fs := deployment.Parse("dealroute.yaml", []byte(text)); len(fs) > 0 {
				t.Errorf("%s: %v\n%s", name, fs, text)
			}
		}
	}
}

// Whatever names an org and people give: the files are read as they were meant, or nothing is written.
func TestAnyAnswers(t *testing.T) {
	names := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 äöüß"'#:,{}\[\]&*!|>%@-]{1,40}`), rapid.SampledFrom([]string{
		"yes", "null", "~", "1", "1e3", "0x1f", "- a", "a: b", "a #b", " a", "a\nb", "it's", `"`, "Überlauf", "2026-11-23", "日本", strings.Repeat("x", 256), strings.Repeat("x", 257),
		"pat-na1-12345678-1234-1234-1234-123456789012", "\u202eevil", "x\u2028y", "=", "<<", "?", "|",
	}))
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		a := starter.Answers{
			Name:   rapid.OneOf(rapid.StringMatching(`[a-z][a-z0-9-]{1,39}`), rapid.String(), rapid.SampledFrom([]string{"no", "on", "null", "e1", "a-", strings.Repeat("a", 40), strings.Repeat("a", 41)})).Draw(t, "name"),
			Region: rapid.OneOf(rapid.SampledFrom(deployment.Regions()), rapid.String(), rapid.SampledFrom([]string{"mypurecloud.de", "api.mypurecloud.de"})).Draw(t, "region"), Countries: []string{"GB", "IE"},
			Fallback: names.Draw(t, "fallback"), DealsQueue: names.Draw(t, "deals"), FallbackSkills: rapid.SliceOfN(names, 0, 2).Draw(t, "skills"),
			Numbers: rapid.SampledFrom([][]string{nil, {"+442079460101"}, {"+442079460101", "+35312345678"}}).Draw(t, "numbers"),
		}
		f := found()
		f.Org.Queues, f.Org.Skills, f.Org.Name = rapid.SliceOf(names).Draw(t, "queues"), rapid.SliceOf(names).Draw(t, "all skills"), names.Draw(t, "org")
		for i := range f.Account.Pipelines[0].Stages {
			f.Account.Pipelines[0].Stages[i].Label = names.Draw(t, "label")
		}
		f.Account.Pipelines[0].Label, f.Account.Contacts[0].Options, f.Account.Contacts[0].Label = names.Draw(t, "pipeline"), rapid.SliceOf(names).Draw(t, "options"), names.Draw(t, "property")
		files, err := starter.Files(a, f)
		if err != nil {
			var wrong *starter.WrongError
			if !errors.As(err, &wrong) && !strings.HasPrefix(err.Error(), "no ") {
				t.Fatalf("%v", err)
			}
			return
		}
		written++
		d, fs := deployment.Parse("dealroute.yaml", files[starter.DeploymentFile])
		if len(fs) > 0 {
			t.Fatalf("%v\n%s", fs, files[starter.DeploymentFile])
		}
		first := d.Routing.Rules[0]
		if d.Name != a.Name || d.Genesys.Region != a.Region || d.Routing.Fallback.Queue != a.Fallback || a.DealsQueue != "" && first.To.Queue != a.DealsQueue ||
			!slices.Equal(d.Routing.Fallback.Skills, a.FallbackSkills) || !slices.Equal(d.Calls.Numbers, a.Numbers) || d.HubSpot.Portal != f.Account.Portal {
			t.Fatalf("%+v became %+v", a, d)
		}
		all := uncomment(string(files[starter.DeploymentFile]), blocks(string(files[starter.DeploymentFile]))...)
		if _, fs := deployment.Parse("dealroute.yaml", []byte(all)); len(fs) > 0 {
			t.Fatalf("%v\n%s", fs, all)
		}
		if _, fs := simulate.DecodeFixtures("crm.yaml", files[starter.CallersFile]); len(fs) > 0 {
			t.Fatalf("%v\n%s", fs, files[starter.CallersFile])
		}
		again, err := starter.Files(a, f)
		if err != nil || string(again[starter.SuiteFile]) != string(files[starter.SuiteFile]) || string(again[starter.DeploymentFile]) != string(files[starter.DeploymentFile]) {
			t.Fatalf("another time they are others: %v", err)
		}
	})
	if written == 0 {
		t.Error("nothing was ever written")
	}
}

// What people type in place of a right answer is refused, with the right one.
func TestWrongAnswers(t *testing.T) {
	for _, c := range []struct {
		q             starter.Question
		a             starter.Answers
		message, hint string
	}{
		{starter.Name, starter.Answers{Name: "Acme Inbound"}, "the name must be 2 to 40 characters", `did you mean "acme-inbound"`},
		{starter.Name, starter.Answers{Name: "Zürich Straße #1"}, "a letter first", `did you mean "zurich-strasse-1"`},
		{starter.Name, starter.Answers{Name: "24h"}, "a letter first", ""},
		{starter.Name, starter.Answers{Name: strings.Repeat("ab-", 20)}, "a letter first", `did you mean "` + strings.TrimSuffix(strings.Repeat("ab-", 13), "-") + `-a"`},
		{starter.Name, starter.Answers{Name: "acme-debug"}, "ends in -debug", ""},
		{starter.Region, starter.Answers{Region: "Frankfurt"}, "unknown region", `did you mean "eu-central-1"`},
		{starter.Region, starter.Answers{Region: "EMEA (Dublin)"}, "unknown region", `did you mean "eu-west-1"`},
		{starter.Region, starter.Answers{Region: "EU-WEST-2"}, "unknown region", `did you mean "eu-west-2"`},
		{starter.Region, starter.Answers{Region: "eu west 2"}, "unknown region", `did you mean "eu-west-2"`},
		{starter.Region, starter.Answers{Region: "https://apps.mypurecloud.de/directory"}, "unknown region", `did you mean "mypurecloud.de"`},
		{starter.Region, starter.Answers{Region: "apps.mypurecloud.de"}, "the domain alone", `did you mean "mypurecloud.de"`},
		{starter.Region, starter.Answers{Region: "Sao Paulo"}, "unknown region", `did you mean "sa-east-1"`},
		{starter.Countries, starter.Answers{Countries: []string{"Germany"}}, `unknown country "Germany"`, `did you mean "DE"`},
		{starter.Countries, starter.Answers{Countries: []string{"US", "us", "United", "Kingdom", "uk"}}, `unknown country "us United Kingdom uk"`, `did you mean "US,GB"`},
		{starter.Fallback, starter.Answers{Fallback: "K\xfcche"}, "the queue is not written in UTF-8", "let the terminal write UTF-8"},
		{starter.Countries, starter.Answers{Countries: []string{"Deutschland", "AT"}}, `unknown country "Deutschland"`, `did you mean "DE,AT"`},
		{starter.Countries, starter.Answers{Countries: starter.SplitList("United Kingdom, ie")}, `unknown country "United Kingdom ie"`, `did you mean "GB,IE"`},
		{starter.Countries, starter.Answers{Countries: []string{"UK"}}, "unknown country", `did you mean "GB"`},
		{starter.Countries, starter.Answers{Countries: []string{"Österreich"}}, "unknown country", `did you mean "AT"`},
		{starter.Countries, starter.Answers{Countries: []string{"Germny"}}, "unknown country", `did you mean "DE"`},
		{starter.Countries, starter.Answers{Countries: []string{"Atlantis"}}, "unknown country", ""},
		{starter.Countries, starter.Answers{Countries: []string{"DE", "DE"}}, "twice", ""},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"020 7946 0000"}}, "with + and the country code", `did you mean "+442079460000"`},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"+15135550100"}}, "a number of United States (US), which is none of the home countries GB", "add US to the countries"},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"+44207946"}}, "no subscriber can have", "compare it"},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"Lucia Marked"}}, "that is not a phone number", "+442079460101"},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"123"}}, "7 digits", "country code"},
		{starter.Numbers, starter.Answers{Countries: []string{"GB"}, Numbers: []string{"+442079460000", "+442079460000"}}, "twice", "leave one"},
		{starter.Fallback, starter.Answers{Fallback: "a\nb"}, "the queue holds a control character", ""},
		{starter.Fallback, starter.Answers{Fallback: strings.Repeat("x", 257)}, "257 characters", ""},
		{starter.Fallback, starter.Answers{Fallback: ""}, "", ""},
		{starter.Fallback, starter.Answers{Fallback: "pat-na1-12345678-1234-1234-1234-123456789012"}, "HubSpot key", "take it out"},
		{starter.Skills, starter.Answers{FallbackSkills: []string{"C++"}}, "plus", "rename"},
		{starter.Stages, starter.Answers{Stages: []string{"Contract Sent"}}, "is not the id of an open stage", `did you mean "contractsent"`},
		{starter.Stages, starter.Answers{Stages: []string{"closedwon"}}, "is not the id of an open stage of HubSpot's default pipeline", "open stages are appointmentscheduled"},
	} {
		err := c.a.Check(c.q, nil)
		var wrong *starter.WrongError
		if !errors.As(err, &wrong) || wrong.Question != c.q || !strings.Contains(wrong.Message, c.message) || !strings.Contains(wrong.Hint, c.hint) {
			t.Errorf("%s %+v: %#v", c.q, c.a, err)
		}
		if _, err := starter.Files(c.a, starter.Found{}); err == nil {
			t.Errorf("%s: files are written", c.q)
		}
	}
	for _, n := range []string{"+442079460999", "+442079460000"} {
		if err := (starter.Answers{Countries: []string{"GB"}, Numbers: []string{n}}).Check(starter.Numbers, nil); err != nil {
			t.Errorf("%s: %v", n, err)
		}
	}
	// a toll-free number is of no country, and one code may be of several
	for n, c := range map[string]string{"+80012345678": "DE", "+14165550100": "US", "+18005550100": "CA"} {
		if err := (starter.Answers{Countries: []string{c}, Numbers: []string{n}}).Check(starter.Numbers, nil); err != nil {
			t.Errorf("%s in %s: %v", n, c, err)
		}
	}
	// every country is found by its English name
	missed := 0
	for _, c := range phone.Regions() {
		name := display.English.Regions().Name(language.MustParseRegion(c))
		err := starter.Answers{Countries: starter.SplitList(name)}.Check(starter.Countries, nil)
		if err == nil && name == c {
			continue // CLDR has no name for it
		}
		var wrong *starter.WrongError
		if !errors.As(err, &wrong) || wrong.Hint != `did you mean "`+c+`"` {
			missed++
			t.Logf("%s %q: %+v", c, name, err)
		}
	}
	if missed > 5 {
		t.Errorf("%d countries are not known by name", missed)
	}
}

// With several pipelines a rule names a stage so that it means no other one.
func TestStagesMeanThemselves(t *testing.T) {
	a := answers()
	for _, c := range []struct {
		stages []string
		want   []string // ids that the first rule asks for
		rules  int
	}{
		{nil, []string{"985123456", "contractsent"}, 3},
		{[]string{"985123456"}, []string{"985123456"}, 3},
		{[]string{"985123456", "1214320997"}, []string{"1214320997", "985123456"}, 3},
		{[]string{"appointmentscheduled", "985123456", "contractsent", "1214320997"}, nil, 2},
		{[]string{}, nil, 2},
	} {
		a.Stages = c.stages
		files, err := starter.Files(a, found())
		if err != nil {
			t.Fatal(err)
		}
		d := parsed(t, "", files)
		var got []string
		for _, s := range d.Routing.Rules[0].When.Stage {
			got = append(got, d.Policy().StageIDs(s)...)
		}
		got = slices.DeleteFunc(got, func(id string) bool { return d.HubSpot.Stages[id] == "" }) // a name is no id
		slices.Sort(got)
		if !slices.Equal(slices.Compact(got), c.want) || len(d.Routing.Rules) != c.rules {
			t.Errorf("%v: %v in %d rules", c.stages, got, len(d.Routing.Rules))
		}
		expected(t, strings.Join(c.stages, " "), files)
	}
}

// Nobody has the numbers of a range that is kept free for fiction, and no caller has one of the route.
func TestInventedCallers(t *testing.T) {
	for _, c := range []string{"US", "CA", "GB", "AU", "DE", "FR", "IE", "SE"} {
		if !starter.Invented(c) {
			t.Errorf("%s has no range", c)
		}
	}
	a := answers()
	a.Numbers = []string{"+442079460101", "+442079460103"}
	files, err := starter.Files(a, starter.Found{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range a.Numbers {
		if strings.Contains(string(files[starter.CallersFile]), n) {
			t.Errorf("%s calls itself", n)
		}
	}
	expected(t, "with numbers", files)
}
