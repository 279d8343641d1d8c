package expr

import (
	"strings"
	"time"
)

// A Symbol is a variable as a Scope declares it.
type Symbol struct {
	Name     string // as declared, such as Flow.Tries
	Type     Type
	Slot     int  // what Env.Var is asked for
	ReadOnly bool // built in and not to be written by a flow
}

// A Scope knows the variables an expression may name. Letter case does not count.
type Scope interface {
	Lookup(name string) (Symbol, bool)
	Names() []string // all names, for suggestions
}

// An Env holds what an expression needs while it runs. An Env may also have the methods
// Random() float64 (0 ≤ x < 1) and Languages() []string (those the flow supports, the
// default first); without them Random gives 0.5 and the only language is Language.
type Env interface {
	// Var is the value in a slot of the Scope; its type is that of the symbol.
	Var(slot int) Value
	// Now is the time GetCurrentDateTimeUtc answers with.
	Now() time.Time
	// Find looks up an object of the organisation by name; queues and skills by id too.
	Find(kind Type, name string) (Value, bool)
	// Language is the flow's default language, such as en-us.
	Language() string
}

// A Table is a Scope that is filled by declaring; slots count from 0.
type Table struct {
	byName  map[string]int
	symbols []Symbol
}

// NewTable gives a Scope with the symbols declared in order, so that their slots are their
// places. CallVariables are the usual beginning.
func NewTable(symbols ...Symbol) *Table {
	t := &Table{byName: map[string]int{}}
	for _, s := range symbols {
		i := t.Declare(s.Name, s.Type)
		t.symbols[i].ReadOnly = s.ReadOnly
	}
	return t
}

// Declare adds a variable and gives its slot. A name that exists keeps its slot and takes
// the new type.
func (t *Table) Declare(name string, typ Type) int {
	key := strings.ToLower(name)
	if i, ok := t.byName[key]; ok {
		t.symbols[i].Type = typ
		return i
	}
	i := len(t.symbols)
	t.byName[key] = i
	t.symbols = append(t.symbols, Symbol{Name: name, Type: typ, Slot: i})
	return i
}

// Lookup finds a variable.
func (t *Table) Lookup(name string) (Symbol, bool) {
	i, ok := t.byName[strings.ToLower(name)]
	if !ok {
		return Symbol{}, false
	}
	return t.symbols[i], true
}

// Names lists the variables in the order they were declared.
func (t *Table) Names() []string {
	out := make([]string, len(t.symbols))
	for i, s := range t.symbols {
		out[i] = s.Name
	}
	return out
}

// Blank gives a value for every slot: NOT_SET of its type.
func (t *Table) Blank() []Value {
	out := make([]Value, len(t.symbols))
	for i, s := range t.symbols {
		out[i] = NotSet(s.Type)
	}
	return out
}

// Static is an Env of plain values. Its zero value has no variable and no object.
type Static struct {
	Values  []Value
	At      time.Time
	Lang    string
	Objects func(kind Type, name string) (Value, bool)
}

// Var is the value in the slot; a slot that is not there holds NOT_SET.
func (s *Static) Var(slot int) Value {
	if slot < len(s.Values) {
		return s.Values[slot]
	}
	return Value{}
}

// Now is At.
func (s *Static) Now() time.Time { return s.At }

// Language is Lang.
func (s *Static) Language() string { return s.Lang }

// Find asks Objects.
func (s *Static) Find(kind Type, name string) (Value, bool) {
	if s.Objects == nil {
		return Value{}, false
	}
	return s.Objects(kind, name)
}
