package view

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/time/rate"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspotrest"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/secret"
)

// callersSaid and capacitySaid are what a person reads of an account with numbers of ten kinds.
const callersSaid = `445 numbers of 400 contacts, spread evenly over the 1,350 that have one; those without a country code are read in US
the lookup                         finds           of all         taken for others
match: e164 (in use)                50 %     222   45 to 55 %     0
match: national                     40 %     178   36 to 45 %     0
match: mixed                        50 %     222   45 to 55 %     0
strategy: unique-phone          not judged: the file names no hubspot.lookup.property
strategy: rollup                not judged: the file names no hubspot.lookup.property
  a property filled from the contacts' own numbers would find 45 % (40 to 50 %)
43 callers have 32 numbers (9.7 %) in common with others, 2 contacts at most on one: +1513•••••01 (2), +1513•••••11 (2), +1513•••••71 (2)
  best: another contact than theirs counts for 28 · all: the deals of all are read · ambiguous-is-unknown: 43 are unknown; best is in use
223 of 445 numbers (50 %) found by no search:
    90  several numbers in one field: 513 55• •••• / ••• ••• ••25 (contact 1025), 513 55• •••• / ••• ••• ••45 (contact 1045), 513 55• •••• / ••• ••• ••65 (contact 1065)
        leave one number in the field, put the other into mobilephone
    45  a placeholder: 00000•••00 (contact 1067)
        clear the field; and do not require a number in forms where people have none
    44  no digits: aaa aaaaa aaaaaaa (contact 1046)
        put the words into another property and the number alone into this one
    44  no country code, and no number of homeCountries: 0151 ••••••03 (contact 1003), 0151 ••••••23 (contact 1023), 0151 ••••••43 (contact 1043)
        write the numbers with their country code, or add their country to hubspot.lookup.homeCountries
of all 1,500 contacts 1,350 have a number, of 600 of these HubSpot could not read one
150 contacts have no number and a company; of 100 that were looked at the company has a number for 100`

const capacitySaid = `HubSpot: 5 searches a second for the account, 100 other requests in ten seconds for the key (not read), 250,000 requests a day (not read)
Genesys Cloud: 2,500 data actions a minute (not read), 50 at once (not read)
refused of calls/min       10      20      30      60     100  carries    a day
search (in use)        0.43 %   1.6 %   3.3 %    10 %    22 %       15  125,000
  with the breaker     0.57 %   2.6 %   6.3 %    26 %    54 %
unique-phone                0       0       0  0.07 %  0.56 %      116  125,000
  with the breaker          0       0  0.01 %  0.21 %   2.4 %
rollup                      0       0       0       0       0      504  250,000
  with the breaker          0       0       0       0       0
carries: calls a minute of which 1 % are refused; a day: calls that the day's requests are enough for
unique-phone: a move to it needs a contact property with unique values, filled with E.164
rollup: the file cannot have it: routing.rules[0].when.won does not go with it; and 2 more
while HubSpot hangs each call holds a data action for up to 3 s: 1,000 calls a minute fill the 50 at once`

// A person reads figures that are true of the account, and of nobody's name or number.
func TestDoctorCallersAndCapacity(t *testing.T) {
	d, fs := deployment.Parse("dealroute.yaml", []byte(`version: 1
name: acme-doctor
genesys: {region: us-east-1}
hubspot: {lookup: {homeCountries: [US], match: e164}}
routing: {rules: [{name: a, when: {won: true}, to: {queue: Sales}}], fallback: {queue: Support}}
`))
	if err := fs.Err(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	var crm hubspot.CRM
	crm.Companies = []hubspot.Company{{ID: "7", Properties: hubspot.Properties{"phone": hubspot.Text("+15135550100")}}}
	forms := []func(int) string{
		func(i int) string { return fmt.Sprintf("+1513555%04d", i) }, func(i int) string { return fmt.Sprintf("(513) 555-%04d", i) },
		func(i int) string { return fmt.Sprintf("513.555.%04d", i/2) }, func(i int) string { return fmt.Sprintf("0151 2345%04d", i) },
		func(i int) string { return fmt.Sprintf("513 555 %04d ext. 12", i) }, func(i int) string { return fmt.Sprintf("513 555 %04d / 513 555 %04d", i, i+3000) },
		func(int) string { return "ask Lucia Spencer" }, func(int) string { return "0000000000" }, func(i int) string { return fmt.Sprintf("+44 20 7946 %04d", i) }, func(int) string { return "" },
	}
	for i := range 1500 {
		ps := hubspot.Properties{}
		if s := forms[i%len(forms)](i); s != "" {
			ps["phone"] = hubspot.Text(s)
		} else {
			ps["associatedcompanyid"] = hubspot.Text("7")
		}
		crm.Contacts = append(crm.Contacts, hubspot.Contact{ID: fmt.Sprint(1000 + i), Properties: ps, UpdatedAt: now.Add(-time.Duration(i*7919%1500) * time.Minute)})
	}
	srv := httptest.NewServer(hubspottest.New(crm, hubspottest.WithLimits(hubspottest.Limits{})))
	defer srv.Close()
	c := hubspotrest.New(hubspotrest.Options{BaseURL: srv.URL, Token: secret.New(hubspottest.DefaultToken), Searches: rate.NewLimiter(rate.Inf, 1)})
	s, err := c.Sample(t.Context(), hubspotrest.SampleOptions{Size: 400, Companies: true})
	if err != nil {
		t.Fatal(err)
	}
	m := doctor.MatchOf(d, s, now)
	if got := strings.Join(NewDoctorMatch(m).lines(), "\n"); got != callersSaid {
		t.Errorf("callers:\n%s", got)
	}
	capacity := doctor.CapacityOf(d, doctor.CapacityInput{Under: func(strategy string) []string {
		if strategy == deployment.StrategyRollup {
			return []string{"routing.rules[0].when.won does not go with it", "another reason", "a third"}
		}
		return nil
	}})
	if got := strings.Join(NewDoctorCapacity(capacity).lines(), "\n"); got != capacitySaid {
		t.Errorf("capacity:\n%s", got)
	}
	parts := map[string]any{"match": NewDoctorMatch(m), "capacity": NewDoctorCapacity(capacity)}
	for name, part := range parts {
		text := follows(t, name, part)
		if strings.Contains(text, "Spencer") || strings.Contains(text, "5135550") {
			t.Errorf("%s", text)
		}
	}
	keyed := *d
	keyed.HubSpot.Lookup.Strategy, keyed.HubSpot.Lookup.Property, keyed.HubSpot.Lookup.Rollup = deployment.StrategyRollup, "phone_e164", &deployment.Rollup{Open: "open_deals"}
	n := 7
	follows(t, "match", NewDoctorMatch(doctor.MatchOf(&keyed, s, now)))
	follows(t, "match", NewDoctorMatch(doctor.MatchOf(d, hubspot.Sample{Drawn: hubspot.DrawnWhole}, now)))
	follows(t, "capacity", NewDoctorCapacity(doctor.CapacityOf(&keyed, doctor.CapacityInput{PerMinute: 0.5, Remaining: &n, PerDay: &n, TenSeconds: &n})))
	follows(t, "match", NewDoctorMatch(nil))
	follows(t, "capacity", NewDoctorCapacity(nil))
}

// follows holds a part of the answer against its part of the schema.
func follows(t *testing.T, part string, x any) string {
	t.Helper()
	data, err := os.ReadFile("../../docs/json/doctor.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(data, &whole); err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(whole.Properties[part])))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("part.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("part.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%s: %v\n%s", part, err, text)
	}
	return string(text)
}

// What nobody looked at is null, and said.
func TestDoctorOfNobody(t *testing.T) {
	if NewDoctorMatch(nil) != nil || NewDoctorCapacity(nil) != nil {
		t.Error("nothing became something")
	}
	var m *DoctorMatch
	var c *DoctorCapacity
	if m.lines()[0] != "not looked at" || c.lines()[0] != "not looked at" {
		t.Error("it is not said")
	}
	d, _ := deployment.Parse("dealroute.yaml", []byte("version: 1\nname: acme-doctor\ngenesys: {region: us-east-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: Support}}\n"))
	empty := NewDoctorMatch(doctor.MatchOf(d, hubspot.Sample{Drawn: hubspot.DrawnWhole, Notes: []string{"a note"}}, time.Unix(0, 0)))
	if got := strings.Join(empty.lines(), "\n"); got != "no contact has a number\na note" {
		t.Errorf("%q", got)
	}
	for drawn, want := range map[hubspot.Draw]string{hubspot.DrawnOldest: "the oldest of the account", hubspot.DrawnRecent: "those modified last"} {
		m := NewDoctorMatch(doctor.MatchOf(d, hubspot.Sample{Drawn: drawn, Contacts: []hubspot.Contact{{ID: "1", Properties: hubspot.Properties{"phone": hubspot.Text("+15135550142")}}}}, time.Unix(0, 0)))
		if got := m.lines()[0]; !strings.Contains(got, want) {
			t.Errorf("%s: %q", drawn, got)
		}
	}
	n := 41_233
	m = &DoctorMatch{Drawn: "spread", From: 10_000, Numbers: 412, Contacts: 380, Account: DoctorCounts{Numbered: &n}}
	if got := m.sample(); got != "412 numbers of 380 contacts, spread evenly over the 10,000 modified last of 41,233 that have one" {
		t.Error(got)
	}
}

// What was not tried is not said to have failed.
func TestLatencyThatWasNotMeasured(t *testing.T) {
	l := DoctorLatency{FindContact: &DoctorTimes{}, FindDeals: &DoctorTimes{Failed: 2}}
	if got := strings.Join(l.lines(), "|"); got != "find contact not measured|find deals   no answer that counts; 2 not answered" {
		t.Error(got)
	}
}
