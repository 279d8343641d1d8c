package blueprint

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
	"github.com/dealroute/dealroute/pkg/source"
)

// A scriptInput is a variable of the agent's script that the flow fills.
type scriptInput struct {
	Name, Label string
	value       expr.Node
	link        bool
}

// scriptInputs are what the agent sees of a caller: ids, stage, value, facts, and the link to
// the record when the account is known. Never a name, an address or a number.
func (b *builder) scriptInputs() []scriptInput {
	orEmpty := func(name string) expr.Node { return choose(isSet(v(name)), v(name), text("")) }
	value := v("Flow.hubspot_customer_value")
	out := []scriptInput{
		{Name: "contactId", Label: "HubSpot contact", value: orEmpty("Flow.hubspot_contact_id")},
	}
	if b.companies() {
		out = append(out, scriptInput{Name: "companyId", Label: "HubSpot company", value: orEmpty("Flow.hubspot_company_id")})
	}
	if !b.rolled() {
		out = append(out,
			scriptInput{Name: "dealId", Label: "HubSpot deal", value: orEmpty("Flow.DealId")},
			scriptInput{Name: "stage", Label: "Deal stage", value: orEmpty("Flow.hubspot_deal_stage_label")})
	}
	out = append(out, scriptInput{Name: "value", Label: "Value of open deals", value: choose(isSet(value), fn("ToString", value, whole(2)), text(""))})
	for _, f := range b.facts {
		out = append(out, scriptInput{Name: "fact_" + f.Name, Label: f.Name, value: f.asText()})
	}
	if p := b.d.HubSpot.Portal; p != "" {
		// HubSpot: object type 0-1 is contacts, 0-2 companies
		link := func(name, label, object, id string) scriptInput {
			url := fn("Append", text("https://app.hubspot.com/contacts/"+p+"/record/"+object+"/"), v(id))
			return scriptInput{Name: name, Label: label, link: true, value: choose(empty(v(id)), text(""), url)}
		}
		out = append(out, link("link", "Open in HubSpot", "0-1", "Flow.hubspot_contact_id"))
		if b.companies() {
			out = append(out, link("companyLink", "Open the company in HubSpot", "0-2", "Flow.hubspot_company_id"))
		}
	}
	return out
}

type scriptData struct {
	ID, Name, PageID string
	Variables        []scriptVariable
	Lines            []scriptLine
}

type scriptVariable struct{ ID, Name, Label string }

type scriptLine struct{ Type, Label, Variable string }

func (b *builder) usesManagedScript() bool {
	for _, p := range b.pops() {
		if p.Mode == deployment.PopManaged {
			return true
		}
	}
	return false
}

// renderScript renders the agent's script, whose name carries eight digits of its hash: an
// upload cannot be marked otherwise, and a new one must be able to live beside the old.
func (b *builder) renderScript() diag.Findings {
	if !b.usesManagedScript() {
		return nil
	}
	base := b.d.Name + " deal view"
	r, fs := b.engine.render("script/deal-view.script.json.tmpl", b.scriptData(base))
	if fs.Has(diag.Error) {
		return fs
	}
	before := r.text
	b.names.script = base + " " + genesys.Hash(before)[:8]
	if r, fs = b.engine.render("script/deal-view.script.json.tmpl", b.scriptData(b.names.script)); fs.Has(diag.Error) {
		return fs
	}
	var script struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal([]byte(r.text), &script); err != nil {
		line := 1
		var s *json.SyntaxError
		if errors.As(err, &s) {
			line += strings.Count(r.text[:s.Offset], "\n")
		}
		return r.fail(line, "the script is no JSON: %v", err)
	}
	root, faults := source.New(r.file, []byte(r.text)).YAML(headLimits)
	for _, f := range faults {
		fs = append(fs, r.fail(f.Position.Line, "the script: %s", f.Message)...)
	}
	if fs != nil {
		return fs
	}
	fs = append(r.misplaced(root), r.unnamed(root, "the script", script.Name, b.names.script)...)
	if fs == nil {
		fs = r.varying(before, base, b.names.script)
	}
	if fs != nil {
		return fs
	}
	b.script = r.text
	b.out.Artifacts = append(b.out.Artifacts, Artifact{"script/" + b.names.script + ".script.json", r.text})
	return nil
}

func (b *builder) scriptData(name string) scriptData {
	id := func(part string) string { return guid(b.d.Name + " deal view " + part) }
	s := scriptData{ID: id("script"), PageID: id("page"), Name: name}
	for _, in := range b.scriptInputs() {
		x := scriptVariable{ID: id("variable " + in.Name), Name: in.Name, Label: in.Label}
		s.Variables = append(s.Variables, x)
		kind := "text"
		if in.link {
			kind = "link"
		}
		s.Lines = append(s.Lines, scriptLine{Type: kind, Label: in.Label, Variable: x.ID})
	}
	return s
}

// guid makes an id of the form the file wants out of what it stands for, so that the bytes
// of the script are the same each time.
func guid(of string) string {
	h := genesys.Hash(of)
	return fmt.Sprintf("%s-%s-5%s-8%s-%s", h[:8], h[8:12], h[13:16], h[17:20], h[20:32])
}

// ScriptLabels are the labels that the agent's script has for its inputs, by their names.
func ScriptLabels(d *deployment.Deployment) map[string]string {
	b := &builder{d: d, facts: factsOf(d)}
	out := map[string]string{}
	for _, in := range b.scriptInputs() {
		out[in.Name] = in.Label
	}
	return out
}
