package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// This is the law of the table: every operator and function stands in it once per overload,
// and the checker, the evaluator and GRAMMAR.md know no other. A row's signature reads
//
//	Left(srcString str, length int 0..) str
//
// name(parameter type restriction…, …) result. A type ends with [] for a collection, with ?
// where NOT_SET is allowed, with ... when the last parameter may repeat. Restrictions hold
// for literals when the expression is checked and for numbers again when it runs: 0..28 are
// the bounds, nonzero, literal (nothing else is allowed), iso4217, languages and dialing
// (a literal must be in that list).
//
// Genesys' engine takes the first overload whose parameters fit; overloads with an any
// parameter come last.

// An impl computes an overload from its arguments. Arguments that forbid NOT_SET are set
// and numbers are within bounds. It must not keep or write args.
type impl func(m *machine, args []Value) (Value, *EvalError)

// A rule is what an overload asks of its arguments' types beyond each fitting its
// parameter, and how the result's type follows from them.
type rule uint8

const (
	ruleNone     rule = iota // a bare NOT_SET takes the parameter's type
	ruleSame                 // all of one type, at least one not a bare NOT_SET
	ruleSameText             // the same, and bare NOT_SETs alone are strings
	ruleList                 // as ruleSame; the result is a collection of it
	ruleNotSet               // the argument is a bare NOT_SET and takes the result's type
	ruleIf                   // the second and third are of one type, which is the result's
	ruleEqual                // both of one type
	ruleFind                 // the second has exactly the item type of the first
	ruleItem                 // the result is an item of the first
	ruleEmpty                // the result is a collection of the argument's type
	ruleContext              // no two language contexts of one group
	ruleLast                 // nothing may stand round the call
	ruleFirst                // the result has the type of the first
)

// A row is an overload as the table writes it. Without an impl it is known and checked, and
// an expression that calls it is refused when it is compiled: what it does is undocumented.
type row struct {
	sig  string
	do   impl
	rule rule
}

// A param is a parameter of an overload.
type param struct {
	name     string
	typ      Type
	notSet   bool // NOT_SET is allowed
	repeat   bool
	min, max int64
	bounded  bool
	nonzero  bool
	literal  bool
	list     string // iso4217, languages, dialing
}

// An overload is one way to call a function.
type overload struct {
	name   string
	params []param
	result Type
	rule   rule
	do     impl
	since  bool // newer than the engine of 2018, known from later documentation only
	strict bool // some parameter is bounded or nonzero: checked again when it runs
}

// A function is a name with its overloads; operators are functions named by their sign.
type function struct {
	name      string
	section   string
	operator  bool
	overloads []*overload
}

// typeCodes are the names of types in signatures.
var typeCodes = map[string]Type{
	"any": Any, "nts": NotSetType, "bln": Boolean, "int": Integer, "dec": Decimal, "str": String, "dtm": DateTime,
	"dur": Duration, "cur": Currency, "phn": PhoneNumber, "jsn": JSON, "que": Queue, "usr": User, "skl": Skill,
	"lac": LanguageSkill, "grp": Group, "wrc": WrapupCode, "sch": Schedule, "scg": ScheduleGroup, "emg": EmergencyGroup,
	"asp": AgentScorePair, "pmt": Prompt, "aud": Audio, "com": Communication, "eml": EmailAddress, "dat": Date, "tim": Time, "apa": audioOrPrompt, "toc": textOrCommunication,
	"bof": BoolFormat, "cuf": CurrencyFormat, "daf": DateFormat, "nuf": NumberFormat, "phf": PhoneFormat,
	"stf": StringFormat, "tif": TimeFormat, "tpf": TimePart, "lne": LanguageNumber,
}

// sections are the parts of the table in the order of GRAMMAR.md.
func sections() []struct {
	title string
	rows  []row
	since bool
} {
	return []struct {
		title string
		rows  []row
		since bool
	}{
		{"Operators", operatorRows, false}, {"Text", textRows, false}, {"Logic and tests", logicRows, false},
		{"Numbers", numberRows, false}, {"Collections", listRows, false}, {"Date and time", timeRows, false},
		{"Conversion", convertRows, false}, {"Currency", currencyRows, false}, {"Objects of the organisation", orgRows, false},
		{"Audio", audioRows, false}, {"JSON", jsonRows, true}, {"Later additions", laterRows, true},
	}
}

// A table is what the rows say: functions by lower-case name, in the order of GRAMMAR.md,
// and the names of those that are no operators, for suggestions.
type table struct {
	byName map[string]*function
	order  []*function
	names  []string
}

var functions = sync.OnceValue(func() *table {
	t := &table{byName: map[string]*function{}}
	for _, s := range sections() {
		for _, r := range s.rows {
			o := parseSignature(r.sig)
			o.do, o.rule, o.since = r.do, r.rule, s.since
			key := strings.ToLower(o.name)
			f := t.byName[key]
			if f == nil {
				f = &function{name: o.name, section: s.title, operator: s.title == "Operators"}
				t.byName[key] = f
				t.order = append(t.order, f)
				if !f.operator {
					t.names = append(t.names, o.name)
				}
			}
			f.overloads = append(f.overloads, o)
		}
	}
	return t
})

// parseSignature reads a row's signature. It panics on one that is wrong, which the first
// test to run would show: signatures are written in this package only.
func parseSignature(sig string) *overload {
	open, end := strings.IndexByte(sig, '('), strings.LastIndexByte(sig, ')')
	if open < 0 || end < open {
		panic("signature " + sig)
	}
	o := &overload{name: sig[:open]}
	result := strings.TrimSpace(sig[end+1:])
	o.result, _, _ = parseTypeCode(sig, result)
	for _, p := range strings.Split(sig[open+1:end], ", ") {
		if p == "" {
			continue
		}
		o.params = append(o.params, parseParam(sig, p))
	}
	for _, p := range o.params {
		o.strict = o.strict || p.bounded || p.nonzero
	}
	return o
}

func parseTypeCode(sig, code string) (t Type, notSet, repeat bool) {
	code, repeat = strings.CutSuffix(code, "...")
	code, notSet = strings.CutSuffix(code, "?")
	code, list := strings.CutSuffix(code, "[]")
	t, ok := typeCodes[code]
	if !ok {
		panic(fmt.Sprintf("signature %s: type %q", sig, code))
	}
	if list {
		t = t.List()
	}
	return t, notSet, repeat
}

func parseParam(sig, text string) param {
	f := strings.Fields(text)
	p := param{name: f[0]}
	p.typ, p.notSet, p.repeat = parseTypeCode(sig, f[1])
	for _, r := range f[2:] {
		switch r {
		case "nonzero":
			p.nonzero = true
		case "literal":
			p.literal = true
		case "iso4217", "languages", "dialing":
			p.list = r
		default:
			low, high, ok := strings.Cut(r, "..")
			if !ok {
				panic(fmt.Sprintf("signature %s: %q", sig, r))
			}
			p.bounded, p.min, p.max = true, bound(sig, low, math.MinInt64), bound(sig, high, math.MaxInt64)
		}
	}
	return p
}

func bound(sig, text string, none int64) int64 {
	if text == "" {
		return none
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic("signature " + sig)
	}
	return n
}

// param is the parameter an argument stands for.
func (o *overload) param(i int) *param { return &o.params[min(i, len(o.params)-1)] }

// failf is the failure of an impl; the caller adds place and name.
func failf(format string, args ...any) *EvalError {
	return &EvalError{Message: fmt.Sprintf(format, args...)}
}

// outOfRange is the failure of arithmetic that leaves a type's range.
func outOfRange(t Type) *EvalError { return failf("the result is out of the range of %s", t) }
