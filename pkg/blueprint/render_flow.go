package blueprint

import (
	"strings"
	"text/template"

	"github.com/dealroute/dealroute/pkg/architect"
	"github.com/dealroute/dealroute/pkg/architect/check"
	"github.com/dealroute/dealroute/pkg/dataaction"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/genesys"
)

const flowTemplate = "flow/inbound-call.yaml.tmpl"

// markedFlow renders the flow: its description carries the hash of the text without the
// description, so that an org tells whether a deployed flow is this one. before is that text. A
// template of one's own is rendered once without the description and once with it, since nobody
// knows what it makes of one; the project's prints it.
func (b *builder) markedFlow(data *flowData) (r rendering, before string, mark genesys.Mark, fs diag.Findings) {
	if b.engine.builtIn() {
		data.Description = b.mark("").String()
	}
	if r, fs = b.engine.render(flowTemplate, *data); fs.Has(diag.Error) {
		return r, before, mark, fs
	}
	stand := data.Description
	before = strings.Replace(r.text, stand, "", 1)
	if fs = append(fs, b.sizeOfFlow(before)...); fs.Has(diag.Error) {
		return r, before, mark, fs
	}
	mark = b.mark(before)
	data.Description = mark.String()
	if b.engine.builtIn() { // all marks are as long as each other: places stay
		r.text = strings.Replace(r.text, stand, data.Description, 1)
		return r, before, mark, fs
	}
	r, more := b.engine.render(flowTemplate, *data)
	return r, before, mark, append(fs, more...)
}

func (b *builder) renderFlow() diag.Findings {
	data, fs := b.flowOf()
	if fs.Has(diag.Error) {
		return fs
	}
	r, before, mark, fs := b.markedFlow(&data)
	if fs.Has(diag.Error) {
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
