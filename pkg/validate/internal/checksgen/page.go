package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/doctor"
	"github.com/dealroute/dealroute/pkg/terraform"
	"github.com/dealroute/dealroute/pkg/validate"
)

// An entry is the section of a code.
type entry struct {
	code, title, text string
	severity          diag.Severity // empty: not told
}

// A chapter is the sections of one registry.
type chapter struct {
	title, intro string
	entries      []entry
}

const head = `# Checks

Every finding of dealroute has a code, and this page says for each what it means and how to repair it. Codes are stable: one never changes its meaning.
Made by ` + "`go generate ./pkg/validate`" + ` from the registries in the code; a change made here is lost.

` + "`dealroute validate`" + ` prints all of them that concern a deployment; ` + "`flow check`" + ` and ` + "`action check`" + ` those about any flow or data action. An error makes the answer no (exit code 2), and so do warnings and
notes with ` + "`--fail-severity`" + `. What an answer rests on and no document settles are assumptions; they never fail anything and stand in [assumptions.md](assumptions.md).
`

func page(pkg string) (string, error) {
	cs, err := chapters(pkg)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(head)
	for _, c := range cs {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", c.title, c.intro)
		for _, e := range c.entries {
			fmt.Fprintf(&b, "\n<a id=%q></a>\n\n### %s: %s\n\n", e.code, e.code, e.title)
			if e.severity != "" {
				fmt.Fprintf(&b, "*%s.* ", strings.ToUpper(string(e.severity[:1]))+string(e.severity[1:]))
			}
			b.WriteString(e.text + "\n")
		}
	}
	return b.String(), nil
}

func chapters(pkg string) ([]chapter, error) {
	var file, policy, accounts, actions []entry
	for _, c := range deployment.Codes() {
		file = append(file, entry{c.ID, c.Title, c.Text, ""})
	}
	for _, r := range validate.Rules() {
		policy = append(policy, entry{r.Code, r.Title, r.Text, cmp.Or(r.Severity, diag.Error)})
	}
	for _, t := range doctor.Topics() {
		accounts = append(accounts, entry{t.Code, t.Title, t.Text, t.Severity})
	}
	for _, r := range slices.Concat(dataaction.Rules(), terraform.Rules()) {
		actions = append(actions, entry{r.Code, r.Title, repairs[r.Code], r.Severity})
	}
	flows := []string{filepath.Join(pkg, "architect"), filepath.Join(pkg, "architect", "check")}
	flow, err := constants(flows...)
	if err != nil {
		return nil, err
	}
	render, err := constants(filepath.Join(pkg, "blueprint"))
	if err != nil {
		return nil, err
	}
	run, err := constants(filepath.Join(pkg, "architect", "interp"))
	if err != nil {
		return nil, err
	}
	vendor, err := vendorCodes(flows...)
	if err != nil {
		return nil, err
	}
	cs := []chapter{
		{"The deployment file", "Found while `dealroute.yaml` is read. All of them are reported at once, with line and column; the name that is most like a misspelt one is offered.", file},
		{"The deployment as a whole", "What the policy, the settings and the rendered artifacts mean together.", policy},
		{"The two accounts", "Found by `dealroute doctor` alone, which also tells what `validate --online` finds.", accounts},
		{"Rendering", "Found while the templates are filled in. The place is the line of the template.", render},
		{"Flows", "Found in any Architect flow, beside the codes of Genesys' own validation.", flow},
		{"Running a flow", "Found while a flow is made ready to run or to be proved.", run},
		{"Codes of Genesys' own validation", "Where Genesys' validation has a code for a mistake in a flow, a finding carries that one. Architect shows the same message at the same place; publishing such a flow fails, unless it is a warning.", vendor},
		{"Data actions", "Found in any definition of a data action, those with DA-TF in Terraform files only.", actions},
	}
	for _, c := range cs {
		slices.SortFunc(c.entries, func(a, b entry) int { return strings.Compare(a.code, b.code) })
		for _, e := range c.entries {
			if e.title == "" || e.text == "" {
				return nil, fmt.Errorf("%s is not explained: add it to texts.go", e.code)
			}
		}
		if len(c.entries) == 0 {
			return nil, fmt.Errorf("no codes for %q", c.title)
		}
	}
	return cs, nil
}

var codeForm = regexp.MustCompile(`^(DR|DA)-[A-Z]+-([0-9]+|[A-Z]+)$`)

// constants finds codes that are constants with a comment behind them.
func constants(dirs ...string) ([]entry, error) {
	var out []entry
	err := sources(dirs, func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			if code, ok := literal(v.Values[0]); ok && codeForm.MatchString(code) {
				out = append(out, entry{code, strings.TrimSpace(v.Comment.Text()), repairs[code], ""})
			}
			return true
		})
	})
	return out, err
}

var (
	vendorForm = regexp.MustCompile(`^[a-z][A-Za-z]*(\.[A-Za-z]+)+$`)
	distinct   = regexp.MustCompile(`^((expression|errors|literal|audio)\.[A-Za-z.]+|[a-zA-Z]+\.mustSelect[A-Za-z]*)$`)
)

// vendorCodes finds the codes that the checker of flows reports under Genesys' names: the
// first text in calls of its reporting methods, the codes of what is left out, and texts that
// look like nothing else.
func vendorCodes(dirs ...string) ([]entry, error) {
	found := map[string]bool{}
	err := sources(dirs, func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				method, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || !slices.Contains([]string{"fail", "failf", "warn", "report"}, method.Sel.Name) {
					return true
				}
				for _, a := range n.Args {
					if code, ok := literal(a); ok {
						found[code] = found[code] || vendorForm.MatchString(code)
						break
					}
				}
			case *ast.BasicLit:
				if code, ok := literal(n); ok && distinct.MatchString(code) {
					found[code] = true
				}
			}
			return true
		})
	})
	var out []entry
	for code, ok := range found {
		if !ok {
			continue
		}
		title, text, _ := strings.Cut(vendor[code], ": ")
		out = append(out, entry{code, title, text, ""})
	}
	return out, err
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// sources visits the Go files of folders that are not tests, in order.
func sources(dirs []string, visit func(*ast.File)) error {
	var names []string
	for _, dir := range dirs {
		some, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return err
		}
		if len(some) == 0 {
			return fmt.Errorf("no Go files in %s", dir)
		}
		names = append(names, some...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		visit(f)
	}
	return nil
}
