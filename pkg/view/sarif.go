package view

import (
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/deployment"
	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
)

// home is where the project's pages stand.
const home = "https://github.com/dealroute/dealroute"

// The members of SARIF 2.1.0 (OASIS) that a list of findings needs.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"semanticVersion,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string     `json:"id"`
		Short   *sarifText `json:"shortDescription,omitempty"`
		HelpURI string     `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId,omitempty"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// SARIF writes an answer of validate as SARIF 2.1.0, for code scanning: findings that a
// comment of the file allows are suppressed ones, assumptions are left out.
func SARIF(w io.Writer, a validate.Answer, version string) error {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Tool: sarifTool{sarifDriver{Name: "dealroute", Version: semantic(version), URI: home, Rules: []sarifRule{}}}, Results: []sarifResult{}}
	titles := map[string]string{}
	for _, r := range validate.Rules() {
		titles[r.Code] = r.Title
	}
	for _, c := range deployment.Codes() {
		titles[c.ID] = c.Title
	}
	add := func(f diag.Finding, suppressed []sarifSuppression) {
		if f.Severity == diag.Assumption {
			return
		}
		run.Results = append(run.Results, sarifResult{f.Code, sarifLevel(f.Severity), sarifText{withHint(f)}, sarifPlace(f), suppressed})
		if f.Code == "" || slices.ContainsFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == f.Code }) {
			return
		}
		rule := sarifRule{ID: f.Code, HelpURI: home + "/blob/main/docs/checks.md#" + f.Code}
		if t := titles[f.Code]; t != "" {
			rule.Short = &sarifText{t}
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	for _, f := range a.Findings {
		add(f, nil)
	}
	for _, f := range a.Allowed {
		add(f.Finding, []sarifSuppression{{"inSource", f.Reason}})
	}
	return JSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// semantic is a version when it is one as SARIF wants it, else nothing.
func semantic(version string) string {
	v := strings.TrimPrefix(version, "v")
	if strings.Count(v, ".") < 2 || v[0] < '0' || v[0] > '9' {
		return ""
	}
	return v
}

func sarifLevel(s diag.Severity) string {
	switch s {
	case diag.Warning:
		return "warning"
	case diag.Info:
		return "note"
	}
	return "error"
}

func sarifPlace(f diag.Finding) []sarifLocation {
	p := f.Position
	if p.File == "" {
		return nil
	}
	at := sarifPhysical{Artifact: sarifArtifact{fileURI(p.File)}}
	if p.Line > 0 {
		at.Region = &sarifRegion{StartLine: p.Line, StartColumn: p.Column}
		if p.Column > 0 {
			at.Region.EndColumn = p.Column + max(f.Length, 1)
		}
	}
	return []sarifLocation{{at}}
}

// fileURI names a file relative to the working directory where it is below it.
func fileURI(file string) string {
	slashed := filepath.ToSlash(file)
	if filepath.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(slashed, "/")}).String()
	}
	return (&url.URL{Path: slashed}).String() // a colon in the first part gets ./ before it
}

// withHint is what a finding says, with its next step, on one line.
func withHint(f diag.Finding) string {
	if f.Hint == "" {
		return diag.Line(f.Message)
	}
	return diag.Line(f.Message + "; " + f.Hint)
}
