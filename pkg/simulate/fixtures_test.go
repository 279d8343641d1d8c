package simulate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/interp"
	"github.com/dealroute/dealroute/pkg/architect/world"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/hubspot/hubspottest"
	"github.com/dealroute/dealroute/pkg/simulate"
)

func TestFixturesOfEveryExample(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/crm.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, found := simulate.DecodeFixtures(file, data); found.Err() != nil {
			t.Error(found.Err())
		}
	}
}

func TestFixturesAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		"version: 2\n":                              "crm.yaml:1:1: version of the fixtures is 2",
		"contacts: []\n":                            "version of the fixtures is 0",
		"version: 1\ncontact: []\n":                 "crm.yaml:2",
		"version: 1\nnow: noon\n":                   "crm.yaml:2",
		"version: 1\ncontacts:\n  - {nmae: x}\n":    "crm.yaml:3",
		"version: 1\nvanished: {queue: [Sales]}\n":  "crm.yaml:2",
		"version: 1\ncalls: {x: {anni: anonymous}}": "crm.yaml:2",
		"{": "crm.yaml",
	} {
		_, found := simulate.DecodeFixtures("crm.yaml", []byte(text))
		if err := found.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What is wrong is said all at once, each with its place in characters and the next step.
func TestFixturesNameEveryFault(t *testing.T) {
	_, found := simulate.DecodeFixtures("crm.yaml", []byte("version: 1\ncontacts: [{properties: {firstname: Zoë}, propertis: {}}]\ncalls: {é: x}\n"))
	var got []string
	for _, f := range found {
		got = append(got, f.Error()+"; "+f.Hint)
	}
	want := []string{
		`crm.yaml:2:43: unknown key "propertis"; did you mean "properties"`,
		`crm.yaml:3:12: a text does not belong here; a mapping does`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// around is what the fixtures of the tests are held against.
func around(t *testing.T) simulate.Around {
	l := edge(t, "best", "highest-value", "hubspot:", "calls: {numbers: [\"+15135550100\"]}\nhubspot:\n  portal: \"1\"",
		"tier: {contact: customer_tier}", "tier: {contact: customer_tier}\n    score: {contact: engagement_score, type: number}\n    vip: {contact: vip, type: boolean}\n    seats: {deal: seats, type: number}")
	return simulate.Around{
		Deployment: l.d, Rows: map[string]map[string]any{"switch": {"key": "switch", "enabled": true}, "breaker": {"key": "breaker", "openUntil": "", "reason": ""}},
		Program: l.p, Zone: func(name string) error { _, err := time.LoadLocation(name); return err },
		Options: map[string][]string{"lifecyclestage": {"lead", "customer"}},
		Kinds: map[string]map[string]string{
			"contacts":  {"phone": "phone_number", "mobilephone": "phone_number", "firstname": "string", "lastmodifieddate": "datetime", "num_associated_deals": "number", "lifecyclestage": "enumeration"},
			"companies": {"name": "string", "phone": "string", "hs_lastmodifieddate": "datetime"},
			"deals":     {"pipeline": "enumeration", "dealstage": "enumeration", "amount": "number", "closedate": "datetime", "hs_is_closed": "bool"},
		},
	}
}

// What refers to nothing in the account, the control table or the deployment, what stands
// twice, contradicts itself or has another type, is said with its place and the nearest name.
func TestFixturesReferToWhatIsThere(t *testing.T) {
	a := around(t)
	for text, want := range map[string]string{
		"contacts: [{id: \"901\"}]\ndeals: [{id: \"1\", contacts: [\"902\"]}]\n":                                                                                `crm.yaml:3:30: contact "902" is not in the fixtures; did you mean "901"`,
		"companies: [{id: \"70\"}]\ndeals: [{id: \"1\", companies: [\"71\"]}]\n":                                                                                `crm.yaml:3:31: company "71" is not in the fixtures; did you mean "70"`,
		"companies: [{id: \"70\"}]\ndeals: [{id: \"1\", companies: [\"70\", \"70\"]}]\n":                                                                        `crm.yaml:3:37: company "70" stands twice; leave it out`,
		"companies: [{id: \"70\"}, {id: \"70\"}]\n":                                                                                                             `crm.yaml:2:30: there is another company "70"; give it another id`,
		"companies: [{id: acme}]\n":                                                                                                                             `crm.yaml:2:18: the id of a company has digits only; `,
		"companies: [{id: \"70\", properties: {phonne: \"1\"}}]\n":                                                                                              `crm.yaml:2:37: warning: HubSpot has no property "phonne" of its own, and the deployment asks for none: nothing reads it; did you mean "phone"`,
		"companies: [{id: \"70\"}]\ncontacts: [{id: \"901\", properties: {associatedcompanyid: \"71\"}}]\n":                                                     `crm.yaml:3:58: company "71" is not in the fixtures; did you mean "70"`,
		"contacts: [{id: \"901\", properties: {associatedcompanyid: \"71\"}}]\n":                                                                                `crm.yaml:2:58: company "71" is not in the fixtures; `,
		"companies: [{id: \"70\"}]\ncontacts: [{id: \"901\", properties: {associatedcompanyid: 70}}, {id: \"902\", properties: {associatedcompanyid: null}}]\n": "",
		"owners: [{id: \"41\"}, {id: \"41\"}]\n":                                                                                                                `crm.yaml:2:27: there is another owner "41"; give it another id`,
		"owners: [{id: ada}]\n":                                                                                                                                 `crm.yaml:2:15: the id of an owner has digits only; `,
		"owners: [{id: \"41\", type: TEAM}]\n":                                                                                                                  `crm.yaml:2:27: "TEAM" is no type of an owner; there is PERSON and QUEUE; leave it out for a person`,
		"owners: [{id: \"41\", email: ada}]\n":                                                                                                                  `crm.yaml:2:28: that is no e-mail address; an address has a name, an @ and a domain; or leave it out`,
		"owners: [{id: \"41\"}, {id: \"42\", email: a@example.com, archived: true}]\n":                                                                          "",
		"properties: {contact: [{name: x}]}\n":                                                                                                                  `crm.yaml:2:14: there are no properties of "contact"; did you mean "contacts"`,
		"properties: {contacts: [{name: X}]}\n":                                                                                                                 `crm.yaml:2:25: a property has no such name; write the internal name of the property: a-z, 0-9 and _, a letter first`,
		"properties: {contacts: [{name: x, type: sting}]}\n":                                                                                                    `crm.yaml:2:41: "sting" is no type of a property; did you mean "string"`,
		"properties: {contacts: [{name: x}, {name: x}]}\n":                                                                                                      `crm.yaml:2:43: property "x" is defined twice; delete one of the two`,
		"properties: {contacts: [{name: x, unique: true}]}\ncontacts: [{id: \"1\", properties: {x: a}}, {id: \"2\", properties: {x: b}}, {id: \"3\"}]\n": "",
		"properties: {contacts: [{name: x, unique: true}]}\ncontacts: [{id: \"1\", properties: {x: a}}, {id: \"2\", properties: {x: a}}]\n":              `crm.yaml:3:69: record 2 has the value of "x" that record 1 has, and it is unique; give it another value, or none`,
		"deals: [{id: \"1\", properties: {dealstage: closedwn}}]\n":                                                                                      `crm.yaml:2:43: stage "closedwn" is not in the fixtures' pipeline "default"; did you mean "closedwon"`,
		"deals: [{id: \"1\", properties: {pipeline: defualt}}]\n":                                                                                        `crm.yaml:2:42: pipeline "defualt" is not in the fixtures; did you mean "default"`,
		"control: {swich: {enabled: false}}\n":                                                                                                           `crm.yaml:2:18: the control table has no row "swich"; did you mean "switch"`,
		"control: {switch: {enabled: \"false\"}}\n":                                                                                                      `crm.yaml:2:29: a text does not belong here; true or false does`,
		"calls: {+15135550142: {control: {switch: {enabld: false}}}}\n":                                                                                  `crm.yaml:2:51: the control table has no column "enabld"; did you mean "enabled"`,
		"calls: {+15135550142: {control: {breaker: {openUntil: 5}}}}\n":                                                                                  `crm.yaml:2:55: a number does not belong here; a text does`,
		"portal: \"2\"\n": `crm.yaml:2:9: these are the fixtures of account 2, and hubspot.portal pins 1; `,
		"control: {switch: {enabled: false, reason: holidays}}\nportal: \"1\"\n": "",

		// the account
		"portal: acme\n":            `crm.yaml:2:9: an account's id has digits only; HubSpot shows it at the top of its settings, such as 24681357`,
		"currency: Euro\n":          `crm.yaml:2:11: a currency has three capital letters; write EUR or USD`,
		"timezone: Europe/Berlín\n": `crm.yaml:2:11: "Europe/Berlín" is no time zone; write it as Europe/Berlin`,
		"timezone: Europe/Berlin\ncurrency: EUR\nnow: 2026-11-23T15:00:00Z\n":                       "",
		"contacts: [{properties: {firstname: Ada}}]\n":                                              `crm.yaml:2:12: the contact has no id; `,
		"contacts: [{id: ada}]\n":                                                                   `crm.yaml:2:17: the id of a contact has digits only; `,
		"contacts: [{id: \"1\"}, {id: \"1\"}]\n":                                                    `crm.yaml:2:28: there is another contact "1"; give it another id`,
		"contacts: [null]\n":                                                                        `crm.yaml:2:12: the contact has no id; `,
		"contacts: [{id: \"1\"}]\ndeals: [{id: \"1\"}, {id: \"1\", contacts: [\"1\"]}]\n":           `crm.yaml:3:25: there is another deal "1"; give it another id`,
		"contacts: [{id: \"1\"}]\ndeals: [{id: \"2\", contacts: [\"1\", \"1\"]}]\n":                 `crm.yaml:3:35: contact "1" stands twice; leave it out`,
		"contacts: [{id: \"1\", properties: {firstName: Ada}}]\n":                                   `crm.yaml:2:35: "firstName" cannot be the name of a property; a to z, 0 to 9 and _, as HubSpot's settings show the internal name`,
		"contacts: [{id: \"1\", properties: {phnoe: x}}]\n":                                         `crm.yaml:2:35: warning: HubSpot has no property "phnoe" of its own, and the deployment asks for none: nothing reads it; did you mean "phone"`,
		"contacts: [{id: \"1\", properties: {customer_teir: x}}]\n":                                 "", // the account has what its records have
		"contacts: [{id: \"1\", properties: {customer_tier: x, shoe_size: \"44\", phone: null}}]\n": "",
		"contacts: [{id: \"1\", properties: {num_associated_deals: none}}]\n":                       `crm.yaml:2:57: warning: HubSpot holds a number there: this is read as not set; `,
		"contacts: [{id: \"1\", properties: {lastmodifieddate: yesterday}}]\n":                      `crm.yaml:2:53: warning: HubSpot holds a time such as 2026-11-23T09:00:00Z there: this is read as not set; `,
		"contacts: [{id: \"1\", properties: {phone: [x]}}]\n":                                       `crm.yaml:2:42: a list does not belong here; a text does`,
		"contacts: [{id: \"1\", archived: \"no\"}]\n":                                               `crm.yaml:2:32: a text does not belong here; true or false does`,
		"contacts: [{id: \"1\", updated: yesterday}]\n":                                             `crm.yaml:2:31: a text does not belong here; a time such as 2026-11-23T09:00:00Z does`,
		"contacts: {id: \"1\"}\n":                                                                   `crm.yaml:2:11: a mapping does not belong here; a list does`,
		"deals: [{id: \"1\", properties: {amount: 5.000,00}}]\n":                                    `crm.yaml:2:46: "00" cannot be the name of a property; a to z, 0 to 9 and _, as HubSpot's settings show the internal name`,
		"deals: [{id: \"1\", properties: {amount: \"5.000,00\"}}]\n":                                `crm.yaml:2:40: warning: HubSpot holds a number there: this is read as not set; `,
		"deals: [{id: \"1\", properties: {amount: \"-5.5\", closedate: 2026-12-31}}]\n":             "",
		"deals: [{id: \"1\", properties: {dealstage: closedwon, hs_is_closed: \"false\"}}]\n":       `crm.yaml:2:68: warning: HubSpot calculates it, and stage "closedwon" makes it true; leave it out`,
		"deals: [{id: \"1\", properties: {hs_is_closed: \"yes\"}}]\n":                               `crm.yaml:2:46: warning: HubSpot holds true or false there: this is read as not set; `,
		"pipelines: [{id: default}, {id: default}]\n":                                               `crm.yaml:2:33: there is another pipeline "default"; give it another id`,
		"pipelines: [{label: Sales}]\n":                                                             `crm.yaml:2:13: the pipeline has no id; `,
		"pipelines: [{id: a, stages: [{id: x}]}, {id: b, stages: [{id: x}]}]\n":                     `crm.yaml:2:63: there is another stage "x", in pipeline "a"; HubSpot gives each stage an id of its own`,
		"pipelines: [{id: a, stages: [{label: x}]}]\n":                                              `crm.yaml:2:30: the stage has no id; `,
		"pipelines: [{id: a, stages: [{id: x, won: true}]}]\n":                                      `crm.yaml:2:43: a stage that is won is closed; write closed: true beside it`,
		"pipelines: [{id: a, stages: [{id: x, probability: \"20\"}]}]\n":                            `crm.yaml:2:51: a probability is a number from 0 to 1; write it as 0.2 in quotes`,
		"pipelines: [{id: a, stages: [{id: x, probability: [0.2]}]}]\n":                             `crm.yaml:2:51: a list does not belong here; a text does`,
		"pipelines: [{id: a, stages: [{id: x, won: \"true\", closed: true}]}]\n":                    `crm.yaml:2:43: a text does not belong here; true or false does`,

		"contacts: [{id: \"1\", properties: {lifecyclestage: Customer}}]\n":                                                 `crm.yaml:2:51: warning: HubSpot has no option "Customer" there; did you mean "customer"`,
		"contacts: [{id: \"1\", properties: {lifecyclestage: \"123\"}}, {id: \"2\", properties: {lifecyclestage: lead}}]\n": "",

		"pipelines: [{id: a, stages: [{id: x}]}, {id: b, stages: [{id: y}]}]\ndeals: [{id: \"1\", properties: {pipeline: a, dealstage: y}}]\n": `crm.yaml:3:56: stage "y" is not in the fixtures' pipeline "a"; it is one of pipeline "b"; did you mean "x"`,

		// the org
		"control: {switch: {key: breaker}}\n":                      `crm.yaml:2:25: the key of row "switch" is "switch"; leave it out`,
		"control: {breaker: {openUntil: noon}}\n":                  `crm.yaml:2:32: warning: that is no time: the breaker counts as closed; write it as 2026-11-23T15:00:10Z`,
		"vanished: {queues: [Slaes]}\n":                            `crm.yaml:2:21: warning: no call asks for a queue "Slaes"; did you mean "Sales"`,
		"vanished: {queues: [sales]}\n":                            `crm.yaml:2:21: warning: no call asks for a queue "sales"; did you mean "Sales"`,
		"vanished: {queues: [Big]}\n":                              `crm.yaml:2:21: warning: no call asks for a queue "Big"; there is Care, General, Late, Renewals, Sales`,
		"vanished: {skills: [Sales, Big]}\n":                       `crm.yaml:2:21: warning: no call asks for a skill "Sales"; there is Any, Big`,
		"vanished: {queues: [Sales, Sales]}\n":                     `crm.yaml:2:28: queue "Sales" stands twice; leave it out`,
		"vanished: {queues: Sales}\n":                              `crm.yaml:2:20: a text does not belong here; a list does`,
		"transfers: {failing: [Sales, Carr]}\n":                    `crm.yaml:2:30: warning: no call asks for a queue "Carr"; did you mean "Care"`,
		"transfers: {fails: [Sales]}\n":                            `crm.yaml:2:13: unknown key "fails"; known here: failing`,
		"calls: {+15135550142: {vanished: {skills: [Bgi]}}}\n":     `crm.yaml:2:44: warning: no call asks for a skill "Bgi"; did you mean "Big"`,
		"calls: {+15135550142: {transfers: {failing: [Sales]}}}\n": "",
		"vanished: {queues: [General, Care], skills: [Any]}\n":     "",

		// the calls
		"calls: {gone: {ani: \"+15135550142\"}, anonymous: {}, \"sip:ada@x\": {}}\n": "",
		"calls: {gone: {vanished: {queues: [Sales]}}}\n":                             `crm.yaml:2:15: the call shows no number; write ani: with what the call shows, or the number as the name`,
		"calls: {gone: {ani: annonymous}}\n":                                         `crm.yaml:2:21: no number, no address and no word for a withheld one; did you mean "anonymous"`,
		"calls: {gone: {ani: [15135550142]}}\n":                                      `crm.yaml:2:21: a list does not belong here; a text does`,
		"calls: {gone: {ani: \"+15135550142\", dnis: \"+15135550101\"}}\n":           `crm.yaml:2:43: the called number is none of the deployment's; did you mean "+15135550100"`,
		"calls: {gone: {ani: \"+15135550142\", dnis: \"(513) 555-0100\"}}\n":         "",
		"calls: {\"+15135550142\": {conversation: {dealroute_outcom: no_record}}}\n": `crm.yaml:2:41: warning: the flow reads no participant data "dealroute_outcom"; did you mean "dealroute_outcome"`,
		"calls: {\"+15135550142\": {conversation: {dealroute_outcome: active}}}\n":   `crm.yaml:2:60: warning: no leg of this deployment leaves "active": the decision is not kept; there is active_deal, inactive_deal, contact_no_deal, no_record, lookup_failed`,
		"calls: {\"+15135550142\": {conversation: {dealroute_rule: golf}}}\n":        `crm.yaml:2:57: warning: no leg of this deployment leaves "golf": the decision is not kept; did you mean "gold"`,
		"calls: {\"+15135550142\": {conversation: {dealroute_until: noon}}}\n":       `crm.yaml:2:58: warning: that is no time: the decision is not kept; write it as 2026-11-23T15:00:10Z`,
		"calls: {\"+15135550142\": {conversation: {dealroute_priority: high}}}\n":    `crm.yaml:2:61: warning: that is no number: the decision is not kept; write a whole number of at most eight digits`,
		"calls: {\"+15135550142\": {conversation: {dealroute_priority: {}}}}\n":      `crm.yaml:2:61: a mapping does not belong here; a text does`,
	} {
		text = "version: 1\n" + text
		f, found := simulate.DecodeFixtures("crm.yaml", []byte(text))
		if found == nil {
			found = f.Against(a)
		}
		got := ""
		for _, x := range found {
			line := x.Error() + "; " + x.Hint
			if x.Severity == diag.Warning {
				line = strings.Replace(line, ": ", ": warning: ", 1)
			}
			got += line
		}
		if got != want {
			t.Errorf("%s\n%s\nwant\n%s", text, got, want)
		}
	}
}

// A property that is nearly one that a fact or HubSpot has is a slip, unless the record has that
// one, too, or no record has it; a value that no fact of its type can read is said to be not set.
func TestFixturesOfFacts(t *testing.T) {
	a := around(t)
	for _, c := range []struct{ contact, deal, want string }{
		{"custmer_tier: silver", "", `the deployment asks for no property "custmer_tier": fact "tier" of this record is not set; did you mean "customer_tier"`},
		{"customertier: silver", "", `the deployment asks for no property "customertier": fact "tier" of this record is not set; did you mean "customer_tier"`},
		{"engagement_scor: \"5\"", "", `the deployment asks for no property "engagement_scor": fact "score" of this record is not set; did you mean "engagement_score"`},
		{"vipp: \"true\"", "", `the deployment asks for no property "vipp": fact "vip" of this record is not set; did you mean "vip"`},
		{"fone: x", "", `HubSpot has no property "fone" of its own, and the deployment asks for none: nothing reads it; did you mean "phone"`},
		{"mobilefone: x", "", `HubSpot has no property "mobilefone" of its own, and the deployment asks for none: nothing reads it; did you mean "mobilephone"`},
		{"phon: x", "", `HubSpot has no property "phon" of its own, and the deployment asks for none: nothing reads it; did you mean "phone"`},
		{"frstnme: x", "", `HubSpot has no property "frstnme" of its own, and the deployment asks for none: nothing reads it; did you mean "firstname"`},
		{"", "renewaldate: 2026-12-31", `the deployment asks for no property "renewaldate": fact "renewal" of this record is not set; did you mean "renewal_date"`},
		{"", "amout: \"5\"", `HubSpot has no property "amout" of its own, and the deployment asks for none: nothing reads it; did you mean "amount"`},
		// what an account may well have
		{"customer_tier: gold, customer_tiers: x, phone: x, phone2: y, customer_type: x, zone: x, tier: x, region: x, renewal_date: x, vap: x, vip: null", "", ""},
		{"zone: x, homes: y", "", ""},
		{"", "customer_tier: gold, seats: null, seats_2: x, product: y", ""},

		{"engagement_score: high", "", `fact "score" is of type number, which this is not: it is not set; write a number`},
		{"engagement_score: \"\"", "", ""},
		{"engagement_score: null", "", ""},
		{"vip: yes", "", `fact "vip" is of type boolean, which this is not: it is not set; write true or false`},
		{"vip: \"True\"", "", `fact "vip" is of type boolean, which this is not: it is not set; write true or false`},
		{"vip: \"1\"", "", `fact "vip" is of type boolean, which this is not: it is not set; write true or false`},
		{"vip: \"true\"", "", ""},
		{"vip: \"false\", customer_tier: \"5 €\"", "", ""},
		{"", "renewal_date: 10.12.2026", `fact "renewal" is of type date, which this is not: it is not set; write a day such as 2026-12-31`},
		{"", "renewal_date: 2026-02-30", `fact "renewal" is of type date, which this is not: it is not set; write a day such as 2026-12-31`},
		{"", "renewal_date: \"2026-12-10T00:00:00+01:00\"", `fact "renewal" is of type date, which this is not: it is not set; write a day such as 2026-12-31`},
		{"", "renewal_date: \"2026-12-10T00:00:00.000Z\"", ""},
		{"", "renewal_date: \"2026-12-10\", seats: \"-0.5\"", ""},
		{"", "seats: many", `fact "seats" is of type number, which this is not: it is not set; write a number`},
	} {
		text := "version: 1\ncontacts: [{id: \"1\", properties: {" + c.contact + "}}, {id: \"3\", properties: {customer_tier: gold, engagement_score: null, vip: null}}]\n" +
			"deals: [{id: \"2\", properties: {" + c.deal + "}}, {id: \"4\", properties: {renewal_date: null, seats: null}}]\n"
		if got := warned(t, a, text); got != c.want {
			t.Errorf("%s%s\n%s\nwant\n%s", c.contact, c.deal, got, c.want)
		}
	}
	// The texts of "Numbers of HubSpot" are numbers to the fixtures as they are to the policy.
	page, err := os.ReadFile("../../docs/meaning.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := strings.Cut(string(page), "## Numbers of HubSpot")
	n := 0
	for line := range strings.Lines(rows) {
		cells := strings.Split(line, "|")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		n++
		value, not := strings.Trim(cells[1], " `"), strings.TrimSpace(cells[2]) == "not set"
		for _, property := range []string{"seats", "amount"} {
			got := warned(t, a, "version: 1\ndeals: [{id: \"2\", properties: {"+property+": \""+value+"\"}}]\n")
			if (got != "") != not {
				t.Errorf("%s %q, not set: %v: %s", property, value, not, got)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d numbers on the page", n)
	}
}

// warned are the warnings about fixtures, without their places.
func warned(t *testing.T, a simulate.Around, text string) string {
	t.Helper()
	f, found := simulate.DecodeFixtures("crm.yaml", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatal(text, err)
	}
	return messages(t, f.Against(a))
}

func messages(t *testing.T, found diag.Findings) string {
	t.Helper()
	var got []string
	for _, x := range found {
		if x.Severity != diag.Warning || x.Position.Line == 0 {
			t.Errorf("%s: %s at %v", x.Severity, x.Message, x.Position)
		}
		got = append(got, x.Message+"; "+x.Hint)
	}
	return strings.Join(got, "\n")
}

// A time that the flow cannot read is a warning wherever one is given, in fixtures and in worlds.
func TestTimesThatTheFlowCannotRead(t *testing.T) {
	a := around(t)
	for text, good := range map[string]bool{
		"2026-11-23T15:00:10Z": true, "2026-11-23T15:00:10.5Z": true, "2026-11-23T15:00:10.123456Z": true, "": true,
		"2026-11-23T16:00:10+01:00": false, "2026-11-23": false, "soon": false, "2026-11-23T15:00:10z": false, "2026-11-23t15:00:10Z": false,
		"2026-11-23T15:00Z": false, "2026-11-23 15:00:10Z": false, "2026-11-23T15:00:10": false, "2026-11-23T5:00:10Z": false, "2026-11-23T15:00:10,5Z": false,
		" 2026-11-23T15:00:10Z": false, "2026-13-23T15:00:10Z": false, "2026-11-23T15:00:10.Z": false, "1795446010": false,
	} {
		const breaker, kept = "that is no time: the breaker counts as closed; write it as 2026-11-23T15:00:10Z", "that is no time: the decision is not kept; write it as 2026-11-23T15:00:10Z"
		for _, c := range []struct{ fixtures, world, want string }{
			{"control: {breaker: {openUntil: %}}", "tables: {acme-control: {rows: {breaker: {openUntil: %}}}}", breaker},
			{"calls: {anonymous: {control: {breaker: {openUntil: %}}}}", "tables: {ACME-control: {rows: {breaker: {openUntil: %}}}}", breaker},
			{"calls: {anonymous: {conversation: {dealroute_until: %}}}", "call: {data: {dealroute_until: %}}", kept},
		} {
			if good {
				c.want = ""
			}
			write := func(s string) string { return strings.ReplaceAll(s, "%", strconv.Quote(text)) }
			if got := warned(t, a, "version: 1\n"+write(c.fixtures)+"\n"); got != c.want {
				t.Errorf("%s: %s", write(c.fixtures), got)
			}
			doc, found := world.Read("w", []byte(write(c.world)))
			if err := found.Err(); err != nil {
				t.Fatal(err)
			}
			if got := messages(t, a.Program.Script(doc, a.Rows, a.Deployment)); got != c.want {
				t.Errorf("%s: %s", write(c.world), got)
			}
		}
	}
}

// A run that is interrupted is no answer, and none that a caller could take for one.
func TestInterruptedRun(t *testing.T) {
	l := edge(t, "best", "highest-value")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	run := simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(nil)}
	if o, err := run.Do(ctx, simulate.Call{ANI: caller1, At: noon}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", o, err)
	}
}

// In a scripted world time and requests are booked as if actions had been executed.
func TestScriptedTimeCountsAsHubSpots(t *testing.T) {
	l := edge(t, "best", "highest-value")
	var find string
	for _, a := range l.b.Actions {
		if a.Role == "findContact" {
			find = a.Definition.Name
		}
	}
	for answer, want := range map[string]string{
		"timeout":                   "lookup_failed 2s 1",
		"failure":                   "lookup_failed 0s 1",
		"{failure: true, ms: 40}":   "lookup_failed 40ms 1",
		"{failure: true, ms: 9000}": "lookup_failed 2s 1",
		"{success: {total: 0, ids: [], phoneOf: [], phone: [], mobileOf: [], mobile: [], typedPhoneOf: [], typedPhone: [], typedMobileOf: [], typedMobile: [], askIds: [], fact_tierOf: [], fact_tier: []}, ms: 30}": "no_record 30ms 1",
	} {
		text := "dataActions:\n  " + find + ": " + answer + "\ntables: {acme-control: {rows: {switch: {enabled: true}, breaker: {openUntil: \"\"}}}}\n"
		script, found := world.Decode("world.yaml", []byte(text))
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		run := simulate.Run{Program: l.p, Org: l.newOrg(), Script: world.New(script)}
		o, err := run.Do(t.Context(), simulate.Call{ANI: caller1, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join([]string{o.Outcome, o.HubSpot.String(), string(rune('0' + o.Requests))}, " "); got != want {
			t.Errorf("%s: %s, want %s", answer, got, want)
		}
	}
}

// A trace has every step of a data action, and never a credential.
func TestTraceHoldsNoCredential(t *testing.T) {
	l := edge(t, "best", "highest-value")
	c := caller{ani: caller1, crm: hubspot.CRM{Contacts: []hubspot.Contact{lucia()}}, assume: hubspottest.Assumed(), trace: interp.TraceFull}
	o := l.call(t, c)
	if len(o.Actions) == 0 || len(o.Actions[0].Operations) < 5 {
		t.Fatalf("%+v", o.Actions)
	}
	for _, a := range o.Actions {
		for _, op := range a.Operations {
			if strings.Contains(string(op.Result)+string(op.Error), hubspottest.DefaultToken) {
				t.Errorf("%s, step %d %s holds the key", a.Action, op.Step, op.Name)
			}
		}
	}
}
