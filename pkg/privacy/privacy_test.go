package privacy_test

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/privacy"
	"github.com/dealroute/dealroute/pkg/routing"
	"pgregory.net/rapid"
)

// Whatever a flow makes of a number, the digits of it are not shown; what stands around
// them is.
func TestForms(t *testing.T) {
	for _, c := range []struct{ ani, text, want string }{
		{"tel:+15135550142", "+15135550142", "+1513•••••42"},
		{"tel:+15135550142", "tel:+15135550142", "tel:+1513•••••42"},
		{"sip:+15135550142@203.0.113.7;user=phone", "sip:+15135550142@203.0.113.7;user=phone", "sip:+1513•••••42@203.0.113.7;user=phone"},
		{"+15135550142", "15135550142", "15135••••42"},
		{"+15135550142", "0015135550142", "00151••••••42"},
		{"+15135550142", "01115135550142", "01115•••••••42"},
		{"+15135550142", "5135550142", "51355•••42"},
		{"+15135550142", "(513) 555-0142", "(513)•••••••42"},
		{"+15135550142", "1-513-555-0142", "1-513•••••••42"},
		{"+15135550142", "call 513.555.0142 back", "call 513.5•••••42 back"},
		{"+15135550142", "5550142", "•••••"},
		{"+15135550142", "5 1 3 5 5 5 0 1 4 2", "5 1 3•••••••••••• 2"},
		{"+15135550142", "5, 1, 3, 5, 5, 5, 0, 1, 4, 2", "•••••"},
		{"+15135550142", "caller5135550142x", "caller51355•••42x"},
		{"+15135550142", "https://x.example/find?phone=%2B15135550142&n=1", "https://x.example/find?phone=+1513•••••42&n=1"},
		{"+15135550142", "/find/%28513%29%20555%2D0142", "/find/%28513) ••••••42"},
		{"+15135550142", "%252B15135550142", "•••••"},
		{"+15135550142", "+1+513+555+0142", "•••••"},
		{"+15135550142", "+1513555014", "+1513••••14"},
		{"5135550142", "+1 513 555 0142", "+1 51••••••••42"},
		{"+493012345678", "030 12345678", "030 1•••••78"},
		{"+493012345678", "+49 (0) 30 12345678", "+49 (••••••••••••78"},
		{"030 12345678", "+493012345678", "+4930••••••78"},
		{"030/12345678", "0049-30-12345678", "0049-•••••••••78"},
		{"+15135550142", "2026-11-23T09:00:00Z 90000000001 5135550142", "2026-11-23T09:00:00Z 90000000001 51355•••42"},
		{"+15135550142", "+15135550100 called by +15135550142", "+15135550100 called by +1513•••••42"},
		{"+15135550142", "15135550100", "15135550100"},
		{"+15135550142", "+15135550166 too", "+1513•••••66 too"},
		{`"Ada Lovelace" <sip:+15135550142@x>`, `"Ada Lovelace" <sip:+15135550142@x>`, `"•••••" <sip:+1513•••••42@x>`},
		{"sip:alice@example.org", "alice", "•••••"},
		{"sip:alice@example.org", "malice", "malice"},
		{"sip:alice@example.org", "from sip:alice@example.org", "from •••••"},
		{"anonymous", "anonymous", "anonymous"},
		{"+15135550100", "+15135550100", "+15135550100"},
	} {
		m := privacy.New(privacy.Options{Own: []string{"+15135550100"}})
		m.Caller(c.ani)
		if got := m.Text(c.text); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.ani, c.text, got, c.want)
		}
	}
}

// The law: with anything that is no letter or digit between the digits, in front of them or
// behind, no seven digits of the number stay together.
func TestNoSevenDigitsStay(t *testing.T) {
	notDigit := regexp.MustCompile(`[^0-9]`)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9][0-9]{7,13}`).Draw(t, "number")
		first := rapid.IntRange(0, len(number)-7).Draw(t, "first")
		last := rapid.IntRange(first+7, len(number)).Draw(t, "last")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "+", "00", "0", "x", "tel:", "%2B", "("}).Draw(t, "head"))
		for _, d := range number[first:last] {
			b.WriteRune(d)
			b.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", "%20", " / ", ") ", ", ", "\u00a0"}).Draw(t, "gap"))
		}
		m := privacy.New(privacy.Options{})
		m.Caller("+" + number)
		got := notDigit.ReplaceAllString(strings.NewReplacer("%20", "", "%2B", "").Replace(m.Text(b.String())), "")
		for i := range len(number) - 6 {
			if strings.Contains(got, number[i:i+7]) {
				t.Fatalf("+%s in %q: %q", number, b.String(), m.Text(b.String()))
			}
		}
	})
}

// What a person asked to see is shown whole.
func TestShow(t *testing.T) {
	m := privacy.New(privacy.Options{Show: true, Live: true, Names: privacy.Names{Private: []string{"note"}}})
	m.Caller("+15135550142")
	if got := m.Text("+15135550142 12.50") + m.Number("+15135550142") + m.Data("note", "words") + m.Amount("5") + string(m.JSON([]byte(`"+15135550142"`))); got != `+15135550142 12.50+15135550142words5"+15135550142"` {
		t.Error(got)
	}
}

// What HubSpot replies is shown without what is personal, and with amounts of a real account as everywhere: roughly.
func TestReply(t *testing.T) {
	const reply = `{"results":[{"id":"7","properties":{"dealstage":"won","amount":"50000","amount_in_home_currency" : "1234.5","dealname":"Mark"}}]}`
	for live, want := range map[bool]string{
		false: `{"results":[{"id":"7","properties":{"dealstage":"won","amount":"50000","amount_in_home_currency" : "1234.5","dealname":"•••••"}}]}`,
		true:  `{"results":[{"id":"7","properties":{"dealstage":"won","amount":"10,000 to 100,000","amount_in_home_currency" : "1,000 to 10,000","dealname":"•••••"}}]}`,
	} {
		if got := string(privacy.New(privacy.Options{Live: live}).Reply([]byte(reply))); got != want {
			t.Errorf("live %t: %s, want %s", live, got, want)
		}
	}
}

// Values are shown by what their names hold.
func TestData(t *testing.T) {
	d := &deployment.Deployment{}
	d.Calls.Numbers = []string{"+15135550100"}
	for _, c := range []struct {
		live              bool
		name, value, want string
	}{
		{false, "Flow.Fact_Note", "quiet words", "•••••"},
		{false, "flow.fact_note", "", ""},
		{false, "contactId", "90000000001", "90000000001"},
		{false, "customer_value", "62000", "62000"},
		{true, "customer_value", "62000", "10,000 to 100,000"},
		{true, "customer_value", "0.50", "0"},
		{true, "customer_value", "9999999999999", "100,000,000 to 1,000,000,000"},
		{true, "customer_value", "much", "•••••"},
		{true, "note", "1234.50", "1,000 to 10,000"},
		{true, "note", "12.50", "12.50"},
		{true, "score", "91.5", "10 to 100"},
		{true, "fact_score", `"73911"`, "10,000 to 100,000"},
		{false, "score", "91.5", "91.5"},
		{true, "Flow.fact_renewal", "20261201", "•••••"},
		{true, "flow.fact_renewal", "2026-12-01", "•••••"},
		{false, "Flow.Fact_renewal", "20261201", "20261201"},
		{true, "at", "2026-11-29T13:22:10.003Z", "2026-11-29T13:22:10.003Z"},
		{true, "said", "lookup on 10.100.2.3:53 took 1234.50 of v1.2.3", "lookup on 10.100.2.3:53 took 1,000 to 10,000 of v1.2.3"},
		{false, "dnis", "+15135550100", "+15135550100"},
		{false, "ani", "+15135550142", "+1513•••••42"},
		{false, "target", `Queue("Sales")`, `Queue("Sales")`},
	} {
		m := privacy.New(privacy.Options{Deployment: d, Live: c.live, Names: privacy.Names{
			Private: []string{"Flow.Fact_note"}, Plain: []string{"contactId"}, Numbers: []string{"score", "fact_score"}, Dates: []string{"Flow.Fact_renewal"},
		}})
		if got := m.Data(c.name, c.value); got != c.want {
			t.Errorf("%s = %s: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

type answers string

func (a answers) Send(context.Context, dataaction.Request) (dataaction.Response, error) {
	return dataaction.Response{Status: 200, Body: []byte(a)}, nil
}

// What HubSpot answered in free words is hidden, what rules and amounts need is not.
func TestListen(t *testing.T) {
	m := privacy.New(privacy.Options{})
	s := m.Listen(answers(`{"results":[{"properties":{"firstname":"Lucia","company":"Mark & Sons","dealstage":"contractsent"}}]}`))
	if _, err := s.Send(context.Background(), dataaction.Request{}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"Lucia": "•••••", `["Lucia"]`: `["•••••"]`, "at Mark & Sons": "at •••••", "contractsent": "contractsent"} {
		if got := m.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Addresses of mail are hidden wherever they stand; the host of a call is none.
func TestMail(t *testing.T) {
	m := privacy.New(privacy.Options{})
	m.Caller("sip:+15135550142@sip.example.com")
	for text, want := range map[string]string{
		`{"email":"lucia.mark@example.com"}`: `{"email":"•••••"}`, "to lucia%40example.com.": "to •••••.",
		"sip:+15135550142@sip.example.com": "sip:+1513•••••42@sip.example.com", "a@b": "a@b", "http://a@example.com/x": "http://•••••/x",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A number or a day that is a fact of a real contact is learned from the answer, too.
func TestListenLive(t *testing.T) {
	d := &deployment.Deployment{}
	d.HubSpot.Facts = map[string]deployment.Fact{
		"renewal": {Deal: "renewal_date", Type: routing.DateFact}, "ended": {Deal: "closedate", Type: routing.DateFact},
		"score": {Contact: "engagement_score", Type: routing.NumberFact}, "vip": {Contact: "is_vip", Type: routing.BooleanFact},
	}
	const answer = `{"results":[{"properties":{"renewal_date":"2031-07-13","closedate":"2031-08-14T00:00:00Z","engagement_score":"73911","is_vip":"false","dealstage":"contractsent"}}]}`
	for live, want := range map[bool]string{
		false: `"2031-07-13" "73911" "false" on 2031-08-14T00:00:00Z at "contractsent"`,
		true:  `"•••••" "•••••" "false" on ••••• at "contractsent"`,
	} {
		m := privacy.New(privacy.Options{Deployment: d, Live: live})
		if _, err := m.Listen(answers(answer)).Send(t.Context(), dataaction.Request{}); err != nil {
			t.Fatal(err)
		}
		if got := m.Text(`"2031-07-13" "73911" "false" on 2031-08-14T00:00:00Z at "contractsent"`); got != want {
			t.Errorf("live %v: %s", live, got)
		}
	}
}

// Of a display name no word is left where it is the whole value, and the whole nowhere.
func TestDisplayName(t *testing.T) {
	for _, ani := range []string{`"Ada Lovelace" <sip:+15135550142@host>`, `Ada Lovelace <sip:ada@host>`, `'Ada Lovelace'<tel:+15135550142>`, `"Lovelace, Ada" <sip:+15135550142@host>`} {
		m := privacy.New(privacy.Options{})
		m.Caller(ani)
		for _, s := range []string{ani, `"Ada"`, "Lovelace", "ADA", `["lovelace", "x"]`, "from " + ani} {
			if got := m.Text(s); strings.Contains(strings.ToLower(got), "lovelace") || strings.Contains(got, "Ada") || strings.Contains(got, "ADA") {
				t.Errorf("%s: %q of %q", ani, got, s)
			}
		}
		if got := m.Text("Adapter for Nevada"); got != "Adapter for Nevada" {
			t.Error(got)
		}
		if m = privacy.New(privacy.Options{}); !m.Inputs(map[string]any{"Call.Ani": ani}) {
			t.Errorf("%s is no caller", ani)
		}
	}
}

// A document stays one.
func TestJSON(t *testing.T) {
	m := privacy.New(privacy.Options{})
	m.Caller("+15135550142")
	in := `{"a": "+15135550142", "n": 5135550142, "q": "say \"5135550142\"", "list": [1, 2.5, -3, true, null], "id": "90000000001"}`
	want := `{"a": "+1513•••••42", "n": "51355•••42", "q": "say \"51355•••42\"", "list": [1, 2.5, -3, true, null], "id": "90000000001"}`
	got := m.JSON([]byte(in))
	if string(got) != want || !json.Valid(got) {
		t.Errorf("%s", got)
	}
}

// A quoted line keeps its columns and its days.
func TestExcerpt(t *testing.T) {
	for text, want := range map[string]string{
		`phone: "+1 (513) 555-0142", x`:                                            `phone: "+1 (513) •••-••••", x`,
		"phone: 5135550142":                                                        "phone: 5135••••••",
		"now: 2026-11-23T15:00:00Z":                                                "now: 2026-11-23T15:00:00Z",
		"ms: 118000":                                                               "ms: 118000",
		`{firstname: Ada, lastname: "O\"Neil Jr", nmae: x}`:                        `{firstname: •••, lastname: "•\"•••• ••", nmae: x}`,
		`"email": "ada@example.com", "id": "1"`:                                    `"email": "•••@•••••••.•••", "id": "1"`,
		`note: write to ada.l@example.com soon`:                                    `note: write to •••.•@•••••••.••• soon`,
		`ani: '"Ada Lovelace" <sip:ada@host>', dnis: x`:                            `ani: '"••• ••••••••" <sip:ada@host>', dnis: x`,
		`ani: "\"Ada\" <tel:+1 513 555 0142>"`:                                     `ani: "\"•••\" <tel:+1 513 ••• ••••>"`,
		"firstname: Zoë # the first\ndealstage: contractsent":                      "firstname: ••• # the first\ndealstage: contractsent",
		`- {id: "90000000001", phone: "5135550142"}`:                               `- {id: "90000000001", phone: "5135••••••"}`,
		`portal: "24681357"`:                                                       `portal: "24681357"`,
		`{pipeline: 671008549, dealstage: "985123456", x: 1}`:                      `{pipeline: 671008549, dealstage: "985123456", x: 1}`,
		`contacts: ["90000000001", '90000000002', 90000000003]`:                    `contacts: ["90000000001", '90000000002', 90000000003]`,
		"contacts:\n  - \"90000000001\"\n  - 90000000002\n":                        "contacts:\n  - \"90000000001\"\n  - 90000000002\n",
		`{ids: ["90000000001"], phoneOf: ["90000000001"], phone: ["15135550142"]}`: `{ids: ["90000000001"], phoneOf: ["90000000001"], phone: ["1513•••••••"]}`,
		`dnis: "+15135550100", ani: "+15135550142"`:                                `dnis: "+15135550100", ani: "+1513•••••••"`,
		`ani: tel:+1 (513) 555-0100`:                                               `ani: tel:+1 (513) 555-0100`,
		// what stands where an id does and is none, or stands beside one
		"hubspot_deal_stage: \"985123456\"\n\"15135550142\": {}": "hubspot_deal_stage: \"985123456\"\n\"1513•••••••\": {}",
		`id: +15135550142`:                            `id: +1513•••••••`,
		`id: 513 555 0142`:                            `id: 513 5•• ••••`,
		`contacts: ["513 555 0142"]`:                  `contacts: ["513 5•• ••••"]`,
		`contacts: [{phone: 5135550142}]`:             `contacts: [{phone: 5135••••••}]`,
		`caller_id: 5135550142, void: 5135550142`:     `caller_id: 5135••••••, void: 5135••••••`,
		`{contacts: [], 5135550142: x}`:               `{contacts: [], 5135••••••: x}`,
		"properties: {phone: x, customer_tier: gold}": "properties: {phone: x, customer_tier: gold}",
	} {
		if got := string(privacy.Excerpt([]byte(text), "+15135550100")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A name in front of an address may be any bytes.
func TestNamesOfAnyBytes(t *testing.T) {
	m := privacy.New(privacy.Options{})
	for _, name := range []string{"Lucia \xff Mark", "\xff\xfe", `"Lucia (`, "\\Q[\xc3("} {
		m.Caller(name + " <sip:+15135550142@host>")
	}
	if got := m.Text("called by Lucia \ufffd Mark, who waits"); strings.Contains(got, "Lucia") {
		t.Errorf("a name is shown: %s", got)
	}
}
