package dataaction

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/jsonpath"
	"github.com/dealroute/dealroute/pkg/source"
	"github.com/dealroute/dealroute/pkg/velocity"
)

// A Program is a compiled action. It may be run by several goroutines.
type Program struct {
	def     *Definition
	opts    Options
	url     *velocity.Template
	headers []headerTemplate
	body    *velocity.Template // nil for GET, which sends none
	bodyRaw bool               // the body is ${input.rawRequest} alone
	success *velocity.Template
	passes  bool // the success template is ${rawResult} alone
	mapped  []mapping
	input   *schema
	output  *schema
	timeout time.Duration
}

type headerTemplate struct {
	name  string
	value *velocity.Template
}

// A mapping is one variable of the success template.
type mapping struct {
	name       string
	path       *jsonpath.Path // nil when there is only a default
	fallback   string
	hasDefault bool
	badDefault bool // the default is no JSON
}

// Compile parses templates, paths and contracts once. The error is of type diag.Findings.
func Compile(d *Definition, o Options) (*Program, error) {
	c := &compiler{d: d, p: &Program{def: d, opts: o, timeout: DefaultTimeout}}
	c.program()
	if len(c.findings) > 0 {
		return nil, c.findings
	}
	return c.p, nil
}

// Definition is what the program was compiled from.
func (p *Program) Definition() *Definition { return p.def }

// Pointers to the parts of a definition file.
const (
	atURL      = "/config/request/requestUrlTemplate"
	atType     = "/config/request/requestType"
	atHeaders  = "/config/request/headers"
	atBody     = "/config/request/requestTemplate"
	atMap      = "/config/response/translationMap"
	atDefaults = "/config/response/translationMapDefaults"
	atSuccess  = "/config/response/successTemplate"
	atInput    = "/contract/input/inputSchema"
	atOutput   = "/contract/output/successSchema"
)

// names of templates as they stand in Genesys' messages.
const (
	urlName     = "requestUrlTemplate"
	bodyName    = "requestTemplate"
	successName = "successTemplate"
)

type compiler struct {
	d        *Definition
	p        *Program
	findings diag.Findings
}

func (c *compiler) template(name, pointer, text string) *velocity.Template {
	t, err := velocity.Parse(name, text)
	if err == nil {
		return t
	}
	if c.findings.Full() {
		c.findings.Add(diag.Finding{})
		return nil
	}
	f := diag.Finding{Code: codeTemplate, Message: err.Error(), Position: c.d.position(pointer), Path: pointer}
	var e *velocity.Error
	if errors.As(err, &e) {
		f.Message, f.Hint, f.Position = e.Message, e.Hint, c.d.within(pointer, e.Line, e.Column)
	}
	c.findings.Add(f)
	return nil
}

func (c *compiler) contract(pointer string, raw json.RawMessage) *schema {
	s, err := compileSchema(raw)
	if err != nil {
		c.findings.Add(diag.Finding{
			Code: codeContract, Message: "the contract is no draft-04 schema: " + firstLine(err.Error()), Position: c.d.position(pointer), Path: pointer,
		})
	}
	return s
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func (c *compiler) program() {
	d, p := c.d, c.p
	if d.TimeoutSeconds > 0 {
		p.timeout = time.Duration(d.TimeoutSeconds) * time.Second
	}
	p.url = c.template(urlName, atURL, d.Request.URLTemplate)
	for _, name := range slices.Sorted(maps.Keys(d.Request.Headers)) {
		value := d.Request.Headers[name]
		t := c.template(name, atHeaders+"/"+source.EscapePointer(name), value)
		if strings.EqualFold(name, "Transfer-Encoding") && strings.EqualFold(strings.TrimSpace(value), "buffered") {
			continue // Genesys: switches chunked bodies off and is not sent; a length always is here
		}
		p.headers = append(p.headers, headerTemplate{name, t})
	}
	body := c.template(bodyName, atBody, d.Request.Template)
	if d.Request.Type != "GET" {
		p.body, p.bodyRaw = body, strings.TrimSpace(d.Request.Template) == rawRequest || d.Request.Template == ""
	}
	p.success = c.template(successName, atSuccess, d.Response.SuccessTemplate)
	p.passes = d.Response.SuccessTemplate == "${rawResult}"
	c.mappings()
	p.input = c.contract(atInput, d.Input)
	p.output = c.contract(atOutput, d.Output)
}

func (c *compiler) mappings() {
	names := map[string]bool{}
	for n := range c.d.Response.TranslationMap {
		names[n] = true
	}
	for n := range c.d.Response.Defaults {
		names[n] = true
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		m := mapping{name: n}
		if text, ok := c.d.Response.TranslationMap[n]; ok {
			pointer := atMap + "/" + source.EscapePointer(n)
			path, err := jsonpath.Parse(text)
			if err != nil {
				c.findings.Add(c.pathFinding(pointer, err))
				continue
			}
			m.path = path
		}
		if m.fallback, m.hasDefault = c.d.Response.Defaults[n]; m.hasDefault {
			if _, err := jsonpath.Decode([]byte(m.fallback)); err != nil {
				m.badDefault = true
				if c.p.opts.QuoteBadDefaults {
					m.fallback = string(jsonpath.AppendString(nil, m.fallback))
				}
			}
		}
		c.p.mapped = append(c.p.mapped, m)
	}
}

func (c *compiler) pathFinding(pointer string, err error) diag.Finding {
	if c.findings.Full() {
		return diag.Finding{}
	}
	f := diag.Finding{Code: codePath, Message: err.Error(), Position: c.d.position(pointer), Path: pointer}
	var e *jsonpath.Error
	if errors.As(err, &e) {
		f.Message = fmt.Sprintf("path %q: %s", e.Path, e.Message)
		if e.Offset >= 0 {
			f.Position = c.d.inside(pointer, e.Offset)
		}
	}
	return f
}
