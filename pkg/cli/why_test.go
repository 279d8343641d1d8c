package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
		{"old", "back-too-late", "", nil, nil},
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
