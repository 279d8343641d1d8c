package layers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/internal/layers"
)

const (
	module = "github.com/dealroute/dealroute"
	root   = "../../.."
)

// A source is a Go file of the project that is not a test.
type source struct {
	pkg, name string
	file      *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && strings.HasPrefix(name, ".") || name == "testdata" || name == "dist" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		out = append(out, source{filepath.ToSlash(rel), name, f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no source found: the test looks in the wrong place")
	}
	return out
}

// place gives the line of a package and its place in that line.
func place(pkg string) (layer, at int, ok bool) {
	for i, l := range layers.Map() {
		if j := slices.Index(l.Packages, pkg); j >= 0 {
			return i, j, true
		}
	}
	return 0, 0, false
}

// allowed tells whether one package of the project may import another.
func allowed(from, to string) bool {
	fl, fa, ok := place(from)
	if !ok {
		return slices.Contains(layers.Support(), from)
	}
	tl, ta, ok := place(to)
	return ok && (tl < fl || tl == fl && ta < fa)
}

// generator tells whether a package is a program that only "go generate" runs; it lives
// in an internal folder of the package it generates for.
func generator(s source) bool {
	return strings.Contains(s.pkg, "/internal/") && s.file.Name.Name == "main"
}

func imports(f *ast.File) []string {
	var out []string
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

func TestImportsGoDownwards(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		seen[s.pkg] = true
		if generator(s) {
			continue
		}
		if _, _, ok := place(s.pkg); !ok && !slices.Contains(layers.Support(), s.pkg) {
			t.Errorf("%s is not in the map", s.pkg)
			continue
		}
		for _, p := range imports(s.file) {
			if own, ok := strings.CutPrefix(p, module+"/"); ok && !allowed(s.pkg, own) {
				t.Errorf("%s/%s imports %s, which stands on a later line", s.pkg, s.name, own)
			}
			if user, ok := layers.OneUser()[p]; ok && user != s.pkg {
				t.Errorf("%s/%s imports %s; only %s may", s.pkg, s.name, p, user)
			}
		}
	}
	for _, l := range layers.Map() {
		for _, p := range l.Packages {
			if !seen[p] {
				t.Errorf("%s is in the map and not in the project", p)
			}
		}
	}
	for _, p := range layers.Support() {
		if !seen[p] {
			t.Errorf("%s is listed as support and does not exist", p)
		}
	}
}

func TestInsideNeedsNoOutside(t *testing.T) {
	bannedImports, bannedCalls := layers.Inside()
	for _, s := range sources(t) {
		l, _, ok := place(s.pkg)
		if !ok || layers.Map()[l].Outside {
			continue
		}
		for _, p := range imports(s.file) {
			if slices.Contains(bannedImports, p) {
				t.Errorf("%s/%s imports %s", s.pkg, s.name, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(bannedCalls[x.Name], sel.Sel.Name) {
				t.Errorf("%s/%s uses %s.%s", s.pkg, s.name, x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhyItExists(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		said[s.pkg] = said[s.pkg] || s.file.Doc != nil && (s.name == "doc.go" || s.file.Name.Name == "main")
	}
	for p, ok := range said {
		if !ok {
			t.Errorf("%s has no doc.go with a package comment", p)
		}
	}
}

// TestTheRulesCanFail keeps one input for each rule that must be refused.
func TestTheRulesCanFail(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"pkg/diag", "pkg/cli", false},
		{"pkg/cli", "pkg/diag", true},
		{"pkg/plan", "pkg/reconcile", false},
		{"pkg/reconcile", "pkg/plan", true},
		{"pkg/cli", "pkg/unlisted", false},
		{"pkg/unlisted", "pkg/diag", false},
	} {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("allowed(%s, %s) = %v", c.from, c.to, got)
		}
	}
}

func TestTopLevelIsFixed(t *testing.T) {
	want := []string{
		".ci", ".github", ".git", ".gitignore", ".golangci.yaml", ".goreleaser.yaml", ".pre-commit-hooks.yaml", "LICENSE", "README.md", "cmd", "docs",
		"examples", "go.mod", "go.sum", "pkg", "templates",
		"dealroute", "dist", "generated", // what a build leaves; git does not track them
	}
	es, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range es {
		if ext := filepath.Ext(e.Name()); ext == ".test" || ext == ".out" {
			continue // what "go test -c" and profiles leave
		}
		if !slices.Contains(want, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}

var (
	mapRow    = regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\| (.*) \\|$")
	namedPath = regexp.MustCompile("`((?:\\.ci|cmd|docs|examples|pkg|templates)(?:/[^` ]*)?|[A-Z]+\\.md)`|\\]\\(([^)#:]+)\\)")
)

// TestArchitecturePage holds docs/architecture.md to the project: its map has a sentence for
// each package, in the order of Map, and every path that it names exists.
func TestArchitecturePage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	_, rows, _ := strings.Cut(page, "\n## The map\n")
	rows, _, _ = strings.Cut(rows, "\n## ")
	var have, want []string
	for _, m := range mapRow.FindAllStringSubmatch(rows, -1) {
		have = append(have, m[1])
		if len(m[2]) < 10 || !strings.HasSuffix(m[2], ".") {
			t.Errorf("%s has no sentence: %q", m[1], m[2])
		}
	}
	for _, l := range layers.Map() {
		want = append(want, l.Packages...)
	}
	if !slices.Equal(have, want) {
		t.Errorf("the map of the page:\n%s\nthe map:\n%s", strings.Join(have, " "), strings.Join(want, " "))
	}
	for _, p := range layers.Support() {
		if !strings.Contains(rows, "`"+p+"` (") {
			t.Errorf("%s has no word", p)
		}
	}
	paths := namedPath.FindAllStringSubmatch(page, -1)
	for _, m := range paths {
		path := filepath.Join(root, m[1])
		if m[2] != "" {
			path = filepath.Join(root, "docs", m[2])
		}
		if found, err := filepath.Glob(path); err != nil || len(found) == 0 {
			t.Errorf("there is no %s%s", m[1], m[2])
		}
	}
	if len(paths) < 60 {
		t.Errorf("%d paths: the test does not see them", len(paths))
	}
}

// Text for a person is written by diag.Fprintf alone, which lets no value of others end a line.
// view.Writer, which writes what is escaped already, is the one exception.
func TestTextIsWrittenInOneWay(t *testing.T) {
	found := 0
	for _, s := range sources(t) {
		if s.pkg != "pkg/view" && s.pkg != "pkg/cli" && s.pkg != "cmd/dealroute" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := call.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch name := pkg.Name + "." + call.Sel.Name; name {
			case "fmt.Print", "fmt.Printf", "fmt.Println", "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "io.WriteString":
				if s.name != "writer.go" {
					t.Errorf("%s/%s uses %s: write text with diag.Fprintf", s.pkg, s.name, name)
				}
			case "diag.Fprintf", "diag.Print":
				found++
			}
			return true
		})
	}
	if found < 20 {
		t.Errorf("only %d places that write text were found", found)
	}
}

// Whatever is asked of a server is asked through transport, which follows no redirect and bounds
// what it reads.
func TestRequestsLeaveInOnePlace(t *testing.T) {
	found := false
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			name := ""
			switch x := n.(type) {
			case *ast.CompositeLit:
				name = selected(x.Type)
			case *ast.CallExpr:
				name = selected(x.Fun)
			case *ast.SelectorExpr:
				if name = selected(x); name != "http.DefaultClient" {
					return true
				}
			}
			switch name {
			case "http.Client", "http.Transport", "http.Get", "http.Head", "http.Post", "http.PostForm", "http.DefaultClient":
				if found = true; s.pkg != "pkg/internal/transport" {
					t.Errorf("%s/%s uses %s: requests go through pkg/internal/transport", s.pkg, s.name, name)
				}
			}
			return true
		})
	}
	if !found {
		t.Error("no client was found: the test looks in the wrong place")
	}
}

// selected is a name of a package as the code writes it, such as http.Get.
func selected(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if pkg, ok := s.X.(*ast.Ident); ok {
			return pkg.Name + "." + s.Sel.Name
		}
	}
	return ""
}
