package dataaction

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// Check reports what is wrong or risky in a definition, without running it. It is strict
// where Genesys' behaviour is undocumented. Findings are in the order of reading.
func Check(d *Definition) diag.Findings {
	c := &checker{d: d}
	c.identity()
	c.contracts()
	c.asks()
	c.request()
	c.response()
	c.samples()
	slices.SortStableFunc(c.findings, func(a, b diag.Finding) int {
		if a.Position.Line != b.Position.Line {
			return a.Position.Line - b.Position.Line
		}
		return a.Position.Column - b.Position.Column
	})
	return c.findings
}

type checker struct {
	d             *Definition
	findings      diag.Findings
	input, output *schema         // nil when the contract cannot be read
	asked         map[string]bool // inputs of which a template says that they may be missing
}

func (c *checker) add(code, pointer, hint, format string, args ...any) *diag.Finding {
	if c.d.blank(pointer) {
		return new(diag.Finding)
	}
	if c.findings.Full() {
		c.findings.Add(diag.Finding{Severity: severityOf(code)})
		return new(diag.Finding)
	}
	c.findings.Add(diag.Finding{
		Code: code, Severity: severityOf(code), Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: c.d.position(pointer), Path: pointer,
	})
	return &c.findings[len(c.findings)-1]
}

// within and inside are those of the definition, for the finding that was added last: to look
// for a place takes long in a long text, and those that are only counted need none.
func (c *checker) within(pointer string, line, column int) diag.Position {
	if c.findings.Full() {
		return c.findings[len(c.findings)-1].Position
	}
	return c.d.within(pointer, line, column)
}

func (c *checker) inside(pointer string, offset int) diag.Position {
	if c.findings.Full() {
		return c.findings[len(c.findings)-1].Position
	}
	return c.d.inside(pointer, offset)
}

// at adds a finding inside a text.
func (c *checker) at(code, pointer string, line, column, length int, hint, format string, args ...any) {
	f := c.add(code, pointer, hint, format, args...)
	f.Position, f.Length = c.within(pointer, line, column), length
}

// kinds are the integration types of data actions that published files have.
var kinds = []string{
	WebServices, GenesysCloud, Functions, "aws-lambda-data-actions", "salesforce-data-actions", "zendesk-data-actions",
	"google-cloud-data-actions", "azure-functions-data-actions", "microsoft-dynamics-data-actions", "adobe-data-actions",
}

// maxName is how long Genesys lets a name or category be.
const maxName = 256

func (c *checker) identity() {
	d := c.d
	if d.Name == "" {
		c.add(codeName, "/name", "", "the action has no name")
	}
	for at, s := range map[string]string{"/name": d.Name, "/category": d.Category} {
		if utf8.RuneCountInString(s) > maxName {
			c.add(codeName, at, "", "%s is longer than %d characters", at[1:], maxName)
		}
	}
	switch d.ActionType {
	case Custom, CustomAuth, Static:
	case "":
		c.add(codeActionType, "/actionType", `write "actionType": "custom"`, "actionType is missing: Genesys refuses to import such a file")
	default:
		c.add(codeActionType, "/actionType", diag.DidYouMean(d.ActionType, []string{Custom, CustomAuth, Static}), "actionType %q is not known", d.ActionType)
	}
	switch {
	case d.IntegrationType == WebServices || d.IntegrationType == GenesysCloud:
	case d.IntegrationType == "" && d.given("/integrationId"): // the API's form
	case d.IntegrationType == "":
		c.add(codeKind, "/integrationType", "write custom-rest-actions or purecloud-data-actions", "integrationType is missing")
	default:
		near := diag.Nearest(d.IntegrationType, kinds)
		if name, ok := strings.CutSuffix(d.IntegrationType, "-data-actions"); ok && diag.Distance(name, strings.TrimSuffix(near, "-data-actions")) > 2 {
			near = "" // they are alike in their ends alone
		}
		switch {
		case slices.Contains(kinds, d.IntegrationType):
		case near != "":
			c.add(codeKind, "/integrationType", diag.DidYouMean(d.IntegrationType, kinds), "Genesys has no integration type %q", d.IntegrationType)
		default: // Genesys has a kind for each neighbour, and adds some
			f := c.add(codeKind, "/integrationType", "", "integration type %q is not known here: of its address and credentials nothing is checked", d.IntegrationType)
			if strings.HasSuffix(d.IntegrationType, "-data-actions") {
				f.Severity = diag.Info
			}
		}
	}
	if d.ActionType == CustomAuth {
		c.authAction()
	}
}

// authAction: Genesys creates the auth action with a fixed contract and without a timeout.
func (c *checker) authAction() {
	if c.d.TimeoutSeconds != 0 {
		c.add(codeTimeout, "/config/timeoutSeconds", "remove it", "an auth action has no timeoutSeconds")
	}
	if c.d.IntegrationType != "" && c.d.IntegrationType != WebServices {
		c.add(codeAuthAction, "/integrationType", "", "auth actions exist for %s only", WebServices)
	}
	if len(Flatten(c.d.Input)) > 0 {
		c.add(codeAuthAction, atInput, "", "an auth action has no inputs")
	}
}

func (c *checker) parse(name, pointer, text string) *velocity.Template {
	t, err := velocity.Parse(name, text)
	if err == nil {
		return t
	}
	f := c.add(codeTemplate, pointer, "", "%v", err)
	var e *velocity.Error
	if errors.As(err, &e) {
		f.Message, f.Hint, f.Position = e.Message, e.Hint, c.within(pointer, e.Line, e.Column)
	}
	return nil
}

// fields are the inputs as a template's check needs them.
func (c *checker) fields() []velocity.Field {
	var out []velocity.Field
	if c.input == nil {
		return nil
	}
	for _, m := range c.input.root.members {
		out = append(out, velocity.Field{Name: m.name, Required: c.input.root.requires(m.name), Text: m.shape.text()})
	}
	return out
}

// template checks what a template refers to. Its findings keep the codes of package velocity.
func (c *checker) template(t *velocity.Template, pointer string, s velocity.Scope) {
	if c.input == nil && s.Place != velocity.InSuccess || c.d.blank(pointer) {
		return
	}
	refs := map[diag.Position]velocity.Reference{}
	for _, r := range t.References() {
		refs[r.Position] = r
	}
	for _, f := range t.Check(s) {
		if !c.weigh(&f, refs[f.Position], t) {
			continue
		}
		f.Path, f.Position = pointer, c.within(pointer, f.Position.Line, f.Position.Column)
		c.findings.Add(f)
	}
	c.methodsOutside(t, pointer)
}

// requestScope is what URL, headers and body may refer to.
func (c *checker) requestScope(place velocity.Place) velocity.Scope {
	names := []string{"credentials", "authResponse"}
	if c.d.ActionType == CustomAuth {
		names = names[:1]
	}
	return velocity.Scope{Place: place, Input: c.fields(), Names: names}
}
