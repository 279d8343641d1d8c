package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/cli"
)

// The forms in which a flow may keep a caller's number.
const formsFlow = `inboundCall:
  name: Forms
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Entry]"
  variables:
    - stringVariable: {name: Flow.E164, initialValue: {lit: ""}}
    - stringVariable: {name: Flow.N, initialValue: {lit: ""}}
  tasks:
    - task:
        name: Entry
        refId: Entry
        actions:
          - updateData:
              name: Take apart
              statements:
                - string: {variable: Flow.E164, value: {exp: 'Append("+", Replace(GetAt(Split(GetAt(Split(GetAt(Split(Call.Ani, "+"), 1), "@"), 0), ";"), 0), "-", ""))'}}
                - string: {variable: Flow.N, value: {exp: 'Substring(Flow.E164, %d, Length(Flow.E164))'}}
          - setParticipantData:
              name: Forms
              attributes:
                - attribute: {name: {lit: ani}, value: {exp: Call.Ani}}
                - attribute: {name: {lit: e164}, value: {exp: Flow.E164}}
                - attribute: {name: {lit: bare}, value: {exp: 'Substring(Flow.E164, 1, Length(Flow.E164))'}}
                - attribute: {name: {lit: prefix}, value: {exp: 'Append("00", Substring(Flow.E164, 1, Length(Flow.E164)))'}}
                - attribute: {name: {lit: national}, value: {exp: Flow.N}}
                - attribute: {name: {lit: trunk}, value: {exp: 'Append("0", Flow.N)'}}
                - attribute: {name: {lit: spaced}, value: {exp: 'Append(Left(Flow.E164, 3), " (", Left(Flow.N, 3), ") ", Substring(Flow.N, 3, 3), "-", Substring(Flow.N, 6, 20))'}}
                - attribute: {name: {lit: spoken}, value: {exp: 'Append(Left(Flow.N, 1), " ", Substring(Flow.N, 1, 1), " ", Substring(Flow.N, 2, 1), " ", Substring(Flow.N, 3, 1), " ", Substring(Flow.N, 4, 1), " ", Substring(Flow.N, 5, 1), " ", Substring(Flow.N, 6, 1), " ", Substring(Flow.N, 7, 1), " ", Substring(Flow.N, 8, 20))'}}
                - attribute: {name: {lit: tail}, value: {exp: 'Right(Flow.N, 7)'}}
                - attribute: {name: {lit: cut}, value: {exp: 'Left(Flow.E164, 11)'}}
                - attribute: {name: {lit: word}, value: {exp: 'Append("caller_", Flow.N, "x")'}}
                - attribute: {name: {lit: url}, value: {exp: 'Append("https://x.example/?phone=%%2B", Substring(Flow.E164, 1, Length(Flow.E164)))'}}
                - attribute: {name: {lit: whole}, value: {exp: 'ToString(ToInt(Left(Flow.N, 8)))'}}
                - attribute: {name: {lit: line}, value: {lit: "+18005550123"}}
          - callData:
              name: Who
              timeout: {lit: {seconds: 4}}
              category: {HubSpot: {dataAction: {Find contact: {inputs: {phone: {exp: Flow.N}}, successOutputs: {}}}}}
              outputs: {failure: {actions: []}}
          - updateData:
              name: Fails
              statements:
                - string: {variable: Flow.N, value: {exp: 'ToString(ToInt(Append(Flow.N, "x")))'}}
          - disconnect: {name: End}
`

// sevenDigits finds the first seven digits in a row of a number, whatever stands between
// them, in an output.
func sevenDigits(out, national string) string {
	if u, err := url.PathUnescape(out); err == nil {
		out = u
	}
	out = regexp.MustCompile(`[^\p{L}0-9\n]`).ReplaceAllString(out, "")
	for i := range len(national) - 6 {
		if strings.Contains(out, national[i:i+7]) {
			return national[i : i+7]
		}
	}
	return ""
}

// flow run printed the caller's number in every form but the few that it guessed, and those
// only of callers in the US.
func TestNoFormOfTheCallerIsShown(t *testing.T) {
	p := hurried(t)
	for _, c := range []struct {
		national string
		code     int // characters before the national number in E.164
		anis     []string
	}{
		{"5135550142", 2, []string{"+15135550142", "tel:+15135550142", "tel:+1-513-555-0142", "sip:+15135550142@203.0.113.7;user=phone", `"Ada Lovelace" <sip:+15135550142@203.0.113.7>`}},
		{"3012345678", 3, []string{"+493012345678", "tel:+49-30-12345678", "sip:+493012345678@203.0.113.7"}},
	} {
		flow := filepath.Join(t.TempDir(), "flow.yaml")
		if err := os.WriteFile(flow, fmt.Appendf(nil, formsFlow, c.code), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, ani := range c.anis {
			for _, args := range [][]string{{}, {"--trace"}, {"-o", "json"}, {"-o", "json", "--trace"}} {
				args = append([]string{"flow", "run", flow, "--ani", ani, "--dnis", "+18005550111"}, args...)
				_, out, errs := p.run(args...)
				if s := sevenDigits(out+errs, c.national); s != "" || strings.Contains(out+errs, "Ada") {
					t.Errorf("%v shows %s\n%s%s", args, s, out, errs)
				}
				if !strings.Contains(out, "spoken") || !strings.Contains(out, "+18005550123") || !strings.Contains(out, "+18005550111") {
					t.Errorf("%v does not run the flow, or hides what is the flow's own\n%s%s", args, out, errs)
				}
				if scheme, _, ok := strings.Cut(ani, "+"); ok && len(scheme) < 5 && !strings.Contains(out, scheme+"+") {
					t.Errorf("%v hides the scheme %q\n%s", args, scheme, out)
				}
			}
		}
	}
}

// What an action is given, sends and gets back shows no number, in text and JSON; no
// expression tells it of a variable.
func TestNoNumberOfAnInputIsShown(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"results":[{"id":"51 for +15135550142, 513-555-0142 and +15135550166: %d"}]}`, len(body))
	}))
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "find.json")
	if err := os.WriteFile(file, []byte(findAction), 0o600); err != nil {
		t.Fatal(err)
	}
	p := hurried(t)
	p.env["KEY"] = "top-secret"
	var runs [][]string
	for _, number := range []string{"+15135550142", "tel:+1 513 555 0142", "(513) 555-0142", "5135550142"} {
		for _, base := range []string{srv.URL, "http://127.0.0.1:1"} {
			runs = append(runs, []string{"action", "run", file, "--base-url", base, "--credentials-env", "KEY=token", "--input", `{"phone":"` + number + `"}`, "--trace"})
		}
		runs = append(runs, []string{"eval", `Append("call ", Call.Ani, Right(Call.Ani, 8))`, "--set", "Call.Ani=" + number}, []string{"eval", `ToInt(Append(Call.Ani, "x"))`, "--set", "Call.Ani=" + number})
	}
	for _, args := range runs {
		for _, format := range []string{"text", "json"} {
			_, out, errs := p.run(append(args, "-o", format, "--log-level", "debug")...)
			if s := sevenDigits(out+errs, "5135550142") + sevenDigits(out+errs, "5550166"); s != "" {
				t.Errorf("%v -o %s shows %s\n%s%s", args, format, s, out, errs)
			}
		}
	}
	p.stdin = "Call.Ani\n" + strings.Repeat("Append(\"to \", Call.Ani)\n", 200)
	_, out, _ := p.run("eval", "-", "--set", "Call.Ani=+15135550142")
	if sevenDigits(out, "5135550142") != "" || strings.Count(out, "+1513•••••42") != 201 {
		t.Errorf("lines: %s", out)
	}
	if _, out, _ = p.run("eval", `ToPhoneNumber("tel:+15135550142").e164`); out != "String \"+15135550142\"\n" {
		t.Errorf("the number of an expression itself: %s", out)
	}
	var text, errs bytes.Buffer
	env := p.in(&text, &errs)
	env.IO.OutTerminal = true
	if code := cli.Main(context.Background(), append(runs[0], "--show-pii"), env); code != 0 || !strings.Contains(text.String(), "+15135550142") {
		t.Errorf("shown on a terminal: %d %s%s", code, &text, &errs)
	}
	if code, _, errs := p.run(append(runs[0], "--show-pii")...); code != 1 || !strings.Contains(errs, "no terminal") {
		t.Errorf("shown to no terminal: %d %s", code, errs)
	}
}

// A mistake in a world or in fixtures is quoted without the numbers around it.
func TestMistakesShowNoNumber(t *testing.T) {
	p := hurried(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flow := file("flow.yaml", fmt.Sprintf(formsFlow, 2))
	world := file("world.yaml", "call: {ani: \"tel:+15135550142\", anni: x}\nqueues: {\"+15135550142\": mising}\n")
	crm := "version: 1\ncontacts:\n  - {id: \"1\", properties: {phone: \"5135550142\"}, nmae: x}\n  - {id: \"2\", \"+1 513 555 0142\": y}\n"
	account := file("crm.yaml", crm)
	basic, err := os.ReadFile(basicFile)
	if err != nil {
		t.Fatal(err)
	}
	own := file("dealroute.yaml", string(basic))
	for _, args := range [][]string{
		{"flow", "run", flow, "--world", world}, {"simulate", "-f", basicFile, "--world", world},
		{"simulate", "-f", basicFile, "--fixtures", account, "--ani", "anonymous"}, {"plan", "-f", own, "--sandbox"},
	} {
		for _, format := range []string{"text", "json"} {
			code, out, errs := p.run(append(args, "-o", format)...)
			if s := sevenDigits(out+errs, "5135550142"); code == 0 || s != "" || !strings.Contains(out+errs, "unknown key") {
				t.Errorf("%v -o %s: exit code %d, shows %q\n%s%s", args, format, code, s, out, errs)
			}
		}
	}
}
