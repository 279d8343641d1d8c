package terraform_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/terraform"
)

// FuzzRead: any text is read, and what it holds is checked, without a panic and within bounds;
// every place is one of the texts.
func FuzzRead(f *testing.F) {
	f.Add(request(`"${local.a}/$${input.n}"`, `jsonencode({ a = [for x in range(3) : "$${input.n}${x}"] })`)+"locals {\n  a = format(\"%s\", var.b)\n}\nvariable \"b\" {}\n", false)
	f.Add(request(`"x"`, "<<-EOT\n  %{if true~}\n  \"$${input.n}\"\n  %{endif}\nEOT"), false)
	f.Add(`{"resource":{"genesyscloud_integration_action":{"x":{"name":"X","config_request":[{"request_type":"${upper(\"get\")}","headers":{"a":"${input.b}"}}]}}}}`, true)
	f.Add("resource \"genesyscloud_integration_action\" \"x\" { name = \"x\"\n category = "+strings.Repeat("(", 90)+"1"+strings.Repeat(")", 90)+" }\n", false)
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		if len(text) > 1<<16 {
			return
		}
		name := "a.tf"
		if asJSON {
			name = "a.tf.json"
		}
		m := terraform.Read([]terraform.File{{Name: name, Data: []byte(text)}}, terraform.Options{File: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
		found := m.Findings()
		for _, a := range m.Actions(name) {
			found = append(found, a.Findings...)
			if a.Definition != nil {
				found = append(found, dataaction.Check(a.Definition)...)
				dataaction.Compile(a.Definition, dataaction.Options{}) //nolint:errcheck // only that it ends
			}
		}
		lines := strings.Count(text, "\n") + 1
		for _, x := range found {
			if p := x.Position; p.File != name || p.Line < 1 || p.Line > lines {
				t.Errorf("no place of the text: %v", x)
			}
		}
	})
}

// What would take a reader's stack or memory is refused or left out, at once.
func TestBounds(t *testing.T) {
	in := func(expr string) string { return request(`"https://h/x"`, expr) }
	for name, text := range map[string]string{
		"deep":          in(strings.Repeat("(", 1<<16) + "1"),
		"lists":         in(strings.Repeat("[", 1<<16)),
		"not":           in(strings.Repeat("!", 1<<16) + "true"),
		"minus":         in(strings.Repeat("-", 1<<16) + "1"),
		"sum":           in("1" + strings.Repeat("+1", 1<<16)),
		"choices":       in(strings.Repeat("true ? 1 : ", 1<<16) + "1"),
		"templates":     in(strings.Repeat(`"${`, 1<<16)),
		"doubled":       in("local.a40") + "locals {\n  a00 = \"xxxxxxxxxx\"\n" + doubled(40, "\"${local.a%}${local.a%}\"") + "}\n",
		"lists twice":   in("jsonencode(local.a40)") + "locals {\n  a00 = [1]\n" + doubled(40, "concat(local.a%, local.a%)") + "}\n",
		"objects twice": in("jsonencode(local.a40)") + "locals {\n  a00 = {}\n" + doubled(40, "{ x = local.a%, y = local.a% }") + "}\n",
		"loops":         in("jsonencode([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]])"),
		"wide":          in(`format("%1000000000d", 1)`),
		"listed":        in(`join("", formatlist("%99999999d", [1, 2]))`),
		"split":         in(`jsonencode(split("", "` + strings.Repeat("x", 1<<16) + `"))`),
		"huge":          in("jsonencode(1e100000)"),
	} {
		m, actions := read(terraform.Options{}, "a.tf", text)
		said := m.Findings().Err() != nil
		for _, a := range actions {
			said = said || len(a.Unknown) > 0 || a.Findings.Err() != nil
		}
		if !said && name != "huge" {
			t.Errorf("%s: nothing is said", name)
		}
	}
}

func doubled(n int, of string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  a" + itoa(i+1) + " = " + strings.ReplaceAll(of, "%", itoa(i)) + "\n")
	}
	return b.String()
}

func itoa(i int) string { return string(rune('0'+i/10)) + string(rune('0'+i%10)) }
