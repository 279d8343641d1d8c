package architect_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

// sameNodes says where two node trees differ in what they mean; styles, places and
// comments do not count.
func sameNodes(a, b *yaml.Node, at string) string {
	switch {
	case a.Kind != b.Kind:
		return at + ": kinds differ"
	case a.ShortTag() != b.ShortTag():
		return at + ": tags " + a.ShortTag() + " and " + b.ShortTag()
	case a.Value != b.Value && a.ShortTag() != "!!null":
		return at + ": " + a.Value + " and " + b.Value
	case a.Anchor != b.Anchor:
		return at + ": anchors differ"
	case len(a.Content) != len(b.Content):
		return at + ": lengths differ"
	}
	for i := range a.Content {
		if d := sameNodes(a.Content[i], b.Content[i], at+"/"+a.Content[i].Value); d != "" {
			return d
		}
	}
	return ""
}

// sameTree says where two typed trees differ; nodes and places do not count.
func sameTree(a, b reflect.Value, at string) string {
	switch a.Interface().(type) {
	case *yaml.Node, diag.Position, *architect.ActionKind:
		return ""
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return at + ": one is nil"
			}
			return ""
		}
		return sameTree(a.Elem(), b.Elem(), at)
	case reflect.Struct:
		for i := range a.NumField() {
			if d := sameTree(a.Field(i), b.Field(i), at+"."+a.Type().Field(i).Name); d != "" {
				return d
			}
		}
		return ""
	case reflect.Slice:
		if a.Len() != b.Len() {
			return at + ": lengths differ"
		}
		for i := range a.Len() {
			if d := sameTree(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", at, i)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Map:
		if a.Len() != b.Len() {
			return at + ": lengths differ"
		}
		for _, k := range a.MapKeys() {
			if !b.MapIndex(k).IsValid() {
				return fmt.Sprintf("%s: no %v", at, k)
			}
			if d := sameTree(a.MapIndex(k), b.MapIndex(k), fmt.Sprintf("%s[%v]", at, k)); d != "" {
				return d
			}
		}
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%s: %v and %v", at, a, b)
	}
	return ""
}

// roundTrip checks the law of the parser: what it reads, Print writes so that it is read
// as the same tree, with the same findings but for their places.
func roundTrip(t testing.TB, name string, data []byte) *architect.File {
	t.Helper()
	f, findings := architect.Parse(name, data)
	if f.Root == nil {
		if findings.Err() == nil {
			t.Fatalf("%s: neither a tree nor an error", name)
		}
		return f
	}
	out, err := architect.Print(f)
	if err != nil {
		if findings.Err() == nil {
			t.Fatalf("%s: no error is found, and it cannot be printed: %v", name, err)
		}
		return f
	}
	g, again := architect.Parse(name, out)
	if g.Root == nil {
		t.Fatalf("%s: printed text is not read: %v\n%s", name, again, out)
	}
	if d := sameNodes(f.Root, g.Root, ""); d != "" {
		t.Fatalf("%s: other nodes after printing: %s\n%s", name, d, out)
	}
	if d := sameTree(reflect.ValueOf(f.Flow), reflect.ValueOf(g.Flow), "flow"); d != "" {
		t.Fatalf("%s: other tree after printing: %s", name, d)
	}
	return f
}

func TestCorpusFlowsAreReadWithoutLoss(t *testing.T) {
	same := 0
	files := corpus.Files(t, "flows")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := roundTrip(t, filepath.Base(path), data)
		if f.Flow == nil {
			t.Errorf("%s: no flow", path)
			continue
		}
		out, _ := architect.Print(f)
		if string(out) == string(data) {
			same++
		}
		g, _ := architect.Parse(path, out)
		if twice, _ := architect.Print(g); !bytes.Equal(out, twice) {
			t.Errorf("%s: printing is not stable", path)
		}
		actions, lists := 0, 0
		architect.Walk(f.Flow, func(*architect.Action) { actions++ })
		countActions(f.Root, &lists)
		if actions != lists {
			t.Errorf("%s: %d actions in the tree, %d in the text", path, actions, lists)
		}
		_, fs := architect.Parse(filepath.Base(path), data)
		for _, x := range fs {
			if x.Code != architect.CodePlaceholder && x.Code != architect.CodeBareYesNo {
				t.Logf("%v", x)
			}
		}
	}
	t.Logf("%d of %d are printed byte for byte", same, len(files))
}

// countActions counts items of actions lists in the raw nodes.
func countActions(n *yaml.Node, count *int) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if (k.Value == "actions" || k.Value == "startUpTaskActions") && v.Kind == yaml.SequenceNode {
				*count += len(v.Content)
			}
		}
	}
	for _, c := range n.Content {
		countActions(c, count)
	}
}

func TestPlaceholdersAreNamed(t *testing.T) {
	text := "inboundCall:\n  name: {{flow_name}}\n  division: ${var.division}\n  description: \"{{ d }}\" # {{c}}\n  startUpRef: ./tasks/task[<entryTask>]\n"
	f, fs := architect.Parse("f.yaml", []byte(text))
	var got []string
	for _, p := range f.Placeholders {
		got = append(got, p.Text+" "+p.Tool+" "+p.Pos.String())
	}
	want := "{{flow_name}} Archy f.yaml:2:9\n${var.division} Terraform f.yaml:3:13\n{{c}} Archy f.yaml:4:16\n{{ d }} Archy f.yaml:4:16"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s\n%v", s, want, fs)
	}
	if f.Flow == nil || f.Flow.Name != "{{flow_name}}" || f.Flow.Division != "${var.division}" {
		t.Errorf("flow %+v", f.Flow)
	}
	if out, _ := architect.Print(f); string(out) != text {
		t.Errorf("printed\n%s", out)
	}
}
