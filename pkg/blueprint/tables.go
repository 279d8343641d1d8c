package blueprint

import (
	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
)

// A controlTable is what the template of the control table says.
type controlTable struct {
	Name    string    `yaml:"name"`
	Columns yaml.Node `yaml:"columns"`
	Rows    yaml.Node `yaml:"rows"`
}

type tableData struct {
	Name    string
	Breaker bool
	Token   bool // hubspot.auth.renew: outside
}

func (b *builder) renderTable() diag.Findings {
	r, fs := b.engine.render("tables/control.yaml.tmpl", tableData{b.names.table, b.d.Enrichment.Breaker.Enabled, b.d.HubSpot.Auth.Outside()})
	if fs.Has(diag.Error) {
		return fs
	}
	root, fs := decodeStrict(r, &b.control)
	if fs.Has(diag.Error) {
		return fs
	}
	if b.control.Columns.Kind != yaml.MappingNode || b.control.Rows.Kind != yaml.MappingNode {
		return r.fail(1, "columns and rows must be mappings")
	}
	fs = r.unnamed(root, "the control table", b.control.Name, b.names.table)
	if fs = append(fs, unreadable(r, b.control)...); fs == nil {
		fs = b.lostRows(r)
	}
	if fs == nil {
		fs = unfit(r, b.control)
	}
	if fs != nil {
		return fs
	}
	b.out.Artifacts = append(b.out.Artifacts, Artifact{"tables/" + b.names.table + ".yaml", r.text})
	return nil
}
