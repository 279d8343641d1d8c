package starter_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/phone"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/pkg/starter"
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
				{ID: "671008549", Label: "Erneuerung", Stages: []hubspot.Stage{
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

// TestPrint shows the files; it is for who writes them.
func TestPrint(t *testing.T) {
	if os.Getenv("SHOW") == "" {
		t.Skip("only with SHOW=1")
	}
	for _, f := range []starter.Found{{}, found()} {
		files, err := starter.Files(answers(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []string{"dealroute.yaml", "crm.yaml", "calls.yaml"} {
			fmt.Printf("--- %s\n%s", n, files[n])
		}
	}
}

// Every region and every country gives files that are read without a warning, and callers whom the
// deployment finds.
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
	if len(phone.Regions()) < 200 {
		t.Fatalf("%d countries", len(phone.Regions()))
	}
	for _, c := range phone.Regions() {
		a := answers()
		a.Countries = []string{c}
		files, err := starter.Files(a, starter.Found{})
		if err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		parsed(t, c, files)
		crm, fs := simulate.DecodeFixtures("crm.yaml", files[starter.CallersFile])
		if fs.Has(diag.Warning) || fs.Has(diag.Error) {
			t.Fatalf("%s: %v", c, fs)
		}
		if len(crm.Contacts) != 5 {
			t.Errorf("%s: %d contacts", c, len(crm.Contacts))
		}
		seen := map[string]bool{}
		for _, x := range crm.Contacts {
			n := *x.Properties["phone"]
			p, err := phone.Parse(n, c)
			if err != nil || p.E164() != n || seen[n] {
				t.Errorf("%s: caller %s: %v", c, n, err)
			}
			seen[n] = true
		}
	}
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
