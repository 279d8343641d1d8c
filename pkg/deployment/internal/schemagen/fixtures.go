package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/simulate"
)

// crmTexts say what the keys of crm.yaml mean, by the type that has them.
var crmTexts = map[string]string{
	"Fixtures.version":    "The version of this file's format: 1.",
	"Fixtures.now":        "When calls begin, unless --at says otherwise, such as 2026-11-23T15:00:00Z. Default: when the command runs.",
	"Fixtures.portal":     "The id of the HubSpot account, digits only.",
	"Fixtures.currency":   "The company currency, three capital letters. Default: USD.",
	"Fixtures.timezone":   "The time zone of the account, such as Europe/Berlin.",
	"Fixtures.contacts":   "The people whom HubSpot knows.",
	"Fixtures.companies":  "The companies that HubSpot knows.",
	"Fixtures.deals":      "The deals, each with the contacts and companies that it belongs to.",
	"Fixtures.pipelines":  "Pipelines with their stages. Default: the one that every account begins with.",
	"Fixtures.owners":     "Those to whom contacts and deals can belong.",
	"Fixtures.properties": "What properties of your own are, beside what values show; by contacts, companies or deals.",
	"Fixtures.calls":      "What comes with a caller, by the number or the name that --ani gives.",

	"OrgFixture.control":   "Columns of rows of the control table, by the row's key: switch, breaker, token.",
	"OrgFixture.vanished":  "What the deployment names and the org no longer has.",
	"OrgFixture.transfers": "Which transfers fail.",
	"OrgFixture.tables":    "Whether data tables can be read.",

	"CallFixture.conversation": "Participant data that an earlier leg of the conversation left.",
	"CallFixture.ani":          "The number that the call shows, where the key is a name.",
	"CallFixture.dnis":         "The number that was dialled. Default: the first of calls.numbers.",

	"Vanished.queues": "Queues by name.", "Vanished.skills": "Skills by name.", "Vanished.flows": "Flows by name.",
	"Transfers.failing": "Queues and flows, by name, to which a transfer fails.",
	"Tables.failing":    "No row of a data table can be read: each look-up fails. Default: false.",

	"Record.id":         "The record's id: digits, in quotes.",
	"Record.properties": "Values by the internal name of the property; null is HubSpot's null, and a name that is left out has no value.",
	"Record.created":    "When it was made, such as 2026-11-02T09:10:11Z.",
	"Record.updated":    "When it was last changed; of several contacts with one number the last one counts.",
	"Record.archived":   "It was deleted. Default: false.",
	"Deal.contacts":     "Ids of contacts above.",
	"Deal.companies":    "Ids of companies above.",

	"Pipeline.id": "The pipeline's id, which deals and rules name.", "Pipeline.label": "What people call it.", "Pipeline.stages": "Its stages, in order.",
	"Stage.id": "The stage's id, which deals and rules name.", "Stage.label": "What people call it.",
	"Stage.closed": "A deal in it is closed. Default: false.", "Stage.won": "A deal in it is won. Default: false.",
	"Stage.probability": "How likely a deal is won, from \"0\" to \"1\", in quotes.",

	"Owner.id": "The owner's id, as hubspot_owner_id of records has it.", "Owner.type": "PERSON or QUEUE. Default: PERSON.",
	"Owner.email": "How the owner is joined to a user of the org.", "Owner.firstname": "First name.", "Owner.lastname": "Last name.",
	"Owner.archived": "Deactivated. Default: false.",

	"Definition.name":      "The property's internal name.",
	"Definition.type":      "string, number, bool, date, datetime, enumeration or phone_number. Default: string.",
	"Definition.fieldType": "How it is filled in, such as calculation_rollup. Default: that of the type.",
	"Definition.unique":    "No two records have the same value. Default: false.",
	"Definition.archived":  "HubSpot knows it no more. Default: false.",
}

// crm makes the schema of crm.yaml of the types that read it.
func crm() (*jsonschema.Schema, error) {
	r := &jsonschema.Reflector{ExpandedStruct: true, FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Mapper: func(t reflect.Type) *jsonschema.Schema {
		switch t {
		case reflect.TypeFor[time.Time]():
			return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}`}
		case reflect.TypeFor[hubspot.Properties]():
			return &jsonschema.Schema{Type: "object", PropertyNames: &jsonschema.Schema{Pattern: `^[a-z][a-z0-9_]{0,99}$`}, AdditionalProperties: scalar(true)}
		}
		return nil
	}}
	s := r.Reflect(&simulate.Fixtures{})
	s.Required = []string{"version"}
	v, _ := s.Properties.Get("version")
	v.Const = 1
	used := map[string]bool{}
	tell := func(of string, s *jsonschema.Schema) error {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			for _, name := range []string{of, "Record", "OrgFixture"} {
				if text := crmTexts[name+"."+p.Key]; text != "" {
					p.Value.Description, used[name+"."+p.Key] = text, true
					break
				}
			}
			if p.Value.Description == "" {
				return fmt.Errorf("nothing is said of %s.%s", of, p.Key)
			}
			if p.Value.Type == "string" && p.Value.Pattern == "" {
				p.Value.Type, p.Value.OneOf = "", scalar(false).OneOf
			}
		}
		return nil
	}
	if err := tell("Fixtures", s); err != nil {
		return nil, err
	}
	for name, d := range s.Definitions {
		if d.Type != "object" {
			continue
		}
		if err := tell(name, d); err != nil {
			return nil, err
		}
		if _, ok := d.Properties.Get("id"); ok {
			d.Required = []string{"id"}
		}
	}
	for text := range crmTexts {
		if !used[text] {
			return nil, fmt.Errorf("there is no %s", text)
		}
	}
	return s, nil
}

// scalar is a text as people write it: numbers and booleans need no quotes.
func scalar(null bool) *jsonschema.Schema {
	s := &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}}}
	if null {
		s.OneOf = append(s.OneOf, &jsonschema.Schema{Type: "null"})
	}
	return s
}

// world makes the schema of world files, whose reader has no types to make it of: a test of package
// world holds the two together.
func world() (*jsonschema.Schema, error) {
	say := func(s *jsonschema.Schema, text string) *jsonschema.Schema {
		s.Description = text
		return s
	}
	words := func(words ...string) *jsonschema.Schema {
		s := &jsonschema.Schema{Type: "string"}
		for _, w := range words {
			s.Enum = append(s.Enum, w)
		}
		return s
	}
	of := func(x *jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", AdditionalProperties: x}
	}
	value := scalar(true)
	value.OneOf = append(value.OneOf, &jsonschema.Schema{Type: "array", Items: scalar(true)})
	ms := func() *jsonschema.Schema {
		return say(&jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "86400000"}, "How long it took, in milliseconds, at most a day. Default: 0.")
	}
	text := func(is string) *jsonschema.Schema { return say(scalar(false), is) }
	yes := func(more ...*jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: append([]*jsonschema.Schema{{Const: true}, {Type: "null"}}, more...)}
	}
	// answer is a reply, or a list that is used up in order.
	answer := func(branches []string, long *jsonschema.Schema) *jsonschema.Schema {
		short := &jsonschema.Schema{Type: "string", MinLength: ptr(uint64(1))}
		if len(branches) > 0 {
			short = words(branches...)
		}
		one := []*jsonschema.Schema{short, long}
		return &jsonschema.Schema{OneOf: append(one, &jsonschema.Schema{Type: "array", MinItems: ptr(uint64(1)), Items: &jsonschema.Schema{OneOf: one}})}
	}
	success := func() *jsonschema.Schema {
		return say(yes(of(value)), "It worked: true, or outputs by name, such as {contactId: \"42\"}.")
	}
	failure := func() *jsonschema.Schema {
		return say(yes(&jsonschema.Schema{Type: "string", MinLength: ptr(uint64(1))}), "It failed: true, or the error type.")
	}
	call := object(nil,
		"ani", text("The caller's number as the trunk gives it, such as tel:+15135550142; --ani wins."),
		"dnis", text("The number that was dialled; --dnis wins."),
		"at", say(&jsonschema.Schema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}T`}, "When the call begins, from 1901 to 2099, such as 2026-11-23T09:00:00Z; --at wins."),
		"conversationId", text("The id of the conversation."),
		"remoteName", text("The name that the trunk gives with the number."),
		"language", text("The call's language. Default: the flow's."),
		"invocationData", text("What Flow.InvocationData is."),
		"answerAfterMs", say(&jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "86400000"}, "In-queue flows: when an agent answers, in milliseconds."),
		"data", say(of(scalar(false)), "Participant data that earlier legs of the conversation left, by name."),
		"variables", say(&jsonschema.Schema{Type: "object", PropertyNames: &jsonschema.Schema{Pattern: `^[A-Za-z]+\.`}, AdditionalProperties: value}, "Further built-in variables, such as Call.PositionInQueue: 3."))
	table := object(nil,
		"ms", ms(),
		"rows", say(of(of(value)), "Rows by their key, each with its columns."),
		"fails", say(&jsonschema.Schema{OneOf: []*jsonschema.Schema{{Const: true}, {Type: "string", MinLength: ptr(uint64(1))}}}, "Every look-up fails: true, or the error type."))
	pairs := []any{
		"call", say(call, "The call; flags of the command win over it."),
		"dataActions", say(of(answer([]string{"success", "failure", "timeout"}, object(nil, "success", success(), "failure", failure(), "timeout", say(yes(), "The flow's own timeout passes."), "ms", ms()))), "What data actions answer, by name or category/name; a list is used up in order, and its last answer stays."),
		"tables", say(of(table), "Data tables by name."),
		"schedules", say(of(words("active", "inactive")), "Schedules by name. Default: active."),
		"scheduleGroups", say(of(words("open", "closed", "holiday", "emergency")), "Schedule groups by name. Default: open."),
		"emergencyGroups", say(of(words("on", "off")), "Emergency groups by name; quote \"on\" and \"off\". Default: off."),
		"digits", say(&jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Pattern: `^[0-9*#]*$`}, {Type: "integer", Minimum: "0"}}}}, "Keys that the caller presses, one entry each time the flow asks; \"\" is silence."),
		"transfers", say(of(answer([]string{"success", "failure"}, object(nil, "success", success(), "failure", failure(), "ms", ms()))), "What becomes of transfers, by the queue, flow, user, group or number. Default: they work."),
		"branches", say(of(answer(nil, object([]string{"branch"}, "branch", text("The branch that is taken."), "outputs", say(of(value), "What it delivers, by name."), "error", text("The error type of a failure."), "ms", ms()))), "What any other action of the flow answers, by its name in the flow."),
	}
	for _, section := range strings.Fields("queues skills languageSkills users groups prompts wrapupCodes flows") {
		pairs = append(pairs, section, say(of(words("exists", "missing")), "Which of them exist, by name. Default: exists."))
	}
	s := object(nil, pairs...)
	s.Version = jsonschema.Version
	return s, nil
}
