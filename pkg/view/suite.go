package view

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dealroute/dealroute/pkg/diag"
	"github.com/dealroute/dealroute/pkg/words"
)

// A Suite is the answer of simulate --suite as JSON. Keys are always there, null when there is nothing.
type Suite struct {
	Schema   int           `json:"schema"`
	Suite    Fingerprint   `json:"suite"`
	On       Fingerprint   `json:"deployment"` // what it was run on
	Shard    *Shard        `json:"shard"`
	Calls    int           `json:"calls"`
	Expected int           `json:"expecting"` // calls of which something is expected
	Failed   int           `json:"failed"`
	Failures []SuiteFault  `json:"failures"` // the first ones
	Coverage SuiteCoverage `json:"coverage"`
	Mutants  *Mutants      `json:"mutants"` // null when none were made

	Passed []SuiteCase `json:"-"` // the first ones that met what is expected, for reports of tests
}

// A Fingerprint tells one text from any other.
type Fingerprint struct {
	File string `json:"file"`
	Hash string `json:"hash"`
}

// A Shard is one part of a suite.
type Shard struct {
	Number int `json:"number"`
	Of     int `json:"of"`
}

// A SuiteCase is a call of a suite.
type SuiteCase struct {
	Number int     `json:"number"` // from 1
	Name   *string `json:"name"`
	File   string  `json:"file"`
	Line   int     `json:"line"`
	Column int     `json:"column"`
}

// A SuiteFault is a call that is not as expected.
type SuiteFault struct {
	SuiteCase
	ANI      string        `json:"ani"` // masked
	Expected []Expectation `json:"expected"`
	Rule     *RulePlace    `json:"rule"` // that took the call
}

// An Expectation is one that is not met.
type Expectation struct {
	What   string  `json:"what"`
	Want   string  `json:"want"`
	Came   string  `json:"came"`
	Hint   *string `json:"hint"`
	Leg    int     `json:"leg"` // of the conversation, from 1
	Line   int     `json:"line"`
	Column int     `json:"column"`
}

// A RulePlace is a rule with its place in the deployment file.
type RulePlace struct {
	Name string `json:"name"`
	Path string `json:"path"`
	File string `json:"file"`
	Line int    `json:"line"`
}

// SuiteCoverage is what the calls of a suite touched.
type SuiteCoverage struct {
	Rules    []CoveredRule `json:"rules"` // the fallback last
	Branches BranchCover   `json:"branches"`
	Percent  float64       `json:"percent"` // of rules that took a call, the fallback included
}

// A CoveredRule is a rule with the calls that it took.
type CoveredRule struct {
	Rule   *RulePlace `json:"rule"` // null: the fallback
	Calls  int        `json:"calls"`
	Caller *string    `json:"caller"` // who would cover it, when no call does; null then: nobody is known
}

// BranchCover counts ways out of the flow's actions.
type BranchCover struct {
	Taken   int           `json:"taken"`
	All     int           `json:"all"`
	Missing []BranchPlace `json:"missing"`
}

// A BranchPlace is one that no call took.
type BranchPlace struct {
	Task   string  `json:"task"`
	Action string  `json:"action"`
	Branch string  `json:"branch"`
	Line   int     `json:"line"`   // in the flow
	Caller *string `json:"caller"` // who would take it; null: nobody of those who are tried in a proof
}

// Mutants are changes of the rules, and what the suite noticed of them.
type Mutants struct {
	Made       int      `json:"made"`
	Killed     int      `json:"killed"`
	Survived   []Mutant `json:"survived"`
	Equivalent []Mutant `json:"equivalent"` // no caller is known with whom they would differ
	Score      float64  `json:"score"`      // percent killed of those that are not equivalent
	Calls      int      `json:"calls"`      // they were tried on
	Left       int      `json:"left"`       // calls that were too many to be kept for this
}

// A Mutant is one change.
type Mutant struct {
	Change string  `json:"change"`
	Path   string  `json:"path"`
	File   string  `json:"file"`
	Line   int     `json:"line"`
	Caller *string `json:"caller"` // whom it would send elsewhere
}

// Percent is a share in percent, rounded down to a tenth, so that 100 is all of it.
func Percent(n, of int) float64 {
	if of == 0 {
		return 100
	}
	return float64(n*1000/of) / 10
}

// Rate computes again what follows from the rest.
func (s *Suite) Rate() {
	s.Coverage.Percent = Percent(s.covered(), len(s.Coverage.Rules))
	s.Coverage.Branches.Taken = s.Coverage.Branches.All - len(s.Coverage.Branches.Missing)
	if m := s.Mutants; m != nil {
		m.Killed = m.Made - len(m.Survived) - len(m.Equivalent)
		m.Score = Percent(m.Killed, m.Made-len(m.Equivalent))
	}
}

// covered counts the rules that took a call, the fallback included.
func (s *Suite) covered() int {
	n := 0
	for _, r := range s.Coverage.Rules {
		if r.Calls > 0 {
			n++
		}
	}
	return n
}

// Covers reports whether at least so many percent of the rules took a call. Percent is rounded down,
// and says no where a bound lies between.
func (s *Suite) Covers(percent float64) bool {
	return float64(s.covered())*100 >= percent*float64(len(s.Coverage.Rules))
}

func (c SuiteCase) title() string {
	out := fmt.Sprintf("call %d", c.Number)
	if c.Name != nil {
		out += " " + *c.Name
	}
	return out
}

func (c SuiteCase) place() string {
	return diag.Position{File: c.File, Line: c.Line, Column: c.Column}.String()
}

func (x Expectation) words() string {
	out := fmt.Sprintf("%s: expected %s, came %s", x.What, x.Want, x.Came)
	if x.Leg > 1 {
		out = fmt.Sprintf("leg %d: %s", x.Leg, out)
	}
	if x.Hint != nil {
		out += "; " + *x.Hint
	}
	return out
}

func (r *RulePlace) place() string {
	return fmt.Sprintf("%s, %s:%d", r.Path, filepath.Base(r.File), r.Line)
}

// shownBranches is how many of those that are not taken the text lists.
const shownBranches = 12

// shownFew is how many it lists where all is as expected.
const shownFew = 3

// PrintSuite writes the answer for a person.
func PrintSuite(w io.Writer, s Suite) error {
	var b diag.Page
	line := func(format string, args ...any) { diag.Fprintf(&b, format+"\n", args...) }
	for _, f := range s.Failures {
		line("%s: %s is not as expected", f.place(), f.title())
		for _, x := range f.Expected {
			line("  %s", x.words())
		}
		if f.Rule != nil {
			line("  caller %s, rule %s (%s)", f.ANI, f.Rule.Name, f.Rule.place())
		} else {
			line("  caller %s, no rule", f.ANI)
		}
	}
	if more := s.Failed - len(s.Failures); more > 0 {
		line("%s not listed", words.Count(more, "more failed call is", "more failed calls are"))
	}
	part := ""
	if s.Shard != nil {
		part = fmt.Sprintf(", part %d of %d", s.Shard.Number, s.Shard.Of)
	}
	line("%s%s: %s, %s as expected, %d failed", s.Suite.File, part, words.Count(s.Calls, "call", "calls"), words.Thousands(s.Expected-s.Failed), s.Failed)
	line("  rules        %d of %d took a call, the fallback included (%g %%)", s.covered(), len(s.Coverage.Rules), s.Coverage.Percent)
	for _, r := range s.Coverage.Rules {
		if r.Calls > 0 {
			continue
		}
		name := "the fallback"
		if r.Rule != nil {
			name = fmt.Sprintf("%s (%s)", r.Rule.Name, r.Rule.place())
		}
		line("    not covered: %s", name)
		caller(line, r.Caller, "no caller is known whom it takes")
	}
	line("  branches     %d of %d of the flow were taken", s.Coverage.Branches.Taken, s.Coverage.Branches.All)
	sought := slices.ContainsFunc(s.Coverage.Branches.Missing, func(x BranchPlace) bool { return x.Caller != nil })
	for i, x := range s.Coverage.Branches.Missing {
		if i == shownBranches || s.Failed == 0 && i == shownFew {
			line("    %s not listed; -o json has all", words.Count(len(s.Coverage.Branches.Missing)-i, "more is", "more are"))
			break
		}
		line("    not taken: %s / %s → %s, line %d", x.Task, x.Action, x.Branch, x.Line)
		if sought { // else perhaps nobody was looked for, as of a deployed flow
			caller(line, x.Caller, "none of the callers that a proof tries takes it")
		}
	}
	if m := s.Mutants; m != nil {
		line("  mutants      %d of %d changes of the rules were noticed (%g %%)", m.Killed, m.Made-len(m.Equivalent), m.Score)
		for _, x := range m.Survived {
			line("    not noticed: %s (%s, %s:%d)", x.Change, x.Path, filepath.Base(x.File), x.Line)
			caller(line, x.Caller, "no caller is known whom it sends elsewhere")
		}
		for _, x := range m.Equivalent {
			line("    not counted: %s (%s, %s:%d): no caller is known whom it sends elsewhere", x.Change, x.Path, filepath.Base(x.File), x.Line)
		}
		if m.Left > 0 {
			line("    tried on the first %s; %s more were not kept for this", words.Count(m.Calls, "call", "calls"), words.Thousands(m.Left))
		}
	}
	_, err := diag.Fprintf(w, "%s\n", b.Trim())
	return err
}

func caller(line func(string, ...any), who *string, nobody string) {
	if who == nil {
		line("      %s", nobody)
		return
	}
	line("      would be: %s", unusual(*who))
}

// unusual is a caller without the properties that are as those of most are: what is listed is
// read, and JSON has all of them.
func unusual(who string) string {
	var out []string
	for _, word := range strings.Split(who, " ") {
		word, more := strings.CutSuffix(word, ";")
		if !strings.HasSuffix(word, "=null") && !slices.Contains([]string{`hs_is_closed="false"`, `hs_is_closed_won="false"`, `pipeline="default"`}, word) {
			out = append(out, word)
		}
		if more && len(out) > 0 {
			out[len(out)-1] += ";"
		}
	}
	return strings.Join(out, " ")
}

// SuiteJUnit writes the answer as JUnit XML: a test for each call of which something is expected.
// Of calls that are as expected the first ones are listed, and the others counted in one more.
func SuiteJUnit(w io.Writer, s Suite) error {
	suite := junitSuite{Name: "dealroute simulate " + s.Suite.File, Tests: s.Expected, Failures: s.Failed}
	at := func(c SuiteCase) junitCase {
		return junitCase{Class: filepath.ToSlash(c.File), Name: diag.Line(c.title()), File: c.File, Line: c.Line}
	}
	for _, f := range s.Failures {
		c := at(f.SuiteCase)
		var lines []string
		for _, x := range f.Expected {
			lines = append(lines, diag.Line(x.words()))
		}
		text := diag.Line(f.place()) + "\n" + strings.Join(lines, "\n")
		if f.Rule != nil {
			text += "\n" + diag.Line("rule "+f.Rule.Name+" ("+f.Rule.place()+")")
		}
		c.Failure = &junitFailure{strings.Join(lines, "; "), "expectation", text}
		suite.Cases = append(suite.Cases, c)
	}
	for _, p := range s.Passed {
		suite.Cases = append(suite.Cases, at(p))
	}
	if more := s.Failed - len(s.Failures); more > 0 {
		suite.Cases = append(suite.Cases, junitCase{Class: s.Suite.File, Name: fmt.Sprintf("%d more calls", more), Failure: &junitFailure{"not as expected, and not listed", "expectation", ""}})
	}
	if more := s.Expected - s.Failed - len(s.Passed); more > 0 {
		suite.Cases = append(suite.Cases, junitCase{Class: s.Suite.File, Name: fmt.Sprintf("%d more calls", more)})
	}
	text, err := xml.MarshalIndent(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(append([]byte(xml.Header), text...), '\n'))
	return err
}

// SuiteGitHub writes what failed, and what is not covered or noticed, as workflow commands, which
// GitHub Actions shows at the lines of a pull request.
func SuiteGitHub(w io.Writer, s Suite) error {
	say := func(kind, file string, line, column int, text string) error {
		ps := "file=" + property(filepath.ToSlash(file))
		if line > 0 {
			ps += fmt.Sprintf(",line=%d", line)
		}
		if column > 0 {
			ps += fmt.Sprintf(",col=%d", column)
		}
		_, err := diag.Fprintf(w, "::%s %s::%s\n", kind, ps, data(diag.Plain(text)))
		return err
	}
	for _, f := range s.Failures {
		for _, x := range f.Expected {
			text := f.title() + ": " + x.words()
			if f.Rule != nil {
				text += "\nrule " + f.Rule.Name + " (" + f.Rule.place() + ")"
			}
			if err := say("error", f.File, x.Line, x.Column, text); err != nil {
				return err
			}
		}
	}
	for _, r := range s.Coverage.Rules {
		if r.Calls == 0 && r.Rule != nil {
			if err := say("warning", r.Rule.File, r.Rule.Line, 0, fmt.Sprintf("no call of %s is taken by rule %s", s.Suite.File, r.Rule.Name)); err != nil {
				return err
			}
		}
	}
	if s.Mutants == nil {
		return nil
	}
	for _, m := range s.Mutants.Survived {
		if err := say("warning", m.File, m.Line, 0, fmt.Sprintf("no call of %s notices: %s", s.Suite.File, m.Change)); err != nil {
			return err
		}
	}
	return nil
}

// A FirstSuite is the answer of simulate --init-suite as JSON.
type FirstSuite struct {
	Schema int    `json:"schema"`
	File   string `json:"file"`
	Calls  int    `json:"calls"`
}
