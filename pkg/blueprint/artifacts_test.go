package blueprint_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/secret"
	"github.com/dealroute/dealroute/pkg/simulate"
	"github.com/dealroute/dealroute/templates"
)

var update = flag.Bool("update", false, "write testdata/golden from what is rendered")

// goldenExamples are those whose artifacts are kept as files: the smallest, and the one with
// every setting.
var goldenExamples = []string{"minimal", "every-setting"}

func TestGoldenArtifacts(t *testing.T) {
	for _, name := range goldenExamples {
		b := render(t, "../../examples/"+name+"/dealroute.yaml")
		dir := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			for _, a := range b.Artifacts {
				p := filepath.Join(dir, filepath.FromSlash(a.Path))
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, []byte(a.Text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		var have []string
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, _ := filepath.Rel(dir, p)
				have = append(have, filepath.ToSlash(rel))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, a := range b.Artifacts {
			want = append(want, a.Path)
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(a.Path)))
			if err != nil {
				t.Error(err)
			} else if string(data) != a.Text {
				t.Errorf("%s: %s differs from %s; run with -update and read the difference", name, a.Path, dir)
			}
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s: files %v, want %v", name, have, want)
		}
	}
}

func TestRenderedFlowsPrintAsTheSameTree(t *testing.T) {
	for _, file := range examples(t) {
		b := render(t, file)
		printed, err := architect.Print(b.Flow.Tree)
		if err != nil {
			t.Fatal(err)
		}
		again, found := architect.Parse("printed.yaml", printed)
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		twice, err := architect.Print(again)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(printed, twice) {
			t.Errorf("%s: printing, reading and printing again differs", file)
		}
		x, y := yamlPaths(b.Flow.Tree.Root), yamlPaths(again.Root)
		if !slices.Equal(x, y) {
			t.Errorf("%s: the tree changes by printing", file)
		}
	}
}

func TestNoArtifactHasTwoOpeningBraces(t *testing.T) {
	for _, file := range examples(t) {
		for _, a := range render(t, file).Artifacts {
			if strings.Contains(a.Text, "{{") {
				t.Errorf("%s: %s holds {{", file, a.Path)
			}
		}
	}
}

// sent is what an action sends in its test run.
func sent(t *testing.T, a blueprint.ActionArtifact) (body []byte) {
	t.Helper()
	p, err := dataaction.Compile(a.Definition, dataaction.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dataaction.Run(t.Context(), p, a.Smoke, recorder(func(r dataaction.Request) { body = r.Body }), dataaction.RunOptions{
		Credentials: map[string]secret.Value{blueprint.FieldToken: secret.New("none")},
	})
	if len(body) == 0 {
		t.Fatalf("%s sends nothing", a.Key)
	}
	return body
}

type recorder func(dataaction.Request)

func (s recorder) Send(_ context.Context, r dataaction.Request) (dataaction.Response, error) {
	s(r)
	return dataaction.Response{}, errors.New("looked at only")
}

func TestActionsSurviveTheirExport(t *testing.T) {
	for _, file := range examples(t) {
		b := render(t, file)
		for _, a := range b.Actions {
			var top map[string]json.RawMessage
			if err := json.Unmarshal(a.Definition.Export(), &top); err != nil {
				t.Fatal(err)
			}
			if len(top) != 6 {
				t.Errorf("%s: %d keys at the top, Genesys' exports have six", a.Key, len(top))
			}
			if a.Definition.TimeoutSeconds < 2 || !regexp.MustCompile(` [0-9a-f]{8}$`).MatchString(a.Definition.Name) || a.Category == "" {
				t.Errorf("%s: timeout %d, category %q", a.Key, a.Definition.TimeoutSeconds, a.Category)
			}
			body := a.Definition.Request.Template
			if a.Role == blueprint.RoleFindCompany { // most of it is how the texts are made
				body = string(sent(t, a))
			}
			if a.Role != blueprint.RoleTripBreaker && len(body) > 3000 {
				t.Errorf("%s: HubSpot takes no body of %d characters", a.Key, len(body))
			}
		}
	}
}

// replaced is the built-in templates with one file changed.
func replaced(t *testing.T, name string, change func(string) string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(templates.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templates.FS, p)
		if p == name {
			data = []byte(change(string(data)))
		}
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const flowTemplate = "flow/inbound-call.yaml.tmpl"

func columns(n int) (s string) {
	for i := range n {
		s += fmt.Sprintf("  c%d: {type: string}\n", i)
	}
	return s
}

func TestMistakesOfTemplatesAreFoundInTheirLine(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, with, want string
	}{
		"a value printed raw":      {flowTemplate, "name: {{name .Name}}", "name: {{.Name}}", "without quoting"},
		"printed raw by a partial": {flowTemplate, "    repeatCount: {lit: 3}", "    repeatCount: {lit: 3}{{define \"raw\"}}{{.}}{{end}}", "without quoting"},
		"printed raw by a block":   {flowTemplate, "tts: {{lit .LastResort}}", "tts: \"{{block \"raw\" .LastResort}}{{.}}{{end}}\"", "without quoting"},
		"quoted between quotes":    {flowTemplate, "{name: Say so, audio: {tts: {{lit .LastResort}}}}", "{name: Say so {{lit .LastResort}}, audio: {tts: x}}", "amid other text"},
		"quoted twice in a body":   {"actions/find-deals/request.vm.tmpl", `{"propertyName":{{json .Sort}}`, `{"propertyName":"{{json .Sort}}"`, "amid other text"},
		"a row that stands twice":  {tableTemplate, "  switch: {enabled: true}", "  switch: {enabled: true}\n  switch: {enabled: false}", "switch"},
		"a column without a type":  {tableTemplate, "  enabled: {type: boolean,", "  enabled: {", "no type"},
		"a key of no column":       {tableTemplate, "  reason: {type: string,", "  reason: {type: string, required: true,", `"required"`},
		"a default of other type":  {tableTemplate, "at all\", default: true}", "at all\", default: 1}", "no boolean"},
		"a title that is no text":  {tableTemplate, "title: what}", "title: 7}", "no text"},
		"a cell of no column":      {tableTemplate, "  switch: {enabled: true}", "  switch: {enabld: true}", `no column "enabld"`},
		"a cell of another type":   {tableTemplate, "  switch: {enabled: true}", "  switch: {enabled: \"yes\"}", "no boolean"},
		"51 columns":               {tableTemplate, "  key: {type: string, title: what}\n", "  key: {type: string, title: what}\n" + columns(42), "51 columns, Genesys Cloud takes 50"},
		"a long key":               {tableTemplate, "rows:\n", "rows:\n  " + strings.Repeat("k", 257) + ": {enabled: true}\n", "257 characters"},
		"a row that is no mapping": {tableTemplate, "  switch: {enabled: true}", "  switch: true", "no mapping"},
		"an unknown field":         {flowTemplate, "{{name .Division}}", "{{name .Devision}}", "Devision"},
		"an unknown action":        {flowTemplate, "- playAudio: {name: Say so", "- playAudioo: {name: Say so", "playAudioo"},
		"a misspelt function":      {flowTemplate, "Sum(Task.OpenAmounts)", "Summ(Task.OpenAmounts)", "Summ"},
		"a misspelt variable":      {flowTemplate, "{exp: Flow.Base - 0}", "{exp: Flow.Bas}", ""},
		"a mistake in a partial":   {flowTemplate, "If(IsNotSetOrEmpty({{variable .}}), \"\", If(Length(", "If(IsNotSetOrEmpty({{variable .}}), \"\", If(Lengt(", "Lengt"},
		"a wrong type":             {flowTemplate, "Sum(Task.OpenAmounts)", "Task.OpenAmounts", "Decimal"},
		"a task without an end":    {flowTemplate, "          - disconnect: {name: End the call}\n", "", "task"},
		"no YAML":                  {flowTemplate, "  menus: []", "  menus: [}", ""},
		"braces of another tool":   {flowTemplate, "# 1. The caller's number", "# 1. {{\"{\"}}{{\"{\"}}x}}", ""},
		"a contract with a typo":   {"actions/find-deals/action.yaml.tmpl", "timeoutSeconds:", "timeoutSecs:", "timeoutSecs"},
		"a broken request":         {"actions/find-contact/request.vm.tmpl", `{{same "number"}}`, `"operator":"EQ","value":"$esc.jsonString(${input.number}"`, ""},
		"an unknown input":         {"actions/find-contact/request.vm.tmpl", `{{same "number"}}`, `{{same "numbr"}}`, "numbr"},
		"an output not mapped":     {"actions/find-contact/response.vm.tmpl", `"ids":{{take "ids" false}}`, `"ids":{{take "idz" false}}`, "idz"},
		"a call without a right":   {"actions/trip-breaker/action.yaml.tmpl", "/api/v2/flows/datatables/", "/api/v2/flows/somethings/", "permission"},
		"a script that is broken":  {"script/deal-view.script.json.tmpl", `"customActions": []`, `"customActions": [`, "JSON"},
		"a table of another name":  {"tables/control.yaml.tmpl", "name: {{name .Name}}", "name: other", "other"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.old == "{exp: Flow.Base - 0}" {
				c.old, c.with, c.want = "Flow.NowStamp < Task.FreshUntil", "Flow.NowStamp < Task.FreshUntl", "FreshUntl"
			}
			line := 0
			tfs := replaced(t, c.file, func(s string) string {
				i := strings.Index(s, c.old)
				if i < 0 {
					t.Fatalf("the template does not hold %q", c.old)
				}
				line = 1 + strings.Count(s[:i], "\n")
				return strings.Replace(s, c.old, c.with, 1)
			})
			b, found := blueprint.Render(load(t, basic), tfs)
			if b != nil || !found.Has(diag.Error) {
				t.Fatalf("rendered all the same: %v", found)
			}
			errs := slices.DeleteFunc(found.Sorted(), func(f diag.Finding) bool { return !f.Severity.AtLeast(diag.Error) })
			f := errs[0]
			if f.Position.File != "templates/"+c.file || !strings.Contains(f.Message, c.want) {
				t.Errorf("got %s", f.Error())
			}
			exact := strings.Contains(c.file, "/request.vm") || strings.Contains(c.file, "/response.vm") ||
				c.file == flowTemplate && name != "no YAML" && name != "a task without an end"
			if exact && f.Position.Line != line {
				t.Errorf("line %d, want %d: %s", f.Position.Line, line, f.Error())
			}
		})
	}
}

func TestTextsOfTheDeploymentCannotBreakOut(t *testing.T) {
	nasty := "a \" ' \\ \n # : {x} $y ${z} \t ü 漢 'quoted' %s }}"
	d := load(t, "../../examples/every-setting/dealroute.yaml")
	d.Routing.LastResort.Message = nasty
	d.Routing.Rules[0].Name = "it's \"nasty\" \\ #"
	d.Routing.Rules[0].To.Queue = "Queue: #1 \"A\" 'B' \\"
	d.Routing.Rules[3].When.Facts = nil
	d.HubSpot.Stages["985123456"] = "Nego\"tiation'\\"
	b, found := blueprint.Render(d, templates.FS)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	var spoken string
	architect.Walk(b.Flow.Tree.Flow, func(a *architect.Action) {
		if a.Key == "playAudio" {
			spoken = a.Value("audio").Text
		}
	})
	if spoken != nasty {
		t.Errorf("spoken %q, want %q", spoken, nasty)
	}
	d.Routing.LastResort.Message = "two {" + "{ braces"
	if b, found := blueprint.Render(d, templates.FS); b != nil || !found.Has(diag.Error) {
		t.Error("two opening braces passed")
	}
}

func TestWithoutABreakerNothingOfTheRuntimeIsMade(t *testing.T) {
	b := render(t, "../../examples/germany/dealroute.yaml")
	for _, e := range b.Entities {
		switch e.Key.Kind {
		case genesys.Role, genesys.OAuthClient:
			t.Errorf("%s is made", e.Key)
		case genesys.Integration:
			if kind := e.Content["integrationType"].(map[string]any)["id"]; kind != dataaction.WebServices {
				t.Errorf("%s is made", e.Key)
			}
		}
	}
	if len(b.Actions) != 2 {
		t.Errorf("%d actions", len(b.Actions))
	}
}

func TestEntitiesAreCompleteAndOrdered(t *testing.T) {
	for _, file := range examples(t) {
		b := render(t, file)
		for _, e := range b.Entities {
			for _, n := range e.Needs {
				if n.Kind.Level() >= e.Key.Kind.Level() && n.Kind != genesys.DataAction {
					t.Errorf("%s needs %s, which is made later", e.Key, n)
				}
				if _, ok := b.Entities.Get(n); !ok {
					t.Errorf("%s needs %s, which nothing makes", e.Key, n)
				}
			}
			text, err := json.Marshal(e.Content)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range genesys.Refs(string(text) + e.Text) {
				if r.Key.Kind == genesys.Division || r.Key.Kind == genesys.Organization {
					continue
				}
				if _, ok := b.Entities.Get(r.Key); !ok {
					t.Errorf("%s refers to %s, which nothing makes", e.Key, r)
				}
				if !slices.Contains(e.Needs, r.Key) {
					t.Errorf("%s refers to %s and does not need it", e.Key, r.Key)
				}
			}
			owned := e.Holding == genesys.Owned
			if owned && !strings.HasPrefix(e.Key.Name, b.Name) {
				t.Errorf("%s is ours and its name does not say so", e.Key)
			}
			markable := !slices.Contains([]genesys.Kind{genesys.DataAction, genesys.Credential, genesys.Script}, e.Key.Kind)
			if owned && markable && !strings.Contains(string(text), "managed-by=dealroute;deployment="+b.Name) {
				t.Errorf("%s has no mark", e.Key)
			}
		}
	}
}

func TestTheRoleHasWhatTheActionsCallAndNoMore(t *testing.T) {
	b := render(t, basic)
	e, ok := b.Entities.Get(genesys.Key{Kind: genesys.Role, Name: "acme-inbound runtime"})
	if !ok {
		t.Fatal("no role")
	}
	got := fmt.Sprint(e.Content["permissionPolicies"])
	if want := "[map[actionSet:[edit] allowConditions:false domain:architect entityName:datatableRow]]"; got != want {
		t.Errorf("policies %s, want %s", got, want)
	}
}

func TestResolveLeavesNoReferenceAndRefusesAMissingId(t *testing.T) {
	for _, file := range examples(t) {
		b := render(t, file)
		r, err := b.Resolve(simulate.MadeUp)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(r.Entities)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data) + r.Flow.Text
		for _, a := range r.Artifacts {
			text += a.Text
		}
		for _, a := range r.Actions {
			text += a.Definition.Request.URLTemplate
		}
		if refs := genesys.Refs(text); len(refs) > 0 {
			t.Errorf("%s: %v is left", file, refs)
		}
	}
	if _, err := render(t, basic).Resolve(func(genesys.Ref) (string, bool) { return "", false }); err == nil {
		t.Error("missing ids pass")
	}
}

func TestAssumptionsAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/assumptions.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented, known []string
	for _, m := range regexp.MustCompile(`(?m)^## (A-[A-Z0-9-]+)$`).FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1])
	}
	for _, a := range blueprint.AllAssumptions() {
		known = append(known, a.ID)
	}
	if !slices.Equal(documented, known) {
		t.Errorf("docs/assumptions.md has %v, the program %v", documented, known)
	}
	if n := len(render(t, "../../examples/minimal/dealroute.yaml").Assumptions); n == 0 || n >= len(known) {
		t.Errorf("%d assumptions of the smallest deployment", n)
	}
}

// Genesys' own validation, an engine of 2018, has no error for the flow of any example.
func TestOracleTakesTheFlowOfEveryExample(t *testing.T) {
	oracles, npm := os.Getenv("DEALROUTE_ORACLES"), os.Getenv("DEALROUTE_ORACLE_PACKAGE")
	if oracles == "" || npm == "" {
		t.Skip("DEALROUTE_ORACLES or DEALROUTE_ORACLE_PACKAGE is not set: Genesys' validation was not asked")
	}
	var questions bytes.Buffer
	files := examples(t)
	for _, file := range files {
		var flow any
		if err := render(t, file).Flow.Tree.Root.Decode(&flow); err != nil {
			t.Fatal(err)
		}
		if err := json.NewEncoder(&questions).Encode(map[string]any{"id": file, "org": "auto", "flow": flow}); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("node", filepath.Join(oracles, "architect-flow.js"))
	cmd.Dir, cmd.Stdin = npm, &questions
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	answers := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(answers) != len(files) {
		t.Fatalf("%d answers to %d questions", len(answers), len(files))
	}
	for i, line := range answers {
		var a struct {
			Errors, Warnings []struct{ Path, Code, Text, Detail string }
		}
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		for _, e := range a.Errors {
			t.Errorf("%s: %s %s %s", files[i], e.Path, e.Code, e.Text+e.Detail)
		}
		for _, w := range a.Warnings {
			t.Errorf("%s: warning: %s %s %s", files[i], w.Path, w.Code, w.Text)
		}
	}
}
