package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/routing"
	"github.com/dealroute/dealroute/pkg/simulate"
)

func main() {
	of := flag.String("of", "deployment", "whose schema: deployment, org or crm (org.yaml and crm.yaml, in pkg/simulate), or world (in pkg/architect/world)")
	out := flag.String("out", "schema.json", "file to write")
	flag.Parse()
	data, err := schema(*of)
	if err == nil {
		err = os.WriteFile(*out, data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemagen:", err)
		os.Exit(1)
	}
}

// A subject is a file format and the Go type that its schema is made from.
type subject struct {
	pkg, id, title, description string
	root                        any

	made func() (*jsonschema.Schema, error) // instead of by the comments of root
}

var subjects = map[string]subject{
	"deployment": {
		"deployment", "v1", "dealroute.yaml",
		"One deployment of dealroute: how Genesys Cloud CX routes a call by what HubSpot knows about the caller.", &deployment.Deployment{}, nil,
	},
	"org": {
		"simulate", "org/v1", "org.yaml",
		"What a Genesys Cloud org has before a deployment comes: fixtures for simulated calls and the sandbox.", &simulate.OrgFile{}, nil,
	},
	"crm": {
		"simulate", "crm/v1", "crm.yaml",
		"A HubSpot account, and how the org differs from one that is whole: fixtures for simulated calls and the sandbox.", nil, crm,
	},
	"world": {
		"architect/world", "world/v1", "world file",
		"How everything outside of a flow answers, for dealroute flow run and dealroute simulate --world.", nil, world,
	},
}

func schema(of string) ([]byte, error) {
	x, ok := subjects[of]
	if !ok {
		return nil, fmt.Errorf("there is no schema of %q", of)
	}
	s, err := x.schema(of)
	if err != nil {
		return nil, err
	}
	s.ID = jsonschema.ID("https://github.com/dealroute/dealroute/schema/" + x.id)
	s.Title = x.title
	s.Description = x.description
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, data, "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

func (x subject) schema(of string) (*jsonschema.Schema, error) {
	if x.made != nil {
		return x.made()
	}
	r := &jsonschema.Reflector{
		ExpandedStruct: true,
		FieldNameTag:   "yaml",
		Mapper:         special,
	}
	if err := r.AddGoComments("github.com/dealroute/dealroute/pkg/"+x.pkg, "."); err != nil {
		return nil, err
	}
	if len(r.CommentMap) == 0 {
		return nil, fmt.Errorf("no comments found; run by go generate in pkg/%s", x.pkg)
	}
	s := r.Reflect(x.root)
	if of == "deployment" {
		narrow(s)
	}
	plain(s)
	return s, nil
}

// duration is what time.ParseDuration reads, without signs.
const duration = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`

// special are the types that have more than one form in the file, or another form than in Go.
func special(t reflect.Type) *jsonschema.Schema {
	text := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", MinLength: ptr(uint64(1))} }
	id := func() *jsonschema.Schema {
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), {Type: "number"}}}
	}
	list := func(of *jsonschema.Schema, least uint64) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "array", Items: of, MinItems: &least, UniqueItems: true}
	}
	switch t {
	case reflect.TypeFor[time.Duration]():
		return &jsonschema.Schema{Type: "string", Pattern: duration, Examples: []any{"3s", "5m"}}
	case reflect.TypeFor[routing.Decimal]():
		return &jsonschema.Schema{Type: "number"}
	case reflect.TypeFor[routing.Outcome]():
		return outcome()
	case reflect.TypeFor[deployment.IDs]():
		return list(id(), 0)
	case reflect.TypeFor[deployment.Numbers]():
		return list(&jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Pattern: `^\+[1-9][0-9]{6,14}$`}, {Type: "integer"}}}, 0)
	case reflect.TypeFor[deployment.OneOrMore]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), {Type: "number"}, list(id(), 1)}}
	case reflect.TypeFor[deployment.Outcomes]():
		return &jsonschema.Schema{OneOf: wordOrMore(texts(routing.Outcomes()))}
	case reflect.TypeFor[deployment.Greeting]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), object([]string{"prompt"}, "prompt", says("A user prompt of the org, by name.", text()))}}
	case reflect.TypeFor[deployment.ScreenPop]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Enum: []any{deployment.PopManaged, deployment.PopNone}},
			object([]string{"script"}, "script", says("A script of the org, by name.", text())),
		}}
	case reflect.TypeFor[deployment.Ending]():
		one := object(nil, "queue", says("A queue that takes the call, without skills and with priority 0.", text()), "flow", says("An inbound call flow of the org that takes the call over.", text()))
		one.MinProperties, one.MaxProperties = ptr(uint64(1)), ptr(uint64(1))
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Const: deployment.Disconnect}, one}}
	case reflect.TypeFor[deployment.Breaker]():
		wait := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: duration} }
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Const: "none"},
			object(nil,
				"afterTimeout", says("For how long no call asks HubSpot after it did not answer in time. Default: 15s.", wait()),
				"afterFailure", says("For how long no call asks HubSpot after it refused or failed. Default: 2s.", wait())),
		}}
	case reflect.TypeFor[deployment.FactTest]():
		value := func() *jsonschema.Schema {
			return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), {Type: "number"}, {Type: "boolean"}}}
		}
		values := func() *jsonschema.Schema {
			return &jsonschema.Schema{OneOf: []*jsonschema.Schema{text(), {Type: "number"}, {Type: "boolean"}, list(value(), 1)}}
		}
		days := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: `^-?[0-9]{1,5}d$`} }
		test := object(nil,
			"any", says("The value is one of these; of a multi-select value any part will do.", values()),
			"not", says("The value is set and none of these; of a multi-select value no part is.", values()),
			"prefix", says("The text begins so.", text()),
			"case", says("Capitals do not count for any, not and prefix.", &jsonschema.Schema{Const: "ignore"}),
			"min", says("The number is at least this.", &jsonschema.Schema{Type: "number"}),
			"max", says("The number is at most this.", &jsonschema.Schema{Type: "number"}),
			"within", says("The date is in so many UTC days from the day of the call, today included; a negative number goes back.", days()),
			"before", says("The date is before the day so many days from today.", days()),
			"after", says("The date is after the day so many days from today.", days()),
			"set", says("Whether there is a value at all; false stands alone.", &jsonschema.Schema{Type: "boolean"}))
		test.MinProperties = ptr(uint64(1))
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			text(),
			{Type: "number"},
			{Type: "boolean"},
			list(value(), 1),
			test,
		}}
	}
	return nil
}

// narrow adds what the Go types do not tell: the words that lists take, and which mappings
// say nothing when they are empty.
func narrow(s *jsonschema.Schema) {
	for _, x := range []struct {
		in, key string
		words   []string
	}{
		{"When", "failure", routing.Failures()},
		{"When", "at", texts(genesys.ScheduleStates())},
		{"CallerTest", "number", routing.CallerNumbers()},
	} {
		p, _ := s.Definitions[x.in].Properties.Get(x.key)
		p.OneOf = wordOrMore(x.words)
	}
	kept, _ := s.Definitions["Privacy"].Properties.Get("participantData")
	kept.Items = &jsonschema.Schema{Type: "string"}
	for _, name := range deployment.ParticipantNames() {
		kept.Items.Enum = append(kept.Items.Enum, name)
	}
	for _, of := range []string{"When", "CallerTest", "DealTest", "Range", "OffHours"} {
		s.Definitions[of].MinProperties = ptr(uint64(1))
	}
}

func texts[T ~string](words []T) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return out
}

// wordOrMore is one of the words, or a list of them.
func wordOrMore(words []string) []*jsonschema.Schema {
	word := func() *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "string"}
		for _, w := range words {
			s.Enum = append(s.Enum, w)
		}
		return s
	}
	return []*jsonschema.Schema{word(), {Type: "array", Items: word(), MinItems: ptr(uint64(1)), UniqueItems: true}}
}

func outcome() *jsonschema.Schema { return wordOrMore(texts(routing.Outcomes()))[0] }

// says gives a schema its meaning, which no comment of a Go type tells.
func says(meaning string, s *jsonschema.Schema) *jsonschema.Schema {
	s.Description = meaning
	return s
}

// object is a closed object with the keys and schemas given in pairs.
func object(required []string, pairs ...any) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), Required: required,
		AdditionalProperties: jsonschema.FalseSchema,
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Properties.Set(pairs[i].(string), pairs[i+1].(*jsonschema.Schema))
	}
	return s
}

func ptr[T any](v T) *T { return &v }
