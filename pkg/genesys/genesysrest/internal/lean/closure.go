package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// usedOf gives the names of an imported package that the files of a folder use, however each of them calls it.
func usedOf(dir, path string) ([]string, error) {
	files, err := read(dir, true)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, f := range files {
		name := ""
		for _, i := range f.Imports {
			if i.Path.Value == strconv.Quote(path) {
				if name = pathpkg.Base(path); i.Name != nil {
					name = i.Name.Name
				}
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && name != "" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
					used[s.Sel.Name] = true
				}
			}
			return true
		})
	}
	if len(used) == 0 {
		return nil, fmt.Errorf("nothing in %s uses %s", dir, path)
	}
	return slices.Sorted(maps.Keys(used)), nil
}

// needed gives the files of a package that declare the names, and what those files name in turn. A local variable
// that is called like something of the package takes its file along, too: rather too many than too few, and the
// compiler tells when one is missing.
func needed(dir string, names []string) ([]string, error) {
	files, err := read(dir, false)
	if err != nil {
		return nil, err
	}
	homes := map[string][]string{} // of a name: where it is declared, and where its methods are
	for file, f := range files {
		for _, d := range f.Decls {
			for _, name := range declared(d) {
				homes[name] = append(homes[name], file)
			}
		}
	}
	want := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		for _, file := range homes[name] {
			if want[file] {
				continue
			}
			want[file] = true
			ast.Walk(namer(visit), files[file])
		}
	}
	for _, name := range append([]string{"init", "_"}, names...) {
		visit(name)
	}
	return slices.Sorted(maps.Keys(want)), nil
}

// A namer is told each name that may be one of the package: not those of fields, parameters and methods, which come
// with their types.
type namer func(string)

// Visit is how ast.Walk goes on.
func (tell namer) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		ast.Walk(tell, n.X)
		return nil
	case *ast.Field:
		ast.Walk(tell, n.Type)
		return nil
	case *ast.Ident:
		tell(n.Name)
	}
	return tell
}

// declared gives the names of a declaration; that of a method is its type.
func declared(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		t := d.Recv.List[0].Type
		if s, ok := t.(*ast.StarExpr); ok {
			t = s.X
		}
		if i, ok := t.(*ast.Ident); ok {
			return []string{i.Name}
		}
	case *ast.GenDecl:
		var out []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				out = append(out, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					out = append(out, n.Name)
				}
			}
		}
		return out
	}
	return nil
}

// read parses the Go files of a folder.
func read(dir string, tests bool) (map[string]*ast.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out, fset := map[string]*ast.File{}, token.NewFileSet()
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || filepath.Ext(name) != ".go" || !tests && strings.HasSuffix(name, "_test.go") {
			continue
		}
		if out[name], err = parser.ParseFile(fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
	}
	return out, nil
}
