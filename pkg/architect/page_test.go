package architect_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
)

//go:generate go test -run TestActionsPage -update .

var update = flag.Bool("update", false, "write ACTIONS.md instead of comparing it")

func TestActionsPage(t *testing.T) {
	want := actions()
	if *update {
		if err := os.WriteFile("ACTIONS.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile("ACTIONS.md")
	if err != nil || string(have) != want {
		t.Errorf("ACTIONS.md is not what the table says (%v); run go generate ./pkg/architect", err)
	}
}

// TestTable holds what the table promises: keys once, types that exist, and every name of
// a type in the reader known to the expression language.
func TestTable(t *testing.T) {
	if len(architect.Kinds()) < 80 {
		t.Errorf("%d actions: two rows have one key", len(architect.Kinds()))
	}
	for key, k := range architect.Kinds() {
		fields := map[string]bool{}
		for _, f := range k.Fields {
			if fields[f.Key] {
				t.Errorf("%s has %s twice", key, f.Key)
			}
			fields[f.Key] = true
			if _, ok := expr.ParseType(f.Type); f.Type != "" && !ok {
				t.Errorf("%s.%s: no type %q", key, f.Key, f.Type)
			}
			if f.Use == architect.UseOutput && f.Literal {
				t.Errorf("%s.%s: an output cannot be a literal", key, f.Key)
			}
		}
	}
}

// actions is the page of actions, made from the table.
func actions() string {
	var b strings.Builder
	b.WriteString(`# Actions of Architect flows

Generated from the table in table.go by ` + "`go generate`" + `; do not edit.

The reader, the checker and the interpreter use this table. Call flows: which of
inboundCall (in), outboundCall (out), secureCall (sec) and inqueueCall (que) take the
action; – means none of them. "later" came to call flows after Genesys' validation of
2018; "SDK" marks what was never seen in a published file: action and fields have the names of
the SDK's classes there, and what is left out of such an action, or stands in it under a
key that is not listed, is no error.
Ends: the action ends its task by itself. Transfers have a hidden branch for success that
ends the call. Every action counts one against the budget of 10,000; entering a task is
free.

A field is written key: type. ¹ has to be there; ² takes no expression; → is a variable
that the result goes to, of exactly the type.

| Action | What it does | Call flows | Fields | Branches |
|---|---|---|---|---|
`)
	for _, key := range architect.KindNames() {
		k := architect.KindOf(key)
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", "`"+k.Key+"`", about(k), flows(k), fields(k), ways(k))
	}
	return b.String()
}

func about(k *architect.ActionKind) string {
	notes := []string{k.About}
	if k.Ends {
		notes = append(notes, "ends")
	}
	if k.Later {
		notes = append(notes, "later")
	}
	if k.SDK {
		notes = append(notes, "SDK")
	}
	return strings.Join(notes, "; ")
}

func flows(k *architect.ActionKind) string {
	short := map[string]string{"inboundCall": "in", "outboundCall": "out", "secureCall": "sec", "inqueueCall": "que"}
	var out []string
	for _, t := range k.Calls {
		out = append(out, short[t])
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, " ")
}

func fields(k *architect.ActionKind) string {
	var out []string
	for i := range k.Fields {
		f := &k.Fields[i]
		s := "`" + f.Key + "`"
		switch {
		case f.Use == architect.UseOutput:
			s += ": → " + f.Type
		case f.Type != "":
			s += ": " + f.Type
		default:
			s += ": " + string(f.Use)
		}
		if f.Min != 0 || f.Max != 0 {
			s += fmt.Sprintf(" %d–%d", f.Min, f.Max)
		}
		if f.Missing != "" {
			s += "¹"
		}
		if f.Literal {
			s += "²"
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

func ways(k *architect.ActionKind) string {
	out := append([]string{}, k.Branches...)
	switch {
	case k.Hidden:
		out = append(out, "(success)")
	case k.Key == "switch":
		out = append(out, "cases", "default")
	case k.Key == "callTask" || k.Key == "callCommonModule":
		out = append(out, "paths of the callee")
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}
