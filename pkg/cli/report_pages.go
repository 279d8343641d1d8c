package cli

import (
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/prove"
	"github.com/dealroute/dealroute/pkg/report"
	"github.com/dealroute/dealroute/pkg/validate"
	"github.com/dealroute/dealroute/pkg/view"
)

// explained gives what the documentation says of a code.
func explained() report.Explainer {
	all := map[string]explanation{}
	for _, e := range explanations() {
		all[strings.ToUpper(e.code)] = e
	}
	return func(code string) (title, text string, ok bool) {
		e, ok := all[strings.ToUpper(code)]
		return e.title, e.text, ok
	}
}

// page is the report of validate. answer is in the order of shown.
func (j *judged) page(o validateOptions, answer validate.Answer, shown view.Validation, texts map[string][]byte, looked []string, no bool) report.Page {
	spot := func(f diag.Finding) report.Spot { return report.Spot{Source: texts[f.Position.File], Length: f.Length} }
	x := report.Validated{Answer: shown, Run: o.ran(j.file), No: no, Looked: looked, Explain: explained()}
	words := []string{"validate"}
	if o.proof != prove.Full {
		words = append(words, "--proof="+string(o.proof))
	}
	if o.online {
		words = append(words, "--online")
	}
	x.Command = o.ranAs(words...)
	for _, f := range answer.Findings.Sorted() {
		if f.Severity != diag.Assumption {
			x.Places = append(x.Places, spot(f))
		}
	}
	for _, a := range answer.Allowed {
		x.Allowed = append(x.Allowed, spot(a.Finding))
	}
	return report.Validation(x)
}

// ran is what a report says of the run.
func (s session) ran(file string) report.Run {
	return report.Run{File: file, Version: s.version(), At: s.Now()}
}

// ranAs is the command of a report, as it could be typed again.
func (s session) ranAs(words ...string) string {
	words = append([]string{"dealroute"}, words...)
	if s.settings.file != "" {
		words = append(words, "-f", s.settings.file)
	}
	if s.settings.sandbox {
		words = append(words, "--sandbox")
	}
	return view.ReplayCommand(words...)
}
