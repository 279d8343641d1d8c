package blueprint

import (
	"strings"
	"text/template"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
)

const flowTemplate = "flow/inbound-call.yaml.tmpl"

// renderFlow renders the flow twice: its description carries the hash of the text without
// the description, so that an org tells whether a deployed flow is this one.
func (b *builder) renderFlow() diag.Findings {
	data, fs := b.flowOf()
	if fs.Has(diag.Error) {
		return fs
	}
	r, fs := b.engine.render(flowTemplate, data)
	if fs.Has(diag.Error) {
		return fs
	}
	if fs = append(fs, b.sizeOfFlow(r.text)...); fs.Has(diag.Error) {
		return fs
	}
	before, mark := r.text, b.mark(r.text)
	data.Description = mark.String()
	if r, fs = b.engine.render(flowTemplate, data); fs.Has(diag.Error) {
		return fs
	}
	file := "flow/" + b.names.flow + ".yaml"
	tree, found := architect.Parse(file, []byte(r.text))
	if fs = append(fs, r.blame(found)...); fs.Has(diag.Error) {
		return fs
	}
	if fs = append(fs, r.misplaced(tree.Root)...); fs.Has(diag.Error) {
		return fs
	}
	if fs = append(fs, b.lostFlow(r, before, tree, mark)...); fs.Has(diag.Error) {
		return fs
	}
	fs = append(fs, r.blame(check.Flow(tree, b.org()))...)
	if fs.Has(diag.Error) {
		return fs
	}
	b.out.Flow = FlowArtifact{Name: b.names.flow, Text: r.text, Tree: tree, source: r, again: func() (rendering, diag.Findings) {
		e := engine{fs: b.engine.fs, prefix: b.engine.prefix, annotate: true, parsed: map[string]*template.Template{}}
		return e.render(flowTemplate, data)
	}}
	b.out.Artifacts = append(b.out.Artifacts, Artifact{file, r.text})
	b.add(b.flowEntity())
	if len(b.d.Calls.Numbers) > 0 {
		b.add(b.route())
	}
	return fs
}

// org is the org that the flow will find: what this deployment makes before it, and the
// prompts, which are the org's own.
func (b *builder) org() architect.Org {
	o := architect.OrgOf(b.out.Entities, dataaction.Flatten)
	o.Names["inboundFlows"] = flowsOf(b.d)
	if p := b.d.Calls.Greeting.Prompt; p != "" {
		o.Names["userPrompts"] = []string{strings.TrimPrefix(p, "Prompt.")}
	}
	return o
}
