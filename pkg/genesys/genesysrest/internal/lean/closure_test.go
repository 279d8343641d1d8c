package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestNeeded(t *testing.T) {
	sdk, user := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"api.go":      "package p\nfunc NewAPI() *API { return &API{} }\nfunc (a API) Get() (Page, error) { return load() }\n",
		"types.go":    "package p\ntype API struct{ c Config }\n",
		"config.go":   "package p\ntype Config struct{ Level int }\n",
		"page.go":     "package p\ntype Page struct{ Items []Item }\n",
		"item.go":     "package p\ntype Item struct{ Other string }\n",
		"item_str.go": "package p\nfunc (i *Item) String() string { return prefix }\n",
		"const.go":    "package p\nconst (\n\ta = 1\n\tprefix = \"x\"\n)\n",
		"load.go":     "package p\nfunc load() (Page, error) { var x Page; return x, x.Unrelated.err }\n",
		"begin.go":    "package p\nfunc init() {}\n",
		"other.go":    "package p\ntype Other struct{}\n",     // the name of a field alone
		"far.go":      "package p\ntype Unrelated struct{}\n", // the name of a selected field alone
		"api_test.go": "package p\nvar t Unrelated\n",
	} {
		if err := os.WriteFile(filepath.Join(sdk, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{
		"a_test.go": "package u\nimport \"example.com/sdk/p\"\nvar x = p.NewAPI().Other + q.Unrelated\n",
		"b.go":      "package u\nimport s \"example.com/sdk/p\"\nvar y s.Config\nvar z = p.Unrelated\n",
	} {
		if err := os.WriteFile(filepath.Join(user, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	names, err := usedOf(user, "example.com/sdk/p")
	if err != nil || !slices.Equal(names, []string{"Config", "NewAPI"}) {
		t.Fatalf("%v, %v", names, err)
	}
	got, err := needed(sdk, names)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"api.go", "begin.go", "config.go", "const.go", "item.go", "item_str.go", "load.go", "page.go", "types.go"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := usedOf(user, "nothing"); err == nil {
		t.Error("a folder that uses nothing is taken")
	}
}
