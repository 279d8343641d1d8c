package deployment

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/hubspot"
	"github.com/dealroute/dealroute/pkg/routing"
)

// maxFile is far beyond any deployment; it keeps a wrong file from being read as one.
const maxFile = 1 << 20

// Parse reads a deployment file and reports everything that is wrong with it, not only the
// first. The deployment is nil when a finding is an error; warnings leave it usable. What
// the file leaves out has its default.
func Parse(file string, data []byte) (*Deployment, diag.Findings) {
	d := &decoder{file: file, positions: map[string]diag.Position{}, bad: map[string]bool{}}
	dep := defaults()
	if root := d.load(data); root != nil {
		d.value("", nil, root, reflect.ValueOf(dep).Elem(), field{})
		d.check(dep)
		if !d.exploded {
			d.scanSecrets("", root, 0)
		}
	}
	if len(data) <= maxFile {
		d.scanLines(data)
	}
	findings := d.findings.Sorted()
	for i := range findings {
		findings[i].Message = redactForms(findings[i].Message)
		findings[i].Hint = redactForms(findings[i].Hint)
	}
	if findings.Has(diag.Error) {
		return nil, findings
	}
	dep.file, dep.positions = file, d.positions
	return dep, findings
}

// defaults is what holds where the file says nothing.
func defaults() *Deployment {
	return &Deployment{
		Genesys: Genesys{Division: "Home"},
		HubSpot: HubSpot{
			APIVersion: hubspot.DefaultVersion,
			Auth:       Auth{Method: "service-key"},
			Lookup:     Lookup{Strategy: "search", Match: "mixed", Duplicates: routing.DuplicatesBest},
		},
		Calls: Calls{Language: "en-us"},
		Enrichment: Enrichment{
			Budget:    3 * time.Second,
			DealStage: routing.HighestValue,
			Breaker:   Breaker{Enabled: true, AfterTimeout: 15 * time.Second, AfterFailure: 2 * time.Second},
			Cache:     Cache{Store: CacheConversation, TTL: 5 * time.Minute},
		},
		Routing:   Routing{LastResort: LastResort{Message: "We cannot take your call right now."}},
		ScreenPop: ScreenPop{Mode: PopNone},
		Manage:    Manage{Queues: true, Skills: true, RuntimeClient: true},
	}
}

// load reads the one document of the file; nil when there is none to look at.
func (d *decoder) load(data []byte) *yaml.Node {
	fail := func(code string, line, column int, hint, format string, args ...any) *yaml.Node {
		d.findings = append(d.findings, diag.Finding{
			Code: code, Severity: diag.Error, Message: fmt.Sprintf(format, args...), Hint: hint,
			Position: diag.Position{File: d.file, Line: line, Column: column},
		})
		return nil
	}
	switch {
	case len(data) > maxFile:
		return fail(codeNoMapping, 1, 1, "", "the file is larger than %d kB", maxFile>>10)
	case !utf8.Valid(data):
		i := 0
		for rest := data; ; {
			r, size := utf8.DecodeRune(rest)
			if r == utf8.RuneError && size == 1 {
				break
			}
			i, rest = i+size, rest[size:]
		}
		line := 1 + bytes.Count(data[:i], []byte("\n"))
		column := 1 + utf8.RuneCount(data[bytes.LastIndexByte(data[:i], '\n')+1:i])
		return fail(codeSyntax, line, column, "save the file as UTF-8", "a byte that is not UTF-8 (0x%02x)", data[i])
	}
	var docs []*yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	for err == nil && len(docs) < 2 {
		var n yaml.Node
		if err = loader.Load(&n); err == nil {
			docs = append(docs, &n)
		}
	}
	var le *yaml.LoadError
	if len(docs) < 2 && errors.As(err, &le) && !noDocument.MatchString(le.Error()) {
		line, column := max(le.Mark.Line, 1), max(le.Mark.Column, 1)
		hint := ""
		for form, h := range syntaxHints {
			if strings.Contains(le.Message, form) {
				hint = h
			}
		}
		if le.ContextMark.Line > 0 && le.ContextMark.Line != line {
			hint = strings.TrimPrefix(hint+fmt.Sprintf("; what is not finished begins in line %d", le.ContextMark.Line), "; ")
		}
		return fail(codeSyntax, line, column, hint, "not YAML: %s", le.Message)
	}
	switch {
	case len(docs) == 0:
		return fail(codeNoMapping, 1, 1, "begin with version: 1 and name; the examples of the project show the rest", "the file is empty")
	case len(docs) > 1:
		n := docs[1]
		if len(n.Content) > 0 {
			n = n.Content[0]
		}
		fail(codeDocuments, n.Line, n.Column, "delete it, or make it a file of its own", "a second document begins here")
	}
	if len(docs[0].Content) == 0 {
		return fail(codeNoMapping, 1, 1, "begin with version: 1 and name; the examples of the project show the rest", "the file is empty")
	}
	root := docs[0].Content[0]
	if root.Kind != yaml.MappingNode {
		return fail(codeNoMapping, root.Line, root.Column, "a deployment file begins with version: 1", "the file must be a mapping of keys to values, not %s", what(root))
	}
	return root
}

var noDocument = regexp.MustCompile(`no documents in stream|EOF`)

// syntaxHints explain messages of the YAML scanner that say little to people.
var syntaxHints = map[string]string{
	"mapping values are not allowed":             "put a text that holds ': ' in quotes, or check the indentation",
	"cannot start any token":                     "indent with blanks, not with tabs; put a text that begins with @, ` or % in quotes",
	"did not find expected key":                  "check the indentation, and that every key is followed by ': '",
	"did not find expected node content":         "a bracket may not be closed",
	"did not find expected ',' or '}'":           "a bracket may not be closed, or a text that holds ': ' is not in quotes",
	"did not find expected ',' or ']'":           "a bracket may not be closed, or a text that holds ': ' is not in quotes",
	"could not find expected ':'":                "a key must be followed by ': '",
	"found unexpected end of stream":             "a quote may not be closed",
	"unknown anchor":                             "put a text that begins with * in quotes",
	"block sequence entries are not allowed":     "check the indentation of the list",
	"found a tab character that violates indent": "indent with blanks, not with tabs",
}
