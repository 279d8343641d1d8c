package blueprint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/blueprint"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

const (
	contactTemplate = "actions/find-contact/action.yaml.tmpl"
	tableTemplate   = "tables/control.yaml.tmpl"
	scriptTemplate  = "script/deal-view.script.json.tmpl"

	described = "description: {{lit .Description}}"
	ourMark   = "managed-by=dealroute;deployment=acme-inbound;schema=1;hash=0123456789abcdef"
)

// What a replaced template could do so that plan, status and destroy would not find again
// what setup made of it: each is refused, at its line, with a hint.
func TestWhatWouldNotBeFoundAgainIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, with, want string
	}{
		"no description":            {flowTemplate, "  " + described + "\n", "", "has no mark"},
		"an empty description":      {flowTemplate, described, `description: ""`, "has no mark"},
		"words only":                {flowTemplate, described, "description: the flow of Acme", "has no mark"},
		"a mark in a comment only":  {flowTemplate, described, "description: x\n  # {{lit .Description}}", "has no mark"},
		"part of a mark":            {flowTemplate, described, "description: {{if .Description}}{{lit (slice .Description 0 70)}}{{end}}", "another hash"},
		"a mark that begins late":   {flowTemplate, described, "description: {{if .Description}}{{lit (slice .Description 1)}}{{end}}", "has no mark"},
		"a mark in capitals":        {flowTemplate, described, "description: MANAGED-BY=dealroute;deployment=acme-inbound;schema=1;hash=0123456789abcdef", "has no mark"},
		"a mark with a longer hash": {flowTemplate, described, `description: {{lit (print .Description "ff")}}`, "another hash"},
		"a constant mark":           {flowTemplate, described, "description: " + ourMark, "another hash"},
		"another deployment's mark": {flowTemplate, described, "description: managed-by=dealroute;deployment=other;schema=1;hash=0123456789abcdef", `of deployment "other"`},
		"a longer deployment name":  {flowTemplate, described, "description: managed-by=dealroute;deployment=acme-inbound-2;schema=1;hash=0123456789abcdef", `of deployment "acme-inbound-2"`},
		"another schema":            {flowTemplate, described, "description: managed-by=dealroute;deployment=acme-inbound;schema=2;hash=0123456789abcdef", "of schema 2"},
		"two marks":                 {flowTemplate, described, `description: {{lit (print .Description " " .Description)}}`, "has 2 marks"},
		"two marks, ours last":      {flowTemplate, described, `description: {{lit (print "` + ourMark + ` " .Description)}}`, "has 2 marks"},
		"a name of its own":         {flowTemplate, "  name: {{name .Name}}", "  name: mine", `"acme-inbound"`},
		"the name and more":         {flowTemplate, "  name: {{name .Name}}", `  name: {{name (print .Name " v2")}}`, `"acme-inbound"`},
		"the name in capitals":      {flowTemplate, "  name: {{name .Name}}", "  name: Acme-Inbound", `"acme-inbound"`},
		"the name and a blank":      {flowTemplate, "  name: {{name .Name}}", `  name: {{name (print .Name " ")}}`, `"acme-inbound"`},
		"no name":                   {flowTemplate, "  name: {{name .Name}}\n", "", `"acme-inbound"`},
		"another division":          {flowTemplate, "division: {{name .Division}}", "division: Sales", `division is "Sales"`},
		"another type":              {flowTemplate, "inboundCall:", "inqueueCall:", `type "inqueueCall"`},
		"a text that asks for the mark": {
			flowTemplate, "name: Say so", "name: {{if .Description}}Say so{{else}}Say it{{end}}", "depends on the hash",
		},
		"a text of the mark's length": {flowTemplate, "menuSelectionTimeout: {lit: {seconds: 10}}", "menuSelectionTimeout: {lit: {seconds: 1{{number (len .Description)}}}}", "depends on the hash"},

		"an action of another name":       {contactTemplate, "name: {{name .Name}}", "name: my action", "is found again by the name"},
		"an action without its hash":      {contactTemplate, "name: {{name .Name}}", "name: acme-inbound find contact", "is found again by the name"},
		"an action with a constant hash":  {contactTemplate, "name: {{name .Name}}", "name: acme-inbound find contact 01234567", "is found again by the name"},
		"an action without a name":        {contactTemplate, "name: {{name .Name}}\n", "", "is found again by the name"},
		"a name that says more":           {contactTemplate, "name: {{name .Name}}", `name: {{name (print .Name "!")}}`, "is found again by the name"},
		"a contract that knows its name":  {contactTemplate, "name: {{name .Name}}", "name: {{name .Name}} #", "contract"},
		"a contract that asks for a hash": {contactTemplate, "name: {{name .Name}}", "name: {{name .Name}} ##", "contract"},

		"a table of another name":    {tableTemplate, "name: {{name .Name}}", "name: mine", "is found again by the name"},
		"a table without a name":     {tableTemplate, "name: {{name .Name}}\n", "", "is found again by the name"},
		"no row for the switch":      {tableTemplate, "  switch: {enabled: true}\n", "", `no row "switch"`},
		"a row in capitals":          {tableTemplate, "  switch: {enabled: true}", "  Switch: {enabled: true}", `no row "switch"`},
		"no row for the breaker":     {tableTemplate, `  breaker: {openUntil: "", reason: ""}` + "\n", "", `no row "breaker"`},
		"no record":                  {tableTemplate, "  deployment: {flowVersion: \"\", credentialGeneration: 0, credentialPrint: \"\", written: \"\"}\n", "", `no row "deployment"`},
		"no column for the version":  {tableTemplate, "  flowVersion: {type: string", "  version: {type: string", `no column "flowVersion"`},
		"a version that is a number": {tableTemplate, "  flowVersion: {type: string", "  flowVersion: {type: integer", `column "flowVersion"`},
		"no key":                     {tableTemplate, "  key: {type: string, title: what}\n", "", `no column "key"`},
		"a row with a slash":         {tableTemplate, "  switch: {enabled: true}", "  switch: {enabled: true}\n  a/b: {enabled: true}", "slash"},

		"a script of another name":       {scriptTemplate, `"name": {{json .Name}}`, `"name": "mine"`, "is found again by the name"},
		"a script with a constant hash":  {scriptTemplate, `"name": {{json .Name}}`, `"name": "acme-inbound deal view 01234567"`, "is found again by the name"},
		"a script without a name":        {scriptTemplate, "  \"name\": {{json .Name}},\n", "", "is found again by the name"},
		"a script that asks for a hash":  {scriptTemplate, `"dataVersion": 0`, `"dataVersion": {{number (len .Name)}}`, "depends on the hash"},
		"a script that knows its length": {scriptTemplate, `"startPageId": {{json .PageID}}`, `"startPageId": {{if eq (len .Name) 22}}{{json .PageID}}{{else}}{{json .ID}}{{end}}`, "depends on the hash"},
	} {
		t.Run(name, func(t *testing.T) {
			line := 0
			tfs := replaced(t, c.file, func(s string) string {
				i := strings.Index(s, c.old)
				if i < 0 {
					t.Fatalf("the template does not hold %q", c.old)
				}
				line = 1 + strings.Count(s[:i], "\n")
				s = strings.Replace(s, c.old, c.with, 1)
				switch title := "\n  title: find contact\n"; { // of the input contract
				case strings.HasSuffix(c.with, "##"):
					s = strings.Replace(s, title, "\n  title: find contact{{if gt (len .Name) 27}} x{{end}}\n", 1)
				case strings.HasSuffix(c.with, "#"):
					s = strings.Replace(s, title, "\n  title: {{name .Name}}\n", 1)
				}
				return s
			})
			b, found := blueprint.Render(load(t, basic), tfs)
			if b != nil || !found.Has(diag.Error) {
				t.Fatalf("rendered all the same: %v", found)
			}
			f := found.Sorted()[0]
			if f.Code != "DR-RENDER-004" || f.Position.File != "templates/"+c.file || !strings.Contains(f.Message, c.want) || f.Hint == "" {
				t.Errorf("got %s (hint %s)", f.Error(), f.Hint)
			}
			near := f.Position.Line == line || c.with == "" || strings.HasPrefix(c.want, "no ") || strings.HasPrefix(c.with, "  switch: {enabled: true}\n") && f.Position.Line == line+1
			if !near {
				t.Errorf("line %d, want %d: %s", f.Position.Line, line, f.Error())
			}
		})
	}
}

// Words of one's own may stand around the mark.
func TestADescriptionMayHoldMoreThanTheMark(t *testing.T) {
	plain := render(t, basic)
	for _, with := range []string{`{{lit (print "Acme, made on purpose. " .Description)}}`, `{{lit (print .Description " – do not edit")}}`, "{{lit .Description}} # ours"} {
		b, found := blueprint.Render(load(t, basic), replaced(t, flowTemplate, func(s string) string {
			return strings.Replace(s, described, "description: "+with, 1)
		}))
		if err := found.Err(); err != nil {
			t.Errorf("%s: %v", with, err)
			continue
		}
		e, ok := b.Entities.Get(genesys.Key{Kind: genesys.Flow, Name: "acme-inbound"})
		if m := genesys.Marks(e.Content["description"].(string)); !ok || len(m) != 1 || m[0].Deployment != "acme-inbound" {
			t.Errorf("%s: %v", with, e.Content)
		}
		if b.Flow.Tree.Flow.Description == plain.Flow.Tree.Flow.Description {
			t.Errorf("%s: the words do not change the hash", with)
		}
	}
}

// Every entity of ours that has a mark has one only, with this deployment's name.
func TestEveryMarkIsFound(t *testing.T) {
	for _, file := range examples(t) {
		b, n := render(t, file), 0
		for _, e := range b.Entities {
			if e.Holding != genesys.Owned || slices.Contains([]genesys.Kind{genesys.DataAction, genesys.Credential, genesys.Script}, e.Key.Kind) {
				continue
			}
			text, _ := e.Content["description"].(string)
			if config, ok := e.Content["config"].(map[string]any); ok {
				text, _ = config["notes"].(string)
			}
			m := genesys.Marks(text)
			if len(m) != 1 || m[0].Deployment != b.Name || m[0].Schema != genesys.MarkSchema || len(m[0].Hash) != 16 {
				t.Errorf("%s of %s: marks %v in %q", e.Key, file, m, text)
			}
			n++
		}
		if n < 3 {
			t.Errorf("%s: only %d marked entities", file, n)
		}
	}
}
