package cli_test

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Every answer of validate is of one form, also for what is no deployment file; what cannot
// be looked at at all is a failure.
func TestValidateFollowsItsSchema(t *testing.T) {
	t.Parallel()
	all := schemas(t)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	sarif, err := c.Compile("testdata/sarif.schema.json") // what is used of SARIF 2.1.0
	if err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const small = "version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: General}}\n"
	for _, c := range []struct {
		name, schema string
		code         int
		args         []string
	}{
		{"warnings", "validate", 0, []string{"-f", file("small.yaml", small)}},
		{"warnings count", "validate", 2, []string{"-f", file("small.yaml", small), "--fail-severity", "warning", "--proof=off"}},
		{"not YAML", "validate", 2, []string{"-f", file("broken.yaml", "version: [1\n")}},
		{"unknown keys", "validate", 2, []string{"-f", file("keys.yaml", "version: 1\nnmae: x\ntoken: y\n")}},
		{"empty", "validate", 2, []string{"-f", file("empty.yaml", "")}},
		{"no such file", "failure", 1, []string{"-f", filepath.Join(dir, "none.yaml")}},
		{"no such templates", "failure", 1, []string{"-f", file("templates.yaml", small+"templates: ./none\n")}},
		{"no such severity", "failure", 1, []string{"-f", file("small.yaml", small), "--fail-severity", "assumption"}},
		{"an argument", "failure", 1, []string{"dealroute.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, errs := p.run(append(append([]string{"validate"}, c.args...), "-o", "json")...)
			if code != c.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, c.code, out, errs)
			}
			valid(t, all, c.schema, out)
			if c.schema == "validate" {
				if again, out, errs := p.run(append(append([]string{"validate"}, c.args...), "-o", "sarif")...); again != c.code || errs != "" {
					t.Errorf("exit code %d, want %d\n%s", again, c.code, errs)
				} else {
					valid(t, map[string]*jsonschema.Schema{"sarif": sarif}, "sarif", out)
				}
			}
		})
	}
}

// Each example is a deployment without errors and warnings, and its findings lead to pages that exist.
func TestExamplesValidate(t *testing.T) {
	all := schemas(t)
	p := newProgram(t)
	files, err := filepath.Glob("../../examples/*/dealroute.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	pages := map[string]string{}
	for _, name := range []string{"checks.md", "assumptions.md"} {
		text, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		pages["docs/"+name] = string(text)
	}
	for _, f := range files {
		t.Run(filepath.Base(filepath.Dir(f)), func(t *testing.T) {
			// That they are proved is tested where the proof is, and by .ci/run.
			code, out, errs := p.run("validate", "--proof=off", "-f", f, "-o", "json", "--fail-severity", "warning")
			if code != 0 {
				t.Fatalf("exit code %d\n%s%s", code, out, errs)
			}
			valid(t, all, "validate", out)
			var v struct {
				Findings    []struct{ Code, URL *string }
				Assumptions []struct{ Code, URL *string }
				Counts      map[string]int
			}
			if err := json.Unmarshal([]byte(out), &v); err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, n := range v.Counts {
				sum += n
			}
			if sum != len(v.Findings) || len(v.Counts) != 3 || len(v.Assumptions) == 0 {
				t.Errorf("%d findings, counted %v, %d assumptions", len(v.Findings), v.Counts, len(v.Assumptions))
			}
			for _, x := range append(v.Findings, v.Assumptions...) {
				if x.Code == nil || x.URL == nil {
					t.Error("a finding without a code")
					continue
				}
				page, anchor, _ := strings.Cut(*x.URL, "#")
				if !strings.Contains(pages[page], `<a id="`+anchor+`">`) && !strings.Contains(strings.ToLower(pages[page]), "\n## "+anchor) {
					t.Errorf("%s leads nowhere", *x.URL)
				}
			}
		})
	}
}

// TestLineEndsOfWindows: every finding has its place in a file with the line ends of Windows, too,
// and so has one in a template.
func TestLineEndsOfWindows(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../validate/testdata/*/fail.yaml", "../deployment/testdata/refused/*.yaml"} {
		some, err := filepath.Glob(pattern)
		if err != nil || len(some) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		files = append(files, some...)
	}
	p := newProgram(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	windows := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	places := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var answers [2]string
		for i, text := range []string{string(text), windows(string(text))} {
			_, answers[i], _ = p.run("validate", "--proof=off", "-f", write("dealroute.yaml", text), "-o", "sarif")
		}
		if answers[0] != answers[1] {
			t.Errorf("%s: %s\n%s", f, answers[0], answers[1])
		}
		places += strings.Count(answers[0], `"startLine"`)
	}
	if places < 2*len(files) {
		t.Errorf("%d files, %d places: the test looks in the wrong place", len(files), places)
	}
	const small = "version: 1\nname: acme\ngenesys: {region: eu-central-1}\nhubspot: {lookup: {homeCountries: [US]}}\nrouting: {fallback: {queue: General}}\n"
	if code, _, errs := p.run("render", "-f", write("dealroute.yaml", small), "--copy-templates", filepath.Join(dir, "mine")); code != 0 {
		t.Fatal(errs)
	}
	template := filepath.Join("mine", "flow", "inbound-call.yaml.tmpl")
	text, err := os.ReadFile(filepath.Join(dir, template))
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(text), "errorHandling:", "errorHandlin:", 1)
	write(template, broken)
	_, unix, _ := p.run("validate", "--proof=off", "-f", write("dealroute.yaml", small+"templates: ./mine\n"), "-o", "sarif")
	write(template, windows(broken))
	_, other, _ := p.run("validate", "--proof=off", "-f", filepath.Join(dir, "dealroute.yaml"), "-o", "sarif")
	if unix != other || !strings.Contains(unix, "inbound-call.yaml.tmpl") {
		t.Errorf("in a template: %s\n%s", unix, other)
	}
}

// A region of SARIF holds what the finding is about, whatever the line ends and the letters
// before it, in the deployment file and in templates; nothing lies beyond its line.
func TestRegionsHoldWhatIsMeant(t *testing.T) {
	text := "version: 1\nname: acme\ngenesys: {region: eu-central-1, org: Äcme}\nhubspot: {portal: \"1\", lookup: {homeCountries: [US]}}\n" +
		"calls: {numbers: [\"+15135550100\"], greeting: \"Grüß 😀 Gott\", peakPerMinute: 90}\nrouting:\n  rules:\n" +
		"    - {name: \"Bär 😀\", when: {won: true}, to: {queue: \"Süd\", skills: [\"x+y\"]}}\n  fallback: {queue: süd}\nscreenPop: none\n"
	p := newProgram(t)
	dir := t.TempDir()
	own := filepath.Join(dir, "Vorlagen ä")
	if code, _, errs := p.run("render", "-f", basicFile, "--copy-templates", own); code != 0 {
		t.Fatal(errs)
	}
	flow := filepath.Join(own, "flow", "inbound-call.yaml.tmpl")
	changed, err := os.ReadFile(flow)
	if err != nil {
		t.Fatal(err)
	}
	changed = []byte(strings.Replace(string(changed), "  settingsErrorHandling:\n", "  # geändert\n  settingsErrorHandling:\n", 1))
	changed = []byte(strings.Replace(string(changed), "      queue: {targetQueue: {lit: {name: {{name .Fallback.Queue}}}}}\n", "      disconnect: {none: true}\n", 1))
	if err := os.WriteFile(flow, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"lf": text, "crlf": strings.ReplaceAll(text, "\n", "\r\n"), "own": text + "templates: ./Vorlagen ä\n",
	} {
		file := filepath.Join(dir, name+".yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, out, errs := p.run("validate", "-f", file, "-o", "sarif", "--proof=off")
		var log struct {
			Runs []struct {
				Results []struct {
					RuleID    string
					Locations []struct {
						PhysicalLocation struct {
							ArtifactLocation struct{ URI string }
							Region           struct{ StartLine, StartColumn, EndColumn int }
						}
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &log); err != nil {
			t.Fatal(err, errs)
		}
		meant := map[string]string{}
		for _, r := range log.Runs[0].Results {
			at := r.Locations[0].PhysicalLocation
			u, err := url.Parse(at.ArtifactLocation.URI)
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(filepath.FromSlash(u.Path))
			if err != nil {
				t.Fatal(err)
			}
			line := []rune(strings.TrimSuffix(strings.Split(string(data), "\n")[at.Region.StartLine-1], "\r"))
			if at.Region.StartColumn == 0 {
				meant[r.RuleID] = string(line)
				continue
			}
			if at.Region.EndColumn-1 > len(line) {
				t.Errorf("%s: %s ends in column %d of %q", name, r.RuleID, at.Region.EndColumn, string(line))
				continue
			}
			meant[r.RuleID] = string(line[at.Region.StartColumn-1 : at.Region.EndColumn-1])
		}
		for code, want := range map[string]string{"DR-FILE-024": `"Süd"`, "DR-FILE-026": `"x+y"`, "DR-CALL-001": "90"} {
			if meant[code] != want {
				t.Errorf("%s: %s is about %q, not %q", name, code, meant[code], want)
			}
		}
		if got := meant["DR-SAFE-001"]; name == "own" && !strings.Contains(got, "settingsErrorHandling") && !strings.Contains(got, "disconnect") {
			t.Errorf("the error handling of the template is told at %q: %v", got, meant)
		}
	}
}
