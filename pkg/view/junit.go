package view

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/validate"
)

type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Skipped *junitSkipped `xml:"skipped,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes an answer of validate as JUnit XML: a test for each finding, which fails, or
// is skipped when it is less grave than failAt or allowed, and one that passes for each check that found nothing. Assumptions are left out.
func JUnit(w io.Writer, name string, a validate.Answer, failAt diag.Severity) error {
	s := junitSuite{Name: name}
	found := map[string]bool{}
	add := func(f diag.Finding, skipped string) {
		if f.Severity == diag.Assumption {
			return
		}
		found[f.Code] = true
		c := junitCase{Class: codeOr(f), Name: diag.Line(f.Message), File: f.Position.File, Line: f.Position.Line}
		switch {
		case skipped != "":
			c.Skipped = &junitSkipped{skipped}
		case f.Severity.AtLeast(failAt):
			f.Message = diag.Line(f.Message)
			c.Failure = &junitFailure{withHint(f), codeOr(f), f.Error()}
		default:
			c.Skipped = &junitSkipped{fmt.Sprintf("%s: %s", f.Severity, withHint(f))}
		}
		s.Cases = append(s.Cases, c)
	}
	for _, f := range a.Findings {
		add(f, "")
	}
	for _, f := range a.Allowed {
		add(f.Finding, "allowed in line "+fmt.Sprint(f.Line)+": "+diag.Line(f.Reason))
	}
	for _, r := range a.Asked {
		if !found[r.Code] {
			s.Cases = append(s.Cases, junitCase{Class: r.Code, Name: "not found: " + r.Title})
		}
	}
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Skipped != nil {
			s.Skipped++
		}
	}
	text, err := xml.MarshalIndent(junitSuites{Tests: s.Tests, Failures: s.Failures, Skipped: s.Skipped, Suites: []junitSuite{s}}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), text...), '\n'))
	return err
}

func codeOr(f diag.Finding) string {
	if f.Code == "" {
		return "dealroute"
	}
	return f.Code
}
