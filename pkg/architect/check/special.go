package check

import (
	"fmt"
	"strings"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/expr"
	"github.com/dealroute/dealroute/pkg/diag"
)

func (c *checker) choose(s *scope, a *architect.Action) {
	w := a.Switch
	if w == nil {
		return
	}
	r := rule{typ: expr.Boolean, label: "Case", noValue: true, deflt: true}
	if !c.calls {
		c.syntax(w.Value)
	} else if w.FirstMatch {
		if _, ok := expr.ParseType(w.Type); !ok {
			c.failf(CodeUnknownType, a.Pos, a.Path, "there is no type %q", w.Key)
			return
		}
		r.typ = c.compared(s, a)
	}
	if len(w.Cases) > 64 {
		c.failf("sdk", a.Pos, a.Path, "a switch has at most 64 cases, this one %d", len(w.Cases))
	}
	c.callerCases(s, w)
	for _, k := range w.Cases {
		if k.Value.Form == architect.Absent {
			continue
		}
		c.value(s, k.Value, r)
	}
}

// compared gives the type of the value that firstMatch compares its cases with. When it has
// none Genesys leaves the cases to be booleans.
func (c *checker) compared(s *scope, a *architect.Action) expr.Type {
	v := a.Switch.Value
	switch v.Form {
	case architect.Lit:
		if v.Object || !v.IsScalar() || v.IsNull() {
			break
		}
		c.failf("expression.literalModeNotAllowed", v.Pos, v.Path, "a literal is not allowed for the expression of a switch")
		if n, err := expr.Parse(v.Text); err == nil && v.Node.ShortTag() != "!!str" {
			if t, err := expr.Check(n, s, nil); err == nil {
				return t.Type
			}
		}
		return expr.String
	case architect.Exp:
		if strings.TrimSpace(v.Text) == "" {
			c.failf(architect.CodeNoValueSet, v.Pos, a.Path, "no value set for the expression of the switch")
			return expr.Boolean
		}
		n, err := expr.Parse(v.Text)
		if err != nil {
			v.Path = a.Path
			c.expressionError(v, v.Text, err)
			return expr.Boolean
		}
		c.use(s, expr.Variables(n)...)
		t, err := expr.Check(n, s, nil)
		switch {
		case err != nil && strings.TrimSpace(v.Text) != "NOT_SET":
			v.Path = a.Path
			c.expressionError(v, v.Text, err)
			return expr.Boolean
		case err != nil || t.Type == expr.Audio || t.Type.IsList() || t.Type == expr.NotSetType || t.Type == expr.Any:
			c.fail("switch.expressionTypeInvalid", v.Pos, a.Path, "an expression of this type cannot be used for a switch")
			return expr.Boolean
		}
		return t.Type
	}
	c.fail("errors.invalidValue", v.Pos, a.Path, "firstMatch needs an expression to compare the cases with")
	return expr.Boolean
}

func (c *checker) acd(s *scope, a *architect.Action) {
	seen := map[string]bool{}
	for _, v := range a.Skills {
		c.value(s, v, rule{typ: expr.Skill, label: "Skill"})
		if v.Object && v.Text != "" {
			if seen[v.Text] {
				c.failf("skills.multipleSkillsError", v.Pos, a.Path, "skill %q is requested twice", v.Text)
			}
			seen[v.Text] = true
		}
		c.bareNotSet(v, "skill")
	}
	if v, ok := a.Values["acdSkills"]; ok {
		c.value(s, v, rule{typ: expr.Skill.List(), label: "Skills", noValue: true})
	}
	c.bareNotSet(a.Value("targetQueue"), "queue")
	if f := a.Value("overrideInQueueFlow"); c.calls && f.Object && !c.org.Has("inqueueFlows", f.Text) {
		c.report(diag.Error, CodeNotFound, f.Pos, a.Path, fmt.Sprintf("in-queue flow %q not found", f.Text), diag.DidYouMean(f.Text, c.org.Names["inqueueFlows"]))
	}
}

func (c *checker) bareNotSet(v architect.Value, what string) {
	if v.Form == architect.Exp && strings.TrimSpace(v.Text) == "NOT_SET" {
		c.warn(CodeNotSet, v.Pos, v.Path, "the "+what+" is always NOT_SET; Genesys deploys it, and what it does with it is undocumented", "")
	}
}

func (c *checker) targetFlow(a *architect.Action) {
	kind := map[string]string{"transferToFlow": "inboundFlows", "transferToFlowSecure": "secureFlows"}[a.Key]
	if a.Target != nil && c.calls && !c.org.Has(kind, a.Target.Name) {
		c.report(diag.Error, CodeNotFound, a.Target.Pos, a.Path, fmt.Sprintf("flow %q not found", a.Target.Name), diag.DidYouMean(a.Target.Name, c.org.Names[kind]))
		c.fail(architect.CodeNoValueSet, a.Pos, a.Path, "no value set: the flow to transfer to")
	}
}

func (c *checker) voicemail(a *architect.Action) {
	if !c.calls {
		return
	}
	for _, k := range []string{"destination.queue.targetQueue", "destination.user.targetUser", "destination.group.targetGroup"} {
		if a.Values[k].IsSet() {
			return
		}
	}
	c.fail(architect.CodeInvalidLiteral, a.Pos, a.Path, "invalid input for User: the voicemail has no destination")
}

// collect checks the counts of digits. Genesys' validation stops at 32 although its
// documentation names 40.
func (c *checker) collect(a *architect.Action) {
	if !c.calls {
		return
	}
	switch v := a.Plain["verificationType"]; v {
	case "", "none", "numeric", "individualDigits":
	default:
		c.failf("sdk", a.Pos, a.Path, "verificationType %q is none of none, numeric, individualDigits", v)
	}
	d := a.Digits
	if d == nil || !d.Given {
		return
	}
	key := strings.TrimPrefix(d.Terminator, "digit_")
	switch {
	case d.Min < 1 || d.Max > 32 || d.Max < 1:
		c.failf("sdk", d.Pos, a.Path, "the digit count has to be between 1 and 32, not %d to %d", d.Min, d.Max)
	case !d.Exact && d.Min >= d.Max:
		c.failf("sdk", d.Pos, a.Path, "the least digit count %d must be less than the greatest %d", d.Min, d.Max)
	case d.Terminator != "" && (len(key) != 1 || !strings.Contains("0123456789*#", key)):
		c.failf("sdk", d.Pos, a.Path, "the terminating key %q is none of a telephone: 0 to 9, * or #", d.Terminator)
	}
}
