package architect

import (
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/architect/expr"
)

// A Use says what stands under a key of an action.
type Use string

// The uses. Every key of the table has one; Action says where each is found.
const (
	UseValue      Use = "value"      // lit, exp, noValue, tts, prompt: Action.Values
	UseOutput     Use = "output"     // var or noValue: Action.Values, of exactly the type
	UseRef        Use = "reference"  // to a task, menu or state: Action.Ref
	UseName       Use = "name"       // {name: X}: Action.Values, Form Plain
	UsePlain      Use = "plain"      // a bare scalar: Action.Plain
	UseTarget     Use = "target"     // category, dataTable …: Action.Target, Inputs, Outputs
	UseStatements Use = "statements" // Action.Statements
	UseAttributes Use = "attributes" // Action.Attributes
	UseSwitch     Use = "switch"     // Action.Switch
	UseSkills     Use = "skills"     // Action.Skills
	UseDigits     Use = "digits"     // Action.Digits
	UseBindings   Use = "bindings"   // Action.FailureOutputs
	UseOpaque     Use = "opaque"     // kept, without a typed view
)

// A Field is one key of an action's body.
type Field struct {
	Key            string // nested keys joined by dots: destination.queue.targetQueue
	Type           string // name of the expression type; empty when the use has none or it varies
	Use            Use
	Label          string        // as Genesys' messages call it
	Missing        string        // Genesys' code when it is left out; empty when that passes
	Or             string        // a key that may stand instead
	NoValue        bool          // noValue is accepted
	Literal        bool          // expressions are refused
	Empty          bool          // the empty literal is accepted
	Min, Max       int64         // bounds of a literal integer; both 0 for none
	MinLen         int64         // least length of a text
	MinDur, MaxDur time.Duration // bounds of a literal duration; both 0 for none
	Default        bool          // there is a default, so that a value of no form passes
}

// An ActionKind is a row of the table: all there is to know of an action without running it.
type ActionKind struct {
	Key      string
	Fields   []Field
	Branches []string // in Genesys' order; a switch has its cases instead, callTask also output paths
	Hidden   bool     // has a hidden success branch that ends the flow: a transfer
	Ends     bool     // ends its task (or state, or loop round) by itself
	Calls    []string // call flow types that take it; nil when none does
	Later    bool     // Genesys gave it to call flows after 2018, so its old engine refuses it
	SDK      bool     // never seen in a published file: action and fields go by the names of the SDK's classes
	About    string
}

// Allows reports whether flows of that type take the action. Only for call flows is this
// known; of other types it is true.
func (k *ActionKind) Allows(flowType string) bool {
	if !isCall(flowType) {
		return true
	}
	for _, t := range k.Calls {
		if t == flowType {
			return true
		}
	}
	return false
}

var (
	allCalls  = []string{"inboundCall", "outboundCall", "secureCall", "inqueueCall"}
	notSecure = []string{"inboundCall", "outboundCall", "inqueueCall"}
	notQueue  = []string{"inboundCall", "outboundCall", "secureCall"}
	inOut     = []string{"inboundCall", "outboundCall"}
	secure    = []string{"secureCall"}
	inQueue   = []string{"inqueueCall"}
)

func isCall(flowType string) bool {
	for _, t := range allCalls {
		if t == flowType {
			return true
		}
	}
	return false
}

func value(key, typ, label string) Field {
	return Field{Key: key, Type: typ, Use: UseValue, Label: label, NoValue: true, Empty: true}
}

// required is a value that has to be there and takes no noValue.
func required(key, typ, label string) Field {
	return Field{Key: key, Type: typ, Use: UseValue, Label: label, Missing: CodeInvalidLiteral}
}

func output(key, typ, label string) Field {
	return Field{Key: key, Type: typ, Use: UseOutput, Label: label, NoValue: true}
}

func requiredOutput(key, typ, label string) Field {
	return Field{Key: key, Type: typ, Use: UseOutput, Label: label, Missing: CodeNoValueSet}
}

func of(use Use, key string) Field { return Field{Key: key, Use: use} }

func failureOutputs() Field { return of(UseBindings, "failureOutputs") }

// literalDuration is a duration of one second at least.
func literalDuration(key, label string, most time.Duration) Field {
	return Field{Key: key, Type: "Duration", Use: UseValue, Label: label, NoValue: true, Literal: true, MinDur: time.Second, MaxDur: most}
}

// transferFields are shared by the transfers of calls.
func transferFields(own ...Field) []Field {
	return append(own,
		value("preTransferAudio", "Audio", "Pre-Transfer Audio"),
		value("failureTransferAudio", "Audio", "Failed Transfer Audio"),
		literalDuration("connectTimeout", "Connect Timeout", 1<<62),
		failureOutputs(),
		of(UseOpaque, "preTransferCommunication"),
		of(UseOpaque, "failureTransferCommunication"),
	)
}

// findFields are shared by the look-ups by name or id.
func findFields(key, resultType string) []Field {
	return []Field{value(key, "String", "Name"), output("findResult", resultType, "Result")}
}

// Kinds are the actions that are known, by key. The rows come from published flows, the
// SDK's class list and its answers to each action in each call flow type; SDK marks
// what was never seen in a file.
func Kinds() map[string]*ActionKind { return kinds }

// KindOf gives the row of an action key, nil when it is unknown. Letter case counts.
func KindOf(key string) *ActionKind { return kinds[key] }

var kinds = func() map[string]*ActionKind {
	m := map[string]*ActionKind{}
	for i := range kindTable {
		k := &kindTable[i]
		m[k.Key] = k
	}
	return m
}()

// KindNames gives every key, for suggestions.
func KindNames() []string {
	out := make([]string, 0, len(kindTable))
	for i := range kindTable {
		out = append(out, kindTable[i].Key)
	}
	return out
}

// typeOfStem is the name of the type whose variables have keys that begin so: String for
// string, Queue[] for queueCollection. An unknown stem gives itself.
func typeOfStem(stem string) string {
	item, _ := strings.CutSuffix(strings.ToLower(stem), "collection")
	if t, ok := expr.ParseType(stem); ok && strings.EqualFold(t.Elem().String(), item) {
		return t.String()
	}
	return stem
}
