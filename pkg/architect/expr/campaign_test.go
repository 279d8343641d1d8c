package expr_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

var (
	campaign = flag.Int("campaign", 0, "ask Genesys' own type checker this many made-up questions")
	seed     = flag.Uint64("seed", 1, "what the campaign's questions are made from")
)

// TestCampaign compares static types with Genesys' engine of 2018 on questions made from
// the grammar and the function table, a part of them damaged.
func TestCampaign(t *testing.T) {
	if *campaign == 0 {
		t.Skip("a long comparison: run with -campaign 2000 and DEALROUTE_ORACLES, DEALROUTE_ORACLE_PACKAGE")
	}
	oracles, pack := os.Getenv("DEALROUTE_ORACLES"), os.Getenv("DEALROUTE_ORACLE_PACKAGE")
	if oracles == "" || pack == "" {
		t.Skip("DEALROUTE_ORACLES (the scripts) or DEALROUTE_ORACLE_PACKAGE (the folder with node_modules) is not set")
	}
	g := &generator{r: rand.New(rand.NewPCG(*seed, 18))}
	questions := make([]typeQuestion, *campaign)
	var in bytes.Buffer
	for i := range questions {
		questions[i] = g.question()
		line, err := json.Marshal(map[string]any{"expression": questions[i].Expression, "variables": questions[i].Variables, "target": questions[i].Target})
		if err != nil {
			t.Fatal(err)
		}
		line = bytes.Replace(line, []byte(`,"target":""`), nil, 1)
		line = bytes.Replace(line, []byte(`"target":"",`), nil, 1)
		in.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(oracles, "architect-types.js"))
	cmd.Dir, cmd.Stdin, cmd.Stderr = pack, &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions", len(answers), len(questions))
	}
	ok, refused, known, differ := 0, 0, 0, 0
	for i, q := range questions {
		if err := json.Unmarshal([]byte(answers[i]), &q); err != nil {
			t.Fatal(err)
		}
		got, err := q.check(t)
		same := q.OK == (err == nil) && (!q.OK || q.Type == got.Type.String())
		switch {
		case same && q.OK:
			ok++
		case same:
			refused++
		case ofItsTime(q):
			known++
		default:
			if differ++; differ <= 40 {
				t.Errorf("%s %s\n\tengine: %v %s%s\n\tours: %s %v", q.Expression, q.Target, q.OK, q.Type, q.Error, got.Type, err)
			}
		}
	}
	t.Logf("agree: %d typed, %d refused; known: %d; differ: %d", ok, refused, known, differ)
	if ok < len(questions)/10 || refused < len(questions)/20 {
		t.Error("the questions are one-sided")
	}
}

// ofItsTime reports a difference that comes of the engine's age or a fault of its.
func ofItsTime(q typeQuestion) bool {
	for _, mark := range []string{"not valid for use in a flow of type", "Unavailable", "Internal expression error", "supported IETF language tag"} {
		if strings.Contains(q.Error, mark) {
			return true
		}
	}
	// It lacks the form of AudioPlaybackOptions with three arguments.
	if strings.Contains(q.Expression, "AudioPlaybackOptions") {
		return true
	}
	// It drops a backslash outside of strings, and reads a minus at the end as one before.
	if q.OK && (strings.Contains(q.Expression, `\`) || strings.HasSuffix(strings.TrimSpace(q.Expression), "-")) {
		return true
	}
	// It gives If with a bare NOT_SET as a branch the type NOT_SET or Boolean.
	return strings.Contains(q.Expression, "NOT_SET") && (strings.Contains(q.Expression, "?") || strings.Contains(q.Expression, "If("))
}

type generator struct{ r *rand.Rand }

var generatorVariables = map[string]string{
	"Flow.I": "Integer", "Flow.D": "Decimal", "Flow.S": "String", "Flow.B": "Boolean", "Flow.T": "DateTime", "Flow.U": "Duration",
	"Flow.C": "Currency", "Flow.P": "PhoneNumber", "Flow.Q": "Queue", "Flow.Us": "User", "Flow.A": "Audio", "Flow.M": "Prompt",
	"Flow.SL": "String[]", "Flow.IL": "Integer[]", "Flow.DL": "Decimal[]", "Flow.QL": "Queue[]", "Flow.CL": "Currency[]",
	"Flow.UL": "Duration[]", "Flow.TL": "DateTime[]", "Flow.BL": "Boolean[]", "Flow.PL": "PhoneNumber[]", "Flow.L": "LanguageSkill",
}

// atoms are the simplest expressions of each type.
var atoms = map[expr.Type][]string{
	expr.Integer:      {"0", "1", "-1", "5", "007", "28", "29", "31", "2024", "-2", "Flow.I", "flow.i", "System.MaxInt", "System.DateTime.dayOfWeek.sunday", "(3)", "-(1)", "-Flow.I", "10001", "999999999999999", "1000000000000000"},
	expr.Decimal:      {"1.5", "0.0", ".5", "2.", "-3.25", "Flow.D", "1.0"},
	expr.String:       {`""`, `"a"`, `"USD"`, `"eur"`, `"xyz"`, `"en-US"`, `"49"`, "Flow.S", "Call.Ani", "call.ANI", "Flow.Q.name", "Flow.Us.username", `"a\"b\\"`, "System.Currencies.EUR.code", "Flow.P.e164", `Flow.C["code"]`},
	expr.Boolean:      {"true", "false", "Flow.B", "Flow.P.isTel", "Flow.IsTest", "(true)"},
	expr.DateTime:     {"Flow.T", "GetCurrentDateTimeUtc()", "System.MaxDateTime", "Flow.StartDateTimeUtc", "MakeDateTime(2024, 1, 1)"},
	expr.Duration:     {"Flow.U", "MakeDuration(0, 1, 0, 0)", "System.MinDuration", `ToDuration("PT1M")`},
	expr.Currency:     {"Flow.C", `MakeCurrency(5, "USD")`, "ToCurrency(5)"},
	expr.PhoneNumber:  {"Flow.P", `ToPhoneNumber("+43")`},
	expr.Queue:        {"Flow.Q", "Flow.QL[0]"},
	expr.User:         {"Flow.Us"},
	expr.Audio:        {"Flow.A", `ToAudioTTS("a")`},
	expr.Prompt:       {"Flow.M"},
	expr.NotSetType:   {"NOT_SET"},
	expr.NumberFormat: {"Format.Number.playDigits"}, expr.BoolFormat: {"Format.Bool.playYesNo"}, expr.DateFormat: {"Format.Date.longYear", "format.date.DAYONLY"},
	expr.CurrencyFormat: {"Format.Currency.playDigits"}, expr.PhoneFormat: {"Format.PhoneNumber.local"}, expr.StringFormat: {"Format.String.playChars"},
	expr.TimeFormat: {"Format.Time.twelveHours"}, expr.TimePart: {"Format.TimePart.days"}, expr.LanguageNumber: {"Language.Case.dative", "Language.Gender.neuter", "Language.Case.genitive"},
	expr.String.List(): {"Flow.SL", `MakeList("a", "b")`, `Split(Flow.S, ",")`}, expr.Integer.List(): {"Flow.IL", "MakeList(1, 2)", "Find(Flow.SL, \"a\")"},
	expr.Decimal.List(): {"Flow.DL", "MakeList(1.5)"}, expr.Queue.List(): {"Flow.QL"}, expr.Currency.List(): {"Flow.CL"}, expr.Duration.List(): {"Flow.UL"},
	expr.DateTime.List(): {"Flow.TL"}, expr.Boolean.List(): {"Flow.BL", "MakeList(true, NOT_SET)"}, expr.LanguageSkill: {"Flow.L"},
}

var plain = []expr.Type{
	expr.Integer, expr.Integer, expr.Decimal, expr.String, expr.String, expr.Boolean, expr.DateTime, expr.Duration, expr.Currency, expr.PhoneNumber,
	expr.Queue, expr.User, expr.Audio, expr.Prompt, expr.NotSetType, expr.String.List(), expr.Integer.List(), expr.Decimal.List(),
	expr.Queue.List(), expr.Currency.List(), expr.Duration.List(), expr.Boolean.List(), expr.DateTime.List(), expr.LanguageSkill,
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (g *generator) question() typeQuestion {
	q := typeQuestion{Variables: generatorVariables, Expression: g.expression(1 + g.r.IntN(4))}
	if g.r.IntN(8) == 0 {
		q.Target = pick(g.r, plain).String()
		if q.Target == "NotSet" {
			q.Target = "String"
		}
	}
	if g.r.IntN(8) == 0 {
		q.Expression = g.damage(q.Expression)
	}
	return q
}

// damage takes a piece of the text away, doubles it or puts another in.
func (g *generator) damage(s string) string {
	runes := []rune(s)
	at := g.r.IntN(len(runes) + 1)
	switch g.r.IntN(3) {
	case 0:
		if at < len(runes) {
			return string(runes[:at]) + string(runes[at+1:])
		}
	case 1:
		return string(runes[:at]) + pick(g.r, []string{"(", ")", "\"", ".", ",", " ", "-", "!", "x", "[", "]", "0", "~", "and ", "?", ":", "=", "\\", "\t", "é"}) + string(runes[at:])
	}
	end := at + g.r.IntN(len(runes)-at+1)
	return string(runes[:end]) + string(runes[at:])
}

var operatorSigns = []string{"+", "-", "*", "/", "%", "^", "&", "|", "==", "!=", "<", "<=", ">", ">=", "and", "or", "OR"}

func (g *generator) expression(depth int) string {
	switch n := g.r.IntN(20); {
	case depth <= 0 || n == 0:
		return g.atom(pick(g.r, plain))
	case n < 6:
		op := pick(g.r, operatorSigns)
		x, y := g.operand(op), g.operand(op)
		if g.r.IntN(3) == 0 {
			x = g.expression(depth - 1)
		}
		if g.r.IntN(3) == 0 {
			y = "(" + g.expression(depth-1) + ")"
		}
		return x + " " + op + " " + y
	case n == 6:
		return pick(g.r, []string{"!", "~", "-", "! ", "- "}) + g.expression(depth-1)
	case n == 7:
		t := pick(g.r, plain)
		return fmt.Sprintf("%s ? %s : %s", g.atom(expr.Boolean), g.of(t, depth-1), g.of(t, depth-1))
	case n == 8:
		return g.atom(pick(g.r, []expr.Type{expr.String.List(), expr.Integer.List(), expr.Queue.List(), expr.String})) + "[" + g.of(expr.Integer, depth-1) + "]"
	case n == 9:
		return g.call(depth) + pick(g.r, []string{".name", ".id", ".e164", ".amount", "[\"code\"]", "[0]", ".x", ` ."uri"`})
	}
	return g.call(depth)
}

func (g *generator) operand(op string) string {
	t := pick(g.r, plain)
	switch {
	case g.r.IntN(4) == 0:
	case strings.EqualFold(op, "and") || strings.EqualFold(op, "or"):
		t = expr.Boolean
	case op == "&" || op == "|":
		t = expr.Integer
	default:
		t = pick(g.r, []expr.Type{expr.Integer, expr.Decimal, expr.Currency, expr.Duration, expr.String, expr.DateTime})
	}
	return g.atom(t)
}

func (g *generator) call(depth int) string {
	o := pick(g.r, expr.Overloads())
	params := o.Params
	if o.Repeat {
		for range g.r.IntN(3) {
			params = append(params[:len(params):len(params)], params[len(params)-1])
		}
	}
	same := pick(g.r, plain)
	args := make([]string, 0, len(params))
	for _, t := range params {
		switch {
		case t.Elem() == expr.Any && g.r.IntN(6) > 0:
			if t.IsList() {
				same = same.List()
			}
			t = same
		case t.Elem() == expr.Any:
			t = pick(g.r, plain)
		case t == expr.AudioOrPrompt:
			t = pick(g.r, []expr.Type{expr.Audio, expr.Prompt})
		}
		args = append(args, g.of(t, depth-1))
	}
	if g.r.IntN(12) == 0 && len(args) > 0 {
		args = args[1:]
	}
	if g.r.IntN(16) == 0 {
		args = append(args, g.atom(pick(g.r, plain)))
	}
	return o.Name + "(" + strings.Join(args, pick(g.r, []string{", ", ",", " , "})) + ")"
}

// of gives an expression that is mostly of the type.
func (g *generator) of(t expr.Type, depth int) string {
	switch g.r.IntN(14) {
	case 0:
		return g.expression(depth)
	case 1:
		return g.atom(pick(g.r, plain))
	case 2:
		return "NOT_SET"
	}
	return g.atom(t)
}

func (g *generator) atom(t expr.Type) string {
	if a := atoms[t]; len(a) > 0 {
		return pick(g.r, a)
	}
	return "NOT_SET"
}
