package expr_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/internal/corpus"
)

// madeUp is an organisation that has every object it is asked for.
func madeUp(kind expr.Type, name string) (expr.Value, bool) {
	return expr.OfObject(kind, kind.String()+":"+strings.ToLower(name), name, expr.Named{Name: "username", Value: expr.OfString(name)}), true
}

// disagreements are published examples that we do not answer, with the reason.
var disagreements = map[string]string{
	`DetectLanguage("Esta es una prueba que debe verificar nuestra capacidad de encontrar un lenguaje en una cadena de texto nativo.", "en")`:    undetected,
	`DetectLanguage("Dies ist ein Test, dass unsere Fähigkeit überprüfen, sollte die Sprache in einer Reihe von nativen Text zu finden.", "en")`: undetected,
	`DetectLanguage(ToString(NOT_SET), "en")`: undetected,
}

const undetected = "how Genesys tells a language is not published, and a guess is worse than a refusal"

func sameResult(got, want string) bool {
	if got == want {
		return true
	}
	a, err1 := strconv.ParseFloat(got, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	return err1 == nil && err2 == nil && a == b
}

func TestPublishedExamples(t *testing.T) {
	lines := corpus.Lines(t, "expressions.jsonl")
	env := &expr.Static{At: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), Lang: "en-us", Objects: madeUp}
	scope := expr.NewTable(expr.CallVariables()...)
	used := 0
	for _, line := range lines {
		var e struct{ Expression, Result string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		got := ""
		p, err := expr.Compile(e.Expression, scope, nil)
		if err == nil {
			var v expr.Value
			if v, err = p.Eval(env); err == nil {
				got = v.String()
			}
		}
		if _, listed := disagreements[e.Expression]; listed {
			used++
			if sameResult(got, e.Result) {
				t.Errorf("%s: agrees and is listed as a disagreement", e.Expression)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v, want %s", e.Expression, err, e.Result)
		} else if !sameResult(got, e.Result) {
			t.Errorf("%s = %s, want %s", e.Expression, got, e.Result)
		}
	}
	if used > len(lines)*3/100 {
		t.Errorf("%d of %d examples are listed as wrong", used, len(lines))
	}
}

// engineDiffers are questions on which we differ from Genesys' engine of 2018, with the
// reason.
var engineDiffers = map[string]string{}

type typeQuestion struct {
	Group      string            `json:"group"`
	Expression string            `json:"expression"`
	Variables  map[string]string `json:"variables"`
	Target     string            `json:"target,omitempty"`
	OK         bool              `json:"ok"`
	Type       string            `json:"type"`
	Error      string            `json:"error"`
	Conversion string            `json:"conversion"`
}

func (q typeQuestion) check(t testing.TB) (expr.Typed, error) {
	scope := expr.NewTable(expr.CallVariables()...)
	for name, typ := range q.Variables {
		v, ok := expr.ParseType(typ)
		if !ok {
			t.Fatalf("type %q", typ)
		}
		scope.Declare(name, v)
	}
	var target *expr.Type
	if q.Target != "" {
		v, ok := expr.ParseType(q.Target)
		if !ok {
			t.Fatalf("type %q", q.Target)
		}
		target = &v
	}
	return expr.CheckText(q.Expression, scope, target)
}

func TestPublishedTypes(t *testing.T) {
	for _, line := range corpus.Lines(t, "typecheck.jsonl") {
		var q typeQuestion
		if err := json.Unmarshal(line, &q); err != nil {
			t.Fatal(err)
		}
		got, err := q.check(t)
		if why, listed := engineDiffers[q.Expression]; listed {
			if (err == nil) == q.OK {
				t.Errorf("%s: agrees and is listed (%s)", q.Expression, why)
			}
			continue
		}
		switch {
		case q.OK && err != nil:
			t.Errorf("%s: %s %v %s: %v, want %s", q.Group, q.Expression, q.Variables, q.Target, err, q.Type)
		case !q.OK && err == nil:
			t.Errorf("%s: %s %v %s: got %s, want %s", q.Group, q.Expression, q.Variables, q.Target, got.Type, q.Error)
		case q.OK && got.Type.String() != q.Type:
			t.Errorf("%s: %s %v %s: got %s, want %s", q.Group, q.Expression, q.Variables, q.Target, got.Type, q.Type)
		case q.OK && got.Conversion != "" != (q.Conversion != "") || q.Conversion != "" && !strings.HasPrefix(q.Conversion, got.Conversion+"("):
			t.Errorf("%s: %s %s: conversion %q, want %q", q.Group, q.Expression, q.Target, got.Conversion, q.Conversion)
		}
	}
}

// TestPublishedOverloads finds every published overload in the table. Left out are property
// and item access, which the tree has nodes for.
func TestPublishedOverloads(t *testing.T) {
	have := expr.Signatures()
	for _, line := range corpus.Lines(t, "functions.jsonl") {
		var f struct {
			Name, Returns string
			Params        []struct {
				Type                    string
				AllowNotSet, Repeatable bool
				Min, Max                *string
			}
		}
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		if f.Name == "." || f.Name == "[" {
			continue
		}
		var ps []string
		for _, p := range f.Params {
			s := p.Type
			if p.AllowNotSet {
				s += "?"
			}
			if p.Repeatable {
				s += "..."
			}
			if p.Min != nil || p.Max != nil {
				s += " "
				if p.Min != nil {
					s += *p.Min
				}
				s += ".."
				if p.Max != nil {
					s += *p.Max
				}
			}
			ps = append(ps, s)
		}
		sig := f.Name + "(" + strings.Join(ps, ", ") + ")->" + f.Returns
		if sig == "IsNotSetOrEmpty(any[])->bln" { // docs/decisions/strict-reading-of-expressions.md
			sig = "IsNotSetOrEmpty(any[]?)->bln"
		}
		if !have[sig] {
			t.Errorf("%s is not in the table", sig)
		}
	}
}
