package cli_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each outcome, by every cause that it can have, says that cause and no other.
func TestTheReasonIsTheCause(t *testing.T) {
	const (
		on  = "tables: {acme-inbound-control: {rows: {switch: {enabled: true}, breaker: {openUntil: \"\"}}}}\n"
		ani = "+15135550142"
	)
	p, dir := newProgram(t), t.TempDir()
	for _, c := range []struct {
		name, ani, world string // without a world: the fixtures
		args             []string
		want             []string // notes, in their order; a part of each
	}{
		{"known", ani, "", nil, nil},
		{"unknown", "+15135559876", "", nil, nil},
		{"no number", "", "", nil, []string{"not asked: the call shows no number"}},
		{"withheld", "anonymous", "", nil, []string{"not asked: the number is withheld"}},
		{"withheld at a host", "sip:restricted@example.com", "", nil, []string{"not asked: the number is withheld"}},
		{"own", "+15135550100", "", nil, []string{"not asked: the caller's number is one of the deployment's own"}},
		{"own without code", "513 555 0100", "", nil, []string{"not asked: the caller's number is one of the deployment's own"}},
		{"short", "12345", "", nil, []string{"not asked: the number has fewer than 7 digits"}},
		{"a name", "sip:lucia@example.com", "", nil, []string{"not asked: what the call shows is not a phone number"}},
		{"too long", "+1234567890123456789", "", nil, []string{"not asked: what the call shows is not a phone number"}},
		{"off", "switch-off", "", nil, []string{"not asked: enrichment is switched off"}},
		{"open", "breaker-open", "", nil, []string{"not asked: the breaker is open until 2026-11-23T15:00:10Z"}},
		{"kept", "back-in-time", "", nil, nil},
		{"old", "back-too-late", "", nil, []string{"an earlier leg's decision was not taken: it is too old (until 2026-11-23T14:59:00Z)"}},
		{"no queue", "vanished-queue", "", nil, []string{"not Sales, which the rule names: there is no such queue"}},
		{"no skill", "vanished-skill", "", nil, []string{"without Senior_Account_Managers, which the rule names: there is no such skill"}},
		{"failing", "failing-transfer", "", nil, []string{"not Sales, which the rule names: the transfer to it failed"}},
		{"nothing", "nothing-left", "", nil, []string{"not Sales, which the rule names: there is no such queue", "not General Support, which the fallback names: there is no such queue"}},
		{"refused", ani, "", []string{"--fault", "429"}, []string{"find contact", "429"}},
		{"deals", ani, "", []string{"--fault", "find deals=timeout"}, []string{"find deals"}},
		{"table", ani, "tables: {acme-inbound-control: {fails: true}}\n", nil, []string{`not asked: row "switch" of the control table could not be read`}},
		{"off in a world", ani, "tables: {acme-inbound-control: {rows: {switch: {enabled: false}}}}\n", nil, []string{"not asked: enrichment is switched off"}},
		{"open in a world", ani, "call: {at: 2026-11-23T09:00:00Z}\ntables: {acme-inbound-control: {rows: {breaker: {openUntil: \"2026-11-23T09:00:01Z\"}}}}\n", nil,
			[]string{"not asked: the breaker is open until 2026-11-23T09:00:01Z"}},
		{"late", ani, on + "dataActions: {acme-inbound find contact: {success: {total: 0, ids: [], askIds: []}, ms: 2500}, acme-inbound trip breaker: {success: {}}}\n", nil,
			[]string{"find contact", "an answer after 2.5s, and the flow waits 2s"}},
		{"scripted", ani, on + "dataActions: {acme-inbound find contact: failure, acme-inbound trip breaker: {success: {}}}\n", nil, []string{"find contact", "scripted failure"}},
		{"again", "anonymous", "transfers: {General Support: [failure, {success: true}]}\n", nil,
			[]string{"the transfer to General Support with skills failed; it was tried again without", "not asked: the number is withheld"}},
		{"gone in a world", "anonymous", "queues: {General Support: missing}\n", nil, []string{"not General Support, which the fallback names: there is no such queue", "not asked: the number is withheld"}},
		{"no answer in the world", ani, on, nil, []string{"find contact", "trip breaker"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"simulate", "-f", basicFile, "--ani", c.ani, "-o", "json"}, c.args...)
			if c.world != "" {
				path := filepath.Join(dir, "world.yaml")
				if err := os.WriteFile(path, []byte(c.world), 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--world", path)
			}
			code, stdout, stderr := p.run(args...)
			var got struct{ Calls []struct{ Notes []string } }
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
				t.Fatal(code, stdout, stderr, err)
			}
			all := strings.Join(got.Calls[0].Notes, "\n")
			rest := all
			for _, w := range c.want {
				_, after, ok := strings.Cut(rest, w)
				if !ok {
					t.Fatalf("notes are\n%s\nand lack %q", all, w)
				}
				rest = after
			}
			if len(c.want) == 0 && all != "" {
				t.Errorf("a call without anything to explain has notes\n%s", all)
			}
			// nothing that is not the cause is said
			for _, s := range []string{"not asked", "no such queue", "no such skill", "transfer", "lacks"} {
				if strings.Count(all, s) != strings.Count(strings.Join(c.want, "\n"), s) {
					t.Errorf("%q is said without a cause:\n%s", s, all)
				}
			}
			_, text, _ := p.run(append(args, "-o", "text")...)
			for _, n := range got.Calls[0].Notes {
				if !strings.Contains(text, n) {
					t.Errorf("the text lacks %q:\n%s", n, text)
				}
			}
		})
	}
}

// A toldCall is what of a call's JSON explains it.
type toldCall struct {
	Outcome, Reason, Rule                                          string
	Priority                                                       int64
	ContactID, CompanyID                                           *string
	HubSpotRequests                                                int
	HubspotMs, TablesMs, BreakerMs, WaitedMs, TransfersMs, OtherMs int64
	Notes                                                          []string
}

// tell sends callers through a deployment with fixtures or a world, both as texts, and gives
// what the JSON says of each, and the text.
func tell(t *testing.T, p *program, file, flag, state string, args ...string) ([]toldCall, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"dealroute.yaml": file, "state.yaml": state} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args = append([]string{"simulate", "-f", filepath.Join(dir, "dealroute.yaml"), flag, filepath.Join(dir, "state.yaml")}, args...)
	code, stdout, stderr := p.run(append(args, "-o", "json")...)
	var got struct{ Calls []toldCall }
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
		t.Fatal(code, stdout, stderr, err)
	}
	_, text, _ := p.run(args...)
	for _, c := range got.Calls {
		for _, n := range c.Notes {
			if !strings.Contains(text, n) {
				t.Errorf("the text lacks %q:\n%s", n, text)
			}
		}
	}
	return got.Calls, text
}

// dach is a deployment with these lines under lookup.
func dach(lookup string, more ...string) string {
	return "version: 1\nname: acme-why\ngenesys: {region: eu-central-1}\nhubspot: {lookup: {homeCountries: [DE, CH], " + lookup + "}}\n" +
		"enrichment: {breaker: none}\n" + strings.Join(more, "\n") + "\n"
}

const toCentre = "routing: {rules: [{name: open, when: {outcome: active_deal}, to: {queue: Sales}}], fallback: {queue: Centre}}\nmanage: {queues: true}"

// Who is in the CRM and yet nobody is told why, for every two kinds of contacts that a search
// can give; a stranger is told nothing. That ambiguity was the cause shows when the same
// caller is somebody under "best".
func TestNobodyIsExplained(t *testing.T) {
	t.Parallel()
	const ani = "+493023125143"
	kinds := map[string]string{
		"exact":   `phone: "030 23125143", hs_calculated_phone_number: "+493023125143", hs_searchable_calculated_phone_number: "3023125143"`,
		"mobile":  `mobilephone: "+493023125143", hs_calculated_mobile_number: "+493023125143"`,
		"typed":   `phone: "+493023125143", hs_calculated_phone_number: null`,
		"local":   `phone: "030 23125143", hs_calculated_phone_number: null, hs_searchable_calculated_phone_number: "3023125143"`,
		"foreign": `phone: "3023125143", hs_calculated_phone_number: "+413023125143", hs_searchable_calculated_phone_number: "3023125143"`,
		"other":   `phone: "+493023125199"`,
	}
	p, names := newProgram(t), []string{"exact", "mobile", "typed", "local", "foreign", "other", ""}
	if testing.Short() {
		names = []string{"exact", "local", "foreign", ""}
	}
	for i, one := range names {
		for _, two := range names[i:] {
			crm := "version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"1\"\ncurrency: EUR\n"
			n := 0
			for _, k := range []string{one, two} {
				if k != "" {
					if n++; n == 1 {
						crm += "contacts:\n"
					}
					crm += fmt.Sprintf("  - {id: \"%d\", updated: 2026-11-01T10:00:00Z, properties: {%s}}\n", 700+n, kinds[k])
				}
			}
			calls, _ := tell(t, p, dach("match: national, duplicates: ambiguous-is-unknown", toCentre), "--fixtures", crm, "--ani", ani)
			best, _ := tell(t, p, dach("match: national, duplicates: best", toCentre), "--fixtures", crm, "--ani", ani)
			got, other := strings.Join(calls[0].Notes, "\n"), strings.Join(best[0].Notes, "\n")
			want, foreign := "", 0
			for _, k := range []string{one, two} {
				if k == "foreign" {
					foreign++
				}
			}
			switch {
			case calls[0].ContactID == nil && best[0].ContactID != nil:
				if want = "2 contacts have this number, and hubspot.lookup.duplicates is ambiguous-is-unknown"; one == "local" && two == "local" {
					want = strings.Replace(want, "number,", "number in national form,", 1)
				}
			case calls[0].ContactID != nil:
			case foreign == 1:
				want = "a contact matches in national form only, and HubSpot calculated another number for it"
			case foreign == 2:
				want = "2 contacts match in national form only, and HubSpot calculated other numbers for them"
			}
			if got != want {
				t.Errorf("%s and %s: %q, want %q", one, two, got, want)
			}
			if want = ""; best[0].ContactID == nil && foreign > 0 {
				want = got
			}
			if other != want {
				t.Errorf("%s and %s under best: %q, want %q", one, two, other, want)
			}
		}
	}
	// what a search gives beyond what was asked for, and more than a page of contacts
	file := dach("match: e164, duplicates: best", toCentre)
	calls, _ := tell(t, p, file, "--world", `tables: {acme-why-control: {rows: {switch: {enabled: true}}}}
dataActions: {acme-why find contact: {success: {total: 1, ids: ["1"], askIds: ["1"], phoneOf: ["1"], phone: ["+493023125199"]}}}
`, "--ani", ani)
	if got := strings.Join(calls[0].Notes, "\n"); got != "HubSpot's search gave a contact, and its number is not this one" {
		t.Errorf("found by chance: %q", got)
	}
	for duplicates, want := range map[string]string{
		"best":                 "HubSpot's search found 25 contacts and gave 20 of them: the others were not read",
		"ambiguous-is-unknown": "20 contacts have this number, and hubspot.lookup.duplicates is ambiguous-is-unknown\nHubSpot's search found 25 contacts and gave 20 of them: the others were not read",
		"all":                  "HubSpot's search found 25 contacts and gave 20 of them: the others were not read\nacme-why find deals: 20 contacts have this number, and one request asks for the deals of 5, and none of those read is open; whether another one is, is not known",
	} {
		calls, _ := tell(t, p, dach("match: national, duplicates: "+duplicates, toCentre), "--fixtures", sharers(25, "", 0), "--ani", ani)
		got := regexp.MustCompile(` [0-9a-f]{8}:`).ReplaceAllString(strings.Join(calls[0].Notes, "\n"), ":")
		if got != want {
			t.Errorf("25 contacts under %s: %q, want %q", duplicates, got, want)
		}
	}
}

// sharers are fixtures with contacts of one number, and deals of the first of them.
func sharers(contacts int, properties string, deals int) string {
	var b strings.Builder
	b.WriteString("version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"1\"\ncurrency: EUR\ncontacts:\n")
	for i := range contacts {
		fmt.Fprintf(&b, "  - {id: \"%d\", updated: 2026-11-01T10:00:00Z, properties: {phone: \"+493023125143\"%s}}\n", 700+i, properties)
	}
	if deals > 0 {
		b.WriteString("deals:\n")
	}
	for i := range deals {
		fmt.Fprintf(&b, "  - {id: \"%d\", contacts: [\"700\"], created: 2026-01-01T10:00:00Z, properties: {pipeline: default, dealstage: contractsent, amount: \"10\"}}\n", 9000+i)
	}
	return b.String()
}

// When not all deals were read, the cause that applies is named and no other one.
func TestWhatWasNotReadIsNamed(t *testing.T) {
	const (
		sixth = "6 contacts have this number, and one request asks for the deals of 5"
		page  = "the caller has 201 deals, and one answer holds 200"
	)
	p := newProgram(t)
	for _, c := range []struct {
		name, duplicates, crm, want string
	}{
		{"one too many", "all", sharers(6, "", 0), "find deals: " + sixth + ", and none of those read is open; whether another one is, is not known"},
		{"one too many, not asked", "all", sharers(6, `, num_associated_deals: "0"`, 0), "find contact: " + sixth + "; by HubSpot's count the first have none, and whether the others have an open one is not known"},
		{"one too many, one open", "all", sharers(6, "", 1), "find deals: " + sixth + "; the value is that of those read"},
		{"too many deals", "all", sharers(2, "", 201), "find deals: " + page + "; the value is that of those read"},
		{"too many deals of one", "best", sharers(6, "", 201), "find deals: " + page + "; the value is that of those read"},
		{"both", "all", sharers(6, "", 201), "find deals: " + page + "; " + sixth + "; the value is that of those read"},
		{"neither", "all", sharers(5, "", 200), ""},
	} {
		calls, _ := tell(t, p, dach("match: national, duplicates: "+c.duplicates, toCentre), "--fixtures", c.crm, "--ani", "+493023125143")
		got := regexp.MustCompile(`^acme-why (.*) [0-9a-f]{8}:`).ReplaceAllString(strings.Join(calls[0].Notes, "\n"), "$1:")
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// basicPolicy is the hash of the policy that the fixtures of examples/basic have.
func basicPolicy(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(basicFile), "crm.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`dealroute_policy: "([0-9a-f]{16})"`).FindSubmatch(data)
	if m == nil {
		t.Fatal("no hash of a policy in the fixtures")
	}
	return string(m[1])
}

// What is wrong with an earlier leg's decision is what the flow finds wrong: each defect is
// one when the flow does not take a decision that is sound but for it.
func TestADecisionNotTakenIsExplained(t *testing.T) {
	data, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	policy := basicPolicy(t)
	sound := map[string]string{"dealroute_outcome": "active_deal", "dealroute_rule": "negotiation", "dealroute_priority": "11",
		"dealroute_until": "2026-11-23T15:03:00Z", "dealroute_policy": policy}
	values := map[string][]string{
		"dealroute_outcome":  {"", "lookup_failed", "no_record", "Active_Deal", "known"},
		"dealroute_rule":     {"", "gold", "Negotiation", "gone"},
		"dealroute_priority": {"", "11.5", "99999999", "25000000", "25000001", "-25000000", "-25000001", "-", "--1", "+1", "011", "123456789", " 1", "1e3"},
		"dealroute_until": {"", "2026-11-23T15:00:00Z", "2026-11-23T15:00:01Z", "2026-11-23T14:59:00Z", "2026-11-23T15:03:00", "2026-11-23t15:03:00z",
			"2026-11-23T15:03:00z", "2026-11-23 15:03:00Z", "2026-11-23T15:03:00.000Z", "soon", "20261123150300-----Z"},
		"dealroute_policy": {"", "0000000000000000", strings.ToUpper(policy)},
	}
	names := []string{"dealroute_outcome", "dealroute_policy", "dealroute_until", "dealroute_priority", "dealroute_rule"} // as a note says them
	head := map[string]string{"dealroute_until": "dealroute_until |it is too old"}
	p := newProgram(t)
	run := func(legs []map[string]string) []toldCall {
		crm := "version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"24681357\"\ncurrency: USD\ncalls:\n"
		args := []string{"--at", "2026-11-23T15:00:00Z", "--every", "0s"}
		for i, leg := range legs {
			crm += fmt.Sprintf("  leg-%d: {ani: \"+15135550142\", conversation: {", i)
			for j, n := range names {
				crm += fmt.Sprintf("%s%s: %q", map[bool]string{true: ", "}[j > 0], n, leg[n])
			}
			crm += "}}\n"
			args = append(args, "--ani", fmt.Sprintf("leg-%d", i))
		}
		calls, _ := tell(t, p, string(data), "--fixtures", crm, args...)
		for i := range calls { // each as if it were alone
			if calls[i].Reason != "kept" && len(calls[i].Notes) == 0 {
				t.Errorf("%v was not taken, and nothing says why", legs[i])
			}
		}
		return calls
	}
	with := func(name, value string) map[string]string {
		leg := maps.Clone(sound)
		leg[name] = value
		return leg
	}
	bad := map[string]bool{}
	var legs []map[string]string
	var keys []string
	for _, n := range names {
		for _, v := range values[n] {
			legs, keys = append(legs, with(n, v)), append(keys, n+"="+v)
		}
	}
	for i, c := range run(legs) {
		bad[keys[i]] = c.Reason != "kept"
	}
	if n := len(bad); n < 30 || bad["dealroute_priority=25000000"] || !bad["dealroute_priority=11.5"] {
		t.Fatalf("%d values: %v", n, bad)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		leg := maps.Clone(sound)
		for _, n := range names {
			if rnd.IntN(3) == 0 {
				leg[n] = values[n][rnd.IntN(len(values[n]))]
			}
		}
		legs = append(legs, leg)
	}
	for i, c := range run(legs) {
		note := ""
		for _, n := range c.Notes {
			if s, ok := strings.CutPrefix(n, "an earlier leg's decision was not taken: "); ok {
				note = s
			}
		}
		wrong := 0
		for _, n := range names {
			isBad := bad[n+"="+legs[i][n]]
			if n == "dealroute_rule" && wrong > 0 { // then it is not known
				isBad = false
			}
			if isBad {
				wrong++
			}
			said := false
			for _, h := range strings.Split(cmp.Or(head[n], n+" "), "|") {
				said = said || slices.ContainsFunc(strings.Split(note, "; "), func(s string) bool { return strings.HasPrefix(s, h) })
			}
			if said != isBad {
				t.Errorf("%v: %s wrong: %v; the note says %q", legs[i], n, isBad, note)
			}
		}
		if (c.Reason == "kept") != (wrong == 0) || (note == "") != (wrong == 0) {
			t.Errorf("%v: reason %s, %d wrong, note %q", legs[i], c.Reason, wrong, note)
		}
	}
	// a call that cannot ask for it, and a flow that does not
	leg := "conversation: {dealroute_outcome: no_record}"
	crm := "version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"24681357\"\ncurrency: USD\ncalls: {back: {ani: anonymous, " + leg + "}, own: {ani: \"+15135550100\", " + leg + "}, known: {ani: \"+15135550142\", " + leg + "}}\n"
	const notAsked = "an earlier leg's decision was not asked for: "
	calls, _ := tell(t, p, string(data), "--fixtures", crm, "--ani", "back", "--ani", "own")
	for _, c := range calls {
		if len(c.Notes) != 2 || c.Notes[0] != notAsked+"the caller's number is none to look up" {
			t.Errorf("%q", c.Notes)
		}
	}
	none := strings.Replace(string(data), "cache: {store: conversation, ttl: 5m}", "cache: {store: none}", 1)
	if calls, _ := tell(t, p, none, "--fixtures", crm, "--ani", "known"); len(calls[0].Notes) != 1 || calls[0].Notes[0] != notAsked+"the flow keeps none (enrichment.cache)" {
		t.Errorf("%q", calls[0].Notes)
	}
	// one that was taken, and cannot be put through
	crm = "version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"24681357\"\ncurrency: USD\ncalls: {back: {ani: \"+15135550142\", vanished: {queues: [General Support]}, conversation: {dealroute_outcome: no_record, " +
		"dealroute_rule: \"\", dealroute_priority: \"1\", dealroute_until: \"2026-11-23T15:03:00Z\", dealroute_policy: \"" + policy + "\"}}}\n"
	calls, _ = tell(t, p, string(data), "--fixtures", crm, "--ani", "back")
	if got := strings.Join(calls[0].Notes, "\n"); got != "not General Support, which the fallback names: there is no such queue" {
		t.Errorf("taken, and no queue: %q", got)
	}
}

// A call that the schedule ended asks for no earlier decision, whatever its number; a company has no owner.
func TestTheReasonsOfHoursAndCompanies(t *testing.T) {
	data, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	hours := strings.Replace(string(data), "calls:\n", "calls:\n  schedule: {group: Hours, closed: {then: {queue: Night}}}\n", 1)
	const world = "call: {ani: \"+15135550142\", data: {dealroute_outcome: no_record}}\nscheduleGroups: {Hours: closed}\n"
	for add, want := range map[string][]string{
		"": {"an earlier leg's decision was not asked for: the schedule decides before"},
		"queues: {Night: missing, General Support: missing}\n": {"not Night, which the schedule names: there is no such queue",
			"not General Support, which the fallback names: there is no such queue", "an earlier leg's decision was not asked for: the schedule decides before"},
	} {
		calls, _ := tell(t, p, hours, "--world", world+add)
		if got := calls[0].Notes; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	companies := strings.Replace(string(data), "lookup:\n", "lookup:\n    company: numbers\n", 1)
	companies = strings.Replace(companies, "to: {queue: Sales,", "to: {owner: prefer, queue: Sales,", 1)
	const crm = "version: 1\nnow: 2026-11-23T15:00:00Z\nportal: \"24681357\"\ncurrency: USD\ncompanies: [{id: \"7\", properties: {phone: \"+15135550142\"}}]\n" +
		"deals: [{id: \"8\", companies: [\"7\"], properties: {pipeline: default, dealstage: \"985123456\"}}]\npipelines: [{id: default, label: x, stages: [{id: \"985123456\", label: x, probability: \"0.5\"}]}]\n"
	calls, _ := tell(t, p, companies, "--fixtures", crm, "--ani", "+15135550142")
	if got, want := calls[0].Notes, "no owner is asked first: the deal that counts has none, and there is no contact"; !slices.Contains(got, want) {
		t.Errorf("%q lack %q", got, want)
	}
}

// What a caller waits is what asking HubSpot costs; what else takes time has its own name.
func TestTheWaitHasItsParts(t *testing.T) {
	data, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	const rows = "tables: {acme-inbound-control: {ms: 7, rows: {switch: {enabled: true}, breaker: {openUntil: \"\"}}}}\n"
	for _, c := range []struct {
		world string
		want  [6]int64 // HubSpot, tables, breaker, waited, transfers, other
		line  string
	}{
		{rows + "dataActions: {acme-inbound find contact: {success: {total: 0, ids: [], askIds: []}, ms: 118}}\n",
			[6]int64{118, 14, 0, 132, 0, 0}, "HubSpot 118 of 3,000: find contact 118; control 14\n"},
		{rows + "dataActions: {acme-inbound find contact: {failure: true, ms: 300}, acme-inbound trip breaker: {failure: true, ms: 450}}\ntransfers: {General Support: [{failure: true, ms: 600}, {success: true, ms: 50}]}\n",
			[6]int64{300, 14, 450, 764, 650, 0}, "HubSpot 300 of 3,000: find contact 300; control 14; trip breaker 450 (and besides, transfers 650)\n"},
		{rows + "dataActions: {acme-inbound find contact: timeout, acme-inbound trip breaker: {success: {}, ms: 5000}}\n",
			[6]int64{2000, 14, 1000, 3014, 0, 0}, "HubSpot 2,000 of 3,000: find contact 2,000; control 14; trip breaker 1,000\n"},
		{"transfers: {General Support: {success: true, ms: 80}}\ncall: {ani: anonymous}\n",
			[6]int64{0, 0, 0, 0, 80, 0}, "HubSpot 0 of 3,000; control 0 (and besides, transfers 80)\n"},
	} {
		args := []string{"--ani", "+15135550142"}
		if strings.Contains(c.world, "anonymous") {
			args = nil
		}
		calls, text := tell(t, p, string(data), "--world", c.world, args...)
		x := calls[0]
		if got := [6]int64{x.HubspotMs, x.TablesMs, x.BreakerMs, x.WaitedMs, x.TransfersMs, x.OtherMs}; got != c.want {
			t.Errorf("%s%v, want %v", c.world, got, c.want)
		}
		if !strings.Contains(text, c.line) {
			t.Errorf("%s\nlacks %q", text, c.line)
		}
	}
	// the next call starts when this one has ended, its transfers included
	world := "call: {at: 2026-11-23T15:00:00Z}\n" + rows + "dataActions: {acme-inbound find contact: {failure: true}, acme-inbound trip breaker: failure}\ntransfers: {General Support: {success: true, ms: 30000}}\n"
	_, text := tell(t, p, string(data), "--world", world, "--ani", "+15135550142", "--ani", "+15135550142", "--trace")
	if !strings.Contains(text, "Flow.Now = 2026-11-23T15:00:30") {
		t.Errorf("the second call does not start after the first one's transfer: %s", regexp.MustCompile("Flow.Now = .*").FindAllString(text, -1))
	}
}

// A priority's parts are those that it has.
func TestAPriorityAddsUp(t *testing.T) {
	p := newProgram(t)
	crm := sharers(1, "", 1)
	for _, c := range []struct{ to, fallback, value, state, want string }{
		{"{queue: Sales, priority: 10}", "{queue: Centre}", "per: 5, add: 1, max: 9", "", "priority 12 (10 + 2 by value)\n"},
		{"{queue: Sales, priority: 10}", "{queue: Centre}", "per: 50, add: 1, max: 9", "", "priority 10\n"},
		{"{queue: Sales, priority: -5}", "{queue: Centre}", "per: 5, add: 1, max: 9", "", "priority -3 (-5 + 2 by value)\n"},
		{"{queue: Sales, priority: -1}", "{queue: Centre}", "per: 5, add: 1, max: 9", "", "priority 1 (-1 + 2 by value)\n"},
		{"{queue: Sales, priority: -25000000}", "{queue: Centre}", "per: 5, add: 1, max: 9", "", "priority -24999998 (-25000000 + 2 by value)\n"},
		{"{queue: Sales, priority: -25000000}", "{queue: Centre}", "per: 50, add: 1, max: 9", "", "priority -25000000\n"},
		{"{queue: Sales, priority: 24999999}", "{queue: Centre}", "per: 1, add: 100000, max: 1000000", "", "priority 25000000 (24999999 + 1000000 by value; Genesys' greatest is 25000000)\n"},
		{"{queue: Sales, priority: 24000000}", "{queue: Centre}", "per: 1, add: 100000, max: 1000000", "", "priority 25000000 (24000000 + 1000000 by value)\n"},
		{"{queue: Sales, priority: 7}", "{queue: Centre, priority: 24999999}", "per: 1, add: 100000, max: 1000000", "vanished: {queues: [Sales]}", "priority 25000000 (the fallback's + 1000000 by value; Genesys' greatest is 25000000)\n"},
		{"{queue: Sales, priority: 7}", "{queue: Centre, priority: -9}", "per: 5, add: 1, max: 9", "transfers: {failing: [Sales]}", "priority -7 (-9 + 2 by value)\n"},
		{"{queue: Sales, priority: 7, valuePriority: false}", "{queue: Centre, priority: 1}", "per: 5, add: 1, max: 9", "", "priority 7\n"},
		{"{priority: 7}", "{queue: Centre, priority: 1}", "per: 5, add: 1, max: 9", "", "priority 9 (7 + 2 by value)\n"},
	} {
		file := dach("match: national", "routing: {rules: [{name: open, when: {outcome: active_deal}, to: "+c.to+"}], fallback: "+c.fallback+", valuePriority: {"+c.value+"}}")
		state := crm + "calls: {who: {ani: \"+493023125143\", " + c.state + "}}\n"
		if _, text := tell(t, p, file, "--fixtures", state, "--ani", "who"); !strings.Contains(text, c.want) {
			t.Errorf("%s with %s lacks %q:\n%s", c.to, c.state, c.want, text)
		}
	}
	// of a decision that was kept the sum is known, and no more
	file := dach("match: national", "routing: {rules: [{name: open, when: {outcome: active_deal}, to: {queue: Sales, priority: 24999999}}], fallback: {queue: Centre}, valuePriority: {per: 1, add: 100000, max: 1000000}}")
	first := crm + "calls: {who: {ani: \"+493023125143\"}}\n"
	code, stdout, _ := func() (int, string, string) {
		dir := t.TempDir()
		for name, text := range map[string]string{"dealroute.yaml": file, "crm.yaml": first} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return p.run("simulate", "-f", filepath.Join(dir, "dealroute.yaml"), "--ani", "who", "-o", "json")
	}()
	var got struct {
		Calls []struct{ ParticipantData map[string]string }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
		t.Fatal(code, stdout, err)
	}
	conversation := ""
	for k, v := range got.Calls[0].ParticipantData {
		conversation += fmt.Sprintf("%s: %q, ", k, v)
	}
	for kept, want := range map[string]string{"25000000": "priority 25000000\n", "3": "priority 3\n"} {
		state := crm + "calls: {who: {ani: \"+493023125143\", conversation: {" + strings.Replace(conversation, `"25000000"`, `"`+kept+`"`, 1) + "}}}\n"
		if calls, text := tell(t, p, file, "--fixtures", state, "--ani", "who"); calls[0].Reason != "kept" || !strings.Contains(text, want) {
			t.Errorf("kept %s: %s\nlacks %q", kept, text, want)
		}
	}
}

// A rule is said to name what it names, and not what it takes from the fallback.
func TestWhoNamesTheTarget(t *testing.T) {
	p := newProgram(t)
	for _, c := range []struct{ to, state, want string }{
		{"{priority: 5}", "vanished: {queues: [Centre]}", "not Centre, which the rule takes from the fallback: there is no such queue"},
		{"{priority: 5}", "transfers: {failing: [Centre]}", "not Centre, which the rule takes from the fallback: the transfer to it failed"},
		{"{priority: 5}", "vanished: {skills: [German]}", "without German, which the rule takes from the fallback: there is no such skill"},
		{"{}", "vanished: {queues: [Centre], skills: [German]}", "not Centre, which the rule takes from the fallback: there is no such queue"},
		{"{skills: [German]}", "vanished: {skills: [German]}", "without German, which the rule names: there is no such skill"},
		{"{skills: [German]}", "vanished: {queues: [Centre]}", "not Centre, which the rule takes from the fallback: there is no such queue"},
		{"\n      priority: 5", "vanished: {queues: [Centre]}", "not Centre, which the rule takes from the fallback: there is no such queue"},
		{"\n      queue: Centre", "vanished: {queues: [Centre]}", "not Centre, which the rule names: there is no such queue"},
		{"{queue: Centre, skills: [German]}", "vanished: {queues: [Centre]}", "not Centre, which the rule names: there is no such queue"},
		{"\n      queue: Sales\n      skills:\n        - German", "vanished: {skills: [German]}", "without German, which the rule names: there is no such skill"},
		{"{queue: Sales}", "vanished: {queues: [Sales, Centre]}", "not Sales, which the rule names: there is no such queue\nnot Centre, which the fallback names: there is no such queue"},
		{"{queue: Sales, skills: [German]}", "vanished: {queues: [Sales], skills: [German]}", "not Sales, which the rule names: there is no such queue"},
	} {
		file := dach("match: national", "routing:\n  rules:\n  - name: open\n    when: {outcome: active_deal}\n    to: "+c.to+"\n  fallback: {queue: Centre, skills: [German]}")
		state := sharers(1, "", 1) + "calls: {who: {ani: \"+493023125143\", " + c.state + "}}\n"
		calls, _ := tell(t, p, file, "--fixtures", state, "--ani", "who")
		if got := strings.Join(calls[0].Notes, "\n"); got != c.want {
			t.Errorf("%s with %s: %q, want %q", c.to, c.state, got, c.want)
		}
	}
}
